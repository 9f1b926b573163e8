"""The rules on silence, holes, fading, clipping and length: windows that are refused unheard."""

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

LONGEST_SILENCE_S = 1.5
"""A window with a longer run of silent steps has a hole: no diastole lasts so long at 35 beats per minute."""

FADING_DB = 12.0
"""A window whose loudness falls steadily by more than this, in decibels, fades."""

FADING_STEADINESS = 0.75
"""Share of the loudness's variance, 0 to 1, that a straight fall must explain to be called steady."""

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


def step_power(filtered: NDArray[np.floating], step: int) -> NDArray[np.float64]:
    """Mean power of each whole grid step of a bandpassed signal.

    Args:
        filtered: Shape (n,), full scale 1. With less than one whole step the signal is taken as one.
        step: Samples in a grid step.

    Returns:
        Shape (max(n // step, 1),); empty for no samples at all.
    """
    if filtered.size == 0:
        return np.empty(0)
    count = max(filtered.size // step, 1)
    steps = filtered[: count * step].reshape(count, -1).astype(np.float64)
    return np.einsum("ij,ij->i", steps, steps) / steps.shape[1]


def quiet_fraction(power: NDArray[np.float64]) -> float:
    """Share of the grid steps that are silent, 0 to 1; 1 where there is none.

    Args:
        power: From ``step_power``.
    """
    return float(np.mean(power < QUIET_RMS**2)) if power.size else 1.0


def longest_silence(power: NDArray[np.float64]) -> int:
    """Length of the longest run of silent grid steps.

    Args:
        power: From ``step_power``.
    """
    sounding = np.flatnonzero(np.concatenate([[True], power >= QUIET_RMS**2, [True]]))
    return int(np.max(np.diff(sounding))) - 1


def fall_db(power: NDArray[np.float64], steps_per_s: float) -> float:
    """How far the loudness falls from a signal's begin to its end, where it does so steadily.

    The noise suppression of an operating system takes a steady heart for noise: within some ten seconds it
    lets less and less of it through.

    Args:
        power: From ``step_power``.
        steps_per_s: Steps in a second.

    Returns:
        Decibels, of the straight line through the loudness of each second and a half; 0 where it does not
        fall, where the fall is not steady, and for less than six seconds.
    """
    piece = round(1.5 * steps_per_s)
    count = power.size // piece
    if count < 4:
        return 0.0
    mean = power[: count * piece].reshape(count, piece).mean(axis=1)
    level = 10 * np.log10(np.maximum(mean, QUIET_RMS**2))
    at = np.arange(count) - (count - 1) / 2
    slope = float(at @ level) / float(at @ at)
    spread = float(np.var(level))
    explained = slope**2 * float(np.mean(at**2)) / spread if spread > 0 else 0.0
    return max(0.0, -slope * power.size / piece) if explained >= FADING_STEADINESS else 0.0


def refusals(
    power: NDArray[np.float64], steps_per_s: float, clipped: float, heard_s: float
) -> tuple[str, ...]:
    """Reasons to refuse a window, as the contract's codes; empty when it passes.

    Args:
        power: From ``step_power``, of its real part.
        steps_per_s: Steps in a second.
        clipped: Clipped share of its source samples, 0 to 1.
        heard_s: Seconds of it that are real, not looped.
    """
    reasons = []
    if quiet_fraction(power) > QUIET_FRACTION:
        reasons.append("too_quiet")
    elif longest_silence(power) > LONGEST_SILENCE_S * steps_per_s:
        reasons.append("gap")
    elif fall_db(power, steps_per_s) > FADING_DB:
        reasons.append("fading")
    if clipped > CLIPPED_FRACTION:
        reasons.append("clipped")
    if heard_s < LEAST_HEARD_S:
        reasons.append("no_heart_sound")
    return tuple(reasons)
