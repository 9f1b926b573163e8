"""What the evaluations of sister models say of a recipe, for the card of the model that it trains."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.failure import TrainingError
from training.recipes import Recipe

METRICS = "metrics.json"

WEIGHTING = "even odds"
"""The weighting of the calibration figures: that at which the probability was calibrated."""

_POOLED_FIGURES = ("auroc", "macc", "accuracy", "recall", "precision", "f1", "specificity")
_DATABASE_FIGURES = ("auroc", "macc")
_CALIBRATION = ("ece", "brier")
_ABSTENTION = ("coverage", "rate_normal", "rate_abnormal", "macc_of_all", "macc_of_answered")


class EvidenceError(TrainingError):
    """A folder holds no evaluation of the recipe; one line that says what to do."""


def read_evidence(folders: Sequence[Path], recipe: Recipe) -> dict[str, Any]:
    """A digest of evaluations by protocol, as a model card holds it.

    Args:
        folders: That ``auscult evaluate`` wrote.
        recipe: That the models of every one of them must have been trained by.

    Raises:
        EvidenceError: A folder has no metrics, broken ones, those of another recipe or of a protocol that
            another folder has already.
    """
    found: dict[str, Any] = {}
    for folder in folders:
        path = folder / METRICS
        summary = _summary(path)
        try:
            protocol, digest = _digest(summary)
            model, trained_by = summary["model"], dict(summary["recipe"])
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            raise EvidenceError(_broken(path)) from None
        if model != recipe.name:
            raise EvidenceError(
                f"{path}: of model {model!r}, and {recipe.name!r} is trained; give an evaluation of that one"
            )
        differing = _differing(trained_by, recipe)
        if differing:
            raise EvidenceError(
                f"{path}: its models were trained otherwise ({differing}); evaluate the recipe as it is now"
            )
        if protocol in found:
            raise EvidenceError(f"{path}: protocol {protocol!r} was given twice; give one of the two")
        found[protocol] = digest
    return found


def _summary(path: Path) -> Mapping[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvidenceError(f"{path}: missing; give a folder that auscult evaluate has finished") from None
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise EvidenceError(_broken(path)) from None


def _broken(path: Path) -> str:
    return (
        f"{path}: not the metrics that this program writes; run auscult evaluate again, "
        "folds that are done are not repeated"
    )


def _differing(trained_by: Mapping[str, Any], recipe: Recipe) -> str:
    ours = recipe.essence()
    names = [name for name in sorted({*ours, *trained_by}) if ours.get(name) != trained_by.get(name)]
    return ", ".join(f"{name} {trained_by.get(name)!r}, here {ours.get(name)!r}" for name in names)


def _digest(summary: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return _text(summary["protocol"]), {
        "question": _text(summary["question"]),
        "command": _text(summary["command"]),
        "by_patient": bool(summary["by_patient"]),
        "corpora": [_text(corpus) for corpus in summary["left_out"]],
        "intervals": {
            "confidence": _number(summary["intervals"]["confidence"]),
            "resamples": _count(summary["intervals"]["resamples"]),
        },
        "variants": {_text(name): _variant(found) for name, found in summary["variants"].items()},
    }


def _variant(found: Mapping[str, Any]) -> dict[str, Any]:
    pooled = found["pooled"]
    return {
        "folds": len(found["folds"]["epochs"]),
        "pooled": None if pooled is None else _section(pooled, _POOLED_FIGURES),
        "databases": {
            _text(name): _section(inside, _DATABASE_FIGURES) for name, inside in found["databases"].items()
        },
        "mean_auroc": {
            _text(name): None
            if mean is None
            else {**_estimate(mean), "databases": [_text(database) for database in mean["databases"]]}
            for name, mean in found["mean_auroc"].items()
        },
    }


def _section(found: Mapping[str, Any], figures: Sequence[str]) -> dict[str, Any]:
    calibration, abstention = found["calibration"][WEIGHTING], found["abstention"]
    return {
        "n": _count(found["n"]),
        "n_abnormal": _count(found["n_abnormal"]),
        "n_unscored": _count(found["n_unscored"]),
        "figures": {name: _estimate(found["figures"][name]) for name in figures},
        "calibration": {
            **{name: _number(calibration[name]) for name in _CALIBRATION},
            "ece_by_chance": _estimate(calibration["ece_by_chance"]),
        },
        "abstention": {name: _number(abstention[name]) for name in _ABSTENTION},
    }


def _estimate(found: Mapping[str, Any]) -> dict[str, float | None]:
    return {name: _number(found[name]) for name in ("value", "low", "high")}


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return round(float(value), 4)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise TypeError(f"{value!r} is no text")
    return value
