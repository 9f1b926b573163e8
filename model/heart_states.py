"""From what a network says of a window's columns to states on the source's clock."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dsp.beats import HeartStates
from dsp.config import FrontEndConfig
from dsp.front_end import Window


def window_states(
    share: NDArray[np.floating], window: Window, config: FrontEndConfig, column_step: int
) -> HeartStates:
    """The states of a window's real part; of a padded one the rest was heard before.

    Args:
        share: Probability of each state in each column, shape (4, columns).
        window: Whose image it was.
        config: The front end's numbers.
        column_step: Frames of the image in a column.
    """
    step_s = column_step * config.frame_step / config.rate
    heard = heard_columns(window, config, step_s)
    return HeartStates(window.start_s + config.frame / 2 / config.rate, step_s, share[:, :heard])


def heard_columns(window: Window, config: FrontEndConfig, step_s: float) -> int:
    """Columns of a window's image, ``step_s`` seconds apart, whose frame has its middle in what was heard."""
    return max(0, math.ceil((window.heard_s - config.frame / 2 / config.rate) / step_s))
