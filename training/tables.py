"""What a variant's folds said of the records they tested, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dsp.config import FrontEndConfig
from model.card import Calibration
from model.verdict import Label, RollingVerdict, WindowVerdict, band_label
from model.window_quality import DOUBTED_BELOW
from training.columns import rows
from training.image_store import EVALUATION_HOP_S
from training.outcome import FoldOutcome

ANSWERS = (Label.NORMAL, Label.ABNORMAL)
"""The words that are an answer."""

QUALITIES = {True: "good", False: "unsure", None: "unknown"}
"""The publishers' words on a signal; unknown where they have none."""


@dataclass(frozen=True, eq=False)
class RecordTable:
    """A table with a row for each tested record.

    Attributes:
        fold: The fold that tested it.
        record: Its name.
        database: Where it was recorded.
        group: Database and subject group: equal for records that share a subject.
        abnormal: Its label.
        quality: The publishers' word on its signal: one of ``QUALITIES``.
        p: Mean probability of its windows; NaN where none was scored.
        label: The word for it by the calibration of the fold.
        windows: Windows scored.
        refused: Windows that the quality gate refused.
        first_verdict_s: Seconds of sound until a window was called normal or abnormal; NaN if never.
        flips: How often the rolling verdict went from normal to abnormal or back.
    """

    fold: NDArray[np.str_]
    record: NDArray[np.str_]
    database: NDArray[np.str_]
    group: NDArray[np.str_]
    abnormal: NDArray[np.bool_]
    quality: NDArray[np.str_]
    p: NDArray[np.float64]
    label: NDArray[np.str_]
    windows: NDArray[np.intp]
    refused: NDArray[np.intp]
    first_verdict_s: NDArray[np.float64]
    flips: NDArray[np.intp]

    def where(self, chosen: NDArray[np.bool_]) -> RecordTable:
        """The rows chosen by a mask."""
        return rows(self, chosen)

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which records have a probability."""
        return ~np.isnan(self.p)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which records are called normal or abnormal."""
        return np.isin(self.label, ANSWERS)

    @property
    def databases(self) -> list[str]:
        """Their names, sorted."""
        return sorted({str(name) for name in self.database})


@dataclass(frozen=True, eq=False)
class WindowTable:
    """A table with a row for each scored window.

    Attributes:
        database: Where it was recorded.
        abnormal: Its record's label.
        p: Its probability.
    """

    database: NDArray[np.str_]
    abnormal: NDArray[np.bool_]
    p: NDArray[np.float64]


def record_table(folds: Sequence[FoldOutcome]) -> RecordTable:
    """The table of a variant, fold after fold."""
    records = [record for fold in folds for record in fold.records]
    windows = [own for fold in folds for own in _windows_by_record(fold)]
    calibrations = [fold.calibration for fold in folds for _ in fold.records]
    p = np.concatenate([fold.record_p for fold in folds])
    doubtful = np.concatenate([fold.doubtful for fold in folds])
    return RecordTable(
        fold=np.array([fold.name for fold in folds for _ in fold.records], dtype=str),
        record=np.array([record.name for record in records], dtype=str),
        database=np.array([record.database for record in records], dtype=str),
        group=np.array([f"{record.database}\n{record.group}" for record in records], dtype=str),
        abnormal=np.array([record.abnormal for record in records], dtype=bool),
        quality=np.array([QUALITIES[record.good_quality] for record in records], dtype=str),
        p=p,
        label=np.array(
            [
                Label.UNCERTAIN if doubt and not np.isnan(mean) else _word(float(mean), found)
                for mean, doubt, found in zip(p, doubtful, calibrations, strict=True)
            ],
            dtype=str,
        ),
        windows=np.array([own.shape[1] for own in windows], dtype=np.intp),
        refused=np.concatenate(
            [np.zeros(len(fold.records), np.intp) if fold.refused is None else fold.refused for fold in folds]
        ),
        first_verdict_s=np.array(
            [first_verdict_s(*own, found) for own, found in zip(windows, calibrations, strict=True)],
            dtype=np.float64,
        ),
        flips=np.array(
            [flips(*own, found) for own, found in zip(windows, calibrations, strict=True)], dtype=np.intp
        ),
    )


def window_table(folds: Sequence[FoldOutcome]) -> WindowTable:
    """The windows of a variant, fold after fold."""
    owners = [fold.records[index] for fold in folds for index in fold.window_record]
    return WindowTable(
        database=np.array([owner.database for owner in owners], dtype=str),
        abnormal=np.array([owner.abnormal for owner in owners], dtype=bool),
        p=np.concatenate([fold.window_p for fold in folds]),
    )


def first_verdict_s(p: NDArray[np.float64], quality: NDArray[np.float64], calibration: Calibration) -> float:
    """Seconds of sound until a window is called normal or abnormal.

    Args:
        p: A record's windows in time; a refused window between them is not counted.
        quality: Of each.
        calibration: Holds the abstention band.

    Returns:
        The end of that window; NaN where every window is uncertain.
    """
    for index, (value, good) in enumerate(zip(p, quality, strict=True)):
        if good >= DOUBTED_BELOW and band_label(float(value), calibration) in ANSWERS:
            return _end_s(index)
    return float("nan")


def flips(p: NDArray[np.float64], quality: NDArray[np.float64], calibration: Calibration) -> int:
    """How often the rolling verdict contradicts its last answer; uncertainty between the two is no matter.

    Args:
        p: A record's windows in time.
        quality: Of each.
        calibration: Holds the abstention band.
    """
    rolling = RollingVerdict(calibration)
    answers: list[Label] = []
    for index, (value, good) in enumerate(zip(p, quality, strict=True)):
        end_s, probability = _end_s(index), float(value)
        word = band_label(probability, calibration)
        window = WindowVerdict(end_s - FrontEndConfig().window_s, end_s, word, probability, float(good))
        label = rolling.update(window).label
        if label in ANSWERS:
            answers.append(label)
    return sum(before is not after for before, after in pairwise(answers))


def _end_s(window: int) -> float:
    return FrontEndConfig().window_s + EVALUATION_HOP_S * window


def _word(p: float, calibration: Calibration) -> Label:
    return Label.POOR_SIGNAL if np.isnan(p) else band_label(p, calibration)


def _windows_by_record(fold: FoldOutcome) -> list[NDArray[np.float64]]:
    """Probability and quality of each record's windows, shape (2, windows)."""
    quality = np.ones(fold.window_p.size) if fold.window_quality is None else fold.window_quality
    order = np.argsort(fold.window_record, kind="stable")
    counts = np.bincount(fold.window_record, minlength=len(fold.records))
    return np.split(np.stack([fold.window_p, quality])[:, order], np.cumsum(counts)[:-1], axis=1)
