"""The gate before the classifier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dsp.front_end import Window, WindowImage
from dsp.signal_measures import MEASURES, signal_measures
from model.loading import load_network, weights_folder
from model.window_quality import WindowQuality, quality_of

if TYPE_CHECKING:
    from torch import Tensor, nn

_WEIGHTS = weights_folder() / "gate" / "quality.safetensors"


class QualityGate:
    """The quality network.

    Every window goes through it alone, so that its quality depends on nothing else.

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
            return network(image, image.new_zeros(1, len(MEASURES)))

        self._network, self.card, self.config = load_network(str(path), probe)
        # Imported after that, as by the classifier.
        import torch

        self._torch = torch
        self._image = WindowImage(self.config)

    def image(self, window: Window) -> NDArray[np.float32]:
        """The image it needs of a window, shape ``config.image_shape``."""
        return self._image(window.signal)

    def judge(self, window: Window, image: NDArray[np.float32]) -> WindowQuality:
        """How good a window is that no rule has refused.

        Args:
            window: From the front end.
            image: Of it, by a front end of ``config``.
        """
        heard = window.signal[: round(window.heard_s * self.config.rate)]
        measures = self._torch.from_numpy(signal_measures(heard, self.config.rate))
        with self._torch.inference_mode():
            logits = self._network(self._torch.from_numpy(image)[None, None], measures[None])
            return quality_of(self._torch.sigmoid(logits[0]).numpy())
