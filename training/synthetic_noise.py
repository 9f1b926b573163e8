"""Noise that nobody has recorded for training: hands on the stethoscope, the mains, hiss.

The generators are wider than those of ``dsp.noise_kinds``, which make what a ward sounds like: a gate must
also refuse what no scenario holds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from training.noise import RATE

Signal = NDArray[np.float64]

_THUMP_S = 0.3
_FAINT = 1e-4


def hiss(length: int, generator: np.random.Generator) -> Signal:
    """Noise without events, from white to that which falls by 6 dB an octave.

    Args:
        length: Samples at 2 kHz.
        generator: Decides everything.

    Returns:
        Shape (length,), at no particular level.
    """
    return _coloured(length, generator.uniform(0, 2), generator)


def tapping(length: int, generator: np.random.Generator) -> Signal:
    """Thumps, as ``hiss``: at random times, or, two times in five, nearly as regular as a heart's."""
    regular, interval_s = generator.random() < 0.4, generator.uniform(0.25, 1.5)
    hertz, decay_s = _in_octaves(30, 400, generator), generator.uniform(0.005, 0.05)
    spread = 1.05 if regular else 1.25
    time_s = np.arange(round(_THUMP_S * RATE)) / RATE
    total, at_s = np.zeros(length), generator.uniform(0, 0.5)
    while at_s * RATE < length:
        pitch = hertz * generator.uniform(1 / spread, spread)
        contact = 0.5 * generator.standard_normal(time_s.size) * np.exp(-time_s / (0.4 * decay_s))
        thump = np.exp(-time_s / decay_s) * (np.sin(2 * np.pi * pitch * time_s) + contact)
        _add(total, round(at_s * RATE), generator.uniform(0.4, 1) * thump)
        at_s += (
            interval_s * generator.uniform(0.9, 1.1) if regular else 0.08 + generator.exponential(interval_s)
        )
    return total + _FAINT * generator.standard_normal(length)


def rubbing(length: int, generator: np.random.Generator) -> Signal:
    """Scratches of a chest piece over skin or cloth, as ``hiss``."""
    low_hz = _in_octaves(20, 150, generator)
    rough = sosfilt(
        butter(2, low_hz, "highpass", fs=RATE, output="sos"),
        _coloured(length, generator.uniform(0, 2), generator),
    )
    slips_hz = generator.uniform(5, 40)
    rough *= 1 + 0.8 * np.sin(2 * np.pi * slips_hz * np.arange(length) / RATE)
    strokes, at_s, often_hz = np.zeros(length), 0.0, generator.uniform(0.5, 4)
    while (at_s := at_s + generator.exponential(1 / often_hz)) * RATE < length:
        stroke = np.hanning(round(generator.uniform(0.05, 1.2) * RATE))
        _add(strokes, round(at_s * RATE), generator.uniform(0.3, 1) * stroke)
    return rough * strokes + _FAINT * generator.standard_normal(length)


def hum(length: int, generator: np.random.Generator) -> Signal:
    """The mains at 50 or 60 Hz and up to seven overtones over some hiss, as ``hiss``."""
    mains_hz = generator.choice([50, 60]) * generator.uniform(0.996, 1.004)
    fall, time_s = generator.uniform(0, 1.2), np.arange(length) / RATE
    total = 10 ** generator.uniform(-3, -1) * generator.standard_normal(length)
    for number in range(1, int(generator.integers(2, 9))):
        strength = generator.uniform(0.05, 1) / number**fall
        total += strength * np.sin(2 * np.pi * (number * mains_hz * time_s + generator.random()))
    return total


def _coloured(length: int, fall: float, generator: np.random.Generator) -> Signal:
    """White noise whose power falls by frequency to the power of ``fall``."""
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    spectrum = np.fft.rfft(generator.standard_normal(length)) * np.maximum(hertz, 5.0) ** (-fall / 2)
    return np.fft.irfft(spectrum, length)


def _in_octaves(low: float, high: float, generator: np.random.Generator) -> float:
    return float(np.exp(generator.uniform(np.log(low), np.log(high))))


def _add(total: Signal, first: int, part: Signal) -> None:
    end = min(total.size, first + part.size)
    total[first:end] += part[: max(0, end - first)]
