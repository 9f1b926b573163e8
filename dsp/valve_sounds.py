"""The sounds of the heart's valves and walls: sums of decaying chirps.

After Chen, Durand and Lee (Time-frequency analysis of the first heart sound, Med. Biol. Eng. Comput. 35,
1997) and Xu, Durand and Pibarot (nonlinear transient chirp model of the second heart sound, IEEE Trans.
Biomed. Eng. 47, 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

S1_RMS = 0.31
"""RMS of S1 over its peak, typical of the chirps below: the levels of murmurs count from it."""

# The order is part of what a seed means.
TONES = ("S1", "S2", "S3", "S4", "click", "opening_snap", "ejection_click")
"""Every sound that is rendered here."""

EXTRA_SOUNDS = ("S3", "S4", "ejection_click", "click", "opening_snap")
"""Sounds that can be added to any heart; the click is that of mid-systole."""


@dataclass(frozen=True)
class _Chirp:
    """A component of a valve's sound: its frequency falls from `start_hz` to `end_hz` while it decays."""

    delay_s: float
    start_hz: float
    end_hz: float
    gain: float
    attack_s: float
    decay_s: float


_S1_TRICUSPID_S = 0.028
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
    "ejection_click": (
        _Chirp(0.0, 220, 150, 1.0, 0.002, 0.007),
        _Chirp(0.0, 120, 95, 0.6, 0.003, 0.009),
    ),
}


def valve_sound(name: str, time_s: Signal, pitch: float, shrink: float, split_s: float) -> Signal:
    """Renders one sound.

    Args:
        name: one of `TONES`.
        time_s: moments since its onset, s, shape (n,), n at least 1.
        pitch: factor on every frequency.
        shrink: below 1 shortens it for fast hearts.
        split_s: of S2 alone: from A2 to P2, s; below 0 P2 comes first.

    Returns:
        Shape (n,), peak 1; faded to 0 at its end.
    """
    if name == "S2":
        wave = _chirps(time_s - max(-split_s, 0.0), _CHIRPS["A2"], pitch, shrink)
        wave += _chirps(time_s - max(split_s, 0.0), _CHIRPS["P2"], pitch, shrink)
    else:
        wave = _chirps(time_s, _CHIRPS[name], pitch, shrink)
    # Chirps decay but never end; the truth says where the sound does.
    wave *= _fade_out(len(wave))
    return wave / max(float(np.abs(wave).max()), 1e-12)


def _chirps(time: Signal, chirps: tuple[_Chirp, ...], pitch: float, shrink: float) -> Signal:
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
