"""Voices near a stethoscope: sounds like speech and like an infant's cry, of no words and nobody.

A voice is a train of glottal pulses, made of its harmonics so that none passes half the sampling rate. Speech
weighs them with the formants of vowels (Peterson and Barney, Control methods used in a study of the vowels,
J. Acoust. Soc. Am. 24, 1952) under the rhythm of syllables; a cry is higher, with a vibrato, in bouts of a
breath each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

_VOWELS_HZ = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
)
_BANDWIDTHS_HZ = (80, 100, 120)
_SYLLABLE_S = 0.24
_HIGHEST_HZ = 4_000.0


def talking(n: int, rate: int, voice: float, chance: np.random.Generator) -> Signal:
    """A phrase: syllables, some with a hissed consonant, and a pause.

    Args:
        n: samples, 1 or more.
        rate: samples per second, Hz.
        voice: who speaks, from 0 (low) to 1 (high): 95 to 230 Hz.
        chance: its draws.

    Returns:
        Shape (n,), of any level.
    """
    wave = np.zeros(n)
    spoken = max(1, round(n * 0.82))
    count = max(1, round(spoken / rate / _SYLLABLE_S))
    edges = np.cumsum(np.concatenate([[0.0], chance.uniform(0.7, 1.3, count)]))
    edges = np.rint(edges / edges[-1] * spoken).astype(int)
    for number in range(count):
        vowel, hiss, loudness, gap = chance.random(4)
        length = max(1, round((edges[number + 1] - edges[number]) * (0.75 + 0.2 * gap)))
        part = slice(edges[number], min(edges[number] + length, n))
        m = part.stop - part.start
        if m < 1:
            continue
        x = (np.arange(m) + 0.5) / m
        # Pitch falls over the phrase and arches over each syllable.
        hz = (95 + 135 * voice) * (1.12 - 0.24 * number / count + 0.08 * np.sin(np.pi * x))
        formants = _VOWELS_HZ[int(vowel * len(_VOWELS_HZ))]
        syllable = _harmonics(hz, rate, lambda f, k, formants=formants: _tract(f, formants) / k)
        syllable *= np.clip(np.minimum(x / 0.2, (1 - x) / 0.35), 0, 1) ** 0.8 * (0.6 + 0.8 * loudness)
        if hiss < 0.5:
            white = chance.standard_normal(m)
            # Differences favour high frequencies.
            rms = float(np.sqrt(np.mean(np.square(syllable))))
            syllable += 0.4 * rms * np.diff(white, prepend=0.0) * (x < 0.25) * np.sin(np.pi * x / 0.25)
        wave[part] += syllable
    return wave


def crying(n: int, rate: int, voice: float, chance: np.random.Generator) -> Signal:
    """A bout of crying, 350 to 550 Hz with a vibrato, and the breath before the next.

    Args:
        n: samples, 1 or more.
        rate: samples per second, Hz.
        voice: who cries, from 0 (low) to 1 (high).
        chance: its draws.

    Returns:
        Shape (n,), of any level.
    """
    m = max(1, round(n * (0.7 + 0.15 * chance.random())))
    x, time = (np.arange(m) + 0.5) / m, np.arange(m) / rate
    vibrato_hz, height, phase = chance.random(3)
    # Rises from 350 Hz and falls back, at its highest 450 to 535 before the vibrato of 2 %.
    hz = 357 + (90 + 60 * voice + 28 * height) * np.sin(np.pi * x) ** 0.7
    hz *= 1 + 0.02 * np.sin(2 * np.pi * ((5 + 3 * vibrato_hz) * time + phase))
    cry = _harmonics(hz, rate, lambda f, k: _tract(f, (1000, 3000, 3800)) / k**0.7)
    wave = np.zeros(n)
    wave[:m] = cry * np.clip(np.minimum(x / 0.1, (1 - x) / 0.25), 0, 1)
    return wave


def _harmonics(hz: Signal, rate: int, strength: Callable[[float, int], float]) -> Signal:
    """A tone of changing pitch with its overtones; strength by frequency and number."""
    phase = 2 * np.pi * np.cumsum(hz) / rate
    highest = min(_HIGHEST_HZ, 0.45 * rate)
    wave = np.zeros(len(hz))
    number = 1
    while number * float(hz.min()) < highest:
        wave += strength(number * float(hz.mean()), number) * np.sin(number * phase) * (number * hz < highest)
        number += 1
    return wave


def _tract(hz: float, formants_hz: tuple[float, ...]) -> float:
    """Magnitude at a frequency of resonances one after the other."""
    gain = 1.0
    for formant, width in zip(formants_hz, _BANDWIDTHS_HZ, strict=True):
        ratio = hz / formant
        gain /= abs(complex(1 - ratio**2, ratio * width / formant))
    return gain
