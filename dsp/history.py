"""The part of a growing signal that is still needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class SignalHistory:
    """Keeps samples, as float32, at their index in one buffer, so that appending copies nothing old.

    Args:
        room: Samples that the buffer holds at first; it grows when more are kept.
    """

    def __init__(self, room: int) -> None:
        self._buffer = np.empty(room, np.float32)
        self.clear()

    @property
    def end(self) -> int:
        """Index after the newest sample."""
        return self._start + self._used - self._free

    def clear(self) -> None:
        """Forget everything; the next sample has index 0."""
        self._start = 0  # index of the oldest sample kept
        self._free = 0  # where it lies in the buffer
        self._used = 0  # the buffer's end of use

    def append(self, samples: NDArray[np.float64]) -> None:
        """Add the next samples, shape (n,)."""
        kept = self._used - self._free
        if self._used + samples.size > self._buffer.size:
            old = self._buffer[self._free : self._used]
            if kept + samples.size > self._buffer.size:
                self._buffer = np.empty(2 * (kept + samples.size), np.float32)
            self._buffer[:kept] = old
            self._free, self._used = 0, kept
        self._buffer[self._used : self._used + samples.size] = samples
        self._used += samples.size

    def span(self, first: int, stop: int) -> NDArray[np.float32]:
        """A view of the samples [first, stop), which must be kept; good until the next append."""
        at = self._free - self._start
        return self._buffer[first + at : stop + at]

    def forget_before(self, index: int) -> None:
        """Let go of the samples before ``index``, as far as there are any."""
        spent = min(index, self.end) - self._start
        if spent > 0:
            self._start += spent
            self._free += spent
