"""Breathing, which the heart and the stethoscope both hear."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]


@dataclass(frozen=True)
class Respiration:
    """A steady breath.

    Attributes:
        hz: breaths per second.
        phase: at the start of the stream, radians.
    """

    hz: float
    phase: float

    def at(self, time_s: Signal | float) -> Signal:
        """Where the breath is at a time, from -1 (expiration) to 1 (inspiration)."""
        return np.sin(2 * np.pi * self.hz * np.asarray(time_s) + self.phase)

    def effort_power(self, from_s: float, to_s: float) -> float:
        """Mean of the fourth power of `at` over a span, s: the power of noise under its square."""
        # cos 2x and cos 4x of sin^4 x = 3/8 - cos(2x)/2 + cos(4x)/8, integrated.
        omega = 2 * math.pi * self.hz

        def integral(time_s: float) -> float:
            x = omega * time_s + self.phase
            return (3 * x / 8 - math.sin(2 * x) / 4 + math.sin(4 * x) / 32) / omega

        return (integral(to_s) - integral(from_s)) / (to_s - from_s)
