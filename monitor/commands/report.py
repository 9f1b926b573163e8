"""``auscult report``."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.commands.sessions import open_store
from monitor.dashboard import DashboardError, render_report
from monitor.examination_store import ExaminationStore
from monitor.failure import CommandError
from monitor.session_store import SessionStore


def run_report(
    beginning: str, out: Path | None, paper: str | None, data: Path | None, language: str | None = None
) -> None:
    """Write the report of an examination and say where.

    Raises:
        CommandError: There is no such examination, it is still running, or the report cannot be written.
    """
    with open_store(data) as sessions:
        record = ExaminationStore(sessions).find(beginning).record
        files = _sound(sessions, record.session)
    if not record.ended:
        raise CommandError(f"examination {record.id} is still running: end it first")
    path = out or Path(f"examination-{record.id}.pdf")
    try:
        render_report(record, files, path, paper=paper, language=language)
    except DashboardError as error:
        raise CommandError(str(error)) from None
    click.echo(path)


def _sound(sessions: SessionStore, session: str | None) -> tuple[Path, ...]:
    return sessions.find(session).sound if session else ()
