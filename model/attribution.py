"""Which parts of a window's image moved the network's answer, and which way.

Integrated gradients (M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks", ICML 2017):
the gradient of the answer, averaged on a straight way from an image on which nothing happens to the window's
own, times the difference of the two. What all cells are given adds up to the difference of the two answers.

The way leads through what the network looks at (``views``), not through the image: this project's network
scales one view to unit variance, so that along a way through the image it would leap at the very beginning,
between two steps, and half of the answer would be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from dsp.config import FrontEndConfig
from dsp.front_end import Window
from dsp.spectrogram import band_edges
from model.heart_states import heard_columns

if TYPE_CHECKING:
    from torch import nn

STEPS = 8
"""Gradients that are averaged; with them the sum is off by 2 to 3 % of the difference of the answers."""

# Single cells are as much the network's noise as the sound's; half heights are so 0.14 s and 3.5 bands apart.
_SMOOTH_S, _SMOOTH_BANDS = 0.06, 1.5


@dataclass(frozen=True, eq=False)
class Attribution:
    """How far each part of a window's image moved the answer.

    Attributes:
        start_s: Middle of the first column's frame on the source's clock, in seconds.
        step_s: Between columns, in seconds.
        edges_hz: Shape (bands + 1,), hertz: row i reaches from entry i to entry i + 1.
        moved: Shape (bands, columns), float32, read-only, lowest band first: by how much the logit of
            abnormal less that of normal is higher for what the cell holds; above 0 it moved towards abnormal,
            below 0 towards normal. Smoothed, which leaves the sum as it is. Of a padded window only the heard
            part.
    """

    start_s: float
    step_s: float
    edges_hz: NDArray[np.float64]
    moved: NDArray[np.float32]

    def threshold(self, share: float) -> float:
        """The magnitude from which on the fewest cells hold a share of all that moved.

        Args:
            share: Of the sum of magnitudes, above 0 to 1.

        Returns:
            Infinity where nothing moved.
        """
        falling = np.sort(np.abs(self.moved), axis=None)[::-1]
        sums = np.cumsum(falling, dtype=np.float64)
        if not sums.size or not sums[-1] > 0:
            return float("inf")
        return float(falling[np.searchsorted(sums, share * sums[-1])])


class AttributionWork:
    """An attribution in the making: whoever has something more urgent to do need not wait for all of it.

    Args:
        network: In evaluation mode; not changed.
        image: Shape (bands, frames), float32.
        window: Whose image it is.
        config: The front end's numbers.
    """

    def __init__(
        self, network: nn.Module, image: NDArray[np.float32], window: Window, config: FrontEndConfig
    ) -> None:
        import torch

        self._torch = torch
        self._network, self._window, self._config = network, window, config
        with torch.no_grad():
            views, quiet = (
                network.views(torch.from_numpy(one)[None, None]) for one in (image, nothing_happens(image))
            )
        self._quiet, self._way = quiet, views - quiet
        self._gradients = torch.zeros_like(views)
        self._steps = 0

    def step(self) -> Attribution | None:
        """Do the next of ``STEPS`` steps: as much work as a few verdicts.

        Returns:
            The attribution from the last step on, None before.
        """
        torch = self._torch
        if self._steps < STEPS:
            # Midpoints: the ends of the way, of which one is no sound at all, say least of what lies between.
            share = (self._steps + 0.5) / STEPS
            with torch.enable_grad():
                views = (self._quiet + share * self._way).requires_grad_()
                normal, abnormal = self._network.logits(views)[0]
                (gradient,) = torch.autograd.grad(abnormal - normal, views)
            self._gradients += gradient
            self._steps += 1
        return self._result() if self._steps == STEPS else None

    def finish(self) -> Attribution:
        """Do all the steps that are left."""
        while (made := self.step()) is None:
            pass
        return made

    def _result(self) -> Attribution:
        config, window = self._config, self._window
        cells = (self._gradients * self._way).sum(dim=(0, 1)).numpy() / np.float32(STEPS)
        step_s = config.frame_step / config.rate
        moved = gaussian_filter(cells, (_SMOOTH_BANDS, _SMOOTH_S / step_s), mode="reflect")
        moved = moved[:, : heard_columns(window, config, step_s)]
        moved.flags.writeable = False
        centres = band_edges(config)[1:-1]
        between = (centres[:-1] + centres[1:]) / 2
        return Attribution(
            start_s=window.start_s + config.frame / 2 / config.rate,
            step_s=step_s,
            edges_hz=np.concatenate([[config.low_hz], between, [config.high_hz]]),
            moved=moved,
        )


def nothing_happens(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """The image with each band at its median over time: what is there steadily, without the heart.

    Args:
        image: Shape (bands, frames).

    Returns:
        Shape (bands, frames), float32.
    """
    # The lower of two middle values, which is the median that the network's second view takes away.
    middle = (image.shape[1] - 1) // 2
    median = np.partition(image, middle, axis=1)[:, middle : middle + 1]
    return np.ascontiguousarray(np.broadcast_to(median, image.shape), np.float32)
