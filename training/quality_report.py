"""The report on a quality gate."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model.window_quality import DOUBTED_BELOW, REFUSED_BELOW
from training.checkpoint import write_whole
from training.markdown import estimated, percent, table
from training.quality_scores import GateAnswers, record_rows
from training.records import Record

REPORT = "report.md"


def write_quality_report(
    out: Path, metrics: Mapping[str, Any], answers: GateAnswers, records: Sequence[Record]
) -> None:
    """Write figures, the quality of each recording, and a report to read.

    Args:
        out: The folder.
        metrics: Of ``training.quality_scores.score_gate``, with the command and the number of folds.
        answers: What the figures were made of.
        records: That these count.

    Raises:
        CheckpointError: A file cannot be written.
    """
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("record", "database", "rated", "windows", "quality", "refused"))
    for record, windows, value, refused in record_rows(answers, records):
        rated = {True: "good", False: "unsure", None: ""}[record.good_quality]
        writer.writerow((record.name, record.database, rated, windows, f"{value:.6f}", f"{refused:.6f}"))
    write_whole(out / "quality.csv", lines.getvalue().encode())
    write_whole(out / "metrics.json", (json.dumps(metrics, indent=1, allow_nan=False) + "\n").encode())
    write_whole(out / REPORT, _text(metrics).encode())


def _text(metrics: Mapping[str, Any]) -> str:
    parts = [
        "# Quality gate",
        f"`{metrics['command']}`",
        f"Each recording is answered by one of {metrics['folds']} gates: the one that has learnt from no "
        "recording of its subject. Noise is of source clips and speakers that none has learnt from. "
        f"Refused is a window of a quality below {REFUSED_BELOW:g}, doubted one below {DOUBTED_BELOW:g}: "
        "of a doubted one no verdict is confident. Both were fixed beforehand.",
        "## Good and unsure recordings",
        "By the publishers' own word on each recording; intervals of 95 % by resampling subjects. Nearly "
        "all unsure recordings are of two sites, so that a figure over all of them would be one of the site.",
        table(
            ("database", "good", "unsure", "AUROC"),
            [
                (name, str(found["good"]), str(found["unsure"]), estimated(found["auroc"]))
                for name, found in metrics["databases"].items()
            ],
        ),
        "## Whom the gate refuses",
        "Windows of recordings as they are. A gate that refused the sick more often than the well would "
        "hide disease.",
        table(
            ("database", "rated", "class", "windows", "refused", "refused or doubted"),
            [
                (
                    row["database"],
                    row["quality"],
                    row["class"],
                    str(row["windows"]),
                    percent(row["refused"]),
                    percent(row["doubted"]),
                )
                for row in metrics["classes"]
            ],
        ),
        "## Heart sound in noise",
        "Recordings with noise as loud as the heart or up to 15 dB louder, in the band of 20 to 850 Hz.",
        _noise_table(metrics["mixed"]),
        "## Noise alone",
        "Without a heart. What the rules on silence, holes and length refuse is not counted.",
        _noise_table(metrics["alone"]),
        "## Synthetic hearts",
        "At 35 to 200 beats per minute, with any murmur, regular or not, 8 dB above the noise floor or more; "
        "none should be refused.",
        _noise_table(metrics["synthetic"]),
    ]
    return "\n\n".join(parts) + "\n"


def _noise_table(rows: Sequence[Mapping[str, Any]]) -> str:
    return table(
        ("noise", "windows", "refused", "refused or doubted", "greatest quality"),
        [
            (
                row["kind"] or "none",
                str(row["windows"]),
                str(row["refused"]),
                f"{row['doubted']} ({percent(row['doubted'] / row['windows'])})",
                f"{row['greatest_quality']:.2f}",
            )
            for row in rows
        ],
    )
