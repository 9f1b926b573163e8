"""Whether probabilities come true, and whether doubt falls where the errors are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15

_CERTAIN = 1e-12


@dataclass(frozen=True)
class Bin:
    """Records whose probability lies in a range.

    Attributes:
        low: The range's lower edge, included.
        high: Its upper edge, excluded but for 1.
        n: Records in it.
        weight: Their share of all weight.
        mean_p: Their mean probability by weight; None in an empty bin.
        frequency: The share of abnormal ones by weight; None in an empty bin.
    """

    low: float
    high: float
    n: int
    weight: float
    mean_p: float | None
    frequency: float | None


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Error of the records answered, as ever less certain ones are answered.

    Attributes:
        coverage: Rising to 1, share of the records answered.
        risk: Same shape, share of wrong answers among them.
        macc: Same shape, MAcc of them; NaN while they hold one class.
    """

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]
    macc: NDArray[np.float64]


def reliability_table(
    abnormal: NDArray[np.bool_],
    p: NDArray[np.float64],
    weight: NDArray[np.float64],
    bins: int = BINS,
) -> list[Bin]:
    """Probabilities against what came true, in bins of equal width.

    Args:
        abnormal: Shape (n,).
        p: Shape (n,), 0 to 1.
        weight: Shape (n,), positive.
        bins: How many.
    """
    edges = np.arange(bins + 1) / bins
    inside = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, bins - 1)
    counts = np.bincount(inside, minlength=bins)
    weights = np.bincount(inside, weights=weight, minlength=bins)
    forecast = np.bincount(inside, weights=weight * p, minlength=bins)
    came = np.bincount(inside, weights=weight * abnormal, minlength=bins)
    total = weights.sum() or 1.0
    return [
        Bin(
            low=float(edges[index]),
            high=float(edges[index + 1]),
            n=int(counts[index]),
            weight=float(weights[index] / total),
            mean_p=float(forecast[index] / weights[index]) if counts[index] else None,
            frequency=float(came[index] / weights[index]) if counts[index] else None,
        )
        for index in range(bins)
    ]


def calibration_error(table: list[Bin]) -> float | None:
    """Expected calibration error: mean distance of probability and frequency; None without records."""
    gaps = [
        item.weight * abs(item.mean_p - item.frequency)
        for item in table
        if item.mean_p is not None and item.frequency is not None
    ]
    return sum(gaps) if gaps else None


def chance_calibration_errors(
    p: NDArray[np.float64],
    share: NDArray[np.float64],
    weigh: Callable[[NDArray[np.bool_]], NDArray[np.float64]],
    draws: int,
    seed: int,
) -> NDArray[np.float64]:
    """Expected calibration errors of these probabilities if every one of them came true.

    A few hundred records in a dozen bins stray from the best of forecasts by chance alone; only what an
    error has beyond that tells of bad calibration. The labels are drawn anew and again.

    Args:
        p: Shape (n,), probability of abnormal at even odds.
        share: Shape (n,), share of abnormal ones among the records of the same kind, 0 to 1: the odds at
            which the label is drawn.
        weigh: From labels to weights, as for the error that is compared.
        draws: How often.
        seed: Of the draws.

    Returns:
        Shape (draws,), sorted; empty without records.
    """
    if not p.size:
        return np.empty(0)
    even = np.clip(p, _CERTAIN, 1 - _CERTAIN)
    recorded = even * share / (even * share + (1 - even) * (1 - share))
    generator = np.random.default_rng(seed)
    errors = np.empty(draws)
    for index in range(draws):
        abnormal = generator.random(p.size) < recorded
        errors[index] = calibration_error(reliability_table(abnormal, p, weigh(abnormal)))
    return np.sort(errors)


def brier(abnormal: NDArray[np.bool_], p: NDArray[np.float64], weight: NDArray[np.float64]) -> float | None:
    """Mean squared distance of probability and truth by weight; None without records."""
    return float(np.average((p - abnormal) ** 2, weights=weight)) if p.size else None


def risk_coverage(abnormal: NDArray[np.bool_], p: NDArray[np.float64]) -> RiskCoverage:
    """Error against coverage, the most certain answered first.

    Certain is far from 0.5. Records of equal certainty are answered together, so that the curve does not
    depend on their order.

    Args:
        abnormal: Shape (n,).
        p: Shape (n,), abnormal from 0.5 on.
    """
    certainty = np.abs(p - 0.5)
    order = np.argsort(-certainty, kind="stable")
    ranked = certainty[order]
    ends = np.flatnonzero(np.r_[ranked[1:] < ranked[:-1], True]) if p.size else np.zeros(0, np.intp)
    truth, right = abnormal[order], ((p >= 0.5) == abnormal)[order]
    answered = ends + 1.0
    positives = np.cumsum(truth)[ends]
    return RiskCoverage(
        coverage=answered / max(p.size, 1),
        risk=1 - np.cumsum(right)[ends] / answered,
        macc=(
            _ratio(np.cumsum(right & truth)[ends], positives)
            + _ratio(np.cumsum(right & ~truth)[ends], answered - positives)
        )
        / 2,
    )


def most_certain(p: NDArray[np.float64], abstained: float) -> NDArray[np.bool_]:
    """Which records are answered when a share of them, the least certain, is not.

    Args:
        p: Shape (n,).
        abstained: The share, 0 to 1, rounded to whole records.

    Returns:
        Shape (n,); of equally certain records the earlier ones are left out.
    """
    answered = np.ones(p.size, bool)
    answered[np.argsort(np.abs(p - 0.5), kind="stable")[: round(abstained * p.size)]] = False
    return answered


def _ratio(part: NDArray[np.integer], whole: NDArray[np.number]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
