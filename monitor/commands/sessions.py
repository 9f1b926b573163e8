"""``auscult sessions``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from monitor.failure import CommandError
from monitor.json_lines import (
    document_text,
    event_line,
    verdict_line,
    write_line,
    write_text,
)
from monitor.session_store import SessionStore, StoredSession, StoreError, holds_sessions
from monitor.settings import data_folder, read_settings

_GB = 1e9


def run_list(data: Path | None, as_json: bool) -> None:
    """Print one line a session, the newest first.

    Raises:
        CommandError: The store cannot be read.
    """
    with open_store(data) as store:
        found = store.sessions()
        too_much = store.over_quota(read_settings().quota_gb)
    if as_json:
        write_text(document_text({"sessions": [_document(one) for one in found]}), sys.stdout)
        return
    if not found:
        click.echo("no sessions yet: auscult monitor keeps one of every device", err=True)
        return
    rows = [("ID", "BEGUN", "LENGTH", "VERDICT", "P", "SOUND", "SOURCE", "PATIENT")]
    rows += [_row(one) for one in found]
    print_table(rows)
    if too_much:
        click.echo(too_much, err=True)


def run_show(beginning: str, data: Path | None, lines: bool, as_json: bool) -> None:
    """Print a session: for people, as one document, or as the JSON lines that it gave.

    Raises:
        CommandError: There is no such session, or the store cannot be read.
    """
    with open_store(data) as store:
        one = store.find(beginning)
        model = one.header.model if one.header else ""
        if lines:
            for line in _lines(store, one.id, model):
                write_line(line, sys.stdout)
            if one.summary is not None:
                write_line(dict(one.summary), sys.stdout)
        elif as_json:
            write_text(document_text(_whole(store, one)), sys.stdout)
        else:
            write_text(_page(store, one), sys.stdout)


def run_note(beginning: str, words: str, data: Path | None) -> None:
    """Add words to a session.

    Raises:
        CommandError: There is no such session, or the note cannot be kept.
    """
    if not words.strip():
        raise click.UsageError("a note needs words")
    with open_store(data) as store:
        one = store.find(beginning)
        if one.header is None:
            raise CommandError(f"of session {one.id} only sound is left: it takes no notes")
        store.note(one.id, words)


def run_delete(beginnings: Sequence[str], data: Path | None, confirmed: bool) -> None:
    """Delete sessions with their sound, after asking.

    Raises:
        CommandError: There is no such session, it is still running, or it cannot be deleted.
    """
    with open_store(data) as store:
        found = list({one.id: one for one in map(store.find, beginnings)}.values())
        _delete(store, found, confirmed)


def run_prune(data: Path | None, quota_gb: float | None, confirmed: bool) -> None:
    """Offer the oldest recorded sessions for deletion until what is left fits the quota.

    Raises:
        CommandError: The store cannot be read, or a session cannot be deleted.
    """
    with open_store(data) as store:
        found = store.sessions()
        quota = read_settings().quota_gb if quota_gb is None else quota_gb
        excess = sum(one.sound_bytes for one in found) - quota * _GB
        offered = []
        for one in reversed(found):
            if excess > 0 and one.sound_bytes and one.ended is not None:
                offered.append(one)
                excess -= one.sound_bytes
        if not offered:
            click.echo("recorded sound is within its quota: nothing to delete", err=True)
            return
        _delete(store, offered, confirmed)


def _delete(store: SessionStore, found: Sequence[StoredSession], confirmed: bool) -> None:
    words = f"Delete {counted(len(found), 'session')} with all sound, notes and examinations, for good?"
    delete_once_asked({one.id: _title(one) for one in found}, words, store.delete, confirmed)


def delete_once_asked(
    titles: Mapping[str, str], question: str, delete: Callable[[str], None], confirmed: bool
) -> None:
    """Show what is to be deleted, ask, and delete one after the other.

    Args:
        titles: A line each, by id.
        question: Asked of them all.
        delete: Deletes what has an id.
        confirmed: Nobody need be asked.

    Raises:
        CommandError: The answer was no.
    """
    for title in titles.values():
        click.echo(title, err=True)
    if not confirmed and not click.confirm(question, err=True):
        raise CommandError("nothing was deleted")
    for id_ in titles:
        delete(id_)
        click.echo(f"deleted {id_}", err=True)


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as they need."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        write_text("  ".join(cells).rstrip() + "\n", sys.stdout)


@contextmanager
def open_store(data: Path | None) -> Iterator[SessionStore]:
    """The store of a folder, or of the usual one; its failures are the command's.

    Where nothing is kept there, nothing is made there either: the store is an empty one elsewhere.

    Raises:
        CommandError: It cannot be opened, or what is done with it fails.
    """
    folder = data or data_folder()
    try:
        with ExitStack() as stack:
            if not holds_sessions(folder):
                folder = Path(stack.enter_context(TemporaryDirectory()))
            store = stack.enter_context(SessionStore(folder))
            if store.warning:
                click.echo(f"auscult: {store.warning}", err=True)
            yield store
    except StoreError as error:
        raise CommandError(str(error)) from None


def _row(one: StoredSession) -> tuple[str, ...]:
    summary, header = one.summary or {}, one.header
    return (
        one.id,
        local_words(one.begun) if one.begun else "?",
        _length(one),
        summary.get("label", _state(one)),
        "–" if summary.get("p_abnormal") is None else f"{summary['p_abnormal']:.2f}",
        f"{one.sound_bytes / 1e6:.1f} MB" if one.sound else "–",
        header.source if header else "?",
        (header.patient if header else None) or "–",
    )


def _state(one: StoredSession) -> str:
    if one.header is None:
        return "sound only"
    if one.ended is None:
        return "running"
    return "interrupted" if one.interrupted else "failed"


def _length(one: StoredSession) -> str:
    if one.begun is None or one.ended is None:
        return "?"
    seconds = one.summary["duration_s"] if one.summary else max(0.0, (one.ended - one.begun).total_seconds())
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _title(one: StoredSession) -> str:
    id_, begun, length, verdict, _, sound, source, patient = _row(one)
    return f"{id_}  {begun}  {length}  {verdict}  {sound}  {source}  {patient}"


def _document(one: StoredSession) -> dict[str, Any]:
    header = one.header
    return {
        "id": one.id,
        "begun": one.begun.isoformat() if one.begun else None,
        "ended": one.ended.isoformat() if one.ended else None,
        "interrupted": one.interrupted,
        "source": header.source if header else None,
        "rate": header.rate if header else None,
        "hop_s": header.hop_s if header else None,
        "model": header.model if header else None,
        "model_sha256": header.model_sha256 if header else None,
        "front_end": dict(header.front_end) if header else None,
        "program": header.program if header else None,
        "patient": header.patient if header else None,
        "summary": dict(one.summary) if one.summary else None,
        "sound": [str(path) for path in one.sound],
        "sound_bytes": one.sound_bytes,
    }


def _whole(store: SessionStore, one: StoredSession) -> dict[str, Any]:
    model = one.header.model if one.header else ""
    notes = [{"written": note.written.isoformat(), "words": note.words} for note in store.notes(one.id)]
    return {**_document(one), "notes": notes, "lines": list(_lines(store, one.id, model))}


def _lines(store: SessionStore, session: str, model: str) -> Iterator[dict[str, Any]]:
    """Verdicts and events as they were told: in the order of time, an event before what ends later."""
    events = store.events(session)
    for judgement in store.judgements(session):
        while events and events[0].t_s <= judgement.verdict.end_s:
            yield event_line(events.pop(0))
        yield verdict_line(judgement, model)
    yield from map(event_line, events)


def _page(store: SessionStore, one: StoredSession) -> str:
    header, summary = one.header, one.summary or {}
    lines = [f"session {one.id}" + (f" ({_state(one)})" if not summary else "")]

    def say(name: str, value: object, shown: Callable[[Any], str] = str) -> None:
        if value not in (None, "", (), []):
            lines.append(f"  {name:<14}{shown(value)}")

    say("begun", one.begun, local_words)
    say("ended", one.ended, local_words)
    if header:
        say("patient", header.patient)
        say("source", f"{header.source}, {header.rate} Hz")
        say("model", header.model)
        say("program", f"auscult {header.program}")
    if summary:
        probability = summary["p_abnormal"]
        say("verdict", summary["label"] + ("" if probability is None else f", p(abnormal) {probability:.2f}"))
        say("reasons", ", ".join(summary["reasons"]))
        say(
            "windows",
            f"{summary['windows']}, {summary['poor_windows']} of them poor, in {summary['duration_s']:.1f} s "
            f"with {summary['gap_s']:.1f} s lost",
        )
    for file in one.sound:
        say("sound", file)
    for event in store.events(one.id):
        say("event", f"{event.t_s:.2f} s {event.event}: {event.detail}")
    for note in store.notes(one.id):
        say("note", f"{local_words(note.written)} {note.words}")
    return "\n".join(lines) + "\n"


def local_words(moment: datetime) -> str:
    """A moment as the clock on the wall had it."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def counted(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
