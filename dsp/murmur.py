"""Murmurs: when in the beat, under which envelope, how loud and how high.

A murmur is band-limited noise under an envelope. Timing, shape, pitch and grade are the words in which one is
described at the bedside. Levine's grades (Freeman and Levine, The clinical significance of the systolic
murmur, Ann. Intern. Med. 6, 1933) say what a listener hears, not how many decibels that is; the levels here
are the project's own, set so that grade 1 is about as loud as the noise of an ordinary recording (an
`snr_db` of 9) in the murmur's band, grade 3 is plain beside S1 and grade 4 as loud as S1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.cardiac_cycle import CardiacCycle
from dsp.ranges import require_between, require_one_of, require_whole
from dsp.spectral_shape import band, shaped

Signal = NDArray[np.float64]
Envelope = Callable[[Signal], Signal]

SYSTOLIC, DIASTOLIC, CONTINUOUS = "systolic_murmur", "diastolic_murmur", "continuous_murmur"
MURMUR_SOUNDS = (SYSTOLIC, DIASTOLIC, CONTINUOUS)
"""What the truth calls them."""

GRADE_LEVELS = (0.063, 0.16, 0.4, 1.0, 1.6, 2.5)
"""RMS of a murmur of grade 1 to 6 where its envelope is greatest, over the RMS of S1: -24, -16, -8, 0, 4 and
8 dB."""

PITCHES: Mapping[str, tuple[float, float]] = {"low": (30, 100), "medium": (100, 300), "high": (200, 600)}
"""Pass bands, Hz: of a rumble, of a rough ejection murmur, of blowing regurgitation."""

_Span = Callable[[CardiacCycle], tuple[float, float]]

# Start and end, s since S1.
_SPANS: Mapping[str, tuple[str, _Span]] = {
    "early_systolic": (SYSTOLIC, lambda c: (0.5 * c.s1, 0.25 * c.s1 + 0.5 * c.s2)),
    "mid_systolic": (SYSTOLIC, lambda c: (0.85 * c.s1, c.s2 - 0.02 * c.shrink)),
    "late_systolic": (SYSTOLIC, lambda c: (0.55 * c.s2 + 0.03 * c.shrink, c.s2 + 0.1 * c.s2_length)),
    "holosystolic": (SYSTOLIC, lambda c: (0.5 * c.s1, c.s2 + 0.3 * c.s2_length)),
    "early_diastolic": (DIASTOLIC, lambda c: (c.s2 + 0.35 * c.s2_length, c.s2 + 0.65 * c.diastole)),
    "mid_diastolic": (DIASTOLIC, lambda c: (c.s2 + 0.3 * c.diastole, c.s2 + 0.75 * c.diastole)),
    "late_diastolic": (DIASTOLIC, lambda c: (c.s2 + 0.7 * c.diastole, c.rr)),
    "continuous": (CONTINUOUS, lambda c: (0.0, c.rr)),
}
TIMINGS = tuple(_SPANS)
"""When a murmur is heard; late diastolic is presystolic, continuous lasts from S1 to S1."""


def diamond(x: Signal) -> Signal:
    """Crescendo-decrescendo, over a span from 0 to 1."""
    return np.sin(np.pi * x**0.9) ** 1.5


def plateau(x: Signal) -> Signal:
    """As loud throughout."""
    return _ramp(x, 0.12)


def crescendo(x: Signal) -> Signal:
    """Ever louder."""
    return (0.25 + 0.75 * x) * _ramp(x, 0.1)


def decrescendo(x: Signal) -> Signal:
    """Ever softer."""
    return (1.0 - x) ** 1.2 * _ramp(x, 0.08)


def rumble(x: Signal) -> Signal:
    """That of mitral stenosis: decrescendo, then the presystolic accent of atrial contraction."""
    accent = np.clip((x - 0.78) / 0.16, 0.0, 1.0) ** 1.5
    return (0.7 * np.exp(-x / 0.4) + accent) * _ramp(x, 0.05)


def rumble_without_accent(x: Signal) -> Signal:
    """That of mitral stenosis where the atria fibrillate."""
    return np.exp(-x / 0.4) * _ramp(x, 0.05)


_SHAPES: Mapping[str, Envelope] = {
    "crescendo": crescendo,
    "decrescendo": decrescendo,
    "diamond": diamond,
    "plateau": plateau,
}
SHAPES = tuple(_SHAPES)
"""How a murmur's loudness goes over its span."""


@dataclass(frozen=True)
class Murmur:
    """A murmur to add to a heart.

    Attributes:
        timing: one of `TIMINGS`.
        shape: one of `SHAPES`.
        grade: 1 to 6, after Levine; `GRADE_LEVELS` says how loud each is.
        pitch: a key of `PITCHES`, or the pass band itself: least and greatest frequency, 20 to 2,000 Hz. The
            chest and the stethoscope's tube weaken what is above 250 Hz.

    Raises:
        ValueError: a field is outside its range; one line that names it.
    """

    timing: str
    shape: str = "plateau"
    grade: int = 3
    pitch: str | tuple[float, float] = "medium"

    def __post_init__(self) -> None:
        require_one_of("timing", self.timing, TIMINGS)
        require_one_of("shape", self.shape, SHAPES)
        require_whole("grade", self.grade, 1, 6)
        if isinstance(self.pitch, str):
            require_one_of("pitch", self.pitch, PITCHES)
            return
        low, high = self.pitch
        for hz in self.pitch:
            require_between("pitch", hz, 20, 2_000)
        if not low < high:
            raise ValueError(f"pitch must be least and greatest frequency, not [{low:g}, {high:g}]")

    @property
    def band_hz(self) -> tuple[float, float]:
        """Pass band, Hz."""
        return PITCHES[self.pitch] if isinstance(self.pitch, str) else self.pitch

    @property
    def level(self) -> float:
        """RMS where its envelope is greatest over the RMS of S1."""
        return GRADE_LEVELS[self.grade - 1]

    @property
    def envelope(self) -> Envelope:
        """Its loudness over its span from 0 to 1."""
        return _SHAPES[self.shape]


def murmur_span(timing: str, cycle: CardiacCycle) -> tuple[str, tuple[float, float]]:
    """What the truth calls a murmur of one of `TIMINGS`, and its start and end, s since S1."""
    sound, span = _SPANS[timing]
    return sound, span(cycle)


def murmur_noise(white: Signal, rate: int, band_hz: tuple[float, float], envelope: Envelope) -> Signal:
    """Renders a murmur.

    Args:
        white: noise of variance 1, shape (n,), n at least 1.
        rate: samples per second, Hz.
        band_hz: its pass band, Hz.
        envelope: its loudness over its span from 0 to 1.

    Returns:
        Shape (n,): noise of RMS 1 in the band, under an envelope of peak 1.
    """
    n = len(white)
    hz = np.fft.rfftfreq(n, 1 / rate)
    # The chest and the stethoscope's tube weaken the upper part of every murmur.
    noise = shaped(white, band(hz, *band_hz, order=4) / np.sqrt(1 + np.square(hz / 250)))
    noise /= max(float(np.sqrt(np.mean(np.square(noise)))), 1e-12)
    loudness = envelope((np.arange(n) + 0.5) / n)
    return noise * loudness / loudness.max()


def _ramp(x: Signal, width: float) -> Signal:
    """Raised-cosine fade in over `width` and out over the last `width` of 0 to 1."""
    edge = np.clip(np.minimum(x, 1.0 - x) / width, 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * edge)
