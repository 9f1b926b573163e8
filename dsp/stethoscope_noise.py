"""The noise of a stethoscope on a chest: a steady low-frequency floor and breath sounds.

Its level and spectrum were set beside normal recordings of the PhysioNet/CinC Challenge 2016, databases a and
e, whose noise corresponds to an `snr_db` of about 9.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dsp.draws import Purpose, draws
from dsp.respiration import Respiration
from dsp.spectral_shape import OverlappedBlocks, band, power_gain, shaped

Signal = NDArray[np.float64]

_BREATH_SHARE = 0.12


class StethoscopeNoise:
    """Noise in segments of fixed length.

    Args:
        seed: 0 or greater.
        rate: samples per second, Hz.
        length: of a segment, in samples.
        power: its mean, full scale 1, at a breath depth of 1.
        respiration: whose breath is heard.
        depth: gives how deep that is at each sample, by the first and their number.
    """

    def __init__(
        self,
        seed: int,
        rate: int,
        length: int,
        power: float,
        respiration: Respiration,
        depth: Callable[[int, int], Signal],
    ) -> None:
        self._seed, self._rate, self._length = seed, rate, length
        self._respiration, self._depth = respiration, depth
        hz = np.fft.rfftfreq(2 * length, 1 / rate)
        # Room and muscle noise falls steeply; the electronics under it are white.
        floor = band(hz, 22, math.inf, order=2) * (1 + np.square(hz / 80)) ** -1.1 + 0.0015
        self._floor = floor * math.sqrt((1 - _BREATH_SHARE) * power / power_gain(floor))
        breath = band(hz, 80, 200, order=2)
        # Mean of the fourth power of a sine is 3/8.
        self._breath = breath * math.sqrt(_BREATH_SHARE * power / (3 / 8) / power_gain(breath))
        self._blocks = OverlappedBlocks(length, self._block)

    def segment(self, index: int) -> Signal:
        """Gives segment `index` (0 or more), shape (length,)."""
        return self._blocks.segment(index)

    def _block(self, index: int) -> Signal:
        n, first = 2 * self._length, (index - 1) * self._length
        waves = []
        for purpose, gain in ((Purpose.NOISE, self._floor), (Purpose.BREATH, self._breath)):
            waves.append(shaped(draws(self._seed, purpose, index).standard_normal(n), gain))
        effort = np.square(self._respiration.at((first + np.arange(n)) / self._rate))
        return waves[0] + waves[1] * (effort * self._depth(first, n))
