"""Noises of a ward and of a hand on the stethoscope, each at a stated level over a stated span.

Every noise is made at a mean power of 1 first: steady ones by their spectrum, those that come and go in
cycles (a phrase, a bout, some scratches, some taps) of which each has that power, pauses included. A span
holds a whole number of cycles, so that its power is the one asked for, however few they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.course import LONGEST_S
from dsp.draws import Purpose, draws
from dsp.ranges import require_between, require_one_of
from dsp.respiration import Respiration
from dsp.spectral_shape import OverlappedBlocks, band, power_gain, shaped
from dsp.voices import crying, talking

Signal = NDArray[np.float64]

_SHORTEST_S = 0.1
# Lest a noise begin or end with a click of its own.
_RAMP_S = 0.005
# From here on the mean over a breath is as good as the mean over the span.
_MANY_BREATHS_S = 120.0


@dataclass(frozen=True)
class Noise:
    """A noise to mix in at a set time.

    Attributes:
        kind: one of `NOISE_KINDS`.
        at_s: when it begins, 0 to 86,400 s.
        length_s: how long it lasts, 0.1 to 86,400 s; None for as long as the stream.
        snr_db: power of the heart, as it is when the noise begins, over that of the noise, pauses included,
            -40 to 100 dB. Of a heart that is not heard, as if it were.
        level_db: instead of that, RMS of the noise over full scale, -120 to 0 dB.
        mains_hz: of hum alone: 50 (if None) or 60 Hz.

    Raises:
        ValueError: a field is outside its range, missing or too many; one line that names it.
    """

    kind: str
    at_s: float = 0.0
    length_s: float | None = None
    snr_db: float | None = None
    level_db: float | None = None
    mains_hz: float | None = None

    def __post_init__(self) -> None:
        require_one_of("kind", self.kind, NOISE_KINDS)
        require_between("at_s", self.at_s, 0, LONGEST_S)
        if self.length_s is not None:
            require_between("length_s", self.length_s, _SHORTEST_S, LONGEST_S)
        if (self.snr_db is None) == (self.level_db is None):
            raise ValueError(f"snr_db or level_db must say how loud {self.kind} is, one of the two")
        if self.snr_db is not None:
            require_between("snr_db", self.snr_db, -40, 100)
        if self.level_db is not None:
            require_between("level_db", self.level_db, -120, 0)
        if self.mains_hz is not None and self.kind != "hum":
            raise ValueError(f"mains_hz is not for {self.kind}; leave it out")
        if self.mains_hz not in (None, 50, 60):
            raise ValueError(f"mains_hz must be 50 or 60, not {self.mains_hz:g}")

    def span(self, rate: int) -> tuple[int, int | None]:
        """Its first sample, and the one after its last, or None."""
        start = round(self.at_s * rate)
        return start, None if self.length_s is None else start + max(1, round(self.length_s * rate))


class NoiseTrack:
    """One noise, rendered at any place of its span; reading on from place to place is fast.

    Args:
        noise: what it is.
        number: which of a stream's noises it is, so that two of a kind differ.
        seed: 0 or greater.
        rate: samples per second, Hz.
        respiration: of the patient, whose breath "breathing" follows.
        power: its mean over its span, full scale 1.
    """

    def __init__(
        self, noise: Noise, number: int, seed: int, rate: int, respiration: Respiration, power: float
    ) -> None:
        self._start, self._end = noise.span(rate)
        self._ramp = _RAMP_S * rate
        span = _Span(noise, number, seed, rate, self._start, self._end, respiration)
        self._gain = math.sqrt(power)
        self._made = NOISE_KINDS[noise.kind](span)

    def samples(self, first: int, n: int) -> Signal:
        """Gives `n` samples of the stream from `first` on, all within the span, shape (n,)."""
        since = first - self._start + np.arange(n) + 0.5
        edge = since if self._end is None else np.minimum(since, self._end - self._start - since)
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.minimum(edge / self._ramp, 1.0))
        return self._gain * ramp * self._made(first - self._start, n)


@dataclass(frozen=True)
class _Span:
    """What a noise is made for; the end is None where there is none."""

    noise: Noise
    number: int
    seed: int
    rate: int
    start: int
    end: int | None
    respiration: Respiration

    def chance(self, index: int) -> np.random.Generator:
        """Draws of the noise as a whole (0) or of a part of it (1 or more)."""
        return draws(self.seed, Purpose.ADDED_NOISE, self.number, index)


# Gives samples by their place in the span and their number.
_Made = Callable[[int, int], Signal]
# Makes a cycle: its length in samples, the rate, what stays the same from cycle to cycle (0 to 1), its draws.
_Cycle = Callable[[int, int, float, np.random.Generator], Signal]


def _in_cycles(nominal_s: float, cycle: _Cycle) -> Callable[[_Span], _Made]:
    def make(span: _Span) -> _Made:
        nominal = nominal_s * span.rate
        # A span without end has cycles of equal length; one that has one is shared out among them.
        length = math.inf if span.end is None else span.end - span.start
        share = nominal if span.end is None else length / max(1, round(length / nominal))
        constant = float(span.chance(0).random())
        kept: tuple[int, Signal] = (-1, np.empty(0))

        def edge(index: int) -> int:
            return int(min(round(index * share), length))

        def wave(index: int) -> Signal:
            nonlocal kept
            if kept[0] != index:
                n = edge(index + 1) - edge(index)
                made = cycle(n, span.rate, constant, span.chance(index + 1))
                kept = (index, made / max(float(np.sqrt(np.mean(np.square(made)))), 1e-12))
            return kept[1]

        def samples(first: int, n: int) -> Signal:
            out, index = np.empty(n), max(0, int(first / share) - 1)
            at = first
            while at < first + n:
                while edge(index + 1) <= at:
                    index += 1
                end = min(edge(index + 1), first + n)
                out[at - first : end - first] = wave(index)[at - edge(index) : end - edge(index)]
                at = end
            return out

        return samples

    return make


def _steady(spectrum: Callable[[Signal], Signal]) -> Callable[[_Span], _Made]:
    """Noise whose magnitude over frequency in Hz is given."""

    def make(span: _Span) -> _Made:
        length = 1 << math.ceil(math.log2(span.rate))
        gain = spectrum(np.fft.rfftfreq(2 * length, 1 / span.rate))
        gain = gain / math.sqrt(power_gain(gain))
        blocks = OverlappedBlocks(
            length, lambda index: shaped(span.chance(index + 1).standard_normal(2 * length), gain)
        )
        kept: tuple[int, Signal] = (-1, np.empty(0))

        def samples(first: int, n: int) -> Signal:
            nonlocal kept
            out, at = np.empty(n), first
            while at < first + n:
                index, offset = divmod(at, length)
                if kept[0] != index:
                    kept = (index, blocks.segment(index))
                part = kept[1][offset : offset + first + n - at]
                out[at - first : at - first + len(part)] = part
                at += len(part)
            return out

        return samples

    return make


def _breathing(span: _Span) -> _Made:
    steady, breath = _steady(lambda hz: band(hz, 80, 400, order=2))(span), span.respiration
    power = 3 / 8
    if span.end is not None and span.end - span.start < _MANY_BREATHS_S * span.rate:
        power = breath.effort_power(span.start / span.rate, span.end / span.rate)

    def samples(first: int, n: int) -> Signal:
        time = (span.start + first + np.arange(n)) / span.rate
        return steady(first, n) * np.square(breath.at(time)) / math.sqrt(power)

    return samples


# Of the mains and its overtones; rectifiers make the second strong.
_HUM = (1.0, 0.5, 0.35, 0.2, 0.15, 0.1, 0.08, 0.06)


def _hum(span: _Span) -> _Made:
    mains_hz = span.noise.mains_hz or 50
    phases = 2 * np.pi * span.chance(0).random(len(_HUM))
    waves = [
        (number * mains_hz, strength, phase)
        for number, (strength, phase) in enumerate(zip(_HUM, phases, strict=True), 1)
        if number * mains_hz < 0.45 * span.rate
    ]
    power = sum(strength**2 for _, strength, _ in waves) / 2

    def samples(first: int, n: int) -> Signal:
        # Whole seconds hold whole waves; without them a late sample's phase would lose digits.
        time = ((first + np.arange(n)) % span.rate) / span.rate
        return sum(
            (strength * np.sin(2 * np.pi * hz * time + phase) for hz, strength, phase in waves), np.zeros(n)
        ) / math.sqrt(power)

    return samples


def _movement(n: int, rate: int, constant: float, chance: np.random.Generator) -> Signal:
    """Some scratches of the chest piece over skin or cloth: bursts of rough broadband noise."""
    wave = np.zeros(n)
    hz = np.fft.rfftfreq(n, 1 / rate)
    # Rubbing is strongest below 300 Hz and reaches far above.
    white = shaped(chance.standard_normal(n), band(hz, 30, math.inf, order=1) / np.sqrt(1 + (hz / 300) ** 2))
    # Skin sticks and slips some forty times a second.
    slips = np.arange(0, n + rate // 40, rate // 40)
    rough = np.interp(np.arange(n), slips, chance.random(len(slips)))
    for _ in range(int(chance.integers(1, 4))):
        length = max(1, round(min(chance.uniform(0.08, 0.4) * rate, 0.6 * n)))
        first = int(chance.integers(0, n - length + 1))
        x = (np.arange(length) + 0.5) / length
        wave[first : first + length] += np.sin(np.pi * x) * chance.uniform(0.5, 1.0)
    return white * wave * (0.2 + rough)


def _tapping(n: int, rate: int, constant: float, chance: np.random.Generator) -> Signal:
    """Some short thumps at irregular times: a finger on the chest piece or its tube."""
    wave = np.zeros(n)
    for _ in range(int(chance.integers(1, 5))):
        hz, decay, loudness = chance.uniform(70, 160), chance.uniform(0.008, 0.02), chance.uniform(0.5, 1.0)
        first = int(chance.random() * 0.96 * n)
        time = np.arange(min(n - first, math.ceil(0.12 * rate))) / rate
        # The contact itself, over the ring of what was hit; both are 0 by the cut.
        click = 0.5 * np.exp(-time / 0.002) * chance.standard_normal(len(time))
        ring = np.sin(2 * np.pi * hz * time) * (1 - np.exp(-time / 0.001)) * np.exp(-time / decay)
        wave[first : first + len(time)] += loudness * (ring + click)
    return wave


NOISE_KINDS: Mapping[str, Callable[[_Span], _Made]] = {
    "white": _steady(np.ones_like),
    "pink": _steady(lambda hz: band(hz, 15, math.inf, order=2) / np.sqrt(np.maximum(hz, 1.0))),
    "talking": _in_cycles(2.6, talking),
    "crying": _in_cycles(1.3, crying),
    "movement": _in_cycles(1.6, _movement),
    "tapping": _in_cycles(2.0, _tapping),
    "hum": _hum,
    "breathing": _breathing,
}
"""White; pink (from 15 Hz); a voice that sounds like speech, in phrases; an infant's cry, in bouts; rubbing
of the chest piece, in bursts; taps at irregular times; hum of the mains with overtones; breath in the
patient's own rhythm."""
