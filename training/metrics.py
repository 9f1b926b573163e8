"""Figures of merit of the abnormal class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.failure import TrainingError

Figures = dict[str, float | int | None]


class UselessClassifierError(TrainingError):
    """Training has ended in a classifier that must not be used; one line that says why."""


class ConstantClassifierError(UselessClassifierError):
    """The classifier answers the same for everything; its accuracy is worth nothing."""


class InvertedClassifierError(UselessClassifierError):
    """The classifier's scores do not rise with abnormality; calibrating them would turn its answers round."""


def auroc(abnormal: NDArray[np.bool_], score: NDArray[np.float64]) -> float | None:
    """Area under the receiver operating characteristic, ties counting half (Mann-Whitney U).

    Args:
        abnormal: Shape (n,).
        score: Shape (n,), greater for more abnormal.

    Returns:
        0 to 1; None where one class is missing.
    """
    positives = int(np.count_nonzero(abnormal))
    negatives = abnormal.size - positives
    if positives == 0 or negatives == 0:
        return None
    rank_sum = float(rankdata(score)[abnormal].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def figures(abnormal: NDArray[np.bool_], probability: NDArray[np.float64], threshold: float) -> Figures:
    """Accuracy, precision, recall and F1 of the abnormal class, MAcc and AUROC.

    MAcc is the mean of sensitivity and specificity, the 2016 Challenge's score without its unsure class.

    Args:
        abnormal: Shape (n,), the labels.
        probability: Shape (n,), 0 to 1.
        threshold: Abnormal from here on.

    Returns:
        Figures by name, None where undefined; ``n`` and ``n_abnormal`` are counts.
    """
    called = probability >= threshold
    hits = int(np.count_nonzero(called & abnormal))
    positives, negatives = int(abnormal.sum()), int((~abnormal).sum())
    recall = _ratio(hits, positives)
    specificity = _ratio(int(np.count_nonzero(~called & ~abnormal)), negatives)
    both = recall is not None and specificity is not None
    return {
        "n": int(abnormal.size),
        "n_abnormal": positives,
        "accuracy": _ratio(int(np.count_nonzero(called == abnormal)), int(abnormal.size)),
        "precision": _precision(called, abnormal),
        "recall": recall,
        "specificity": specificity,
        "f1": _f1(called, abnormal),
        "macc": (recall + specificity) / 2 if both else None,
        "auroc": auroc(abnormal, probability),
    }


def class_weighted_figures(
    abnormal: NDArray[np.bool_], probability: NDArray[np.float64], threshold: float
) -> Figures:
    """Precision and F1 as means over both classes, weighted by the classes' sizes.

    Some publications report such means without saying so. The recall so averaged is the accuracy, and where
    one class is much the larger all of them are high for that class's sake.

    Args:
        abnormal: Shape (n,), the labels.
        probability: Shape (n,), 0 to 1.
        threshold: Abnormal from here on.

    Returns:
        ``weighted_precision`` and ``weighted_f1``, None where those of a class are undefined.
    """
    called = probability >= threshold
    weighted: Figures = {}
    for name, of_class in (("weighted_precision", _precision), ("weighted_f1", _f1)):
        of_abnormal, of_normal = of_class(called, abnormal), of_class(~called, ~abnormal)
        if of_abnormal is None or of_normal is None:
            weighted[name] = None
        else:
            share = float(abnormal.mean())
            weighted[name] = share * of_abnormal + (1 - share) * of_normal
    return weighted


def figures_by_database(
    abnormal: NDArray[np.bool_], probability: NDArray[np.float64], threshold: float, database: Sequence[str]
) -> dict[str, Figures]:
    """``figures`` inside each database, where telling the site apart helps nobody."""
    names = np.array(database)
    return {
        str(name): figures(abnormal[names == name], probability[names == name], threshold)
        for name in np.unique(names)
    }


def mean_by_record(
    values: NDArray[np.float64],
    record: NDArray[np.integer],
    count: int,
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Mean over each record's windows.

    Args:
        values: Shape (n,).
        record: Shape (n,), each one's record.
        count: How many records there are.
        weight: Shape (n,), above 0, of each window; None for equal ones.

    Returns:
        Shape (count,); NaN for a record without windows.
    """
    weight = np.ones(values.size) if weight is None else weight
    whole = np.bincount(record, weights=weight, minlength=count)
    total = np.bincount(record, weights=weight * values, minlength=count)
    return np.divide(total, whole, out=np.full(count, np.nan), where=whole > 0)


def refuse_constant(probability: NDArray[np.float64], threshold: float) -> None:
    """Raise unless the classifier gives both answers.

    Raises:
        ConstantClassifierError: Every probability lies on one side of the threshold, or there is none.
    """
    if probability.size == 0:
        raise ConstantClassifierError(
            "the quality rule refuses every window of these recordings: nothing tells what the classifier "
            "answers. Give recordings that are neither silent nor clipped"
        )
    called = np.count_nonzero(probability >= threshold)
    if called in (0, probability.size):
        answer = "abnormal" if called else "normal"
        raise ConstantClassifierError(
            f"the classifier answers {answer!r} for all {probability.size} recordings: nothing was learnt. "
            "Try another seed, activation or learning rate"
        )


def _precision(called: NDArray[np.bool_], true: NDArray[np.bool_]) -> float | None:
    return _ratio(int(np.count_nonzero(called & true)), int(called.sum()))


def _f1(called: NDArray[np.bool_], true: NDArray[np.bool_]) -> float | None:
    return _ratio(2 * int(np.count_nonzero(called & true)), int(called.sum()) + int(true.sum()))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
