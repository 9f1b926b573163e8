"""A sound card whose clock runs fast or slow: where its samples lie in true time, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

_HALF = 16
_PHASES = 1024
_KAISER_BETA = 9.0


@dataclass(frozen=True)
class DriftSpan:
    """A stretch over which the clock is wrong.

    Attributes:
        start: Its first sample.
        end: The sample after its last.
        ppm: Samples too many in a million; below 0 too few.
    """

    start: int
    end: int
    ppm: float


class DriftingClock:
    """Relates the samples of a clock that drifts to those of a true one at the same nominal rate.

    Both begin together. A clock that is fast by ``ppm`` takes 1 + ppm / 10^6 samples while the true one
    takes one.

    Args:
        spans: By start, none overlapping; between them the clock is true.
    """

    def __init__(self, spans: Sequence[DriftSpan]) -> None:
        starts, offsets, slopes = [0], [0.0], [0.0]
        for span in spans:
            slope = 1 / (1 + span.ppm * 1e-6) - 1
            for start, next_slope in ((span.start, slope), (span.end, 0.0)):
                offsets.append(offsets[-1] + (start - starts[-1]) * slopes[-1])
                starts.append(start)
                slopes.append(next_slope)
        self._starts, self._offsets = np.array(starts, dtype=np.int64), np.array(offsets)
        self._slopes = np.array(slopes)
        self._true_starts = self._starts + self._offsets

    def offset(self, samples: NDArray[np.int64]) -> Signal:
        """How much later on the true clock each sample lies than its own index says, in samples."""
        span = np.searchsorted(self._starts, samples, "right") - 1
        return self._offsets[span] + (samples - self._starts[span]) * self._slopes[span]

    def true_sample(self, sample: int) -> float:
        """Position on the true clock of a sample, 0 or more, of the one that drifts."""
        return sample + float(self.offset(np.array([sample], dtype=np.int64))[0])

    def sample_at(self, true_sample: float) -> float:
        """Position on the clock that drifts of one, 0 or more, on the true clock."""
        span = int(np.searchsorted(self._true_starts, true_sample, "right")) - 1
        beyond = (true_sample - self._true_starts[span]) / (1 + self._slopes[span])
        return float(self._starts[span] + beyond)


class DriftedReader:
    """Reads a stream of true samples at the moments of a clock that drifts.

    Band-limited interpolation over 32 samples; where the clocks agree to the sample, the stream passes
    unchanged. Before its beginning the stream is silent.

    Args:
        read: Gives the next so many samples of the true stream.
        clock: Whose moments are read.
    """

    def __init__(self, read: Callable[[int], Signal], clock: DriftingClock) -> None:
        self._read, self._clock = read, clock
        self._kernel = _interpolation()
        self._buffer = np.zeros(_HALF - 1)
        self._buffer_start = 1 - _HALF  # true index of the buffer's first sample
        self._next = 0

    def block(self, n: int) -> Signal:
        """The next samples, shape (n,); the same only if every block has the same size each time."""
        samples = np.arange(self._next, self._next + n, dtype=np.int64)
        self._next += n
        offset = self._clock.offset(samples)
        whole = np.floor(offset)
        left = samples + whole.astype(np.int64)
        self._reach(int(left[0]) - _HALF + 1, int(left[-1]) + _HALF + 1)
        at = left - self._buffer_start
        if not offset.any():
            return self._buffer[at]
        phase, rest = np.divmod((offset - whole) * _PHASES, 1)
        row, rest = phase.astype(np.int64), rest[:, None]
        weights = self._kernel[row] * (1 - rest) + self._kernel[row + 1] * rest
        return np.einsum("nk,nk->n", self._buffer[at[:, None] + np.arange(1 - _HALF, _HALF + 1)], weights)

    def _reach(self, first: int, end: int) -> None:
        """Let the buffer hold true samples from ``first`` to before ``end``."""
        self._buffer = self._buffer[max(0, first - self._buffer_start) :]
        self._buffer_start = max(first, self._buffer_start)
        missing = end - self._buffer_start - self._buffer.size
        if missing > 0:
            self._buffer = np.concatenate([self._buffer, self._read(missing)])


def _interpolation() -> Signal:
    """Weights of 32 neighbours for each phase from 0 to 1, shape (phases + 1, 32); each row sums to one."""
    phases = np.arange(_PHASES + 1) / _PHASES
    distance = np.arange(1 - _HALF, _HALF + 1)[None, :] - phases[:, None]
    inside = np.clip(1 - (distance / _HALF) ** 2, 0, None)
    kernel = np.sinc(distance) * np.i0(_KAISER_BETA * np.sqrt(inside))
    # The sine of a multiple of pi is not quite 0; a whole phase must take its one sample unchanged.
    kernel[np.abs(kernel) < 1e-12] = 0
    return kernel / kernel.sum(axis=1, keepdims=True)
