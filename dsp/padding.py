"""Filling a window from a recording that is too short for one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def loop_to_length(samples: NDArray[np.floating], length: int, fade: int) -> NDArray[np.floating]:
    """Repeat a short signal until it fills a window, each repeat faded into the next.

    A hard seam would tell a classifier that the recording was short, hence which database it is from.
    The fades have equal power, as the two sides of a seam are not correlated.

    Args:
        samples: Shape (n,), n >= 1.
        length: Samples wanted, at least n.
        fade: Samples that the end of one pass shares with the start of the next; at most n // 4 is used.

    Returns:
        Shape (length,), of the same type: begins with the first n - fade samples unchanged.
    """
    fade = min(fade, samples.size // 4)
    body = samples.size - fade
    angle = (np.arange(fade) + 0.5) / max(fade, 1) * np.pi / 2
    repeat = samples[:body].copy()
    repeat[:fade] = samples[:fade] * np.sin(angle) + samples[body:] * np.cos(angle)
    passes = -(-length // body)
    return np.concatenate([samples[:body], np.tile(repeat, passes)])[:length]
