"""How good a window's signal is, in a number and in reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FINDINGS = ("good", "heart", "ambient", "movement", "hum")
"""What the network answers: the signal is good; a heart is heard; voices or the room are; handling is; the
mains is."""

REFUSED_BELOW = 0.2
"""Of the quality: it is then four times as likely that the signal is not good as that it is."""

DOUBTED_BELOW = 0.5
"""Of the quality: no verdict on such a window is confident."""

LEAST_SCORED_SHARE = 0.25
"""Of the windows of a whole, for a confident verdict on it: the rest were poor."""

Many = float | NDArray[np.generic]

_SAID_FROM = 0.5
_REASONS = {"ambient": "ambient_noise", "movement": "movement", "hum": "mains_hum"}


@dataclass(frozen=True)
class WindowQuality:
    """How good a window's signal is.

    Attributes:
        value: 0 to 1, the least of three probabilities: that its signal is good, were as many good as not;
            that a heart is heard in it; that nothing else is as loud.
        reasons: What is wrong with it, as the contract's codes; empty where it is neither refused nor
            doubted.
    """

    value: float
    reasons: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Nothing should be said of the heart."""
        return self.value < REFUSED_BELOW

    @property
    def doubted(self) -> bool:
        """Nothing should be said with confidence."""
        return self.value < DOUBTED_BELOW


def doubtful(quality: Many, scored: Many, poor: Many | int = 0) -> bool | NDArray[np.bool_]:
    """Whether no verdict on several windows together is confident: they are doubtful, or too many refused.

    Args:
        quality: Sum of the quality of those that were scored; a number, or an array of one for each whole.
        scored: How many those are.
        poor: How many were refused.
    """
    return (quality < DOUBTED_BELOW * scored) | (scored < LEAST_SCORED_SHARE * (scored + poor))


def quality_of(findings: NDArray[np.floating]) -> WindowQuality:
    """What the network's answers come to.

    Args:
        findings: Shape (5,), probabilities of ``FINDINGS``.
    """
    found = dict(zip(FINDINGS, map(float, findings), strict=True))
    wrong = {code: found[name] for name, code in _REASONS.items()}
    quality = WindowQuality(min(found["good"], found["heart"], 1 - max(wrong.values())))
    if not quality.doubted:
        return quality
    wrong["no_heart_sound"] = 1 - found["heart"]
    reasons = tuple(code for code, share in wrong.items() if share >= _SAID_FROM)
    # Something is wrong, and what is likeliest is better told than nothing.
    return WindowQuality(quality.value, reasons or (max(wrong, key=wrong.__getitem__),))
