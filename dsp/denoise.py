"""Wavelet denoising with Stein's unbiased risk estimate."""

from __future__ import annotations

import numpy as np
import pywt
from numpy.typing import NDArray

_MAD_OF_UNIT_NORMAL = 0.6744897501960817


def noise_scale(coefficients: NDArray[np.float64]) -> float:
    """Noise standard deviation by the median absolute deviation, taking the median as zero.

    Source: D. L. Donoho and I. M. Johnstone, Biometrika 81 (1994), section 4.
    """
    return float(np.median(np.abs(coefficients))) / _MAD_OF_UNIT_NORMAL


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
    if scale <= 0:
        return 0.0
    power = np.sort(np.abs(coefficients / scale)) ** 2
    count = power.size
    rank = np.arange(1, count + 1)
    risk = count - 2 * rank + np.cumsum(power) + (count - rank) * power
    best = int(np.argmin(risk))
    return float(np.sqrt(power[best])) * scale if risk[best] < count else 0.0


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

    def __call__(self, window: NDArray[np.float64]) -> NDArray[np.float64]:
        """Denoise one window.

        Args:
            window: Shape (n,), n a multiple of 2**level.

        Returns:
            Shape (n,).
        """
        # PyWavelets takes no read-only array.
        approximation, *details = pywt.wavedec(
            window.copy(), self._wavelet, mode="symmetric", level=self._level
        )
        kept = [self._shrink(detail) for detail in details]
        return pywt.waverec([approximation, *kept], self._wavelet, mode="symmetric")[: window.size]

    @staticmethod
    def _shrink(detail: NDArray[np.float64]) -> NDArray[np.float64]:
        threshold = sure_threshold(detail, noise_scale(detail))
        return np.copysign(np.maximum(np.abs(detail) - threshold, 0.0), detail)
