"""From logits to probabilities and an abstention band, on windows that trained nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from model.card import Calibration

STATED_RISK = 0.10
"""Balanced error that the answered windows should not exceed."""

MOST_ABSTAINED = 0.25
"""Share of windows that may be left unanswered to get there."""


def calibrate(logits: NDArray[np.float64], abnormal: NDArray[np.bool_]) -> Calibration:
    """Fit the probability at even odds (both classes weigh the same), then choose the abstention band.

    The probability is a logistic function of the logit difference (J. Platt, 1999). The band is symmetric
    about 0.5 and the narrowest whose outside has a balanced error of at most ``STATED_RISK``, but never holds
    more than ``MOST_ABSTAINED`` of the windows.

    Args:
        logits: Shape (n,), abnormal minus normal.
        abnormal: Shape (n,), both classes present.
    """
    weight = np.where(abnormal, 0.5 / abnormal.sum(), 0.5 / (~abnormal).sum())
    scale = float(np.std(logits)) or 1.0

    def log_loss(parameters: NDArray[np.float64]) -> float:
        signed = np.where(abnormal, 1, -1) * (parameters[0] * logits / scale + parameters[1])
        return float(np.sum(weight * (np.log1p(np.exp(-np.abs(signed))) + np.maximum(-signed, 0))))

    slope, intercept = minimize(log_loss, np.array([1.0, 0.0]), method="BFGS").x
    fitted = Calibration(slope=float(slope / scale), intercept=float(intercept))
    width = _band_width(probability(logits, fitted), abnormal)
    return Calibration(fitted.slope, fitted.intercept, low=0.5 - width, high=0.5 + width)


def probability(logits: NDArray[np.float64], calibration: Calibration) -> NDArray[np.float64]:
    """Calibrated probabilities of abnormal, shape (n,), of logit differences, shape (n,)."""
    return expit(calibration.slope * logits + calibration.intercept)


def _band_width(p: NDArray[np.float64], abnormal: NDArray[np.bool_]) -> float:
    distance = np.abs(p - 0.5)
    wrong = (p >= 0.5) != abnormal
    for width in np.arange(0, 0.5, 0.01):
        kept = distance >= width
        if 1 - kept.mean() > MOST_ABSTAINED:
            return max(0.0, round(float(width) - 0.01, 2))
        both = (kept & abnormal).any() and (kept & ~abnormal).any()
        if both and (wrong[kept & abnormal].mean() + wrong[kept & ~abnormal].mean()) / 2 <= STATED_RISK:
            return round(float(width), 2)
    return 0.49
