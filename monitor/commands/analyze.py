"""``auscult analyze``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from dsp.reading import Reading
from model.card import ModelError
from model.classifier import Classifier
from monitor.failure import CommandError
from monitor.json_lines import document_text, reading_object, summary_line, window_object, write_text
from monitor.reading_words import reading_words
from monitor.snapshot import Summary
from monitor.standard_error import keep_standard_error
from monitor.whole_recording import JudgedRecording, judge_recording
from recordings import Channel, RecordingError


def run_analyze(file: Path, hop_s: float, model: str, channel: Channel | None) -> None:
    """Print one JSON document on a recording.

    Raises:
        CommandError: The file or the model cannot be used, or the document cannot be written.
    """
    keep_standard_error()
    try:
        classifier = Classifier.load(model)
        judged = judge_recording(file, classifier, hop_s, channel, keep_windows=True)
    except (ModelError, RecordingError) as error:
        raise CommandError(str(error)) from None
    for note in judged.notes:
        click.echo(f"auscult: {file}: {note}", err=True)
    write_text(document_text(_document(judged, classifier.card.tag)), sys.stdout)


def _document(judged: JudgedRecording, tag: str) -> dict[str, Any]:
    summary = summary_line(Summary(judged.verdict, 0.0, round(judged.duration_s, 6), 0), tag)
    del summary["kind"]
    return {
        "summary": summary,
        "windows": [window_object(verdict) for verdict in judged.windows],
        "beats": None if judged.beats is None else [asdict(sound) for sound in judged.beats],
        "reading": _reading(judged.verdict.reading),
    }


def _reading(reading: Reading | None) -> dict[str, Any] | None:
    told = reading_object(reading)
    return None if told is None or reading is None else {**told, "sentence": reading_words(reading)}
