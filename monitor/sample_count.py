"""How many samples of a stream were lost, by counting those that came against a clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

STALL_S = 0.25
"""From such a pause on samples may be lost, however much the clock wavers."""

SETTLE_S = 0.3
"""What was only late comes within this time after a stall."""

_KNOWN_S = 0.5
"""After so much sound it is known how much a sender's stamps waver."""

_RESOLVED_S = 0.02
_LAG_MEMORY = 100


class SampleCount:
    """Counts samples against the clock where blocks pause, to tell what is lost from what is late.

    A device's clock may run a little fast or slow, so only a pause or an overflow makes the count suspect:
    what was kept somewhere comes at once when it is over, what was not is lost. Blocks are therefore to be
    held back for ``SETTLE_S`` after it, until ``settling`` is over.

    Args:
        rate: Samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self.reset()

    def reset(self) -> None:
        """Begin anew, with another stream."""
        self._count = 0
        self._last: float | None = None
        # How far the clock is ahead of the samples, in seconds and up to a constant.
        self._lags: deque[float] = deque(maxlen=_LAG_MEMORY)
        self._before = 0.0
        self._resumed: float | None = None

    @property
    def settling(self) -> bool:
        """Whether blocks are to be held back."""
        return self._resumed is not None

    def block(self, count: int, arrived: float, overflowed: bool = False) -> int:
        """A block came.

        Args:
            count: Its samples.
            arrived: Clock reading, in seconds.
            overflowed: The device said that it dropped sound before it, though not how much.

        Returns:
            Samples that were lost before the blocks held back, this one among them; 0 while that is open.
        """
        paused = self._last is not None and arrived - self._last - count / self._rate > STALL_S
        if paused or (overflowed and self._last is not None):
            if self._resumed is None:
                self._before = min(self._lags)
            self._lags.clear()
            self._resumed = arrived
        self._last = arrived
        self._count += count
        self._lags.append(arrived - self._count / self._rate)
        if self._resumed is None or arrived - self._resumed < SETTLE_S:
            return 0
        self._resumed = None
        lost_s = min(self._lags) - self._before
        if lost_s < _RESOLVED_S:
            return 0
        lost = round(lost_s * self._rate)
        self._count += lost
        self._lags = deque((lag - lost_s for lag in self._lags), _LAG_MEMORY)
        return lost


class StampCount:
    """Counts samples against the time stamps that came with them, to tell what is missing in between.

    A stamp may waver by some milliseconds and the sender's clock may run a little fast or slow, so a sample
    is late only beside the latest of those just before it.

    Args:
        rate: Samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self.reset()

    def reset(self) -> None:
        """Begin anew, with another stream."""
        self._count = 0
        # How far the stamps are ahead of the samples, in seconds and up to a constant.
        self._lags: deque[float] = deque(maxlen=_LAG_MEMORY)

    def parts(
        self, samples: NDArray[np.float64], stamps: NDArray[np.float64]
    ) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Splits samples where some are missing.

        Args:
            samples: Shape (n,).
            stamps: When each was taken, by the sender's clock in seconds, shape (n,).

        Yields:
            How many are missing, and the samples that follow.
        """
        breaks = np.flatnonzero(np.diff(stamps) > 1 / self._rate + _RESOLVED_S) + 1
        for part, times in zip(np.split(samples, breaks), np.split(stamps, breaks), strict=True):
            if part.size:
                yield self._missing(float(times[0])), part
                self._count += part.size

    def _missing(self, stamp: float) -> int:
        lag = stamp - self._count / self._rate
        lost = 0
        if self._lags:
            late = lag - max(self._lags)
            # How much the stamps waver is known only after a while.
            if late > (_RESOLVED_S if self._count >= _KNOWN_S * self._rate else STALL_S):
                lost = round(late * self._rate)
                self._count += lost
                lag -= lost / self._rate
        self._lags.append(lag)
        return lost
