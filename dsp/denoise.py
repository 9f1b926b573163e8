"""Wavelet denoising with Stein's unbiased risk estimate."""

from __future__ import annotations

import numpy as np
import pywt
from numpy.typing import NDArray

_MAD_OF_UNIT_NORMAL = 0.6744897501960817
_FAINTEST = 1e-9


def noise_scale(coefficients: NDArray[np.float64]) -> float:
    """Noise standard deviation by the median absolute deviation, taking the median as zero.

    Source: D. L. Donoho and I. M. Johnstone, Biometrika 81 (1994), section 4.
    """
    return _scale_of(np.sort(np.abs(coefficients)))


def sure_threshold(coefficients: NDArray[np.float64], scale: float) -> float:
    """Soft threshold that minimises Stein's unbiased risk estimate.

    For unit noise SURE(t) = n - 2 #{|d| <= t} + sum(min(|d|, t)^2); between two neighbouring magnitudes it
    only grows, so its minimum lies at zero or at one of them.
    Source: D. L. Donoho and I. M. Johnstone, J. Am. Stat. Assoc. 90 (1995), equation 10.

    Args:
        coefficients: Shape (n,), n >= 1, one level of the transform.
        scale: Noise standard deviation; 0 gives threshold 0.

    Returns:
        The threshold in the coefficients' own units, at least 0.
    """
    return _threshold_of(np.sort(np.abs(coefficients)), scale)


class WaveletDenoiser:
    """Soft thresholds on the detail levels of a decimated wavelet transform, one threshold a level.

    Noise scale and threshold are each level's own, since the floor of a stethoscope is not white. The
    approximation (below 31 Hz at level 5) is kept. Boundaries are extended by reflection.

    Args:
        wavelet: PyWavelets name of an orthogonal wavelet.
        level: Depth of the transform.
    """

    def __init__(self, wavelet: str = "db4", level: int = 5) -> None:
        self._wavelet = pywt.Wavelet(wavelet)
        self._level = level

    def __call__(self, window: NDArray[np.floating]) -> NDArray[np.floating]:
        """Denoise one window, in the precision it comes in.

        Args:
            window: Shape (n,), n a multiple of 2**level.

        Returns:
            Shape (n,), of the window's type.
        """
        # PyWavelets takes no read-only array.
        approximation, *details = pywt.wavedec(
            window.copy(), self._wavelet, mode="symmetric", level=self._level
        )
        kept = [self._shrink(detail) for detail in details]
        return pywt.waverec([approximation, *kept], self._wavelet, mode="symmetric")[: window.size]

    @staticmethod
    def _shrink(detail: NDArray[np.floating]) -> NDArray[np.floating]:
        magnitude = np.abs(detail)
        ascending = np.sort(magnitude)
        scale = _scale_of(ascending)
        # Noise that float32 cannot tell from none; its inverse would overflow.
        if scale > _FAINTEST * ascending[-1]:
            magnitude -= _threshold_of(ascending, scale)
        np.maximum(magnitude, 0.0, out=magnitude)
        return np.copysign(magnitude, detail, out=magnitude)


def _scale_of(ascending: NDArray[np.floating]) -> float:
    middle = ascending.size // 2
    median = ascending[middle] if ascending.size % 2 else (ascending[middle - 1] + ascending[middle]) / 2
    return float(median) / _MAD_OF_UNIT_NORMAL


def _threshold_of(ascending: NDArray[np.floating], scale: float) -> float:
    if scale <= 0:
        return 0.0
    power = np.square(ascending / scale)
    count = power.size
    # cumsum(power) + (count - rank) * power - 2 * rank, which is the risk less count.
    risk = np.cumsum(power)
    risk += count * power
    power += 2
    power *= np.arange(1, count + 1, dtype=power.dtype)
    risk -= power
    best = int(np.argmin(risk))
    return float(ascending[best]) if risk[best] < 0 else 0.0
