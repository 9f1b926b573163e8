"""``auscult examinations``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.commands.sessions import counted, delete_once_asked, local_words, open_store, print_table
from monitor.examination_record import SiteFinding
from monitor.examination_store import ExaminationStore, StoredExamination
from monitor.json_lines import document_text, heart_object, whole_object, write_text
from monitor.reading_words import reading_words


def run_list(data: Path | None, as_json: bool) -> None:
    """Print one line an examination, the newest first.

    Raises:
        CommandError: The store cannot be read.
    """
    with _store(data) as store:
        found = store.examinations()
    if as_json:
        write_text(document_text({"examinations": [_document(one) for one in found]}), sys.stdout)
    elif not found:
        click.echo("no examinations yet: auscult monitor, and X in its window", err=True)
    else:
        print_table([("ID", "BEGUN", "VERDICT", "P", "SITES", "SOUND", "PATIENT"), *map(_row, found)])


def run_show(beginning: str, data: Path | None, as_json: bool) -> None:
    """Print an examination, for people or as one document.

    Raises:
        CommandError: There is no such examination, or the store cannot be read.
    """
    with _store(data) as store:
        one = store.find(beginning)
    write_text(document_text(_document(one)) if as_json else _page(one), sys.stdout)


def run_delete(beginnings: Sequence[str], data: Path | None, confirmed: bool) -> None:
    """Delete examinations with their sessions and sound, after asking.

    Raises:
        CommandError: There is no such examination, it is still running, or it cannot be deleted.
    """
    with _store(data) as store:
        rows = {one.record.id: "  ".join(_row(one)) for one in map(store.find, beginnings)}
        words = f"Delete {counted(len(rows), 'examination')} with its sound and all that was said, for good?"
        delete_once_asked(rows, words, store.delete, confirmed)


@contextmanager
def _store(data: Path | None) -> Iterator[ExaminationStore]:
    with open_store(data) as sessions:
        yield ExaminationStore(sessions)


def _state(one: StoredExamination) -> str:
    if not one.record.ended:
        return "running"
    if one.interrupted:
        return "interrupted"
    return str(one.record.overall.label) if one.record.overall else "skipped"


def _row(one: StoredExamination) -> tuple[str, ...]:
    record = one.record
    heard = sum(finding.verdict is not None for finding in record.findings)
    return (
        record.id,
        local_words(datetime.fromisoformat(record.begun)),
        _state(one),
        _probability(record.overall.p_abnormal if record.overall else None),
        str(heard),
        "yes" if one.sound else "–",
        record.patient or "–",
    )


def _page(one: StoredExamination) -> str:
    record = one.record
    overall = record.overall
    rows = [
        ("begun", local_words(datetime.fromisoformat(record.begun))),
        ("ended", local_words(datetime.fromisoformat(record.ended)) if record.ended else ""),
        ("patient", record.patient),
        ("source", f"{record.device}, {record.rate} Hz"),
        ("model", record.model),
        ("program", f"auscult {record.program}"),
        ("session", f"{record.session}, {'with' if one.sound else 'without'} sound"),
        (
            "verdict",
            f"{overall.label}, highest p(abnormal) {_probability(overall.p_abnormal)}"
            if overall
            else "none: every site was skipped",
        ),
        *((finding.site, _finding_words(finding)) for finding in record.findings),
        ("opinion", record.opinion),
        ("note", record.note),
    ]
    width = max(len(name) for name, _ in rows) + 2
    state = _state(one)
    head = f"examination {record.id}" + ("" if overall and state == overall.label else f" ({state})")
    return "\n".join([head, *(f"  {name:<{width}}{value}" for name, value in rows if value)]) + "\n"


def _finding_words(finding: SiteFinding) -> str:
    verdict = finding.verdict
    if verdict is None:
        return "skipped"
    parts = [str(verdict.label), f"p(abnormal) {_probability(verdict.p_abnormal)}"]
    if verdict.heart_rate_bpm is not None:
        parts.append(f"{verdict.heart_rate_bpm:.0f} bpm")
    parts.append(f"{finding.good_s:.0f} s good of {finding.start_s:.1f}–{finding.end_s:.1f} s")
    parts += verdict.reasons
    words = ", ".join(parts)
    return words if verdict.reading is None else f"{words}. {reading_words(verdict.reading)}"


def _probability(probability: float | None) -> str:
    return "–" if probability is None else f"{probability:.2f}"


def _document(one: StoredExamination) -> dict[str, Any]:
    record = one.record
    return {
        "id": record.id,
        "session": record.session,
        "begun": record.begun,
        "ended": record.ended or None,
        "interrupted": one.interrupted,
        "patient": record.patient or None,
        "source": record.device,
        "rate": record.rate,
        "model": record.model,
        "model_sha256": record.model_sha256,
        "program": record.program,
        "sound": one.sound,
        "label": str(record.overall.label) if record.overall else None,
        "p_abnormal": record.overall.p_abnormal if record.overall else None,
        "findings": [_finding_document(finding) for finding in record.findings],
        "opinion": record.opinion,
        "note": record.note,
    }


def _finding_document(finding: SiteFinding) -> dict[str, Any]:
    verdict = finding.verdict
    return {
        "site": finding.site,
        "start_s": finding.start_s,
        "end_s": finding.end_s,
        "good_s": finding.good_s,
        "verdict": None if verdict is None else {**whole_object(verdict), **heart_object(verdict)},
    }
