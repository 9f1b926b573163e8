"""Image -> calibrated probability -> word."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dsp.front_end import Window
from model.card import Calibration
from model.loading import DEFAULT_MODEL, load_model
from model.verdict import Label, WindowVerdict, band_label

ImageOf = Callable[[Window], NDArray[np.float32]]


class Classifier:
    """A loaded model and the front end's numbers that it needs, ``config``.

    Every image goes through the network alone, so that a verdict depends on nothing but its window.

    Args:
        name: Packaged name or path of the weights.

    Raises:
        ModelError: The model cannot be used.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self._network, self.card, self.config = load_model(name)
        # Imported after that: a wrong file is refused before torch costs its second.
        import torch

        self._torch = torch

    @classmethod
    def load(cls, name: str = DEFAULT_MODEL) -> Classifier:
        """Load a model and run it once, so that the first verdict is not late."""
        classifier = cls(name)
        classifier.probability(np.zeros(classifier.config.image_shape, np.float32))
        return classifier

    def probability(self, image: NDArray[np.float32]) -> float:
        """Calibrated probability of abnormal.

        Args:
            image: Shape ``config.image_shape``, from ``FrontEnd.image`` of a front end of ``config``.

        Returns:
            0 to 1, at even odds of the two classes.
        """
        with self._torch.inference_mode():
            normal, abnormal = self._network(self._torch.from_numpy(image)[None, None])[0].tolist()
        return calibrated(abnormal - normal, self.card.calibration)

    def judge(self, window: Window, image_of: ImageOf) -> WindowVerdict:
        """Verdict on a window: refused by the quality rule, or classified.

        Args:
            window: From the front end.
            image_of: Makes its image: ``FrontEnd.image``.
        """
        if window.refused:
            return WindowVerdict(
                window.start_s, window.end_s, Label.POOR_SIGNAL, None, 0.0, (*window.refused, *window.notes)
            )
        probability = self.probability(image_of(window))
        label = band_label(probability, self.card.calibration)
        if "band_limited" in window.notes:
            label = Label.UNCERTAIN
        return WindowVerdict(window.start_s, window.end_s, label, probability, None, window.notes)


def calibrated(logit: float, calibration: Calibration) -> float:
    """Probability of abnormal for a difference of logits, abnormal minus normal."""
    exponent = calibration.slope * logit + calibration.intercept
    return 1 / (1 + math.exp(-max(-700.0, min(700.0, exponent))))
