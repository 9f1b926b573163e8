"""What a fold of an evaluation came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.config import FrontEndConfig
from model.card import Calibration
from model.window_quality import doubtful
from training.beat_scores import BeatScores
from training.corpora import Record
from training.fitting import Epoch
from training.metrics import mean_by_record
from training.reading_scores import ReadingScore


@dataclass(frozen=True, eq=False)
class FoldOutcome:
    """A model's answers on records that neither trained nor calibrated it.

    Attributes:
        name: The fold's name, for example "fold 3" or "without cinc2016-a".
        records: The records it was tested on.
        window_record: Shape (n,), for each scored window the index of its record in ``records``; the windows
            of a record follow one another in time.
        window_p: Shape (n,), calibrated probability of abnormal, 0 to 1.
        calibration: From logits to words, fitted on inner records.
        epochs: What each epoch of its training came to.
        beats: How its heart sounds agree with marked ones; None of a network that finds none, and where no
            record is marked.
        readings: How what it makes readable between the sounds agrees with what people have heard; empty of
            such a network, and where nobody has said.
        window_quality: Shape (n,), of each scored window; None where no quality gate was asked.
        refused: Shape (len(records),), windows of each record that the gate refused; None likewise.
    """

    name: str
    records: Sequence[Record]
    window_record: NDArray[np.int32]
    window_p: NDArray[np.float64]
    calibration: Calibration
    epochs: Sequence[Epoch]
    beats: BeatScores | None = None
    readings: Sequence[ReadingScore] = ()
    window_quality: NDArray[np.float64] | None = None
    refused: NDArray[np.intp] | None = None

    @property
    def record_p(self) -> NDArray[np.float64]:
        """Mean probability of each record's windows, as they weigh; NaN where none was scored."""
        return mean_by_record(self.window_p, self.window_record, len(self.records), self.window_quality)

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Whether the gate lets no verdict on a record be confident, shape (len(records),)."""
        count = len(self.records)
        if self.window_quality is None or self.refused is None:
            return np.zeros(count, bool)
        scored = np.bincount(self.window_record, minlength=count)
        quality = np.bincount(self.window_record, weights=self.window_quality, minlength=count)
        return doubtful(quality, scored, self.refused)


@dataclass(frozen=True, eq=False)
class ExampleImage:
    """What the network sees of a held-out record: its first window that the quality rule lets pass.

    Attributes:
        record: The record's name.
        abnormal: Its label.
        image: Shape (bands, frames), lowest band first.
        front_end: The numbers that made it.
    """

    record: str
    abnormal: bool
    image: NDArray[np.float32]
    front_end: FrontEndConfig


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The outcomes of one protocol.

    Attributes:
        protocol: Its name on the command line.
        model: What was trained, for example "default".
        question: What the protocol asks, in a sentence or two.
        variants: The folds of each way of training that is compared, by its name ("with preprocessing",
            "without circor2022"); a single one where nothing is compared.
        pooled: Whether a figure over all databases together means something.
        command: The command that makes this again.
        gated: A quality gate refused and weighed the windows.
        by_patient: An entry is a patient with one probability, not a recording with its windows.
        left_out: For each corpus the problems of the records left out, a line each.
        recipe: What decides how it was trained, as JSON holds it.
        examples: For each variant whose images are made in a way of their own, a normal and an abnormal one.
    """

    protocol: str
    model: str
    question: str
    variants: dict[str, list[FoldOutcome]]
    pooled: bool
    command: str
    gated: bool = False
    by_patient: bool = False
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    examples: Mapping[str, Sequence[ExampleImage]] = field(default_factory=dict)
