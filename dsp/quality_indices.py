"""Signal quality indices: numbers on a window's signal that its image does not hold."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

QUALITY_INDICES = (
    "loudness",
    "contrast",
    "upper contrast",
    "lower contrast",
    "unsteadiness",
    "peakedness",
    "periodicity",
    "share of 20-60 Hz",
    "share of 60-150 Hz",
    "share of 150-400 Hz",
    "share of 400-850 Hz",
    "length",
)
"""The numbers that ``quality_indices`` gives, in order."""

_BANDS_HZ = ((20, 60), (60, 150), (150, 400), (400, 850))
_BLOCK_S = 0.02
_LAGS_S = (0.25, 1.75)
_FAINTEST = 1e-12


def quality_indices(heard: NDArray[np.floating], rate: int) -> NDArray[np.float32]:
    """What an image, scaled and looped as it is, does not tell of a window's quality.

    Beats stand out of what lies between them and come again after an interval; noise does neither. Loudness
    is log10 of the RMS; contrasts and unsteadiness are differences of log10 of the loudness of 40 ms
    (95th over 20th, 99th over 50th, 50th over 5th percentile) and the spread of that of 1 s; peakedness is
    log10 of the kurtosis; periodicity the greatest autocorrelation of the envelope at 0.25 to 1.75 s;
    shares of power are in log10; length in seconds. Kurtosis and the envelope's autocorrelation are among the
    indices of D. B. Springer et al., "Automated signal quality assessment of mobile phone-recorded heart
    sound signals", J. Med. Eng. Technol. 40 (2016); the rest is this project's.

    Args:
        heard: Shape (n,), bandpassed, the real part of a window, at least 0.1 s.
        rate: Its rate in hertz.

    Returns:
        Shape (12,), finite, in the order of ``QUALITY_INDICES``.
    """
    signal = np.asarray(heard, np.float64)
    block = round(_BLOCK_S * rate)
    count = signal.size // block
    power = np.square(signal)
    blocks = power[: count * block].reshape(count, block).mean(axis=1)
    envelope = np.sqrt((blocks[1:] + blocks[:-1]) / 2)
    level = np.log10(np.maximum(envelope, _FAINTEST))
    low, lower, middle, upper, top = _percentiles(level, (5, 20, 50, 95, 99))
    mean_power = max(float(power.mean()), _FAINTEST**2)
    second = round(1 / _BLOCK_S)
    seconds = blocks[: count // second * second].reshape(-1, second).mean(axis=1)
    spectrum = _square_magnitude(rfft(signal * _hann(signal.size)))
    edges = np.round(np.array(_BANDS_HZ) * signal.size / rate).astype(np.intp)
    shares = np.array([spectrum[first:end].sum() for first, end in edges])
    shares /= max(float(shares.sum()), _FAINTEST**2)
    return np.array(
        [
            np.log10(mean_power) / 2,
            upper - lower,
            top - middle,
            middle - low,
            np.std(np.log10(np.maximum(seconds, _FAINTEST**2))) if seconds.size else 0.0,
            np.log10(max(float(np.square(power).mean()) / mean_power**2, 1.0)),
            _periodicity(envelope),
            *np.log10(np.maximum(shares, 1e-8)),
            signal.size / rate,
        ],
        np.float32,
    )


def _square_magnitude(spectrum: NDArray[np.complexfloating]) -> NDArray[np.float64]:
    # A root that is squared again would take a third of all this module's time.
    return np.square(spectrum.real) + np.square(spectrum.imag)


def _percentiles(values: NDArray[np.float64], wanted: tuple[float, ...]) -> NDArray[np.float64]:
    # numpy's own takes five times as long for so few values.
    places = np.array(wanted) / 100 * (values.size - 1)
    return np.interp(places, np.arange(values.size), np.sort(values))


@lru_cache(maxsize=4)
def _hann(size: int) -> NDArray[np.float64]:
    return np.hanning(size)


def _periodicity(envelope: NDArray[np.float64]) -> float:
    first, last = (round(lag / _BLOCK_S) for lag in _LAGS_S)
    moving = envelope - envelope.mean()
    if moving.size <= first or not moving.any():
        return 0.0
    size = next_fast_len(2 * moving.size, real=True)
    likeness = irfft(_square_magnitude(rfft(moving, size)), size)[: moving.size]
    # What is compared grows less with the lag.
    unbiased = likeness[first : last + 1] / (moving.size - np.arange(first, min(last + 1, moving.size)))
    return float(np.max(unbiased) * moving.size / likeness[0])
