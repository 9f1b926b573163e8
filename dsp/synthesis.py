"""Synthetic phonocardiograms with exact ground truth, endless and reproducible.

A beat is planned first (when each sound starts and how long it lasts) and rendered afterwards, so the truth
needs no signal. Levels and spectra of the sounds were set beside normal recordings of the PhysioNet/CinC
Challenge 2016, databases a and e.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from dsp.block_reader import BlockReader
from dsp.course import Change, Course
from dsp.heart import CONDITIONS, SynthesisConfig
from dsp.heartbeats import Beat, Heartbeats, heart_power
from dsp.noise_kinds import Noise, NoiseTrack
from dsp.stethoscope_noise import StethoscopeNoise

__all__ = [
    "CONDITIONS",
    "ChangeInterval",
    "HeartBeat",
    "HeartSoundSynthesizer",
    "NoiseInterval",
    "SoundInterval",
    "SynthesisConfig",
]

Signal = NDArray[np.float64]

_LIMIT_KNEE = 0.9


@dataclass(frozen=True)
class SoundInterval:
    """One sound of the truth.

    Attributes:
        sound: "S1", "S2", "S3", "S4", "ejection_click", "click", "opening_snap", "systolic_murmur",
            "diastolic_murmur" or "continuous_murmur".
        start_s: onset, s since the start of the stream.
        end_s: end, s since the start of the stream.
    """

    sound: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class HeartBeat:
    """One beat of the truth.

    Attributes:
        start_s: onset of its S1, s since the start of the stream.
        end_s: onset of the next beat's.
        ectopic: whether it is premature.
    """

    start_s: float
    end_s: float
    ectopic: bool


@dataclass(frozen=True)
class ChangeInterval:
    """A change of the truth.

    Attributes:
        change: what changes.
        start_s: onset of the first beat that is changed, s since the start of the stream.
        end_s: onset of the first beat that no longer is.
    """

    change: Change
    start_s: float
    end_s: float


@dataclass(frozen=True)
class NoiseInterval:
    """A noise of the truth.

    Attributes:
        noise: what it is.
        start_s: its beginning, s since the start of the stream.
        end_s: its end, s since the start of the stream.
    """

    noise: Noise
    start_s: float
    end_s: float


class HeartSoundSynthesizer:
    """An endless stream of heart sound.

    The same arguments give the same samples, however `read` divides them.

    Args:
        config: what to synthesise.
        changes: what becomes of it, at set times.
        noises: what is mixed in, at set times; their order is part of what a seed means.

    Raises:
        ValueError: changes together make a heart that cannot be; one line.
    """

    def __init__(
        self, config: SynthesisConfig, changes: Sequence[Change] = (), noises: Sequence[Noise] = ()
    ) -> None:
        self.config = config
        self._noises = tuple(noises)
        self._course = Course(config, changes)
        self._heart = Heartbeats(self._course)
        # A power of two of about a second: fine enough for the noise's lowest frequencies at any rate.
        self._segment_length = 1 << math.ceil(math.log2(config.rate))
        self._noise = self._background()
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
        self._beats = self._heart.planned()
        self._ahead: list[tuple[int, Signal]] = []
        self._rendered_to = 0
        self._tracks: dict[int, NoiseTrack] = {}

    def truth(self, until_s: float) -> list[SoundInterval]:
        """Lists what is in the first seconds of the stream, wherever reading has got to.

        Args:
            until_s: end of the span, s.

        Returns:
            Every sound that starts in the span, ordered by start; an end beyond the span is cut to `until_s`.
        """
        rate = self.config.rate
        sounds = sorted(
            (sound for beat in self._planned(until_s) for sound in beat.sounds),
            key=lambda sound: (sound.start, sound.end),
        )
        return [
            SoundInterval(sound.name, sound.start / rate, min(sound.end / rate, until_s))
            for sound in sounds
            if sound.start < until_s * rate
        ]

    def beats(self, until_s: float) -> list[HeartBeat]:
        """Lists the beats that are heard and start in the first seconds of the stream.

        Args:
            until_s: end of the span, s.

        Returns:
            By start; an end beyond the span is cut to `until_s`.
        """
        rate = self.config.rate
        return [
            HeartBeat(beat.start / rate, min((beat.start + beat.length) / rate, until_s), beat.ectopic)
            for beat in self._planned(until_s)
            if beat.patient.config.heard
        ]

    def changes(self, until_s: float) -> list[ChangeInterval]:
        """Lists the changes in the first seconds of the stream.

        Args:
            until_s: end of the span, s.

        Returns:
            By the time that was set, without those that touch no beat; an end beyond the span is cut to
            `until_s`.
        """
        rate = self.config.rate
        onsets = [beat.start for beat in self._planned(until_s)]
        happened = []
        for change in self._course.changes:
            start, end = change.span(rate)
            first = bisect_left(onsets, start)
            last = len(onsets) if end is None else bisect_left(onsets, end)
            if first < last:
                end_s = onsets[last] / rate if last < len(onsets) else until_s
                happened.append(ChangeInterval(change, onsets[first] / rate, end_s))
        return happened

    def noises(self, until_s: float) -> list[NoiseInterval]:
        """Lists the noises that start in the first seconds of the stream.

        Args:
            until_s: end of the span, s.

        Returns:
            By start; an end beyond the span is cut to `until_s`.
        """
        rate = self.config.rate
        happened = []
        for noise in sorted(self._noises, key=lambda noise: noise.at_s):
            start, end = noise.span(rate)
            if start < until_s * rate:
                end_s = until_s if end is None else min(end / rate, until_s)
                happened.append(NoiseInterval(noise, start / rate, end_s))
        return happened

    def _planned(self, until_s: float) -> Iterator[Beat]:
        return takewhile(lambda beat: beat.start < until_s * self.config.rate, self._heart.planned())

    def _background(self) -> StethoscopeNoise | None:
        config = self.config
        if config.snr_db is None:
            return None
        power = heart_power(config) / 10 ** (config.snr_db / 10)
        return StethoscopeNoise(
            config.seed, config.rate, self._segment_length, power, self._heart.respiration, self._heart.depth
        )

    def _next_segment(self) -> Signal:
        start = self._segment_index * self._segment_length
        end = start + self._segment_length
        while self._rendered_to < end:
            beat = next(self._beats)
            self._ahead.append((beat.start, beat.render()))
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
        self._mix_noises(segment, start)
        self._segment_index += 1
        return _limited(segment)

    def _mix_noises(self, segment: Signal, start: int) -> None:
        for number, noise in enumerate(self._noises):
            first, last = noise.span(self.config.rate)
            left = max(first, start)
            right = start + len(segment) if last is None else min(last, start + len(segment))
            if left >= right:
                # One that is over is given back, lest many of them add up.
                self._tracks.pop(number, None)
                continue
            if number not in self._tracks:
                self._tracks[number] = self._track(noise, number)
            segment[left - start : right - start] += self._tracks[number].samples(left, right - left)

    def _track(self, noise: Noise, number: int) -> NoiseTrack:
        config, (start, _) = self.config, noise.span(self.config.rate)
        if noise.level_db is not None:
            power = 10 ** (noise.level_db / 10)
        else:
            power = heart_power(self._course.at(start)) / 10 ** ((noise.snr_db or 0.0) / 10)
        return NoiseTrack(noise, number, config.seed, config.rate, self._heart.respiration, power)


def _limited(signal: Signal) -> Signal:
    """Bends what exceeds the knee, sample by sample, so that nothing passes full scale."""
    room = 1 - _LIMIT_KNEE
    excess = np.maximum(np.abs(signal) - _LIMIT_KNEE, 0.0)
    return np.where(excess > 0, np.copysign(_LIMIT_KNEE + room * np.tanh(excess / room), signal), signal)
