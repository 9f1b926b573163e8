"""What a stethoscope's bell and diaphragm let through, for the ear; what is judged is not filtered by it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dsp.bandpass import CausalBandpass

BANDS_HZ = {"wide": (20.0, 1000.0), "bell": (20.0, 200.0), "diaphragm": (100.0, 500.0)}
"""Lower and upper -3 dB edge of each, in hertz; an upper one that is not below half the rate is left out."""

ORDER = 4
"""Of each edge: 24 dB an octave."""

FADE_S = 0.05
"""From one filter to another."""


class ListeningFilter:
    """Butterworth bandpasses that run side by side, so that one fades into another without a click.

    Args:
        rate: Samples a second, 1000 to 192000.
        band: Of ``BANDS_HZ``.
    """

    def __init__(self, rate: int, band: str = "wide") -> None:
        self.rate = rate
        self._filters = {name: CausalBandpass(*edges, ORDER, rate) for name, edges in BANDS_HZ.items()}
        self._fade = max(1, round(FADE_S * rate))
        self._mix = self._begun = self._goal = self._shares(band)
        self._faded = self._fade

    def reset(self) -> None:
        """Forget the sound, not the choice: the next sample is the first of a new stream."""
        for each in self._filters.values():
            each.reset()
        self._mix = self._begun = self._goal
        self._faded = self._fade

    def choose(self, band: str) -> None:
        """Fade to a band of ``BANDS_HZ`` from the next sample on; the one it has already changes nothing."""
        goal = self._shares(band)
        if not np.array_equal(goal, self._goal):
            self._begun, self._goal, self._faded = self._mix, goal, 0

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Filter the next samples.

        Args:
            samples: Shape (n,), finite.

        Returns:
            Shape (n,), as one pass over the whole stream would give, whatever the chunks.
        """
        if not samples.size:
            return np.empty(0)
        filtered = [each.push(samples) for each in self._filters.values()]
        passed = np.minimum(self._faded + 1 + np.arange(samples.size), self._fade) / self._fade
        self._faded = min(self._faded + samples.size, self._fade)
        self._mix = self._begun + (self._goal - self._begun) * passed[-1]
        return sum(
            (begun + (goal - begun) * passed) * each
            for begun, goal, each in zip(self._begun, self._goal, filtered, strict=True)
        )

    @staticmethod
    def _shares(band: str) -> NDArray[np.float64]:
        return np.array([name == band for name in BANDS_HZ], float)
