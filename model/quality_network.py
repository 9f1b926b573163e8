"""The network behind the quality gate."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from model.views import two_views
from model.window_quality import FINDINGS

_FARTHEST = 4.0  # standard deviations
_RATED_FEATURES, _RATED_DROPOUT = 24, 0.1


class QualityCNN(nn.Module):
    """How good a window's signal is, and what is wrong with it.

    The same two views of the image as the verdict's network has, in steps of a quarter of the frames, over
    two seconds to either side; and beside what it makes of them the signal's quality indices. That the signal
    is good is said by the mean of two logits: of what is heard, which also learns from noise mixed in, and of
    the indices alone, which learns from recordings as people have rated them: beside mixtures, which are much
    easier to tell, their finer differences would hardly count.

    Args:
        filters: Filters of the four stages.
        indices: How many quality indices come beside the image.
        dropout: Share of what is pooled left out while training, 0 to 1.

    Raises:
        ValueError: Not four stages, a stage without filters, or a dropout outside [0, 1).
    """

    name = "quality-cnn"
    views = staticmethod(two_views)

    def __init__(
        self, filters: tuple[int, int, int, int] = (12, 24, 32, 48), indices: int = 12, dropout: float = 0.3
    ) -> None:
        super().__init__()
        if len(filters) != 4 or min(filters) < 1 or indices < 1 or not 0 <= dropout < 1:
            raise ValueError(f"filters {list(filters)} must be four of 1 or more, dropout {dropout} below 1")
        self.arguments = {"filters": list(filters), "indices": indices, "dropout": dropout}
        stages: list[nn.Module] = []
        before = 2
        for index, count in enumerate(filters):
            kernel, stride = (5, 4) if index == 0 else (3, 1)
            stages.append(nn.Conv2d(before, count, kernel, stride, padding=kernel // 2, bias=False))
            stages += [nn.BatchNorm2d(count), nn.ReLU()]
            if index:
                stages.append(nn.MaxPool2d((2, 2) if index == 1 else (2, 1), ceil_mode=True))
            before = count
        self.features = nn.Sequential(*stages).to(memory_format=torch.channels_last)
        self.rhythm = nn.Sequential(
            *(
                layer
                for _ in range(2)
                for layer in (
                    nn.Conv1d(before, before, 9, padding=4, bias=False),
                    nn.BatchNorm1d(before),
                    nn.ReLU(),
                )
            )
        )
        self.scale = nn.BatchNorm1d(indices)
        self.combine = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(3 * before + indices, 32), nn.ReLU(), nn.Linear(32, len(FINDINGS))
        )
        self.rated = nn.Sequential(
            nn.BatchNorm1d(indices),
            # What noise without a heart makes of them was never rated.
            nn.Hardtanh(-_FARTHEST, _FARTHEST),
            nn.Linear(indices, _RATED_FEATURES),
            nn.ReLU(),
            nn.Dropout(_RATED_DROPOUT),
            nn.Linear(_RATED_FEATURES, 1),
        )

    def forward(self, images: Tensor, indices: Tensor) -> Tensor:
        """Logits of ``FINDINGS``, shape (batch, 5).

        Args:
            images: Shape (batch, 1, bands, frames).
            indices: Shape (batch, indices), as ``dsp.quality_indices`` gives them.
        """
        return self.findings(self.views(images), indices)

    def findings(self, views: Tensor, indices: Tensor) -> Tensor:
        """As ``forward``, of ``views``."""
        heard = self.heard(views, indices)
        return torch.cat([(heard[:, :1] + self.rated(indices)) / 2, heard[:, 1:]], dim=1)

    def heard(self, views: Tensor, indices: Tensor) -> Tensor:
        """As ``findings``, the indices' own word on the first of them left out."""
        columns = self.rhythm(self.features(views).mean(dim=2)).float()
        pooled = [columns.mean(dim=2), columns.amax(dim=2), columns.std(dim=2)]
        return self.combine(torch.cat([*pooled, self.scale(indices)], dim=1))
