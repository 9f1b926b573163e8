"""Random numbers by seed and purpose."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """Separate random streams, so that what one draws never shifts another."""

    PATIENT = 1
    BEAT = 2
    TONE = 3
    MURMUR = 4
    NOISE = 5
    BREATH = 6
    ADDED_MURMUR = 7
    RHYTHM = 8
    ADDED_NOISE = 9
    FAULT = 100
    FAULT_DEPTH = 101


def draws(seed: int, purpose: Purpose, *index: int) -> np.random.Generator:
    """A generator of its own for a seed (0 or more), a purpose and what is counted within it.

    One purpose is always used with the same number of indices: a last index of 0 is as good as none.
    """
    return np.random.default_rng([seed, purpose, *index])
