"""The last minute of the trace, kept so that any part of it can be drawn anew exactly as it was."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.trace import COLUMN_SAMPLES, SIGNAL_RATE, TracePiece

SPAN_S = 10.0
"""Seconds that the plots show."""

RECALL_S = 60.0
"""Seconds that can be gone back to."""

KEPT_S = RECALL_S + 2.0
"""Seconds kept: the display runs a little behind the sound."""

FRAME_S = 0.064
"""Length of the frame behind a spectrogram column; the column is drawn at its middle."""

COLUMN_S = COLUMN_SAMPLES / SIGNAL_RATE

_FIRST_DB = -40.0
# Colours reach 55 dB below the level: so much above the floor of the columns, silence is dark.
_QUIETEST_DB = -65.0
_ATTACK_S = 0.1
_FALL_DB_S, _FIRST_FALL_DB_S = 1.5, 8.0
_SETTLING_S = 5.0
_SAME_S = 1e-6


class Gap(NamedTuple):
    """A hole in the picture.

    Attributes:
        begin_s: End of the sound before it, on the source's clock.
        end_s: Start of the sound after it.
        lost_s: Seconds that never came; the hole is a little longer, by what was still in the filters.
    """

    begin_s: float
    end_s: float
    lost_s: float


@dataclass(frozen=True, eq=False)
class Stretch:
    """A piece of the trace with everything that decides how it looks.

    Attributes:
        start_s: Time of the first sample.
        signal: Shape (n,), float32.
        times: Shape (k,): middle of each column's frame, in seconds.
        columns: Shape (k, rows): decibels.
        levels: Shape (k,): the level, in decibels, that each column's colours are relative to.
        gap_before_s: Seconds lost before it.
    """

    start_s: float
    signal: NDArray[np.float32]
    times: NDArray[np.float64]
    columns: NDArray[np.float32]
    levels: NDArray[np.float32]
    gap_before_s: float

    @property
    def end_s(self) -> float:
        """Time after the last sample."""
        return self.start_s + self.signal.size / SIGNAL_RATE


def joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours made one where nothing is missing between them: what is drawn is the same, and sooner done.

    Args:
        stretches: Oldest first.

    Yields:
        As few as there can be.
    """
    run: list[Stretch] = []
    due_s = 0.0  # when the run's next column would be
    for stretch in stretches:
        apart_s = abs(stretch.start_s - run[-1].end_s) if run else 0.0
        late_s = abs(stretch.times[0] - due_s) if due_s and stretch.times.size else 0.0
        if run and (stretch.gap_before_s > 0 or max(apart_s, late_s) > _SAME_S):
            yield _one(run)
            run, due_s = [], 0.0
        run.append(stretch)
        if stretch.times.size:
            due_s = float(stretch.times[-1]) + COLUMN_S
    if run:
        yield _one(run)


def _one(run: list[Stretch]) -> Stretch:
    signal, times, columns, levels = (
        np.concatenate([getattr(stretch, part) for stretch in run])
        for part in ("signal", "times", "columns", "levels")
    )
    return Stretch(run[0].start_s, signal, times, columns, levels, run[0].gap_before_s)


class Tape:
    """Takes the trace's pieces, times their columns, and follows the loudness for their colours.

    The level rises within a heart sound and falls over seconds. A column keeps the level at which it came, so
    that what was drawn never changes its colour.
    """

    def __init__(self) -> None:
        self.stretches: deque[Stretch] = deque()
        self.gaps: deque[Gap] = deque()
        self._segment_s = 0.0
        self._made = 0
        self._serial = 0
        self._level_db = _FIRST_DB

    @property
    def next_serial(self) -> int:
        """The serial of the next piece to ask the trace for."""
        return self._serial

    @property
    def end_s(self) -> float:
        """Time after the newest sample."""
        return self.stretches[-1].end_s if self.stretches else 0.0

    def between(self, begin_s: float, end_s: float) -> list[Stretch]:
        """The stretches that lie in a span or reach into it, oldest first."""
        newest_first = takewhile(lambda one: one.end_s > begin_s, reversed(self.stretches))
        return [one for one in newest_first if one.start_s < end_s][::-1]

    def take(self, pieces: Iterable[TracePiece]) -> list[Stretch]:
        """Add pieces, oldest first.

        Returns:
            Those of them that can still be seen, ready to be drawn.
        """
        pieces = list(pieces)
        if not pieces:
            return []
        oldest_s = pieces[-1].end_s - KEPT_S
        fresh = []
        for piece in pieces:
            times = self._column_times(piece)
            if piece.gap_before_s > 0:
                begin_s = piece.start_s - piece.gap_before_s
                heard_s = fresh[-1].end_s if fresh else self.end_s or begin_s
                self.gaps.append(Gap(min(begin_s, heard_s), piece.start_s, piece.gap_before_s))
            # Followed through what is no longer seen, lest the colours depend on when the screen looked.
            levels = self._levels(piece.columns, times)
            if piece.end_s < oldest_s:
                continue
            fresh.append(
                Stretch(piece.start_s, piece.signal, times, piece.columns, levels, piece.gap_before_s)
            )
        self.stretches.extend(fresh)
        while self.stretches[0].end_s < oldest_s:
            self.stretches.popleft()
        while self.gaps and self.gaps[0].end_s < oldest_s:
            self.gaps.popleft()
        return fresh

    def _column_times(self, piece: TracePiece) -> NDArray[np.float64]:
        missed = piece.serial != self._serial
        self._serial = piece.serial + 1
        if missed or piece.gap_before_s > 0 or piece.serial == 0:
            self._segment_s, self._made = piece.start_s, 0
        ends = self._segment_s + COLUMN_S * (self._made + 1 + np.arange(len(piece.columns)))
        self._made += len(piece.columns)
        return ends - FRAME_S / 2

    def _levels(self, columns: NDArray[np.float32], times: NDArray[np.float64]) -> NDArray[np.float32]:
        levels = np.empty(len(columns), np.float32)
        rise = 1 - math.exp(-COLUMN_S / _ATTACK_S)
        falls_db = COLUMN_S * np.where(times > _SETTLING_S, _FALL_DB_S, _FIRST_FALL_DB_S)
        loudest = columns.max(axis=1, initial=_QUIETEST_DB)
        for index, (peak_db, fall_db) in enumerate(zip(loudest.tolist(), falls_db.tolist(), strict=True)):
            above = peak_db - self._level_db
            self._level_db += above * rise if above > 0 else max(above, -fall_db)
            levels[index] = self._level_db
        return levels
