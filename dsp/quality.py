"""The rule on silence, clipping and length: which windows are refused before the classifier sees them."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = 0.999
"""Magnitudes from here on count as clipped (16-bit full scale is 0.99997)."""

CLIPPED_FRACTION = 0.01
"""A window with more clipped samples than this is refused."""

QUIET_RMS = 1e-4
"""A grid step (80 ms) of lower bandpassed RMS, -80 dB of full scale, is silent (three 16-bit units)."""

QUIET_FRACTION = 0.5
"""A window with more silent steps than this is refused."""

LEAST_HEARD_S = 1.0
"""A window with less real sound than this, in seconds, is refused: it need not hold one whole heart cycle,
and looped to ten seconds it would be a rhythm that no heart made."""


class ClippingCounter:
    """Counts full-scale source samples per grid step, so that any chunking gives each window the same count.

    Args:
        source_rate: Rate of the raw samples in hertz.
        rate: Analysis rate in hertz.
        step: Analysis samples in a grid step.
    """

    def __init__(self, source_rate: int, rate: int, step: int) -> None:
        self._source_rate, self._rate, self._step = source_rate, rate, step
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next sample is the first of the grid."""
        self._received = 0
        self._first = 0
        self._counts: deque[int] = deque()

    def push(self, samples: NDArray[np.float64]) -> int:
        """Take the next raw samples, shape (n,).

        Returns:
            How many of them are at full scale.
        """
        clipped = np.flatnonzero(np.abs(samples) >= FULL_SCALE) + self._received
        self._received += samples.size
        last = self._received * self._rate // (self._source_rate * self._step)
        self._counts.extend([0] * (last + 1 - self._first - len(self._counts)))
        if clipped.size:
            steps = clipped * self._rate // (self._source_rate * self._step)
            for step, count in zip(*np.unique(steps, return_counts=True), strict=True):
                self._counts[int(step) - self._first] += int(count)
        return int(clipped.size)

    def forget_before(self, step: int) -> None:
        """Drop the counts of steps before ``step``; never the newest step's, which is still being counted."""
        while len(self._counts) > 1 and self._first < step:
            self._counts.popleft()
            self._first += 1

    def fraction(self, first: int, steps: int) -> float:
        """Clipped share of the samples in the steps [first, first + steps) that have arrived, 0 to 1."""
        begin = first - self._first
        clipped = sum(list(self._counts)[max(begin, 0) : begin + steps])
        start = first * self._step * self._source_rate / self._rate
        heard = min(self._received - start, steps * self._step * self._source_rate / self._rate)
        return clipped / heard if heard > 0 else 0.0


def quiet_fraction(filtered: NDArray[np.float64], step: int) -> float:
    """Share of the whole grid steps in a bandpassed signal that are silent.

    Args:
        filtered: Shape (n,), full scale 1. With less than one whole step the signal is judged as one.
        step: Samples in a grid step.

    Returns:
        0 to 1; 1 for no samples at all.
    """
    if filtered.size == 0:
        return 1.0
    count = max(filtered.size // step, 1)
    steps = filtered[: count * step].reshape(count, -1)
    return float(np.mean(np.einsum("ij,ij->i", steps, steps) < QUIET_RMS**2 * steps.shape[1]))


def refusals(quiet: float, clipped: float, heard_s: float) -> tuple[str, ...]:
    """Reasons to refuse a window, as the contract's codes; empty when it passes.

    Args:
        quiet: Silent share of its steps, 0 to 1.
        clipped: Clipped share of its source samples, 0 to 1.
        heard_s: Seconds of it that are real, not looped.
    """
    reasons = []
    if quiet > QUIET_FRACTION:
        reasons.append("too_quiet")
    if clipped > CLIPPED_FRACTION:
        reasons.append("clipped")
    if heard_s < LEAST_HEARD_S:
        reasons.append("no_heart_sound")
    return tuple(reasons)
