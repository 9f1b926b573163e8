"""Synthetic phonocardiograms with exact ground truth, endless and reproducible.

A beat is planned first (when each sound starts and how long it lasts) and rendered afterwards, so the truth
needs no signal. Sounds of valves are sums of decaying chirps, after Chen, Durand and Lee (Time-frequency
analysis of the first heart sound, Med. Biol. Eng. Comput. 35, 1997) and Xu, Durand and Pibarot (nonlinear
transient chirp model of the second heart sound, IEEE Trans. Biomed. Eng. 47, 2000); murmurs are band-limited
noise under an envelope. Levels and spectra of the sounds and of the noise floor were set beside normal
recordings of the PhysioNet/CinC Challenge 2016, databases a and e, whose noise corresponds to an `snr_db` of
about 9.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import count, islice, takewhile

import numpy as np
from numpy.typing import NDArray

from dsp.block_reader import BlockReader

CONDITIONS = ("normal", "as", "mr", "mvp", "ms", "ar", "s3", "s4")
"""Normal; aortic stenosis; mitral regurgitation; mitral valve prolapse; mitral stenosis; aortic
regurgitation; third heart sound; fourth heart sound."""

Signal = NDArray[np.float64]

# Beats over which the power of the heart sounds is taken that the noise is set against.
_POWER_BEATS = 12
# Beyond this fraction of the interval a beat would no longer hold all its sounds at 200 beats per minute.
_MAX_DEVIATION = 0.35
_BREATH_SHARE = 0.12
_LIMIT_KNEE = 0.9


@dataclass(frozen=True)
class SynthesisConfig:
    """What to synthesise.

    Attributes:
        condition: one of `CONDITIONS`.
        heart_rate_bpm: mean heart rate, 35 to 200 beats per minute.
        jitter: standard deviation of the interval between beats as a fraction of its mean, 0 to 0.2, partly
            respiratory (sinus arrhythmia); single intervals stay within 35 % of the mean.
        snr_db: mean power of everything the heart gives off (murmurs included) over the power of the additive
            noise, -40 to 100 dB; None for no noise.
        murmur_level: RMS of the murmur where its envelope is greatest over the RMS of S1 (taken as 0.31 of
            its peak), 0 to 1; 0 leaves the murmur out.
        rate: samples per second, 1,000 to 192,000 Hz.
        seed: 0 or greater; decides the patient (pitch, splitting, breathing) and every beat.
        amplitude: mean peak of S1, full scale 1, above 0 to 1. What would pass 0.9 is bent softly to below 1.

    Raises:
        ValueError: a field is outside its range; one line that names it.
    """

    condition: str = "normal"
    heart_rate_bpm: float = 72.0
    jitter: float = 0.03
    snr_db: float | None = 30.0
    murmur_level: float = 0.5
    rate: int = 4000
    seed: int = 0
    amplitude: float = 0.3

    def __post_init__(self) -> None:
        if self.condition not in CONDITIONS:
            raise ValueError(f"condition must be one of {', '.join(CONDITIONS)}, not {self.condition!r}")
        _require("heart_rate_bpm", self.heart_rate_bpm, 35, 200)
        _require("jitter", self.jitter, 0, 0.2)
        if self.snr_db is not None:
            _require("snr_db", self.snr_db, -40, 100)
        _require("murmur_level", self.murmur_level, 0, 1)
        _require_whole("rate", self.rate, 1_000, 192_000)
        _require_whole("seed", self.seed, 0, 2**63 - 1)
        _require("amplitude", self.amplitude, 1e-4, 1)


@dataclass(frozen=True)
class SoundInterval:
    """One sound of the truth.

    Attributes:
        sound: "S1", "S2", "S3", "S4", "click", "opening_snap", "systolic_murmur" or "diastolic_murmur".
        start_s: onset, s since the start of the stream.
        end_s: end, s since the start of the stream.
    """

    sound: str
    start_s: float
    end_s: float


class HeartSoundSynthesizer:
    """An endless stream of heart sound.

    The same configuration gives the same samples, however `read` divides them.

    Args:
        config: what to synthesise.
    """

    def __init__(self, config: SynthesisConfig) -> None:
        self.config = config
        self._patient = _Patient.drawn(config)
        # A power of two of about a second: fine enough for the noise's lowest frequencies at any rate.
        self._segment_length = 1 << math.ceil(math.log2(config.rate))
        self._noise = (
            None if config.snr_db is None else _Noise(self._patient, self._segment_length, self._power())
        )
        self.reset()

    def read(self, n: int) -> Signal:
        """Gives the next samples.

        Args:
            n: how many, 0 or more.

        Returns:
            Shape (n,), full scale ±1, never beyond.

        Raises:
            ValueError: `n` is negative.
        """
        return self._stream.read(n)

    def reset(self) -> None:
        """Goes back to the start of the stream."""
        self._stream = BlockReader(self._next_segment)
        self._segment_index = 0
        self._beats = self._patient.beats()
        self._ahead: list[tuple[int, Signal]] = []
        self._rendered_to = 0

    def truth(self, until_s: float) -> list[SoundInterval]:
        """Lists what is in the first seconds of the stream, wherever reading has got to.

        Args:
            until_s: end of the span, s.

        Returns:
            Every sound that starts in the span, ordered by start; an end beyond the span is cut to `until_s`.
        """
        rate = self.config.rate
        beats = takewhile(lambda beat: beat.start < until_s * rate, self._patient.beats())
        sounds = sorted((s for beat in beats for s in beat.sounds), key=lambda s: (s.start, s.end))
        return [
            SoundInterval(sound.name, sound.start / rate, min(sound.end / rate, until_s))
            for sound in sounds
            if sound.start < until_s * rate
        ]

    def _power(self) -> float:
        """Mean power of the first beats without noise."""
        beats = list(islice(self._patient.beats(), _POWER_BEATS))
        energy = sum(float(np.square(self._patient.render(beat)).sum()) for beat in beats)
        return energy / sum(beat.length for beat in beats)

    def _next_segment(self) -> Signal:
        start = self._segment_index * self._segment_length
        end = start + self._segment_length
        while self._rendered_to < end:
            beat = next(self._beats)
            self._ahead.append((beat.start, self._patient.render(beat)))
            self._rendered_to = beat.start + beat.length
        segment = (
            np.zeros(self._segment_length)
            if self._noise is None
            else self._noise.segment(self._segment_index)
        )
        for beat_start, wave in self._ahead:
            left, right = max(beat_start, start), min(beat_start + len(wave), end)
            if left < right:
                segment[left - start : right - start] += wave[left - beat_start : right - beat_start]
        self._ahead = [(beat_start, wave) for beat_start, wave in self._ahead if beat_start + len(wave) > end]
        self._segment_index += 1
        return _limited(segment)


class _Purpose(IntEnum):
    """Separate random streams, so that what one draws never shifts another."""

    PATIENT = 1
    BEAT = 2
    TONE = 3
    MURMUR = 4
    NOISE = 5
    BREATH = 6


@dataclass(frozen=True)
class _Chirp:
    """A component of a valve's sound: its frequency falls from `start_hz` to `end_hz` while it decays."""

    delay_s: float
    start_hz: float
    end_hz: float
    gain: float
    attack_s: float
    decay_s: float


@dataclass(frozen=True)
class _Murmur:
    """A murmur: pass band of its noise and the envelope over its span (0 to 1)."""

    name: str
    low_hz: float
    high_hz: float
    envelope: Callable[[Signal], Signal]


@dataclass(frozen=True)
class _Sound:
    """A planned sound: samples since the start of the stream; level is its peak (chirps) or RMS (murmurs)."""

    name: str
    start: int
    end: int
    level: float


@dataclass(frozen=True)
class _Beat:
    index: int
    start: int
    length: int
    split_s: float
    sounds: tuple[_Sound, ...]


def _ramp(x: Signal, width: float) -> Signal:
    """Raised-cosine fade in over `width` and out over the last `width` of 0 to 1."""
    edge = np.clip(np.minimum(x, 1.0 - x) / width, 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * edge)


def _diamond(x: Signal) -> Signal:
    return np.sin(np.pi * x**0.9) ** 1.5


def _plateau(x: Signal) -> Signal:
    return _ramp(x, 0.12)


def _crescendo(x: Signal) -> Signal:
    return (0.25 + 0.75 * x) * _ramp(x, 0.1)


def _decrescendo(x: Signal) -> Signal:
    return (1.0 - x) ** 1.2 * _ramp(x, 0.08)


def _rumble(x: Signal) -> Signal:
    """Decrescendo, then the presystolic accent of atrial contraction."""
    accent = np.clip((x - 0.78) / 0.16, 0.0, 1.0) ** 1.5
    return (0.7 * np.exp(-x / 0.4) + accent) * _ramp(x, 0.05)


_SYSTOLIC, _DIASTOLIC = "systolic_murmur", "diastolic_murmur"
_MURMURS = {
    "as": _Murmur(_SYSTOLIC, 100, 400, _diamond),
    "mr": _Murmur(_SYSTOLIC, 150, 500, _plateau),
    "mvp": _Murmur(_SYSTOLIC, 150, 450, _crescendo),
    "ms": _Murmur(_DIASTOLIC, 30, 100, _rumble),
    "ar": _Murmur(_DIASTOLIC, 200, 600, _decrescendo),
}
# RMS of S1 over its peak, typical of the chirps below: murmur_level counts from it.
_S1_RMS = 0.31
# Peak of each sound over the peak of S1. S1 is loud in mitral stenosis and soft in mitral regurgitation: as
# its peak is given, S2 is the lower or the higher for it.
_S2_LEVEL = {"as": 0.35, "mr": 0.8, "mvp": 0.7, "ms": 0.5, "ar": 0.6, "s3": 0.65}
_NORMAL_S2_LEVEL = 0.72
_EXTRA_LEVEL = {"click": 0.45, "opening_snap": 0.3, "S3": 0.25, "S4": 0.22}

_S1_TRICUSPID_S = 0.028
# The order is part of what a seed means.
_TONES = ("S1", "S2", "S3", "S4", "click", "opening_snap")
_CHIRPS: dict[str, tuple[_Chirp, ...]] = {
    "S1": (
        _Chirp(0.0, 28, 24, 0.85, 0.015, 0.034),
        _Chirp(0.0, 52, 40, 0.90, 0.010, 0.021),
        _Chirp(0.006, 110, 72, 0.55, 0.004, 0.014),
        _Chirp(_S1_TRICUSPID_S, 68, 50, 0.60, 0.007, 0.018),
        _Chirp(_S1_TRICUSPID_S, 150, 85, 0.25, 0.003, 0.011),
    ),
    "A2": (
        _Chirp(0.0, 60, 42, 1.00, 0.006, 0.015),
        _Chirp(0.0, 125, 72, 0.75, 0.004, 0.012),
        _Chirp(0.002, 210, 130, 0.30, 0.002, 0.008),
    ),
    "P2": (
        _Chirp(0.0, 54, 40, 0.60, 0.006, 0.014),
        _Chirp(0.0, 112, 62, 0.40, 0.004, 0.011),
    ),
    "S3": (_Chirp(0.0, 48, 30, 1.0, 0.010, 0.022),),
    "S4": (_Chirp(0.0, 38, 24, 1.0, 0.012, 0.025),),
    "click": (
        _Chirp(0.0, 240, 160, 1.0, 0.002, 0.007),
        _Chirp(0.0, 130, 105, 0.6, 0.003, 0.008),
    ),
    "opening_snap": (
        _Chirp(0.0, 170, 110, 1.0, 0.002, 0.008),
        _Chirp(0.0, 95, 75, 0.6, 0.003, 0.010),
    ),
}


@dataclass(frozen=True)
class _Patient:
    """Everything that stays the same from beat to beat, and the beats that follow from it."""

    config: SynthesisConfig
    pitch: float
    s2_level: float
    snap_delay_s: float
    s3_delay_s: float
    breath_hz: float
    breath_phase: float
    first_beat_s: float

    @classmethod
    def drawn(cls, config: SynthesisConfig) -> _Patient:
        rng = _rng(config, _Purpose.PATIENT, 0)
        pitch, s2, snap, s3, breath, phase, first = rng.random(7)
        return cls(
            config=config,
            pitch=0.88 + 0.24 * pitch,
            s2_level=_S2_LEVEL.get(config.condition, _NORMAL_S2_LEVEL) * (0.85 + 0.3 * s2),
            snap_delay_s=0.065 + 0.03 * snap,
            s3_delay_s=0.14 + 0.02 * s3,
            breath_hz=0.2 + 0.1 * breath,
            breath_phase=2 * math.pi * phase,
            first_beat_s=0.05 + 0.5 * first * 60 / config.heart_rate_bpm,
        )

    def breath(self, time_s: Signal | float) -> Signal:
        """Respiration at a time, from -1 (expiration) to 1 (inspiration)."""
        return np.sin(2 * np.pi * self.breath_hz * np.asarray(time_s) + self.breath_phase)

    def beats(self) -> Iterator[_Beat]:
        """Plans beat after beat from the start of the stream."""
        start = round(self.first_beat_s * self.config.rate)
        for index in count():
            beat = self._plan(index, start)
            yield beat
            start += beat.length

    def _plan(self, index: int, start: int) -> _Beat:
        config = self.config
        chance, loudness = _rng(config, _Purpose.BEAT, index).standard_normal(2)
        breath = float(self.breath(start / config.rate))
        mean_rr = 60 / config.heart_rate_bpm
        # The squares of the weights add to one (a sine has variance 1/2): jitter stays the deviation.
        deviation = config.jitter * (0.8 * chance + 0.6 * math.sqrt(2) * breath)
        length = round(mean_rr * (1 + min(max(deviation, -_MAX_DEVIATION), _MAX_DEVIATION)) * config.rate)
        rr = length / config.rate
        spans = self._spans(rr, mean_rr)
        # Filling, and with it loudness, follows respiration.
        s1_peak = config.amplitude * (1 + 0.06 * breath + 0.03 * float(np.clip(loudness, -2, 2)))
        murmur = config.murmur_level * _S1_RMS
        relative = {"S1": 1.0, "S2": self.s2_level, **_EXTRA_LEVEL, _SYSTOLIC: murmur, _DIASTOLIC: murmur}
        sounds = []
        for name, (from_s, to_s) in spans.items():
            level = s1_peak * relative[name]
            first, last = round(from_s * config.rate), min(round(to_s * config.rate), length)
            if level > 0 and last > first:
                sounds.append(_Sound(name, start + first, start + last, level))
        # A2 and P2 part on inspiration, when the right ventricle is fuller.
        split_s = (0.022 + 0.013 * breath) * min(1.0, rr / 0.5)
        return _Beat(index, start, length, split_s, tuple(sounds))

    def _spans(self, rr: float, mean_rr: float) -> dict[str, tuple[float, float]]:
        """Start and end of every sound of a beat, s since its S1; the next S1 follows after `rr` s."""
        shrink = min(1.0, rr / 0.5)
        s1, s2_length = 0.12 * shrink, 0.09 * shrink
        # Systole follows the rate of many beats more than the length of the one it is in.
        s2 = min(_systole_s(60 / (mean_rr + 0.3 * (rr - mean_rr))), 0.55 * rr)
        diastole = rr - s2
        spans = {"S1": (0.0, s1), "S2": (s2, s2 + s2_length)}
        match self.config.condition:
            case "as":
                spans[_SYSTOLIC] = (0.85 * s1, s2 - 0.02 * shrink)
            case "mr":
                spans[_SYSTOLIC] = (0.5 * s1, s2 + 0.3 * s2_length)
            case "mvp":
                click = 0.55 * s2
                spans["click"] = (click, click + 0.03 * shrink)
                spans[_SYSTOLIC] = (click + 0.03 * shrink, s2 + 0.1 * s2_length)
            case "ms":
                snap = s2 + min(self.snap_delay_s, 0.45 * diastole)
                spans["opening_snap"] = (snap, snap + 0.03 * shrink)
                spans[_DIASTOLIC] = (snap + 0.03 * shrink, rr)
            case "ar":
                spans[_DIASTOLIC] = (s2 + 0.35 * s2_length, s2 + 0.65 * diastole)
            case "s3":
                s3 = s2 + min(self.s3_delay_s, 0.5 * diastole)
                spans["S3"] = (s3, s3 + min(0.06, 0.3 * diastole))
            case "s4":
                s4 = rr - min(0.1, 0.4 * diastole)
                spans["S4"] = (s4, s4 + min(0.07, 0.3 * diastole))
        return spans

    def render(self, beat: _Beat) -> Signal:
        """Renders a beat without noise, shape (beat.length,)."""
        wave = np.zeros(beat.length)
        for sound in beat.sounds:
            shape = (
                self._murmur(sound, beat.index)
                if sound.name in (_SYSTOLIC, _DIASTOLIC)
                else self._valve_sound(sound, beat)
            )
            wave[sound.start - beat.start : sound.end - beat.start] += sound.level * shape
        return wave

    def _valve_sound(self, sound: _Sound, beat: _Beat) -> Signal:
        rng = _rng(self.config, _Purpose.TONE, beat.index, _TONES.index(sound.name))
        pitch = self.pitch * (1 + 0.015 * float(np.clip(rng.standard_normal(), -2, 2)))
        time = np.arange(sound.end - sound.start) / self.config.rate
        shrink = min(1.0, beat.length / self.config.rate / 0.5)
        if sound.name == "S2":
            wave = _chirps(time, _CHIRPS["A2"], pitch, shrink)
            wave += _chirps(time - beat.split_s, _CHIRPS["P2"], pitch, shrink)
        else:
            wave = _chirps(time, _CHIRPS[sound.name], pitch, shrink)
        # Chirps decay but never end; the truth says where the sound does.
        wave *= _fade_out(len(wave))
        return wave / max(float(np.abs(wave).max()), 1e-12)

    def _murmur(self, sound: _Sound, index: int) -> Signal:
        """Noise of RMS 1 in the murmur's band, under its envelope of peak 1."""
        murmur = _MURMURS[self.config.condition]
        n = sound.end - sound.start
        white = _rng(self.config, _Purpose.MURMUR, index).standard_normal(n)
        hz = np.fft.rfftfreq(n, 1 / self.config.rate)
        # The chest and the stethoscope's tube weaken the upper part of every murmur.
        gain = _band(hz, murmur.low_hz, murmur.high_hz, order=4) / np.sqrt(1 + np.square(hz / 250))
        noise = np.fft.irfft(np.fft.rfft(white) * gain, n)
        noise /= max(float(np.sqrt(np.mean(np.square(noise)))), 1e-12)
        envelope = murmur.envelope((np.arange(n) + 0.5) / n)
        return noise * envelope / envelope.max()


class _Noise:
    """Stethoscope noise: a steady low-frequency floor and breath sounds, in segments of fixed length.

    A segment is the overlap of two independent blocks under sine windows, whose squares add to one: power is
    constant and no segment needs the ones before it.
    """

    def __init__(self, patient: _Patient, length: int, heart_power: float) -> None:
        self._patient = patient
        self._length = length
        config = patient.config
        power = heart_power / 10 ** ((config.snr_db or 0.0) / 10)
        hz = np.fft.rfftfreq(2 * length, 1 / config.rate)
        # Room and muscle noise falls steeply; the electronics under it are white.
        floor = _band(hz, 22, math.inf, order=2) * (1 + np.square(hz / 80)) ** -1.1 + 0.0015
        self._floor = floor * math.sqrt((1 - _BREATH_SHARE) * power / _power_gain(floor))
        breath = _band(hz, 80, 200, order=2)
        # Mean of the fourth power of a sine is 3/8.
        self._breath = breath * math.sqrt(_BREATH_SHARE * power / (3 / 8) / _power_gain(breath))
        self._window = np.sin(np.pi * (np.arange(2 * length) + 0.5) / (2 * length))
        self._tail: tuple[int, Signal] | None = None

    def segment(self, index: int) -> Signal:
        """Gives segment `index` (0 or more), shape (length,)."""
        if self._tail is None or self._tail[0] != index:
            self._tail = (index, self._block(index)[self._length :])
        block = self._block(index + 1)
        tail = self._tail[1]
        self._tail = (index + 1, block[self._length :])
        return tail + block[: self._length]

    def _block(self, index: int) -> Signal:
        """Block `index` covers segments `index - 1` and `index`."""
        config, n = self._patient.config, 2 * self._length
        time = ((index - 1) * self._length + np.arange(n)) / config.rate
        waves = []
        for purpose, gain in ((_Purpose.NOISE, self._floor), (_Purpose.BREATH, self._breath)):
            white = _rng(config, purpose, index).standard_normal(n)
            waves.append(np.fft.irfft(np.fft.rfft(white) * gain, n))
        return self._window * (waves[0] + waves[1] * np.square(self._patient.breath(time)))


def _rng(config: SynthesisConfig, purpose: _Purpose, *index: int) -> np.random.Generator:
    return np.random.default_rng([config.seed, purpose, *index])


def _systole_s(heart_rate_bpm: float) -> float:
    """Interval from S1 to S2, s, at a heart rate in beats per minute.

    Weissler, Harris and Schoenfeld (Circulation 37, 1968): electromechanical systole of men lasts
    546 - 2.1 x rate ms from the Q wave, which precedes S1 by about 55 ms. The regression was made at rest;
    beyond 140 beats per minute systole keeps its share of the cycle instead of vanishing.
    """
    if heart_rate_bpm <= 140:
        return 0.491 - 0.0021 * heart_rate_bpm
    return 0.197 * 140 / heart_rate_bpm


def _chirps(time: Signal, chirps: tuple[_Chirp, ...], pitch: float, shrink: float) -> Signal:
    """Sums chirps at times relative to their onset, s; `shrink` below 1 shortens them for fast hearts."""
    wave = np.zeros(len(time))
    for chirp in chirps:
        t = np.maximum(time - chirp.delay_s * shrink, 0.0)
        attack, decay = chirp.attack_s * shrink, chirp.decay_s * shrink
        envelope = (1 - np.exp(-t / attack)) * np.exp(-t / decay)
        glide = (chirp.start_hz - chirp.end_hz) * decay * (1 - np.exp(-t / decay))
        wave += chirp.gain * envelope * np.sin(2 * np.pi * pitch * (chirp.end_hz * t + glide))
    return wave


def _fade_out(n: int) -> Signal:
    left = (n - 0.5 - np.arange(n)) / max(0.3 * n, 1)
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(left, 0.0, 1.0))


def _band(hz: Signal, low_hz: float, high_hz: float, order: int) -> Signal:
    """Magnitude of a Butterworth band, 0 at 0 Hz."""
    ratio = np.divide(low_hz, hz, out=np.full(len(hz), 1e6), where=hz > 0)
    return 1 / np.sqrt((1 + ratio ** (2 * order)) * (1 + (hz / high_hz) ** (2 * order)))


def _power_gain(gain: Signal) -> float:
    """Power of unit white noise after a filter with `gain` on the bins of a real FFT of even length."""
    squares = np.square(gain)
    return float((2 * squares.sum() - squares[0] - squares[-1]) / (2 * (len(gain) - 1)))


def _limited(signal: Signal) -> Signal:
    """Bends what exceeds the knee, sample by sample, so that nothing passes full scale."""
    room = 1 - _LIMIT_KNEE
    excess = np.maximum(np.abs(signal) - _LIMIT_KNEE, 0.0)
    return np.where(excess > 0, np.copysign(_LIMIT_KNEE + room * np.tanh(excess / room), signal), signal)


def _require(field: str, value: float, low: float, high: float) -> None:
    # Written so that NaN fails too.
    if not low <= value <= high:
        raise ValueError(f"{field} must be {low} to {high}, not {value}")


def _require_whole(field: str, value: int, low: int, high: int) -> None:
    if not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{field} must be a whole number, {low} to {high}, not {value}")
