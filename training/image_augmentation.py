"""Changes to images while training: what another stethoscope or another room would have made of them."""

from __future__ import annotations

import math
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
        floor: Share of the image's range that a random noise floor may cover.
        time_mask: Greatest share of the frames that are blanked in one run.
        crop: Share of the frames that a network sees at once, a run of them; 1 for all.
        tempo: Least and greatest factor by which a batch is made faster, drawn evenly in octaves: hearts in a
            corpus of the resting rarely beat faster than 120 times a minute.
        tempo_share: Of the batches to which that happens, 0 to 1.
    """

    equaliser: float = 0.0
    floor: float = 0.0
    time_mask: float = 0.0
    crop: float = 1.0
    tempo: tuple[float, float] | None = None
    tempo_share: float = 0.5

    def cut(self, images: Tensor, states: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """A run of the frames of a batch, the same of each image, perhaps at another tempo.

        Even numbers of frames are left out before it.

        Args:
            images: Shape (batch, 1, bands, frames).
            states: Shape (batch, frames), what is marked at each frame.
            generator: Draws the first frame and the tempo.

        Returns:
            The same, round(frames * crop) frames of each.
        """
        count = images.shape[3]
        kept = round(count * self.crop)
        taken = min(count, round(kept * self._factor(generator)))
        first = 2 * int(torch.randint(0, (count - taken) // 2 + 1, (), generator=generator))
        images, states = images[..., first : first + taken], states[:, first : first + taken]
        if taken == kept:
            return images, states
        size = (images.shape[2], kept)
        nearest = ((torch.arange(kept) + 0.5) * (taken / kept) - 0.5).round().long().clamp(0, taken - 1)
        images = nn.functional.interpolate(images, size, mode="bilinear", align_corners=False)
        return images, states[:, nearest]

    def _factor(self, generator: torch.Generator) -> float:
        if self.tempo is None or float(torch.rand((), generator=generator)) >= self.tempo_share:
            return 1.0
        low, high = (math.log(bound) for bound in self.tempo)
        return math.exp(low + (high - low) * float(torch.rand((), generator=generator)))

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
