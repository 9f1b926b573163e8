"""How many bits a recording's samples need, and the samples as whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BITS = (16, 24, 32)


@dataclass(frozen=True)
class SampleWidth:
    """What holds every sample exactly.

    Attributes:
        bits: Of whole numbers, the least of 16, 24 and 32; None where none of them will do.
        single: Floating point of 32 bits will do, where whole numbers will not.
        lowest: A sample is the lowest value of its bits, -1, or beyond it.
    """

    bits: int | None
    single: bool
    lowest: bool


def sample_width(blocks: Iterable[NDArray[np.floating]]) -> SampleWidth:
    """Finds out what holds samples exactly.

    Args:
        blocks: shape (n,) each, full scale ±1; NaN and infinities need floating point.
    """
    needed, single, lowest = 0, True, False
    for block in blocks:
        values = np.asarray(block, np.float64)
        while needed < len(BITS) and not _fits(values, BITS[needed]):
            needed += 1
        lowest |= bool((values <= -1.0).any())
        with np.errstate(over="ignore", invalid="ignore"):
            single &= bool(np.array_equal(values, values.astype(np.float32), equal_nan=True))
    return SampleWidth(BITS[needed] if needed < len(BITS) else None, single, lowest)


def whole_numbers(blocks: Iterable[NDArray[np.floating]], bits: int) -> NDArray[np.int32]:
    """The samples as whole numbers, rounded where they are none.

    Args:
        blocks: shape (n,) each, full scale ±1. What is beyond is cut, NaN becomes 0.
        bits: 16, 24 or 32.

    Returns:
        Shape (all,), from -2^(bits-1) to 2^(bits-1) - 1.
    """
    parts = [np.empty(0, np.int32)]
    return np.concatenate(parts + [_rounded(block, bits) for block in blocks])


def _fits(values: NDArray[np.float64], bits: int) -> bool:
    with np.errstate(invalid="ignore"):
        scaled = values * 2.0 ** (bits - 1)
        return bool(((scaled == np.rint(scaled)) & (values >= -1) & (values < 1)).all())


def _rounded(block: NDArray[np.floating], bits: int) -> NDArray[np.int32]:
    full = 2.0 ** (bits - 1)
    values = np.nan_to_num(np.asarray(block, np.float64), nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(np.rint(values * full), -full, full - 1).astype(np.int32)
