"""The folder that an evaluation leaves behind."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.checkpoint import write_whole
from training.figures import (
    auroc_figure,
    examples_figure,
    reliability_figure,
    risk_coverage_figure,
    roc_figure,
    training_figure,
)
from training.outcome import Evaluation
from training.report_text import report_text
from training.summary import AS_RECORDED, EVEN_ODDS, summarise
from training.tables import RecordTable, record_table

COLUMNS = (
    "variant",
    "fold",
    "record",
    "database",
    "group",
    "abnormal",
    "quality",
    "p_abnormal",
    "label",
    "windows",
    "refused",
    "first_verdict_s",
    "flips",
)

CAPTIONS = {
    "examples.png": "What the network sees: a window of the first held-out normal and abnormal recording.",
    "auroc.png": "AUROC inside each database, with 95 % intervals.",
    "roc.png": "Receiver operating characteristic, and its area.",
    "training.png": "Loss and accuracy by epoch: mean over the folds, and one standard deviation.",
    "reliability.png": "Reliability at the corpus's own share of abnormal recordings; bins of ten or more.",
    "reliability-even-odds.png": "Reliability at even odds inside each database; bins of ten or more.",
    "risk-coverage.png": "Error of the answered recordings as less certain ones are answered too.",
}


def write_report(out: Path, evaluation: Evaluation) -> dict[str, Any]:
    """Write an evaluation's predictions, figures, pictures and readable report.

    The same evaluation makes the same files.

    Args:
        out: The folder; files of an earlier report in it are replaced.
        evaluation: At least one variant, of at least one fold each.

    Returns:
        What ``metrics.json`` holds.

    Raises:
        CheckpointError: A file cannot be written.
    """
    tables = {name: record_table(folds) for name, folds in evaluation.variants.items()}
    summary = summarise(evaluation, tables)
    variants = summary["variants"]
    write_whole(out / "predictions.csv", _predictions(tables).encode())
    metrics = json.dumps(summary, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    write_whole(out / "metrics.json", metrics.encode())
    pictures = {
        "auroc.png": auroc_figure(variants),
        "roc.png": roc_figure(tables, variants),
        "training.png": training_figure(evaluation.variants),
        "reliability.png": reliability_figure(variants, AS_RECORDED),
        "reliability-even-odds.png": reliability_figure(variants, EVEN_ODDS),
        "risk-coverage.png": risk_coverage_figure(variants),
    }
    if any(evaluation.examples.values()):
        pictures["examples.png"] = examples_figure(evaluation.examples)
    for name, picture in pictures.items():
        write_whole(out / name, picture)
    # Last, so that it never speaks of a file that is not there.
    write_whole(out / "report.md", report_text(summary, {name: CAPTIONS[name] for name in pictures}).encode())
    return summary


def _predictions(tables: Mapping[str, RecordTable]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    for variant, table in tables.items():
        for row in range(table.record.size):
            writer.writerow(
                (
                    variant,
                    table.fold[row],
                    table.record[row],
                    table.database[row],
                    table.group[row].partition("\n")[2],
                    int(table.abnormal[row]),
                    table.quality[row],
                    _cell(table.p[row], ".6f"),
                    table.label[row],
                    table.windows[row],
                    table.refused[row],
                    _cell(table.first_verdict_s[row], "g"),
                    table.flips[row],
                )
            )
    return lines.getvalue()


def _cell(value: float, form: str) -> str:
    return "" if math.isnan(value) else format(value, form)
