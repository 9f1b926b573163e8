"""Heartbeats of a patient: planned first, so that the truth needs no signal, and rendered afterwards."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray

from dsp.cardiac_cycle import CardiacCycle
from dsp.course import Course
from dsp.draws import Purpose, draws
from dsp.heart import SynthesisConfig
from dsp.murmur import (
    DIASTOLIC,
    Envelope,
    crescendo,
    decrescendo,
    diamond,
    murmur_noise,
    murmur_span,
    plateau,
    rumble,
    rumble_without_accent,
)
from dsp.respiration import Respiration
from dsp.rhythm import Carried, interval
from dsp.valve_sounds import S1_RMS, TONES, valve_sound

Signal = NDArray[np.float64]

# Beats over which the power of the heart sounds is taken that noise is set against.
_POWER_BEATS = 12
# Beyond this fraction of the interval a beat would no longer hold all its sounds at 200 beats per minute.
_MAX_DEVIATION = 0.35

# Timing, pass band (Hz) and envelope of each condition's own murmur; mitral stenosis has its after the snap.
_OWN_MURMURS: dict[str, tuple[str, tuple[float, float], Envelope]] = {
    "as": ("mid_systolic", (100, 400), diamond),
    "mr": ("holosystolic", (150, 500), plateau),
    "mvp": ("late_systolic", (150, 450), crescendo),
    "ms": ("after_snap", (30, 100), rumble),
    "ar": ("early_diastolic", (200, 600), decrescendo),
}
_OWN_SOUNDS = {"mvp": ("click",), "ms": ("opening_snap",), "s3": ("S3",), "s4": ("S4",)}
# Peak of each sound over the peak of S1. S1 is loud in mitral stenosis and soft in mitral regurgitation: as
# its peak is given, S2 is the lower or the higher for it.
_S2_LEVEL = {"as": 0.35, "mr": 0.8, "mvp": 0.7, "ms": 0.5, "ar": 0.6, "s3": 0.65}
_NORMAL_S2_LEVEL = 0.72
_EXTRA_LEVEL = {"click": 0.45, "opening_snap": 0.3, "S3": 0.25, "S4": 0.22, "ejection_click": 0.4}
# The longest that the usual splitting makes S2; what goes beyond lengthens it.
_USUAL_SPLIT_S = 0.036


@dataclass(frozen=True)
class Noisy:
    """How a planned murmur sounds: its band, its envelope, and its number among those added, or None."""

    band_hz: tuple[float, float]
    envelope: Envelope
    number: int | None


@dataclass(frozen=True)
class Sound:
    """A planned sound.

    Attributes:
        name: what the truth calls it.
        start: its first sample since the start of the stream.
        end: the sample after its last.
        level: its peak; of a murmur its RMS where it is loudest.
        murmur: how it sounds if it is a murmur.
    """

    name: str
    start: int
    end: int
    level: float
    murmur: Noisy | None


@dataclass(frozen=True)
class Beat:
    """A planned beat of a patient; samples since the start of the stream."""

    patient: Patient
    index: int
    start: int
    length: int
    ectopic: bool
    split_s: float
    sounds: tuple[Sound, ...]

    def render(self) -> Signal:
        """Renders it without noise, shape (length,)."""
        wave = np.zeros(self.length)
        for sound in self.sounds:
            shape = self._valve_sound(sound) if sound.murmur is None else self._murmur(sound, sound.murmur)
            wave[sound.start - self.start : sound.end - self.start] += sound.level * shape
        return wave

    def _valve_sound(self, sound: Sound) -> Signal:
        config = self.patient.config
        chance = draws(config.seed, Purpose.TONE, self.index, TONES.index(sound.name))
        pitch = self.patient.pitch * (1 + 0.015 * float(np.clip(chance.standard_normal(), -2, 2)))
        time = np.arange(sound.end - sound.start) / config.rate
        shrink = min(1.0, self.length / config.rate / 0.5)
        return valve_sound(sound.name, time, pitch, shrink, self.split_s)

    def _murmur(self, sound: Sound, murmur: Noisy) -> Signal:
        config = self.patient.config
        chance = (
            draws(config.seed, Purpose.MURMUR, self.index)
            if murmur.number is None
            else draws(config.seed, Purpose.ADDED_MURMUR, self.index, murmur.number)
        )
        white = chance.standard_normal(sound.end - sound.start)
        return murmur_noise(white, config.rate, murmur.band_hz, murmur.envelope)


@dataclass(frozen=True)
class Patient:
    """Everything that stays the same from beat to beat while the heart does not change."""

    config: SynthesisConfig
    pitch: float
    s2_level: float
    snap_delay_s: float
    s3_delay_s: float
    respiration: Respiration
    first_beat_s: float

    @classmethod
    def drawn(cls, config: SynthesisConfig) -> Patient:
        """The patient of the configuration's seed; with another heart it is still the same one."""
        pitch, s2, snap, s3, breath, phase, first = draws(config.seed, Purpose.PATIENT, 0).random(7)
        breath_rate = config.breath_rate_per_min
        return cls(
            config=config,
            pitch=0.88 + 0.24 * pitch,
            s2_level=_S2_LEVEL.get(config.condition, _NORMAL_S2_LEVEL) * (0.85 + 0.3 * s2),
            snap_delay_s=0.065 + 0.03 * snap,
            s3_delay_s=0.14 + 0.02 * s3,
            respiration=Respiration(
                0.2 + 0.1 * breath if breath_rate is None else breath_rate / 60, 2 * math.pi * phase
            ),
            first_beat_s=0.05 + 0.5 * first * 60 / config.heart_rate_bpm,
        )

    def beat(self, index: int, start: int, carried: Carried) -> tuple[Beat, Carried]:
        """Plans beat `index`, and gives what it hands on to the next."""
        config = self.config
        chance, loudness = draws(config.seed, Purpose.BEAT, index).standard_normal(2)
        breath = config.breath_depth * float(self.respiration.at(start / config.rate))
        mean_rr = 60 / config.heart_rate_bpm
        # The squares of the weights add to one (a sine has variance 1/2): jitter stays the deviation.
        deviation = config.jitter * (0.8 * chance + 0.6 * math.sqrt(2) * breath)
        sinus_rr = mean_rr * (1 + min(max(deviation, -_MAX_DEVIATION), _MAX_DEVIATION))
        drawn_rr, handed_on = interval(
            config.rhythm,
            config.ectopic_chance,
            sinus_rr,
            mean_rr,
            carried,
            draws(config.seed, Purpose.RHYTHM, index),
        )
        length = round(drawn_rr * config.rate)
        cycle = CardiacCycle.of(length / config.rate, mean_rr)
        # Filling, and with it loudness, follows respiration, and how long the heart had to fill.
        s1_peak = config.amplitude * (1 + 0.06 * breath + 0.03 * float(np.clip(loudness, -2, 2)))
        s1_peak *= 1 + 0.3 * (min(carried.filling, 1.5) - 1)
        s2_level = self.s2_level * (1 + 0.6 * (min(carried.filling, 1.3) - 1))
        split_s = self._split_s(breath) * cycle.shrink
        sounds = []
        for name, (from_s, to_s), relative, murmur in self._parts(cycle, s2_level, abs(split_s)):
            level = s1_peak * relative
            first, last = round(from_s * config.rate), min(round(to_s * config.rate), length)
            if level > 0 and last > first and config.heard:
                sounds.append(Sound(name, start + first, start + last, level, murmur))
        return Beat(self, index, start, length, carried.ectopic, split_s, tuple(sounds)), handed_on

    def _split_s(self, breath: float) -> float:
        """A2 and P2 part on inspiration, when the right ventricle is fuller."""
        split_s = self.config.split_ms / 1000 + self.config.split_variation_ms / 1000 * breath
        return max(split_s, 0.0) if self.config.split_ms >= 0 else min(split_s, 0.0)

    def _parts(
        self, cycle: CardiacCycle, s2_level: float, split_s: float
    ) -> Iterator[tuple[str, tuple[float, float], float, Noisy | None]]:
        """Name, start and end in s since S1, level over the peak of S1, and of a murmur how it sounds."""
        config, s2 = self.config, cycle.s2
        wider = max(0.0, split_s - _USUAL_SPLIT_S * cycle.shrink)
        yield "S1", (0.0, cycle.s1), 1.0, None
        yield "S2", (s2, s2 + cycle.s2_length + wider), s2_level, None
        own = _OWN_SOUNDS.get(config.condition, ())
        for name in (*own, *(sound for sound in config.sounds if sound not in own)):
            yield name, self._extra_span(name, cycle), _EXTRA_LEVEL[name], None
        if config.condition in _OWN_MURMURS:
            timing, band_hz, envelope = _OWN_MURMURS[config.condition]
            if config.condition == "ms":
                span, sound = (self._extra_span("opening_snap", cycle)[1], cycle.rr), DIASTOLIC
                if config.rhythm == "fibrillation":
                    envelope = rumble_without_accent
            else:
                sound, span = murmur_span(timing, cycle)
            yield sound, span, config.murmur_level * S1_RMS, Noisy(band_hz, envelope, None)
        for number, murmur in enumerate(config.murmurs):
            sound, span = murmur_span(murmur.timing, cycle)
            yield sound, span, murmur.level * S1_RMS, Noisy(murmur.band_hz, murmur.envelope, number)

    def _extra_span(self, name: str, cycle: CardiacCycle) -> tuple[float, float]:
        s2, diastole, shrink = cycle.s2, cycle.diastole, cycle.shrink
        match name:
            case "ejection_click":
                click = 0.06 * shrink
                return click, click + 0.03 * shrink
            case "click":
                click = 0.55 * s2
                return click, click + 0.03 * shrink
            case "opening_snap":
                snap = s2 + min(self.snap_delay_s, 0.45 * diastole)
                return snap, snap + 0.03 * shrink
            case "S3":
                s3 = s2 + min(self.s3_delay_s, 0.5 * diastole)
                return s3, s3 + min(0.06, 0.3 * diastole)
            case _:
                s4 = cycle.rr - min(0.1, 0.4 * diastole)
                return s4, s4 + min(0.07, 0.3 * diastole)


class Heartbeats:
    """The beats of a heart that changes.

    Args:
        course: what it is at every moment.

    Attributes:
        respiration: of the patient, which does not change.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._patients = [Patient.drawn(state) for state in course.states]
        self.respiration = self._patients[0].respiration

    def planned(self) -> Iterator[Beat]:
        """Plans beat after beat from the start of the stream."""
        rate = self._patients[0].config.rate
        start, carried = round(self._patients[0].first_beat_s * rate), Carried()
        for index in count():
            beat, carried = self._patients[self._course.number_at(start)].beat(index, start, carried)
            yield beat
            start += beat.length

    def depth(self, first: int, n: int) -> Signal:
        """How deep the breath is at each of `n` samples, shape (n,)."""
        numbers = np.searchsorted(self._course.starts, np.arange(first, first + n), "right") - 1
        depths = np.array([state.breath_depth for state in self._course.states])
        return depths[np.maximum(numbers, 0)]


def heart_power(heart: SynthesisConfig) -> float:
    """Mean power of the first beats of a heart without noise, heard or not."""
    planned = Heartbeats(Course(replace(heart, heard=True))).planned()
    beats = list(islice(planned, _POWER_BEATS))
    energy = sum(float(np.square(beat.render()).sum()) for beat in beats)
    return energy / sum(beat.length for beat in beats)
