"""From logits to probabilities and an abstention band, on windows that trained nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from model.card import Calibration
from training.metrics import InvertedClassifierError

STATED_RISK = 0.10
"""Error that the answered windows should not exceed, by weight."""

MOST_ABSTAINED = 0.25
"""Share of windows, by weight, that may be left unanswered to get there."""


def calibrate(
    logits: NDArray[np.float64],
    abnormal: NDArray[np.bool_],
    weight: NDArray[np.float64],
    penalty: float = 0.0,
) -> Calibration:
    """Fit the probability, then choose the abstention band.

    The probability is a logistic function of the logit difference (J. Platt, 1999), if wished pulled
    towards the network's own softmax (slope 1, intercept 0): where few subjects calibrate, a line that is
    fitted to them alone follows their accidents. ``prior_penalty`` gives the penalty. The band is symmetric
    about 0.5 and the narrowest whose outside has an error of at most ``STATED_RISK``, but never holds more
    than ``MOST_ABSTAINED``, both counted by weight.

    Args:
        logits: Shape (n,), abnormal minus normal.
        abnormal: Shape (n,), both classes present.
        weight: Shape (n,), summing to one. The odds for which p holds are those of the classes' weights.
        penalty: On the squared distance from slope 1 and intercept 0, beside the mean log loss; 0 for none.

    Raises:
        InvertedClassifierError: The fitted slope is not positive: a greater logit means less abnormal.
    """
    scale = float(np.std(logits)) or 1.0

    def log_loss(parameters: NDArray[np.float64], penalty: float = 0.0) -> float:
        signed = np.where(abnormal, 1, -1) * (parameters[0] * logits / scale + parameters[1])
        away = (parameters[0] / scale - 1) ** 2 + parameters[1] ** 2
        loss = np.log1p(np.exp(-np.abs(signed))) + np.maximum(-signed, 0)
        return float(np.sum(weight * loss) + penalty * away)

    # Without it first: a classifier that is inverted must not pass for what it is pulled to.
    slope, intercept = minimize(log_loss, np.array([1.0, 0.0]), method="BFGS").x
    if not slope > 0:
        raise InvertedClassifierError(
            f"the classifier's scores do not rise with abnormality (fitted slope {slope / scale:.3g}): on "
            "recordings that trained nothing it is no better than a guess, and calibrating it would turn its "
            "answers round. Try another seed, activation or learning rate, or more epochs"
        )
    if penalty:
        slope, intercept = minimize(log_loss, np.array([scale, 0.0]), penalty, method="BFGS").x
    fitted = Calibration(slope=float(slope / scale), intercept=float(intercept))
    width = _band_width(probability(logits, fitted), abnormal, weight)
    return Calibration(fitted.slope, fitted.intercept, low=0.5 - width, high=0.5 + width)


def prior_penalty(spread: float | None, subject_weight: NDArray[np.float64]) -> float:
    """The penalty with which ``calibrate`` finds the most probable line.

    Of a slope and an intercept that are expected beforehand to lie about 1 and 0, normally distributed with
    this spread, and of as many independent subjects as weigh in.

    Args:
        spread: Standard deviation of both; None for nothing expected.
        subject_weight: Shape (subjects,), summing to one.

    Returns:
        0 or more.
    """
    if spread is None:
        return 0.0
    return float(np.sum(subject_weight**2) / (2 * spread**2))


def probability(logits: NDArray[np.float64], calibration: Calibration) -> NDArray[np.float64]:
    """Calibrated probabilities of abnormal, shape (n,), of logit differences, shape (n,)."""
    return expit(calibration.slope * logits + calibration.intercept)


def _band_width(p: NDArray[np.float64], abnormal: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    distance = np.abs(p - 0.5)
    wrong = (p >= 0.5) != abnormal
    best = 0.0
    for width in np.arange(0, 0.5, 0.01):
        kept = distance >= width
        answered = weight[kept].sum()
        if 1 - answered > MOST_ABSTAINED:
            break
        best = round(float(width), 2)
        if weight[kept & wrong].sum() <= STATED_RISK * answered:
            break
    return best
