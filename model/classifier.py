"""Window -> quality -> calibrated probability -> word."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dsp.beats import HeartSound, HeartStates, sounds_and_rhythm
from dsp.front_end import Window
from model.attribution import AttributionWork
from model.card import Calibration
from model.heart_states import window_states
from model.loading import DEFAULT_MODEL, load_model
from model.quality_gate import QualityGate
from model.verdict import Label, WindowVerdict, band_label
from model.window_quality import WindowQuality

if TYPE_CHECKING:
    from torch import Tensor

ImageOf = Callable[[Window], NDArray[np.float32]]

# Probability of abnormal, and of each state in each column, shape (4, columns), by a network that finds them.
_Answer = tuple[float, NDArray[np.float32] | None]


@dataclass(frozen=True, eq=False)
class JudgedWindow:
    """What the network says of a window.

    Attributes:
        verdict: On it.
        states: S1, systole, S2 and diastole over its real part; None where it was refused, and of a network
            that has not learnt to find them.
        sounds: S1 and S2 in it by these states, in order; empty where there are none.
        took_s: For each step that was done ("image", "gate", "CNN") how long it took, in seconds.
    """

    verdict: WindowVerdict
    states: HeartStates | None = None
    sounds: Sequence[HeartSound] = ()
    took_s: Sequence[tuple[str, float]] = ()


class Classifier:
    """A loaded model behind the quality gate, and the front end's numbers that it needs, ``config``.

    Except by ``judge_all`` and ``probabilities`` every image goes through the networks alone, so that a
    verdict depends on nothing but its window.

    Args:
        name: Packaged name or path of the weights.

    Attributes:
        card: What is known of the model.
        config: The front end's numbers.
        finds_states: Whether it has learnt where S1, systole, S2 and diastole lie.

    Raises:
        ModelError: The model cannot be used.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self._network, self.card, self.config = load_model(name)
        # Imported after that: a wrong file is refused before torch costs its second.
        import torch

        self._torch = torch
        self._gate = QualityGate()
        self._shared = self._gate.shares_views(self._network, self.config)
        # A recipe without marks leaves the head for them as it was made.
        self.finds_states = hasattr(self._network, "with_states") and bool(
            self.card.recipe.get("state_weight")
        )

    @classmethod
    def load(cls, name: str = DEFAULT_MODEL) -> Classifier:
        """Load a model and run it once, so that the first verdict is not late."""
        classifier = cls(name)
        signal = np.random.default_rng(0).standard_normal(classifier.config.window).astype(np.float32)
        window = Window(0.0, classifier.config.window_s, signal, classifier.config.window_s)
        image = np.zeros(classifier.config.image_shape, np.float32)
        classifier.quality(window, classifier.views(image[None]))
        classifier.probability(image)
        return classifier

    def probability(self, image: NDArray[np.float32]) -> float:
        """Calibrated probability of abnormal.

        Args:
            image: Shape ``config.image_shape``, from ``FrontEnd.image`` of a front end of ``config``.

        Returns:
            0 to 1, at even odds of the two classes.
        """
        return self.probabilities([image])[0]

    def probabilities(self, images: Sequence[NDArray[np.float32]]) -> list[float]:
        """The same of several images, at least one, at once; they agree with each one's alone within 1e-5."""
        return [probability for probability, _ in self._answers(self.views(np.stack(images)))]

    def judge(self, window: Window, image_of: ImageOf) -> JudgedWindow:
        """Verdict on a window: refused by a rule or by the gate, or classified.

        Args:
            window: From the front end.
            image_of: Makes its image: ``FrontEnd.image``.
        """
        return self.judge_all([window], image_of)[0]

    def judge_all(self, windows: Sequence[Window], image_of: ImageOf) -> list[JudgedWindow]:
        """Verdicts on several windows at once, in less time for each.

        They agree with those of ``judge`` within 1e-5, as far as the networks round otherwise in company.

        Args:
            windows: From the front end.
            image_of: As for ``judge``.
        """
        seen = [one for one in windows if not one.refused]
        judged = iter(self._judged(seen, image_of) if seen else ())
        return [_refused(one, 0.0, one.refused) if one.refused else next(judged) for one in windows]

    def _judged(self, windows: Sequence[Window], image_of: ImageOf) -> list[JudgedWindow]:
        """Of windows that no rule refuses, at least one."""
        began = perf_counter()
        views = self.views(np.stack([image_of(one) for one in windows]))
        seen = perf_counter()
        qualities = self._gate.judge_all(windows, views if self._shared else None)
        weighed = perf_counter()
        took_s = [("image", (seen - began) / len(windows)), ("gate", (weighed - seen) / len(windows))]
        passed = [place for place, quality in enumerate(qualities) if not quality.refused]
        answers: dict[int, _Answer] = {}
        if passed:
            if len(passed) < len(windows):
                views = views[passed].contiguous(memory_format=self._torch.channels_last)
            answers = dict(zip(passed, self._answers(views), strict=True))
            took_s.append(("CNN", (perf_counter() - weighed) / len(passed)))
        return [
            self._scored(one, quality, *answers[place], took_s)
            if place in answers
            else replace(_refused(one, quality.value, quality.reasons), took_s=took_s[:2])
            for place, (one, quality) in enumerate(zip(windows, qualities, strict=True))
        ]

    def _scored(
        self,
        window: Window,
        quality: WindowQuality,
        probability: float,
        share: NDArray[np.float32] | None,
        took_s: Sequence[tuple[str, float]],
    ) -> JudgedWindow:
        """What the answers of both networks come to."""
        label = band_label(probability, self.card.calibration)
        if quality.doubted or "band_limited" in window.notes:
            label = Label.UNCERTAIN
        reasons = (*quality.reasons, *window.notes)
        verdict = WindowVerdict(window.start_s, window.end_s, label, probability, quality.value, reasons)
        if share is None:
            return JudgedWindow(verdict, took_s=took_s)
        states = window_states(share, window, self.config, self._network.column_step)
        sounds, rhythm = sounds_and_rhythm(states)
        verdict = replace(
            verdict,
            heart_rate_bpm=rhythm.rate_bpm,
            heart_rate_confidence=rhythm.confidence,
            irregular=rhythm.irregular,
        )
        return JudgedWindow(verdict, states, sounds, took_s)

    def attribution(self, window: Window, image_of: ImageOf) -> AttributionWork:
        """What moves the answer on a window: to be worked out, step by step. Verdicts stay as they are.

        Args:
            window: Not refused.
            image_of: Makes its image: ``FrontEnd.image``.
        """
        return AttributionWork(self._network, image_of(window), window, self.config)

    def views(self, images: NDArray[np.float32]) -> Tensor:
        """What the network looks at of images.

        Args:
            images: Shape (n, bands, frames), each as for ``probability``.
        """
        with self._torch.inference_mode():
            return self._network.views(self._torch.from_numpy(images)[:, None])

    def quality(self, window: Window, views: Tensor) -> WindowQuality:
        """What the gate says of a window that no rule has refused.

        Args:
            window: From the front end.
            views: Of its image alone.
        """
        return self._gate.judge(window, views if self._shared else None)

    def _answers(self, views: Tensor) -> list[_Answer]:
        """Of each image."""
        with self._torch.inference_mode():
            if self.finds_states:
                logits, states = self._network.logits_and_states(views)
                shares = self._torch.softmax(states, dim=1).numpy()
            else:
                logits, shares = self._network.logits(views), repeat(None)
            pairs = logits.tolist()
        return [
            (calibrated(abnormal - normal, self.card.calibration), share)
            for (normal, abnormal), share in zip(pairs, shares, strict=False)
        ]


def _refused(window: Window, quality: float, reasons: tuple[str, ...]) -> JudgedWindow:
    return JudgedWindow(
        WindowVerdict(
            window.start_s, window.end_s, Label.POOR_SIGNAL, None, quality, (*reasons, *window.notes)
        )
    )


def calibrated(logit: float, calibration: Calibration) -> float:
    """Probability of abnormal for a difference of logits, abnormal minus normal."""
    exponent = calibration.slope * logit + calibration.intercept
    return 1 / (1 + math.exp(-max(-700.0, min(700.0, exponent))))
