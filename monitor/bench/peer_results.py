"""What counts as a result in the comparison with the peers, so that nobody wins by doing nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dsp.config import FrontEndConfig
from monitor.bench.contestant import Answer, Contestant, NoResultError, Result

LIKE_OURS = 0.5
"""Least correlation of another's image of a window with ours, in the median recording."""
CLOSE_TO_OURS = 0.1
"""Most by which the probabilities of the usual script, whose filter is another, may differ there."""


def require_result(
    contestant: Contestant, answer: Answer, config: FrontEndConfig, recording: Mapping[str, Any], hop_s: float
) -> None:
    """Refuse what is no result: of a wrong shape, not finite, empty, or of less work than was due.

    Args:
        contestant: Whose.
        answer: What it gave.
        config: The model's front end.
        recording: As in the job, with its ``size`` in samples.
        hop_s: The job's.

    Raises:
        NoResultError: It is none.
    """

    def refuse(why: str) -> None:
        raise NoResultError(f"{contestant.title}: gave no result ({why})")

    seconds = recording["size"] / recording["rate"]
    due = (seconds - config.window_s) / hop_s if contestant.unit == "hop" else seconds
    if not (abs(answer.units - due) <= 1 and answer.cpu_s > 0 and answer.wall_s > 0):
        refuse(f"{answer.units:g} instead of {due:g} {contestant.unit}")
    for name, values in answer.result.items():
        if not values.size or values.dtype.kind not in "fiu":
            refuse(f"{name} is empty or holds no numbers")
    check = _CHECKS.get(contestant.key, _check_image)
    if why := check(answer.result, config, recording):
        refuse(why)


def _check_image(result: Result, config: FrontEndConfig, recording: Mapping[str, Any]) -> str:
    image = result.get("image", np.empty(0))
    if image.shape != config.image_shape:
        return f"an image of shape {image.shape}, not {config.image_shape}"
    return "" if np.isfinite(image).all() and image.std() > 0 else "an image of nothing"


def _check_live(result: Result, config: FrontEndConfig, recording: Mapping[str, Any]) -> str:
    p = result.get("p", np.empty(0))
    if not (p.size and np.all((p >= 0) & (p <= 1))):
        return "a probability outside 0 to 1"
    return _check_image(result, config, recording)


def _check_archive(result: Result, config: FrontEndConfig, recording: Mapping[str, Any]) -> str:
    p = result.get("p", np.empty(0))
    # A window that the gate refuses has none.
    return "" if p.size and np.all(np.isnan(p) | ((p >= 0) & (p <= 1))) else "a probability outside 0 to 1"


def _check_floor(result: Result, config: FrontEndConfig, recording: Mapping[str, Any]) -> str:
    shape = result.get("image", np.empty(0)).shape
    return "" if shape == config.image_shape else f"an image of shape {shape}, not {config.image_shape}"


def _check_pypcg(result: Result, config: FrontEndConfig, recording: Mapping[str, Any]) -> str:
    sound = result.get("sound", np.empty(0))
    features = [values for name, values in result.items() if name != "sound"]
    due = recording["size"] * config.rate / recording["rate"]
    if not (abs(sound.size - due) <= 2 and np.isfinite(sound).all() and sound.std() > 0):
        return "no denoised sound"
    finite = [np.isfinite(values).mean() for values in features]
    # Of a heart sound of few samples the one or other feature does not exist.
    return "" if features and np.mean(finite) > 0.9 else "no features"


def _check_biosppy(result: Result, config: FrontEndConfig, recording: Mapping[str, Any]) -> str:
    filtered = result.get("filtered", np.empty(0))
    if not (filtered.size == recording["size"] and np.isfinite(filtered).all() and filtered.std() > 0):
        return "no filtered sound"
    rate = result.get("heart_rate", np.empty(0))
    return "" if rate.size == 1 and 20 < float(rate) < 300 else "no heart rate"


_CHECKS: Mapping[str, Callable[[Result, FrontEndConfig, Mapping[str, Any]], str]] = {
    "live": _check_live,
    "usual": _check_live,
    "usual-denoising": _check_live,
    "floor": _check_floor,
    "archive": _check_archive,
    "archive-whole": _check_archive,
    "pypcg": _check_pypcg,
    "pypcg-quick": _check_pypcg,
    "biosppy": _check_biosppy,
}


def likeness(key: str, results: Mapping[str, Result]) -> tuple[float, float]:
    """How a contestant's image correlates with ours of the same window, and how far its probabilities are."""
    theirs, ours = results[key], results["live"]
    alike = float(np.corrcoef(theirs["image"].ravel(), ours["image"].ravel())[0, 1])
    if "p" not in theirs:
        return alike, 0.0
    hops = min(theirs["p"].size, ours["p"].size)
    return alike, float(np.median(np.abs(theirs["p"][:hops] - ours["p"][:hops])))


def require_like_ours(contestant: Contestant, likenesses: Sequence[tuple[float, float]]) -> None:
    """Images of the same windows must be alike; where the steps are the same, the answers must be close.

    Args:
        contestant: Whose.
        likenesses: For each turn what ``likeness`` says.

    Raises:
        NoResultError: They are not.
    """
    alike, apart = np.median(likenesses, axis=0)
    if not alike >= LIKE_OURS:
        raise NoResultError(
            f"{contestant.title}: gave no result (its images correlate with ours by {alike:.2f})"
        )
    if contestant.key == "usual" and not apart <= CLOSE_TO_OURS:
        raise NoResultError(
            f"{contestant.title}: gave no result (its probabilities are {apart:.2f} from ours)"
        )
