"""``auscult screen``."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from tqdm import tqdm

from model.card import ModelError
from model.classifier import Classifier
from monitor.failure import CommandError
from monitor.standard_error import keep_standard_error
from monitor.whole_recording import judge_recording
from recordings import Channel, RecordingError, find_recordings

COLUMNS = (
    "path",
    "label",
    "p_abnormal",
    "quality",
    "heart_rate_bpm",
    "duration_s",
    "windows",
    "model",
    "error",
    "poor_windows",
    "reasons",
    "heart_rate_confidence",
    "irregular",
    "reading",
    "reading_part",
    "reading_shape",
    "reading_frequency_hz",
)

Row = dict[str, object]


def run_screen(paths: Sequence[Path], out: Path, hop_s: float, model: str, channel: Channel | None) -> int:
    """Write a row for each recording; returns 0 if any was scored, else 1.

    Raises:
        CommandError: The model cannot be used, a folder cannot be read, or the table cannot be written.
    """
    keep_standard_error()
    try:
        files = sorted({file for path in paths for file in _expand(path)}, key=str)
        classifier = Classifier.load(model)
    except (ModelError, RecordingError) as error:
        raise CommandError(str(error)) from None
    if not files:
        raise CommandError(
            f"no recordings in {', '.join(map(str, paths))}; give files, or folders that hold some"
        )
    scored = unreadable = 0
    try:
        with out.open("w", newline="", encoding="utf-8", errors="surrogateescape") as table:
            writer = csv.DictWriter(table, COLUMNS, restval="")
            writer.writeheader()
            for file in tqdm(files, desc="screening", unit="recording", disable=None):
                row = _row(file, classifier, hop_s, channel)
                scored += row.get("p_abnormal") is not None
                unreadable += "error" in row
                writer.writerow(row)
                table.flush()
    except OSError as error:
        raise CommandError(f"{out}: cannot be written ({error.strerror}); choose another --out") from None
    told = f"; {unreadable} could not be read: see the column error" if unreadable else ""
    click.echo(f"{scored} of {len(files)} recordings scored, written to {out}{told}", err=True)
    return 0 if scored else 1


def _expand(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from find_recordings(path)
    else:
        yield path


def _row(file: Path, classifier: Classifier, hop_s: float, channel: Channel | None) -> Row:
    try:
        judged = judge_recording(file, classifier, hop_s, channel)
    except RecordingError as error:
        return {"path": str(file), "error": str(error)}
    for note in judged.notes:
        tqdm.write(f"auscult: {file}: {note}", file=sys.stderr)
    verdict, reading = judged.verdict, judged.verdict.reading
    return {
        "path": str(file),
        "label": str(verdict.label),
        "p_abnormal": _cell(verdict.p_abnormal),
        "quality": _cell(verdict.quality),
        "heart_rate_bpm": _cell(verdict.heart_rate_bpm),
        "duration_s": round(judged.duration_s, 3),
        "windows": verdict.windows,
        "model": classifier.card.tag,
        "poor_windows": verdict.poor_windows,
        "reasons": " ".join(verdict.reasons),
        "heart_rate_confidence": _cell(verdict.heart_rate_confidence),
        "irregular": None if verdict.irregular is None else str(verdict.irregular).lower(),
        "reading": reading and reading.timing,
        "reading_part": reading and reading.part,
        "reading_shape": reading and reading.shape,
        "reading_frequency_hz": reading and _cell(reading.frequency_hz),
    }


def _cell(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
