"""The figures of an evaluation as data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import mean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.verdict import Label
from training.balance import balance_weights
from training.beat_scores import CLOSE_BPM, TOLERANCE_S, beat_figures
from training.calibration import MOST_ABSTAINED, STATED_RISK
from training.columns import joined
from training.intervals import CONFIDENCE, RESAMPLES, SEED, Draws, Estimate, draws, estimate, resampled_counts
from training.markdown import SPREAD_NAMES
from training.metrics import Figures, class_weighted_figures, figures, figures_by_database
from training.outcome import Evaluation, FoldOutcome
from training.reading_scores import SEEN, UNSEEN, reading_figures
from training.reliability import (
    BINS,
    brier,
    calibration_error,
    chance_calibration_errors,
    most_certain,
    reliability_table,
    risk_coverage,
)
from training.run import THRESHOLD
from training.tables import QUALITIES, RecordTable, WindowTable, window_table

ABSTAINED = 0.2
"""Share of the records, the least certain, that is left unanswered to see what that is worth."""

AS_RECORDED = "as recorded"
EVEN_ODDS = "even odds"
WEIGHTINGS = {
    AS_RECORDED: "Each record weighs the same: abnormal is as frequent as in the corpus.",
    EVEN_ODDS: "Both classes of each database weigh the same: the odds at which p was calibrated.",
}

HARD_DATABASES = ("cinc2016-a", "cinc2016-b", "cinc2016-d")
"""Where telling the site apart helps least, of the databases large enough to tell."""

CURVE_POINTS = 100


def summarise(evaluation: Evaluation, tables: Mapping[str, RecordTable]) -> dict[str, Any]:
    """Everything that the report says in numbers, ready for JSON: None for what is undefined.

    Args:
        evaluation: What came of a protocol.
        tables: The ``record_table`` of each of its variants.
    """
    return _plain(
        {
            "protocol": evaluation.protocol,
            "model": evaluation.model,
            "recipe": evaluation.recipe,
            "question": evaluation.question,
            "command": evaluation.command,
            "threshold": THRESHOLD,
            "by_patient": evaluation.by_patient,
            "gated": evaluation.gated,
            "intervals": {"confidence": CONFIDENCE, "resamples": RESAMPLES, "unit": "subject", "seed": SEED},
            "weightings": WEIGHTINGS,
            "variants": {
                name: _variant(folds, tables[name], evaluation.pooled)
                for name, folds in evaluation.variants.items()
            },
            "left_out": evaluation.left_out,
        }
    )


def _variant(folds: Sequence[FoldOutcome], table: RecordTable, pooled: bool) -> dict[str, Any]:
    sections: dict[str, dict[str, Any]] = {}
    aurocs: dict[str, NDArray[np.float64]] = {}
    for database in table.databases:
        inside = table.where(table.database == database)
        drawn = _draws(inside, database)
        sections[database] = _section(inside, drawn)
        aurocs[database] = drawn["auroc"]
    return {
        "pooled": _section(table, _draws(table, "")) if pooled else None,
        "databases": sections,
        "mean_auroc": {
            "all databases": _mean_auroc(sections, aurocs, table.databases),
            "a, b and d": _mean_auroc(sections, aurocs, HARD_DATABASES),
        },
        "folds": _over_folds(folds),
        "windows": _windows(window_table(folds), pooled),
        "beats": _beats(folds),
        "reading": _reading(folds),
    }


def _draws(table: RecordTable, name: str) -> Draws:
    scored = table.where(table.scored)
    # Seeded by name: a database's interval does not depend on which others are tested, nor on their draws.
    counts = resampled_counts(scored.group, RESAMPLES, [SEED, *name.encode()])
    return draws(scored.abnormal, scored.p, THRESHOLD, counts)


def _section(table: RecordTable, drawn: Draws) -> dict[str, Any]:
    scored = table.where(table.scored)
    found = figures(scored.abnormal, scored.p, THRESHOLD)
    return {
        "n": table.abnormal.size,
        "n_abnormal": int(table.abnormal.sum()),
        "n_subjects": len(set(table.group)),
        "n_unscored": int((~table.scored).sum()),
        "figures": {
            name: estimate(found[name], values, len(set(scored.group))).to_json()
            for name, values in drawn.items()
        },
        "calibration": {
            AS_RECORDED: _calibration(scored, np.full(scored.p.size, 1 / max(scored.p.size, 1))),
            EVEN_ODDS: {
                **_calibration(scored, _even_odds(scored, scored.abnormal)),
                "ece_by_chance": _chance_error(scored),
            },
        },
        "abstention": _abstention(table),
        "rolling": _rolling(scored),
    }


def _calibration(scored: RecordTable, weight: NDArray[np.float64]) -> dict[str, Any]:
    table = reliability_table(scored.abnormal, scored.p, weight, BINS)
    return {
        "ece": calibration_error(table),
        "brier": brier(scored.abnormal, scored.p, weight),
        "bins": [asdict(item) for item in table],
    }


def _even_odds(scored: RecordTable, abnormal: NDArray[np.bool_]) -> NDArray[np.float64]:
    return balance_weights("database and class", abnormal, scored.database)


def _chance_error(scored: RecordTable) -> dict[str, float | None]:
    """Mean of the calibration error that chance alone makes, and between what most of it lies."""
    _, site = np.unique(scored.database, return_inverse=True)
    share = (np.bincount(site, scored.abnormal) / np.bincount(site))[site]
    errors = chance_calibration_errors(
        scored.p, share, lambda abnormal: _even_odds(scored, abnormal), RESAMPLES, SEED
    )
    if not errors.size:
        return Estimate(None).to_json()
    low, high = np.quantile(errors, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(errors.mean()), float(low), float(high)).to_json()


def _abstention(table: RecordTable) -> dict[str, Any]:
    """A record without a scored window is one that is not answered."""
    scored = table.where(table.scored)
    answered = table.where(table.answered)
    certain = scored.where(most_certain(scored.p, ABSTAINED))
    curve = risk_coverage(scored.abnormal, scored.p)
    wanted = np.arange(1, CURVE_POINTS + 1) / CURVE_POINTS
    points = np.unique(np.searchsorted(curve.coverage, wanted - 1e-9)) if scored.p.size else []
    macc = figures(scored.abnormal, scored.p, THRESHOLD)["macc"]
    certain_macc = figures(certain.abnormal, certain.p, THRESHOLD)["macc"]
    said_abnormal = (answered.label == Label.ABNORMAL).astype(np.float64)
    return {
        "coverage": _mean(table.answered),
        "stated_risk": STATED_RISK,
        "most_abstained": MOST_ABSTAINED,
        "risk": _mean((answered.label == Label.ABNORMAL) != answered.abnormal),
        "macc_of_all": macc,
        "macc_of_answered": figures(answered.abnormal, said_abnormal, 0.5)["macc"],
        "rate_normal": _mean(~table.answered[~table.abnormal]),
        "rate_abnormal": _mean(~table.answered[table.abnormal]),
        "windows_refused_normal": _refused(table.where(~table.abnormal)),
        "windows_refused_abnormal": _refused(table.where(table.abnormal)),
        "rate_by_database": {
            name: _mean(~table.answered[table.database == name]) for name in table.databases
        },
        "rate_by_quality": {
            word: {"n": int(own.sum()), "rate": _mean(~table.answered[own])}
            for word in QUALITIES.values()
            if (own := table.quality == word).any()
        },
        "least_certain_left_out": {
            "share": ABSTAINED,
            "macc": certain_macc,
            "gain": None if macc is None or certain_macc is None else certain_macc - macc,
        },
        "risk_coverage": [
            {
                "coverage": float(curve.coverage[point]),
                "risk": float(curve.risk[point]),
                "macc": float(curve.macc[point]),
            }
            for point in points
        ],
    }


def _refused(table: RecordTable) -> float | None:
    """Share of the windows that the gate refused."""
    refused = int(table.refused.sum())
    windows = int(table.windows.sum()) + refused
    return refused / windows if windows else None


def _rolling(scored: RecordTable) -> dict[str, Any]:
    seconds = scored.first_verdict_s[~np.isnan(scored.first_verdict_s)]
    return {
        "median_first_verdict_s": float(np.median(seconds)) if seconds.size else None,
        "never_answered": _mean(np.isnan(scored.first_verdict_s)),
        "flips_per_record": _mean(scored.flips),
        "records_that_flip": _mean(scored.flips > 0),
        "most_flips": int(scored.flips.max()) if scored.flips.size else None,
    }


def _mean_auroc(
    sections: Mapping[str, dict[str, Any]],
    drawn: Mapping[str, NDArray[np.float64]],
    databases: Sequence[str],
) -> dict[str, Any] | None:
    """Mean over the databases in which AUROC is defined; None where there is none."""
    used = [
        name
        for name in databases
        if name in sections and sections[name]["figures"]["auroc"]["value"] is not None
    ]
    if not used:
        return None
    value = mean(sections[name]["figures"]["auroc"]["value"] for name in used)
    found = Estimate(value)
    # A mean that leans on a database too small for an interval has none either.
    if all(sections[name]["figures"]["auroc"]["low"] is not None for name in used):
        subjects = sum(sections[name]["n_subjects"] for name in used)
        found = estimate(value, np.mean([drawn[name] for name in used], axis=0), subjects)
    return {**found.to_json(), "databases": used}


def _over_folds(folds: Sequence[FoldOutcome]) -> dict[str, Any]:
    of_records, of_windows = {}, {}
    for fold in folds:
        p = fold.record_p
        scored = ~np.isnan(p)
        abnormal = np.array([record.abnormal for record in fold.records], dtype=bool)
        of_records[fold.name] = _fold_figures(abnormal[scored], p[scored])
        of_windows[fold.name] = _fold_figures(abnormal[fold.window_record], fold.window_p)
    return {
        "epochs": {fold.name: len(fold.epochs) for fold in folds},
        "abstention_band": {fold.name: [fold.calibration.low, fold.calibration.high] for fold in folds},
        "records": _spread(of_records),
        "windows": _spread(of_windows),
    }


def _fold_figures(abnormal: NDArray[np.bool_], p: NDArray[np.float64]) -> Figures:
    return figures(abnormal, p, THRESHOLD) | class_weighted_figures(abnormal, p, THRESHOLD)


def _spread(each: Mapping[str, Figures]) -> dict[str, Any]:
    """Mean and standard deviation over the folds in which a figure is defined, and how many those are."""
    found: dict[str, Any] = {"mean": {}, "sd": {}, "folds": {}, "each": each}
    for name in (*SPREAD_NAMES, "specificity"):
        values = [value for fold in each.values() if (value := fold[name]) is not None]
        found["mean"][name] = mean(values) if values else None
        found["sd"][name] = stdev(values) if len(values) > 1 else None
        found["folds"][name] = len(values)
    return found


def _windows(windows: WindowTable, pooled: bool) -> dict[str, Any]:
    return {
        "pooled": figures(windows.abnormal, windows.p, THRESHOLD) if pooled else None,
        "databases": figures_by_database(windows.abnormal, windows.p, THRESHOLD, windows.database),
    }


def _beats(folds: Sequence[FoldOutcome]) -> dict[str, Any] | None:
    """By database; None where nothing is marked, or no network looks for it."""
    found = [fold.beats for fold in folds if fold.beats is not None]
    if not found:
        return None
    scores = joined(found)
    return {
        "tolerance_s": TOLERANCE_S,
        "close_bpm": CLOSE_BPM,
        "databases": {str(name): beat_figures(scores.of(name)) for name in np.unique(scores.database)},
    }


def _reading(folds: Sequence[FoldOutcome]) -> dict[str, Any] | None:
    """By half of the subjects; None where nothing was read, or nobody says what is heard."""
    scores = [score for fold in folds for score in fold.readings]
    halves = {half: [score for score in scores if score.half == half] for half in (UNSEEN, SEEN)}
    return {half: reading_figures(found) for half, found in halves.items() if found} or None


def _mean(values: NDArray[Any]) -> float | None:
    return float(values.mean()) if values.size else None


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value
