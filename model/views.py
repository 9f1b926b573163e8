"""What this project's networks look at of an image."""

from __future__ import annotations

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
    moving = images - images.median(dim=3, keepdim=True).values
    moving = moving / (moving.std(dim=(1, 2, 3), keepdim=True) + _FAINTEST_SPREAD)
    return torch.cat([images, moving], dim=1).contiguous(memory_format=torch.channels_last)
