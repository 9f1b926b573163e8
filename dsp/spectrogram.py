"""The classifier's image of a window, and the screen's running spectrogram."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import rfft

from dsp.config import FrontEndConfig

_HZ_OF_MEL = 700.0


def band_edges(config: FrontEndConfig) -> NDArray[np.float64]:
    """Lower feet, centres and upper feet of the bands in hertz.

    Returns:
        Shape (bands + 2,): band i rises from entry i to i + 1 and falls to i + 2.

    Raises:
        ValueError: Unknown ``band_spacing``.
    """
    low, high, count = config.low_hz, config.high_hz, config.bands + 2
    if config.band_spacing == "linear":
        return np.linspace(low, high, count)
    if config.band_spacing == "log":
        return np.geomspace(low, high, count)
    if config.band_spacing == "mel":
        mel = np.linspace(np.log1p(low / _HZ_OF_MEL), np.log1p(high / _HZ_OF_MEL), count)
        return _HZ_OF_MEL * np.expm1(mel)
    raise ValueError(f"band_spacing {config.band_spacing!r} is not linear, mel or log")


def band_matrix(config: FrontEndConfig) -> NDArray[np.float64]:
    """Weights that average FFT powers into bands.

    Triangles with the feet of ``band_edges``, each widened to hold at least its nearest bin; rows sum to one.

    Returns:
        Shape (bands, fft // 2 + 1).
    """
    edges = band_edges(config)[:, None]
    frequency = np.fft.rfftfreq(config.fft, 1 / config.rate)[None, :]
    spacing = config.rate / config.fft
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    rise = (frequency - centre) / np.maximum(centre - lower, spacing) + 1
    fall = (centre - frequency) / np.maximum(upper - centre, spacing) + 1
    weight = np.clip(np.minimum(rise, fall), 0, None)
    weight *= (frequency >= config.low_hz) & (frequency <= config.high_hz)
    return weight / weight.sum(axis=1, keepdims=True)


class ClassifierSpectrogram:
    """Window -> normalised log spectrogram.

    Hann frames of 0.4 s every 0.08 s, band-averaged power in decibels below the window's greatest,
    floored, then shifted and scaled to zero mean and unit variance over the window: a gain changes nothing.
    """

    def __init__(self, config: FrontEndConfig) -> None:
        self._config = config
        bands = band_matrix(config)
        used = np.flatnonzero(bands.any(axis=0))
        # The spectrum's real and imaginary parts lie side by side and are squared and weighted alike.
        self._parts = slice(2 * used[0], 2 * used[-1] + 2)
        self._bands = np.repeat(bands[:, used[0] : used[-1] + 1], 2, axis=1).T.astype(np.float32)
        self._floor = 10 ** (config.floor_db / 10)
        self._taper = _hann(config.frame).astype(np.float32)
        # Fresh arrays of this size would cost more in page faults than the arithmetic done on them.
        self._frames = np.zeros((config.frames, config.fft), np.float32)
        self._squares = np.empty((config.frames, self._bands.shape[0]), np.float32)

    def __call__(self, window: NDArray[np.floating]) -> NDArray[np.float32]:
        """Make the image.

        Args:
            window: Shape (20000,), denoised, scaled to about full range: the work is done in float32, whose
                error then lies far below the floor.

        Returns:
            Shape (bands, frames), float32, lowest band first; all zeros for a silent window.
        """
        config = self._config
        samples = np.ascontiguousarray(window, np.float32)
        strides = (config.frame_step * samples.itemsize, samples.itemsize)
        frames = np.ndarray((config.frames, config.frame), np.float32, samples, 0, strides)
        np.multiply(frames, self._taper, out=self._frames[:, : config.frame])
        spectrum = rfft(self._frames).view(np.float32)
        np.square(spectrum[:, self._parts], out=self._squares)
        power = (self._squares @ self._bands).astype(np.float64)
        greatest = power.max()
        if not greatest > 0:
            return np.zeros((config.bands, config.frames), np.float32)
        level = 10 * np.log10(np.maximum(power / greatest, self._floor))
        level -= level.mean()
        spread = level.std()
        if spread > 0:
            level /= spread
        return np.ascontiguousarray(level.T, dtype=np.float32)


class ScreenSpectrogram:
    """Running spectrogram of the bandpassed signal for the screen: columns are made once and never change.

    Shorter frames than the classifier's (64 ms every 16 ms), so that S1 and S2 stand apart. A column is
    stamped with the end of its frame: it needs no later sample.

    Args:
        rate: Sample rate in hertz.
        low_hz: Lowest frequency shown.
        high_hz: Highest frequency shown.
    """

    FRAME = 128
    HOP = 32
    FFT = 512
    FLOOR_DB = -120.0

    def __init__(self, rate: float = 2000.0, low_hz: float = 20.0, high_hz: float = 850.0) -> None:
        frequency = np.fft.rfftfreq(self.FFT, 1 / rate)
        self._shown = slice(*np.searchsorted(frequency, [low_hz, high_hz]))
        self.frequencies: NDArray[np.float64] = frequency[self._shown]
        self._taper = _hann(self.FRAME)
        self._taper *= 2 / self._taper.sum()  # a full-scale sine reads 0 dB
        self.reset()

    @property
    def rows(self) -> int:
        """Frequencies in a column."""
        return self.frequencies.size

    def reset(self) -> None:
        """Forget the past; the signal before the next sample is silence."""
        self._buffer = np.zeros(self.FRAME - self.HOP)

    def push(self, filtered: NDArray[np.float64]) -> NDArray[np.float32]:
        """Take the next bandpassed samples.

        Args:
            filtered: Shape (n,).

        Returns:
            Shape (k, rows): decibels relative to a full-scale sine, one row a column of 16 ms, oldest first.
        """
        self._buffer = np.concatenate([self._buffer, filtered])
        count = (self._buffer.size - self.FRAME) // self.HOP + 1
        if count < 1:
            return np.empty((0, self.rows), np.float32)
        frames = sliding_window_view(self._buffer, self.FRAME)[:: self.HOP][:count] * self._taper
        spectrum = np.fft.rfft(frames, self.FFT)[:, self._shown]
        power = spectrum.real**2 + spectrum.imag**2
        self._buffer = self._buffer[count * self.HOP :].copy()
        return (10 * np.log10(np.maximum(power, 10 ** (self.FLOOR_DB / 10)))).astype(np.float32)


def _hann(length: int) -> NDArray[np.float64]:
    """Periodic Hann taper, as spectral analysis uses."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
