"""Changes to images while training: what another stethoscope or another room would have made of them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

_EQ_POINTS = 6
_FLOOR_POINTS = 4
_FLOOR_SHARE = 0.6
_FLOOR_SHARPNESS = 3.0
_FLOOR_RIPPLE = 0.5
_FLOOR_GRAIN = 0.1


@dataclass(frozen=True)
class ImageAugmentation:
    """How far images are changed, in units of their standard deviation; each part is off at 0.

    Attributes:
        equaliser: Greatest deviation of the random smooth response over frequency.
        tilt: Greatest loss of the highest band against the lowest.
        floor: Share of the image's range that a random noise floor may cover.
        time_mask: Greatest share of the frames that are blanked in one run.
        crop: Share of the frames that a network sees at once, a run of them; 1 for all.
    """

    equaliser: float = 0.0
    tilt: float = 0.0
    floor: float = 0.0
    time_mask: float = 0.0
    crop: float = 1.0

    def frames(self, count: int, generator: torch.Generator) -> slice:
        """Which frames a batch is cut to; even numbers of frames are left out before them.

        Args:
            count: How many there are.
            generator: Draws the first of them.
        """
        kept = round(count * self.crop)
        first = 2 * int(torch.randint(0, (count - kept) // 2 + 1, (), generator=generator))
        return slice(first, first + kept)

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Change each image in its own way and normalise it again.

        Args:
            images: Shape (batch, 1, bands, frames), as the front end makes them.
            generator: Draws everything.

        Returns:
            The same shape, each image of zero mean and unit variance.
        """
        if self.equaliser:
            images = images + self._response(images, generator)
        if self.tilt:
            loss = torch.rand(len(images), 1, 1, 1, generator=generator) * self.tilt
            images = images - loss * torch.linspace(0, 1, images.shape[2])[:, None]
        if self.floor:
            images = self._with_floor(images, generator)
        if self.time_mask:
            images = self._masked(images, generator)
        images = images - images.mean(dim=(1, 2, 3), keepdim=True)
        return images / images.std(dim=(1, 2, 3), keepdim=True).clamp_min(1e-6)

    def _response(self, images: Tensor, generator: torch.Generator) -> Tensor:
        strength = self.equaliser * torch.rand(len(images), 1, 1, 1, generator=generator)
        return strength * _smooth(_EQ_POINTS, images, generator)

    def _with_floor(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """A floor adds in power: in the logarithm it covers what lies below it and spares what lies above."""
        lowest = images.amin(dim=(1, 2, 3), keepdim=True)
        reach = images.amax(dim=(1, 2, 3), keepdim=True) - lowest
        # Below the image's own lowest level for part of the draws: those add next to nothing.
        height = torch.rand(len(images), 1, 1, 1, generator=generator) * self.floor - 0.3 * self.floor
        floor = lowest + reach * height + _FLOOR_RIPPLE * _smooth(_FLOOR_POINTS, images, generator)
        floor = floor + _FLOOR_GRAIN * torch.randn(images.shape, generator=generator)
        covered = torch.logaddexp(images * _FLOOR_SHARPNESS, floor * _FLOOR_SHARPNESS) / _FLOOR_SHARPNESS
        chosen = torch.rand(len(images), 1, 1, 1, generator=generator) < _FLOOR_SHARE
        return torch.where(chosen, covered, images)

    def _masked(self, images: Tensor, generator: torch.Generator) -> Tensor:
        frames = images.shape[3]
        first = torch.randint(0, frames, (len(images), 1), generator=generator)
        length = torch.rand(len(images), 1, generator=generator) * self.time_mask * frames
        blank = (torch.arange(frames)[None] - first) % frames < length
        return torch.where(blank[:, None, None], images.mean(dim=(2, 3), keepdim=True), images)


def _smooth(points: int, images: Tensor, generator: torch.Generator) -> Tensor:
    """A random curve over the bands for each image, shape (batch, 1, bands, 1)."""
    knots = torch.randn(len(images), 1, points, generator=generator)
    curve = nn.functional.interpolate(knots, size=images.shape[2], mode="linear", align_corners=True)
    return curve[..., None]
