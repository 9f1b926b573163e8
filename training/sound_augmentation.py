"""Random changes to the sound of a recording before the front end sees it.

They come in the order in which nature makes them: the heart's own time and pitch, noise around the chest, the
device's response, the device's own noise, its gain, its clipping.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt, sosfilt_zi

from dsp.front_end import silenced
from dsp.time_stretch import time_stretch
from training.noise import RATE, NoiseCorpus

Range = tuple[float, float]

# Above it a resampling filter grows long for a change of pitch nobody hears.
_MOST_PHASES = 200
_CEILING = 0.99
_FAINTEST = 1e-12
_EQUALIZER_HZ = (30.0, 60.0, 120.0, 240.0, 480.0)
_EQUALIZER_Q = 0.7
_RESONANCE_HZ = (50.0, 700.0)
_RESONANCE_Q = (2.0, 8.0)
_RESONANCE_DB = (3.0, 12.0)
_LOW_PASS_ORDERS = (1, 4)
_HIGH_PASS_ORDERS = (1, 3)


@dataclass(frozen=True)
class SoundAugmentation:
    """What may happen to a recording, each number drawn evenly from its range; None or 0 leaves it out.

    Attributes:
        stretch: Change of tempo with the pitch kept, as a share: (0.01, 0.05) is 1 to 5 % faster or slower.
        pitch: Change of pitch with the tempo kept, as a share, up or down.
        noise_snr_db: Level of the heart sound above noise from a `NoiseCorpus`, in decibels.
        low_pass_hz: Corner of the device's low-pass, drawn evenly in octaves, of order 1 to 4.
        high_pass_hz: Corner of its high-pass, likewise, of order 1 to 3.
        resonances: It has one to so many narrow peaks of 3 to 12 dB.
        equalizer_db: Broad rises and dips of up to so many decibels.
        white_snr_db: Level above white noise, in decibels.
        gain_db: Change of level. The result stays below full scale all the same.
        clipping_percentile: The share of samples, in percent, that stays below where the device clips, half
            of the times hard, half of the times soft.
        chance: Of each of these to happen, 0 to 1; the device's response is one.
    """

    stretch: Range | None = None
    pitch: Range | None = None
    noise_snr_db: Range | None = None
    low_pass_hz: Range | None = None
    high_pass_hz: Range | None = None
    resonances: int = 0
    equalizer_db: float = 0.0
    white_snr_db: Range | None = None
    gain_db: Range | None = None
    clipping_percentile: Range | None = None
    chance: float = 1.0

    def __post_init__(self) -> None:
        limits = {
            "stretch": (0, 0.5),
            "pitch": (0, 0.5),
            "noise_snr_db": (-100, 200),
            "low_pass_hz": (1, RATE / 2 - 1),
            "high_pass_hz": (1, RATE / 2 - 1),
            "white_snr_db": (-100, 200),
            "gain_db": (-100, 100),
            "clipping_percentile": (1, 100),
        }
        for name, (low, high) in limits.items():
            drawn_from = getattr(self, name)
            if drawn_from is not None and not low <= drawn_from[0] <= drawn_from[1] <= high:
                raise ValueError(f"{name} {drawn_from} is no range inside {low} to {high}")
        if not (0 <= self.chance <= 1 and self.resonances >= 0 and 0 <= self.equalizer_db <= 40):
            raise ValueError("chance must be 0 to 1, resonances at least 0, equalizer_db 0 to 40")

    @property
    def has_device(self) -> bool:
        """Whether anything of a device's response is switched on."""
        return bool(self.low_pass_hz or self.high_pass_hz or self.resonances or self.equalizer_db)


PAPER = SoundAugmentation(stretch=(0.01, 0.05), pitch=(0.01, 0.10), white_snr_db=(20.0, 40.0))
"""What the reference paper did."""

TRAVEL = SoundAugmentation(
    noise_snr_db=(-5.0, 20.0),
    low_pass_hz=(150.0, 850.0),
    high_pass_hz=(20.0, 60.0),
    resonances=2,
    equalizer_db=6.0,
    gain_db=(-20.0, 10.0),
    clipping_percentile=(95.0, 99.9),
    chance=0.5,
)
"""Another site: its device, its room."""


class SoundAugmenter:
    """Draws changes and makes them.

    Args:
        plan: What may happen.
        noise: Where noise comes from; needed if ``plan.noise_snr_db`` is switched on.

    Raises:
        ValueError: The plan mixes in noise and there is none.
    """

    def __init__(self, plan: SoundAugmentation, noise: NoiseCorpus | None = None) -> None:
        if plan.noise_snr_db is not None and noise is None:
            raise ValueError("this augmentation mixes in noise: give a NoiseCorpus")
        self._plan, self._noise = plan, noise

    def __call__(self, samples: NDArray[np.floating], generator: np.random.Generator) -> NDArray[np.floating]:
        """Change a recording.

        Args:
            samples: Shape (n,), at 2 kHz, full scale 1. What is no sound (not finite, or beyond any sample
                format) is taken as zero.
            generator: Decides everything: the same state, plan, noise and samples give the same bytes.

        Returns:
            Of the same type, finite, shape (m,), m = n unless the tempo changed. A new array. Where anything
            happened it stays below full scale, so that the front end refuses nothing for the device's sake.
        """
        plan = self._plan
        sound = silenced(samples)
        if not sound.size:
            return sound.astype(samples.dtype)
        changed = False

        def happens(switch: object) -> bool:
            nonlocal changed
            now = bool(switch) and generator.random() < plan.chance
            changed = changed or now
            return now

        if happens(plan.stretch):
            sound = time_stretch(sound, 1 + _signed(plan.stretch, generator))
        if happens(plan.pitch):
            sound = pitch_shift(sound, 1 + _signed(plan.pitch, generator))
        if happens(plan.noise_snr_db):
            noise = self._noise.draw(sound.size, generator)
            sound = mix(sound, noise, generator.uniform(*plan.noise_snr_db))
        if happens(plan.has_device):
            sound = _through(_device(plan, generator), sound)
        if happens(plan.white_snr_db):
            white = generator.standard_normal(sound.size)
            sound = mix(sound, white, generator.uniform(*plan.white_snr_db))
        if happens(plan.gain_db):
            sound = sound * 10 ** (generator.uniform(*plan.gain_db) / 20)
        if happens(plan.clipping_percentile):
            percentile, hard = generator.uniform(*plan.clipping_percentile), generator.random() < 0.5
            sound = clip(sound, percentile, hard)
        peak = np.max(np.abs(sound))
        if changed and peak > _CEILING:
            sound = sound * (_CEILING / peak)
        return sound.astype(samples.dtype)


def pitch_shift(samples: NDArray[np.float64], ratio: float) -> NDArray[np.float64]:
    """Move all frequencies by a ratio and keep the tempo: a slower copy, played faster.

    Args:
        samples: Shape (n,), at 2 kHz, finite.
        ratio: 1.1 is 10 % higher; 0.5 to 2. What would come above 1 kHz is lost.

    Returns:
        Shape (n,).
    """
    if not samples.size:
        return samples.copy()
    exact = Fraction(ratio).limit_denominator(_MOST_PHASES)
    offset = np.mean(samples)
    slower = time_stretch(samples - offset, 1 / float(exact))
    played = resample_poly(slower, exact.denominator, exact.numerator)[: samples.size]
    return np.pad(played, (0, samples.size - played.size)) + offset


def mix(samples: NDArray[np.float64], noise: NDArray[np.float64], snr_db: float) -> NDArray[np.float64]:
    """Add noise at a level; power is about the mean, as an offset is not heard.

    Args:
        samples: Shape (n,).
        noise: Shape (n,), at any level.
        snr_db: Power of the samples over that of the added noise, in decibels.

    Returns:
        Shape (n,); the samples as they are where they or the noise are silent.
    """
    loudness, noise_loudness = np.std(samples), np.std(noise)
    if not (loudness > 0 and noise_loudness > 0):
        return samples
    return samples + (noise - np.mean(noise)) / noise_loudness * (loudness * 10 ** (-snr_db / 20))


def clip(samples: NDArray[np.float64], percentile: float, hard: bool) -> NDArray[np.float64]:
    """Clip at a percentile of the magnitudes.

    Args:
        samples: Shape (n,), n >= 1.
        percentile: 0 to 100: the share of samples that stays below.
        hard: Cut off; otherwise bend towards the limit.

    Returns:
        Shape (n,); the samples as they are where that share of them is silent.
    """
    magnitude = np.abs(samples)
    limit = float(np.percentile(magnitude, percentile))
    if limit <= _FAINTEST * np.max(magnitude):
        return samples
    return np.clip(samples, -limit, limit) if hard else limit * np.tanh(samples / limit)


def _signed(share: Range, generator: np.random.Generator) -> float:
    return float(generator.uniform(*share)) * (1 if generator.random() < 0.5 else -1)


def _evenly_in_octaves(limits: Range, generator: np.random.Generator) -> float:
    return float(np.exp(generator.uniform(log(limits[0]), log(limits[1]))))


def _device(plan: SoundAugmentation, generator: np.random.Generator) -> NDArray[np.float64]:
    """Second-order sections of a random device, shape (k, 6), k >= 1."""
    sections = []
    for kind, corner, orders in (
        ("lowpass", plan.low_pass_hz, _LOW_PASS_ORDERS),
        ("highpass", plan.high_pass_hz, _HIGH_PASS_ORDERS),
    ):
        if corner is not None:
            order = int(generator.integers(*orders, endpoint=True))
            hertz = _evenly_in_octaves(corner, generator)
            sections.append(butter(order, hertz, btype=kind, output="sos", fs=RATE))
    if plan.resonances:
        for _ in range(generator.integers(1, plan.resonances, endpoint=True)):
            hertz = _evenly_in_octaves(_RESONANCE_HZ, generator)
            quality, level = generator.uniform(*_RESONANCE_Q), generator.uniform(*_RESONANCE_DB)
            sections.append(_peak(hertz, quality, level))
    if plan.equalizer_db:
        for hertz, level in zip(
            _EQUALIZER_HZ,
            generator.uniform(-plan.equalizer_db, plan.equalizer_db, len(_EQUALIZER_HZ)),
            strict=True,
        ):
            sections.append(_peak(hertz, _EQUALIZER_Q, level))
    return np.concatenate(sections)


def _peak(hertz: float, quality: float, level_db: float) -> NDArray[np.float64]:
    """A rise or dip around a frequency as one second-order section, shape (1, 6).

    Source: R. Bristow-Johnson, Cookbook formulae for audio equalizer biquad filter coefficients, peakingEQ.
    """
    angle = 2 * np.pi * hertz / RATE
    root = 10 ** (level_db / 40)
    alpha = np.sin(angle) / (2 * quality)
    section = [1 + alpha * root, -2 * np.cos(angle), 1 - alpha * root]
    section += [1 + alpha / root, -2 * np.cos(angle), 1 - alpha / root]
    return np.array([section]) / section[3]


def _through(sections: NDArray[np.float64], samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Filter, at rest before the first sample, and bring back to the loudness it had.

    A device that passes little has more gain.
    """
    filtered, _ = sosfilt(sections, samples, zi=sosfilt_zi(sections) * samples[0])
    loudness, heard = np.std(samples), np.std(filtered)
    return filtered * (loudness / heard) if heard > 0 else filtered
