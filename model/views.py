"""What this project's networks look at of an image."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

_FAINTEST_SPREAD = 1e-3


def two_views(images: Tensor) -> Tensor:
    """Images as they are, and what moves in them.

    The second view has each band's median over time taken away and is scaled to unit variance: what a
    stethoscope and a room add steadily is gone from it, what the heart adds beat by beat stays.

    Args:
        images: Shape (batch, 1, bands, frames).

    Returns:
        Shape (batch, 2, bands, frames), in torch's channels-last layout.
    """
    moving = images - _medians(images)
    moving = moving / (moving.std(dim=(1, 2, 3), keepdim=True) + _FAINTEST_SPREAD)
    return torch.cat([images, moving], dim=1).contiguous(memory_format=torch.channels_last)


def _medians(images: Tensor) -> Tensor:
    """Each band's median over time, the lower one of an even number, shape (batch, 1, bands, 1)."""
    if images.requires_grad or images.device.type != "cpu":
        return images.median(dim=3, keepdim=True).values
    # The same value in a quarter of the time.
    middle = (images.shape[3] - 1) // 2
    return torch.from_numpy(np.partition(images.numpy(), middle, axis=3)[..., middle : middle + 1])
