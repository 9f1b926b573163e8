"""Bootstrap intervals of figures of merit, by resampling subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000

CONFIDENCE = 0.95

SEED = 2016
"""Of the draws: fixed, so that the same answers have the same intervals."""

LEAST_DEFINED = 0.9
"""Share of resamples in which a figure must be defined; an interval of the lucky ones would be too narrow."""

Draws = dict[str, NDArray[np.float64]]
"""For each figure its value in each resample, shape (resamples,), NaN where undefined."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval.

    Attributes:
        value: On the records themselves; None where undefined.
        low: Lower end of the interval; None where there is none.
        high: Its upper end.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, float | None]:
        """As a report's data."""
        return {"value": self.value, "low": self.low, "high": self.high}


def resampled_counts(groups: Sequence[str], resamples: int, seed: Sequence[int]) -> NDArray[np.float64]:
    """How often each record is drawn when whole subjects are drawn with replacement.

    Args:
        groups: For each record its subject group.
        resamples: How many times to draw.
        seed: Of the draws.

    Returns:
        Shape (resamples, records), whole numbers.
    """
    names, group = np.unique(np.array(groups, dtype=str), return_inverse=True)
    if names.size == 0:
        return np.zeros((resamples, 0))
    drawn = np.random.default_rng(seed).multinomial(
        names.size, np.full(names.size, 1 / names.size), size=resamples
    )
    return drawn[:, group].astype(np.float64)


def draws(
    abnormal: NDArray[np.bool_],
    probability: NDArray[np.float64],
    threshold: float,
    counts: NDArray[np.float64],
) -> Draws:
    """The figures of ``training.metrics.figures`` in each resample.

    Args:
        abnormal: Shape (n,).
        probability: Shape (n,).
        threshold: Abnormal from here on.
        counts: Shape (resamples, n), how often each record was drawn.
    """
    called = probability >= threshold
    hits, alarms = counts @ (called & abnormal), counts @ (called & ~abnormal)
    positives, negatives = counts @ abnormal, counts @ ~abnormal
    recall = _ratio(hits, positives)
    specificity = _ratio(negatives - alarms, negatives)
    return {
        "accuracy": _ratio(hits + negatives - alarms, positives + negatives),
        "precision": _ratio(hits, hits + alarms),
        "recall": recall,
        "specificity": specificity,
        "f1": _ratio(2 * hits, hits + alarms + positives),
        "macc": (recall + specificity) / 2,
        "auroc": weighted_auroc(abnormal, probability, counts),
    }


def weighted_auroc(
    abnormal: NDArray[np.bool_], score: NDArray[np.float64], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """AUROC in each resample, ties counting half.

    Args:
        abnormal: Shape (n,).
        score: Shape (n,).
        counts: Shape (resamples, n).

    Returns:
        Shape (resamples,); NaN where one class was not drawn.
    """
    if score.size == 0:
        return np.full(counts.shape[0], np.nan)
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    # Records of equal score make one step of the curve, whichever of them were drawn.
    starts = np.flatnonzero(np.r_[True, ranked[1:] > ranked[:-1]])
    sorted_counts = counts[:, order]
    positives = np.add.reduceat(sorted_counts * abnormal[order], starts, axis=1)
    negatives = np.add.reduceat(sorted_counts * ~abnormal[order], starts, axis=1)
    below = np.cumsum(negatives, axis=1) - negatives / 2
    return _ratio((positives * below).sum(axis=1), positives.sum(axis=1) * negatives.sum(axis=1))


def estimate(value: float | None, drawn: NDArray[np.float64], subjects: int) -> Estimate:
    """A figure with its percentile interval.

    Args:
        value: On the records themselves.
        drawn: In each resample.
        subjects: How many there are: of a single one no interval can be told.
    """
    defined = drawn[~np.isnan(drawn)]
    if value is None or subjects < 2 or defined.size < LEAST_DEFINED * drawn.size:
        return Estimate(value)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
