"""Examinations that were kept, in the sessions' database."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dsp.reading import Reading
from model.verdict import Label, RecordingVerdict
from monitor.examination_record import ExaminationRecord, SiteFinding
from monitor.session_store import SessionStore, StoreError, storable_text, utc_now


@dataclass(frozen=True)
class StoredExamination:
    """An examination as it was kept.

    Attributes:
        record: What it came to; ``ended`` is empty while it runs.
        interrupted: The program ended before it did.
        sound: Whether its session's sound was recorded.
    """

    record: ExaminationRecord
    interrupted: bool
    sound: bool


class ExaminationStore:
    """Keeps examinations, each in a session that is kept; deleting either deletes both.

    Args:
        sessions: Holds the database, its audit and the sound; used on the same thread.
    """

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions

    def begin(self, examination: str, session: str, at: str | None = None) -> None:
        """Begin an examination.

        Args:
            examination: Its id, from ``new_id``.
            session: A session that is kept.
            at: When it begun, UTC in ISO 8601; None for now.

        Raises:
            StoreError: There is no such session, or it cannot be kept.
        """
        with self._sessions.changing() as database:
            database.execute(
                "INSERT INTO examination (id, session, begun) VALUES (?, ?, ?)",
                (examination, session, at or utc_now()),
            )
            self._sessions.audit(session, "examination begun")

    def keep(self, examination: str, findings: Sequence[SiteFinding]) -> None:
        """Keep what was found so far, in place of what was kept of it before.

        Raises:
            StoreError: There is no such examination, or it cannot be kept.
        """
        with self._sessions.changing() as database:
            _put(database, examination, findings)

    def end(self, examination: str, findings: Sequence[SiteFinding], at: str | None = None) -> None:
        """End an examination with what was found.

        Args:
            examination: Its id.
            findings: In the order of listening.
            at: When it ended, UTC in ISO 8601; None for now.

        Raises:
            StoreError: There is no such examination, or it cannot be kept.
        """
        with self._sessions.changing() as database:
            _put(database, examination, findings)
            database.execute("UPDATE examination SET ended = ? WHERE id = ?", (at or utc_now(), examination))
            self._sessions.audit(_session(database, examination), "examination ended")

    def judge(self, examination: str, opinion: str | None, note: str) -> None:
        """Keep what the clinician says of an examination, in place of what was said before.

        Args:
            examination: Its id.
            opinion: One of ``OPINIONS``, or None.
            note: In their words; empty for none.

        Raises:
            StoreError: There is no such examination, or it cannot be kept.
        """
        note = storable_text(note)
        with self._sessions.changing() as database:
            session = _session(database, examination)
            row = database.execute(
                "SELECT opinion, note FROM examination WHERE id = ?", (examination,)
            ).fetchone()
            database.execute(
                "UPDATE examination SET opinion = ?, note = ? WHERE id = ?", (opinion, note, examination)
            )
            for name, before, after in (("opinion", row["opinion"], opinion), ("note", row["note"], note)):
                if before != after:
                    self._sessions.audit(session, f"{name} of the examination changed")

    def delete(self, examination: str) -> None:
        """Delete an examination, its session and their sound; see ``SessionStore.delete``.

        Raises:
            StoreError: There is no such examination, it still runs, or its sound cannot be deleted.
        """
        with self._sessions.reading() as database:
            session = _session(database, examination)
        self._sessions.delete(session)

    def examinations(self) -> list[StoredExamination]:
        """All there are, the newest first.

        Raises:
            StoreError: The database cannot be read.
        """
        with self._sessions.reading() as database:
            rows = database.execute(
                "SELECT examination.*, session.ended AS session_ended, source, rate, model, model_sha256, "
                "program, patient FROM examination JOIN session ON session.id = examination.session "
                "ORDER BY examination.begun DESC, examination.rowid DESC"
            ).fetchall()
            return [self._stored(database, row) for row in rows]

    def find(self, beginning: str) -> StoredExamination:
        """The one examination whose id begins so.

        Raises:
            StoreError: There is none, or there are several.
        """
        found = [one for one in self.examinations() if beginning and one.record.id.startswith(beginning)]
        if not found:
            raise StoreError(f"no examination {beginning!r}; auscult examinations list names them")
        if len(found) > 1:
            raise StoreError(f"{beginning!r} begins {len(found)} examinations: give more of the id")
        return found[0]

    def _stored(self, database: sqlite3.Connection, row: sqlite3.Row) -> StoredExamination:
        findings = database.execute(
            "SELECT * FROM finding WHERE examination = ? ORDER BY position", (row["id"],)
        ).fetchall()
        return StoredExamination(
            ExaminationRecord(
                id=row["id"],
                begun=row["begun"],
                ended=row["ended"] or row["session_ended"] or "",
                patient=row["patient"] or "",
                device=row["source"],
                rate=row["rate"],
                model=row["model"],
                model_sha256=row["model_sha256"],
                program=row["program"],
                session=row["session"],
                findings=tuple(map(_finding, findings)),
                opinion=row["opinion"],
                note=row["note"],
            ),
            interrupted=row["ended"] is None and row["session_ended"] is not None,
            sound=any(self._sessions.sound_folder(row["session"]).glob("*.wav")),
        )


def new_id() -> str:
    """Twelve random hexadecimal digits."""
    return secrets.token_hex(6)


def _session(database: sqlite3.Connection, examination: str) -> str:
    row = database.execute("SELECT session FROM examination WHERE id = ?", (examination,)).fetchone()
    if row is None:
        raise StoreError(f"there is no examination {examination} any more")
    return row["session"]


def _put(database: sqlite3.Connection, examination: str, findings: Sequence[SiteFinding]) -> None:
    _session(database, examination)
    database.execute("DELETE FROM finding WHERE examination = ?", (examination,))
    database.executemany(
        "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                examination,
                place,
                storable_text(one.site),
                one.start_s,
                one.end_s,
                one.good_s,
                None if one.verdict is None else json.dumps(asdict(one.verdict)),
            )
            for place, one in enumerate(findings)
        ],
    )


def _finding(row: sqlite3.Row) -> SiteFinding:
    verdict = None if row["verdict"] is None else _verdict(row["verdict"])
    return SiteFinding(row["site"], verdict, row["start_s"], row["end_s"], row["good_s"])


def _verdict(words: str) -> RecordingVerdict:
    told = {**json.loads(words)}
    reading = told["reading"]
    return RecordingVerdict(
        **{
            **told,
            "label": Label(told["label"]),
            "reasons": tuple(told["reasons"]),
            "reading": None if reading is None else Reading(**reading),
        }
    )
