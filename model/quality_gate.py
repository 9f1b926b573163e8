"""The gate before the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dsp.config import FrontEndConfig
from dsp.front_end import Window, WindowImage
from dsp.quality_indices import QUALITY_INDICES, quality_indices
from model.loading import load_network, weights_folder
from model.window_quality import WindowQuality, quality_of

if TYPE_CHECKING:
    from torch import Tensor, nn

_WEIGHTS = weights_folder() / "gate" / "quality.safetensors"


class QualityGate:
    """The quality network.

    Args:
        path: Its weights; by default the packaged ones.

    Attributes:
        card: What is known of it.
        config: The front end's numbers that its images need.

    Raises:
        ModelError: The installed weights are damaged.
    """

    def __init__(self, path: Path = _WEIGHTS) -> None:
        def probe(network: nn.Module, image: Tensor) -> Tensor:
            return network.findings(network.views(image), image.new_zeros(1, len(QUALITY_INDICES)))

        self._network, self.card, self.config = load_network(str(path), probe)
        # Imported after that, as by the classifier.
        import torch

        self._torch = torch
        self._image = WindowImage(self.config)

    def shares_views(self, network: nn.Module, config: FrontEndConfig) -> bool:
        """Whether a network of images of ``config`` looks at the same views as the gate does."""
        return config == self.config and network.views is self._network.views

    def judge(self, window: Window, views: Tensor | None = None) -> WindowQuality:
        """How good a window is that no rule has refused.

        Args:
            window: From the front end.
            views: Of its image, by a network that shares them; None where nobody has made them.
        """
        return self.judge_all([window], views)[0]

    def judge_all(self, windows: Sequence[Window], views: Tensor | None = None) -> list[WindowQuality]:
        """The same of several at once; each depends on the others in its last bits.

        Args:
            windows: From the front end, at least one.
            views: Of their images, by a network that shares them; None where nobody has made them.
        """
        rate = self.config.rate
        indices = np.stack(
            [quality_indices(one.signal[: round(one.heard_s * rate)], rate) for one in windows]
        )
        with self._torch.inference_mode():
            if views is None:
                images = np.stack([self._image(one.signal) for one in windows])
                views = self._network.views(self._torch.from_numpy(images)[:, None])
            logits = self._network.findings(views, self._torch.from_numpy(indices))
            return [quality_of(findings) for findings in self._torch.sigmoid(logits).numpy()]
