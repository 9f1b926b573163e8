"""What the screen draws: the bandpassed signal, its spectrogram columns and heart sounds, by stream time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from dsp.beats import HeartSound

SIGNAL_RATE = 2000
COLUMN_SAMPLES = 32
"""Signal samples per spectrogram column: 16 ms."""


@dataclass(frozen=True, eq=False)
class TracePiece:
    """A stretch of signal and the columns that it completed.

    Attributes:
        serial: Counts pieces, without a hole, from 0 at the session's start.
        start_s: Time of the first sample on the source's clock.
        signal: Shape (n,), float32, bandpassed, 2 kHz.
        columns: Shape (k, rows), float32, decibels, oldest first.
        gap_before_s: Seconds lost before it.
    """

    serial: int
    start_s: float
    signal: NDArray[np.float32]
    columns: NDArray[np.float32]
    gap_before_s: float = 0.0

    @property
    def end_s(self) -> float:
        """Time after the last sample."""
        return self.start_s + self.signal.size / SIGNAL_RATE


class Trace:
    """The last minute of pieces; the worker appends, the screen asks for those it has not drawn.

    Args:
        keep_s: Seconds kept.

    Attributes:
        sounds: S1 and S2 found in it, in order; some seconds behind the newest piece.
    """

    def __init__(self, keep_s: float = 60.0) -> None:
        self._keep_s = keep_s
        self._pieces: deque[TracePiece] = deque()
        self._next = 0
        self.sounds: tuple[HeartSound, ...] = ()
        self._lock = threading.Lock()

    def append(
        self,
        start_s: float,
        signal: NDArray[np.floating],
        columns: NDArray[np.float32],
        gap_before_s: float = 0.0,
    ) -> None:
        """Add the next piece; a time-ordered call for each stretch of signal."""
        piece = TracePiece(self._next, start_s, signal.astype(np.float32), columns, gap_before_s)
        with self._lock:
            self._next += 1
            self._pieces.append(piece)
            while self._pieces[0].end_s < piece.end_s - self._keep_s:
                self._pieces.popleft()

    def mark(self, sounds: Sequence[HeartSound]) -> None:
        """Add heart sounds, which lie after those that are there."""
        if sounds:
            oldest_s = sounds[-1].end_s - self._keep_s
            # Replaced whole, so that who draws needs no lock.
            self.sounds = (*(one for one in self.sounds if one.end_s >= oldest_s), *sounds)

    def since(self, serial: int) -> list[TracePiece]:
        """The pieces from ``serial`` on that are still kept, oldest first."""
        with self._lock:
            return list(takewhile(lambda piece: piece.serial >= serial, reversed(self._pieces)))[::-1]
