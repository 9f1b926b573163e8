"""Spectra for noise: magnitudes on the bins of a real FFT, and noise under them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]


def band(hz: Signal, low_hz: float, high_hz: float, order: int) -> Signal:
    """Magnitude of a Butterworth band at frequencies `hz` (shape (k,), 0 Hz or more), 0 at 0 Hz."""
    ratio = np.divide(low_hz, hz, out=np.full(len(hz), 1e6), where=hz > 0)
    return 1 / np.sqrt((1 + ratio ** (2 * order)) * (1 + (hz / high_hz) ** (2 * order)))


def power_gain(gain: Signal) -> float:
    """Power of unit white noise after a filter with `gain` on the bins of a real FFT of even length."""
    squares = np.square(gain)
    return float((2 * squares.sum() - squares[0] - squares[-1]) / (2 * (len(gain) - 1)))


def shaped(white: Signal, gain: Signal) -> Signal:
    """Noise of shape (n,) under a gain on the bins of its real FFT."""
    return np.fft.irfft(np.fft.rfft(white) * gain, len(white))


class OverlappedBlocks:
    """Noise without end in segments of fixed length, of which none needs the ones before it.

    A segment is the overlap of two independent blocks under sine windows, whose squares add to one: the power
    is constant.

    Args:
        length: of a segment, in samples.
        block: gives block `index` (0 or more), shape (2 x length,), which covers segments `index - 1` and
            `index`.
    """

    def __init__(self, length: int, block: Callable[[int], Signal]) -> None:
        self._length, self._block = length, block
        self._window = np.sin(np.pi * (np.arange(2 * length) + 0.5) / (2 * length))
        self._tail: tuple[int, Signal] | None = None

    def segment(self, index: int) -> Signal:
        """Gives segment `index` (0 or more), shape (length,)."""
        if self._tail is None or self._tail[0] != index:
            self._tail = (index, self._windowed(index)[self._length :])
        block = self._windowed(index + 1)
        tail = self._tail[1]
        self._tail = (index + 1, block[self._length :])
        return tail + block[: self._length]

    def _windowed(self, index: int) -> Signal:
        return self._window * self._block(index)
