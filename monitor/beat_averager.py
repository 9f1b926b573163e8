"""The average beat of what is heard, worked out beside the picture while somebody looks at it."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.beat_average import BEATS, AverageBeat, BeatAverage
from dsp.beats import HeartSound
from monitor.trace import Trace, TracePiece

EVERY_S = 1.0
"""Between two averages."""

_JOIN_S = 5.0


@dataclass(frozen=True, eq=False)
class HeardBeats:
    """The average of the last good beats at one moment.

    Attributes:
        beat: The average; None while there is no good beat.
        first_length_s: Mean length of S1, in seconds; 0 where there is none.
        second_length_s: Mean length of S2.
        sounds: Heart sounds found in the last minute.
    """

    beat: AverageBeat | None
    first_length_s: float
    second_length_s: float
    sounds: int


class BeatTaker:
    """Averages the beats of a trace, which is asked from time to time and keeps a minute.

    Where sound was lost, or forgotten before it was asked for, the average begins anew.

    Args:
        trace: Of a session.
        beats: How many are averaged.
    """

    def __init__(self, trace: Trace, beats: int = BEATS) -> None:
        self._trace = trace
        self._average = BeatAverage(beats)
        self._beats = beats
        self._serial = 0
        self._begun = False
        self._until_s = -math.inf  # of the sounds taken

    def take(self) -> HeardBeats | None:
        """The average with what came since; None where nothing did."""
        pieces = self._trace.since(self._serial)
        if not pieces:
            return None
        sounds = self._trace.sounds
        stretch = self._last_stretch(pieces)
        fresh = [one for one in sounds if one.start_s > self._until_s]
        self._until_s = fresh[-1].start_s if fresh else self._until_s
        self._average.push(np.concatenate([piece.signal for piece in stretch]), fresh)
        return HeardBeats(
            self._average.average(),
            self._length_s(sounds, "S1"),
            self._length_s(sounds, "S2"),
            len(sounds),
        )

    def _last_stretch(self, pieces: Sequence[TracePiece]) -> list[TracePiece]:
        """The last pieces without a hole; where one is before them, the average begins anew with them."""
        stretch: list[TracePiece] = []
        for piece in pieces:
            if not self._begun or piece.serial != self._serial or piece.gap_before_s > 0:
                self._average.reset(piece.start_s)
                self._until_s = piece.start_s
                stretch = []
            stretch.append(piece)
            self._begun, self._serial = True, piece.serial + 1
        return stretch

    def _length_s(self, sounds: Sequence[HeartSound], which: str) -> float:
        lengths = [one.end_s - one.start_s for one in sounds[-2 * self._beats :] if one.sound == which]
        return float(np.mean(lengths)) if lengths else 0.0


class BeatAverager:
    """Follows a trace on a thread of its own, once a second, while it is asked to.

    Resting it computes nothing. Whoever asks never waits.
    """

    def __init__(self) -> None:
        self._trace: Trace | None = None
        self._newest: tuple[Trace, HeardBeats] | None = None
        self._wake = threading.Event()
        self._over = False
        self._thread: threading.Thread | None = None

    @property
    def newest(self) -> HeardBeats | None:
        """The last average of what is followed; None while there is none."""
        newest = self._newest
        return newest[1] if newest is not None and newest[0] is self._trace else None

    def follow(self, trace: Trace | None) -> None:
        """Average the beats of this from now on, None for nothing; the same once more costs nothing."""
        if trace is self._trace:
            return
        self._trace = trace
        self._wake.set()
        if self._thread is None and trace is not None:
            self._thread = threading.Thread(target=self._run, name="average of the beats", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._over = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        taker: tuple[Trace, BeatTaker] | None = None
        while not self._over:
            trace = self._trace
            if trace is None:
                taker = None
            else:
                if taker is None or taker[0] is not trace:
                    taker = trace, BeatTaker(trace)
                if (heard := taker[1].take()) is not None:
                    self._newest = trace, heard
            self._wake.wait(EVERY_S if trace is not None else None)
            self._wake.clear()
