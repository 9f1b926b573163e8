"""Sessions that were kept: one SQLite database, and a folder of sound for each, private to the user."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dsp.reading import Reading
from model.verdict import Label, Standing, WindowVerdict
from monitor.session_schema import SchemaError, migrate
from monitor.snapshot import Judgement, SessionEvent

DATABASE = "sessions.sqlite"
SOUND = "sessions"

BUSY_S = 10.0
"""How long another program may keep the database to itself."""

CHECKED_BYTES = 64 * 2**20
"""A database up to this size is read through whenever it is opened, a larger one only after a crash."""

_RUNNING = "running.lock"
_ID = re.compile(r"[0-9a-f]{12}")
_SETTINGS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class StoreError(Exception):
    """Sessions cannot be kept, found or deleted; one line that says what to do."""


@dataclass(frozen=True)
class SessionHeader:
    """What is known of a session when it begins.

    Attributes:
        source: The device, with its interface, or what else was listened to.
        rate: Its samples a second.
        hop_s: Time between windows in seconds.
        model: ``NAME@hash``.
        model_sha256: All of the weights' hash.
        front_end: The signal path's configuration, as JSON can hold it.
        program: Version of this program.
        patient: Reference in the user's own words; None for none.
    """

    source: str
    rate: int
    hop_s: float
    model: str
    model_sha256: str
    front_end: Mapping[str, Any]
    program: str
    patient: str | None = None


@dataclass(frozen=True)
class StoredSession:
    """A session as it was kept.

    Attributes:
        id: Twelve random hexadecimal digits.
        header: What was known at its beginning; None where only its sound was found.
        begun: When it began.
        ended: When it ended; None while it runs.
        interrupted: The program ended before it did.
        summary: The contract's summary line; None where it has none.
        sound: Files of its sound, in order; the number in a name is the first sample's on the source's clock.
        sound_bytes: Their size.
    """

    id: str
    header: SessionHeader | None
    begun: datetime | None
    ended: datetime | None
    interrupted: bool
    summary: Mapping[str, Any] | None
    sound: tuple[Path, ...]
    sound_bytes: int


@dataclass(frozen=True)
class Note:
    """Words that somebody wrote about a session, and when."""

    written: datetime
    words: str


@dataclass(frozen=True)
class Change:
    """One row of the audit: what was changed, when, and of which session, without a word of its content."""

    at: datetime
    session: str | None
    change: str


class SessionStore:
    """Keeps sessions; several programs may at once. One thread at a time may use one of these.

    A database that is damaged is set aside under another name, never deleted, and a new one begun. A session
    whose program was killed is marked as interrupted the next time that a store is opened.

    Args:
        folder: Holds the database and the sound; made if missing, for the user alone.

    Attributes:
        folder: As given.
        warning: What was set aside, in one line; empty otherwise.

    Raises:
        StoreError: It cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warning = ""
        self._path = folder / DATABASE
        self._running: dict[str, FileLock] = {}
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(folder / "opening.lock", timeout=BUSY_S, mode=0o600):
                self._database = self._opened()
        except Timeout:
            raise StoreError(f"{self._path}: another auscult keeps it busy; try again") from None
        except SchemaError as error:
            raise StoreError(f"{self._path} {error}") from None
        except (OSError, sqlite3.Error) as error:
            raise self._failure(error) from None

    def __enter__(self) -> SessionStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database. Sessions begun here and not ended count as interrupted."""
        self._database.close()
        for lock in self._running.values():
            lock.release()
        self._running.clear()

    def begin(self, header: SessionHeader) -> str:
        """Begin a session.

        Returns:
            Its id, which no other has; its folder is there.

        Raises:
            StoreError: It cannot be kept.
        """
        session = secrets.token_hex(6)
        with self.changing() as database:
            try:
                (self.folder / SOUND).mkdir(mode=0o700, exist_ok=True)
                self.sound_folder(session).mkdir(mode=0o700)
                lock = self._lock(session)
                lock.acquire()
            except OSError as error:
                raise self._failure(error) from None
            self._running[session] = lock
            database.execute(
                "INSERT INTO session (id, begun, source, rate, hop_s, model, model_sha256, front_end, "
                "program, patient) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    session,
                    utc_now(),
                    storable_text(header.source),
                    header.rate,
                    header.hop_s,
                    header.model,
                    header.model_sha256,
                    json.dumps(header.front_end),
                    header.program,
                    None if header.patient is None else storable_text(header.patient),
                ),
            )
            self.audit(session, "begun")
        return session

    def sound_folder(self, session: str) -> Path:
        """Where a session's sound belongs."""
        return _sound_folder(self.folder, session)

    def append(self, session: str, judgements: Sequence[Judgement], events: Sequence[SessionEvent]) -> None:
        """Add what was judged and what happened, all of it or, where that fails, nothing.

        Raises:
            StoreError: It cannot be kept.
        """
        with self.changing() as database:
            judged = self._next(session, "verdict")
            database.executemany(
                f"INSERT INTO verdict VALUES ({', '.join('?' * 15)})",
                [
                    (session, judged + place, *_verdict_row(judgement))
                    for place, judgement in enumerate(judgements)
                ],
            )
            told = self._next(session, "event")
            database.executemany(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        session,
                        told + place,
                        event.t_s,
                        storable_text(event.event),
                        storable_text(event.detail),
                    )
                    for place, event in enumerate(events)
                ],
            )

    def end(self, session: str, summary: Mapping[str, Any] | None) -> None:
        """End a session that was begun here.

        Args:
            session: Its id.
            summary: The contract's line; None where there is none.

        Raises:
            StoreError: It cannot be kept.
        """
        with self.changing() as database:
            database.execute(
                "UPDATE session SET ended = ?, summary = ? WHERE id = ?",
                (utc_now(), None if summary is None else json.dumps(summary), session),
            )
            self.audit(session, "ended")
        self._running.pop(session).release()
        with suppress(OSError):
            (self.sound_folder(session) / _RUNNING).unlink()

    def note(self, session: str, words: str) -> None:
        """Add words to a session; those that are there stay.

        Raises:
            StoreError: There is no such session, or it cannot be kept.
        """
        with self.changing() as database:
            place = self._next(session, "note")
            database.execute(
                "INSERT INTO note VALUES (?, ?, ?, ?)", (session, place, utc_now(), storable_text(words))
            )
            self.audit(session, "note added")

    def delete(self, session: str) -> None:
        """Delete a session's sound and then all that is known of it; the audit alone remembers that it was.

        An examination that was made in it goes with it.

        What it held is overwritten in the database and its log is emptied. What a disk keeps of deleted
        files is the disk's.

        Raises:
            StoreError: It still runs, or its sound cannot be deleted; what is left can be deleted again.
        """
        folder = self.sound_folder(session)
        if folder.exists():
            try:
                lock = self._lock(session)
                with lock.acquire(timeout=0):
                    pass
                shutil.rmtree(folder)
            except Timeout:
                raise StoreError(f"session {session} is still running: stop it first") from None
            except OSError as error:
                raise StoreError(f"{folder}: cannot be deleted ({_reason(error)}); try again") from None
        with self.changing() as database:
            examined = database.execute("SELECT count(*) FROM examination WHERE session = ?", (session,))
            if examined.fetchone()[0]:
                self.audit(session, "examination deleted")
            database.execute("DELETE FROM session WHERE id = ?", (session,))
            self.audit(session, "deleted")
        with self.reading() as database:
            emptied = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        if not emptied:
            raise StoreError(
                f"session {session} is deleted, but {self._path}-wal may hold parts of it until every other "
                "auscult has ended"
            )

    def sessions(self) -> list[StoredSession]:
        """All there are, the newest first; after them those of which only sound was found.

        Raises:
            StoreError: The database cannot be read.
        """
        with self.reading() as database:
            rows = database.execute("SELECT * FROM session ORDER BY begun DESC, rowid DESC")
            known = [self._stored(row) for row in rows]
        ids = {one.id for one in known}
        folders = sorted((self.folder / SOUND).glob("*")) if (self.folder / SOUND).is_dir() else []
        orphans = [path.name for path in folders if _ID.fullmatch(path.name) and path.name not in ids]
        found = [StoredSession(one, None, None, None, True, None, *self._sound(one)) for one in orphans]
        return known + [one for one in found if one.sound]

    def over_quota(self, quota_gb: float) -> str:
        """What to say, in one line, where more sound is recorded than so many gigabytes; else nothing."""
        excess = _bytes_of((self.folder / SOUND).glob("*/*.wav")) - quota_gb * 1e9
        if excess <= 0:
            return ""
        return (
            f"recorded sound is {excess / 1e9:.1f} GB above its quota of {quota_gb:g} GB: "
            "auscult sessions prune offers the oldest for deletion"
        )

    def find(self, beginning: str) -> StoredSession:
        """The one session whose id begins so.

        Raises:
            StoreError: There is none, or there are several.
        """
        found = [one for one in self.sessions() if beginning and one.id.startswith(beginning)]
        if not found:
            raise StoreError(f"no session {beginning!r}; auscult sessions list names them")
        if len(found) > 1:
            raise StoreError(f"{beginning!r} begins {len(found)} sessions: give more of the id")
        return found[0]

    def judgements(self, session: str) -> Iterator[Judgement]:
        """What was judged, in order.

        Raises:
            StoreError: The database cannot be read.
        """
        with self.reading() as database:
            for row in database.execute(
                "SELECT * FROM verdict WHERE session = ? ORDER BY position", (session,)
            ):
                yield Judgement(
                    WindowVerdict(
                        row["start_s"],
                        row["end_s"],
                        Label(row["label"]),
                        row["p_abnormal"],
                        row["quality"],
                        tuple(json.loads(row["reasons"])),
                        row["heart_rate_bpm"],
                        row["heart_rate_confidence"],
                        None if row["irregular"] is None else bool(row["irregular"]),
                        None if row["reading"] is None else Reading(**json.loads(row["reading"])),
                    ),
                    Standing(Label(row["rolling_label"]), row["rolling_p_abnormal"]),
                    row["latency_ms"],
                )

    def events(self, session: str) -> list[SessionEvent]:
        """What happened, in order.

        Raises:
            StoreError: The database cannot be read.
        """
        with self.reading() as database:
            rows = database.execute(
                "SELECT t_s, event, detail FROM event WHERE session = ? ORDER BY position", (session,)
            )
            return [SessionEvent(*row) for row in rows]

    def notes(self, session: str) -> list[Note]:
        """What was written about it, in order.

        Raises:
            StoreError: The database cannot be read.
        """
        with self.reading() as database:
            rows = database.execute(
                "SELECT written, words FROM note WHERE session = ? ORDER BY position", (session,)
            )
            return [Note(datetime.fromisoformat(written), words) for written, words in rows]

    def changes(self) -> list[Change]:
        """The audit, in order.

        Raises:
            StoreError: The database cannot be read.
        """
        with self.reading() as database:
            rows = database.execute("SELECT at, session, change FROM audit ORDER BY id")
            return [Change(datetime.fromisoformat(at), session, change) for at, session, change in rows]

    def audit(self, session: str | None, change: str) -> None:
        """Add a line to the audit, inside a change.

        Args:
            session: What was changed; None for the database.
            change: What was done, without a word of anybody's.
        """
        self._database.execute(
            "INSERT INTO audit (at, session, change) VALUES (?, ?, ?)", (utc_now(), session, change)
        )

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing.

        Raises:
            StoreError: It cannot be kept.
        """
        with self.reading() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The database, its failures as the store's own.

        Raises:
            StoreError: It cannot be read, or holds what no auscult wrote.
        """
        try:
            yield self._database
        except sqlite3.Error as error:
            raise self._failure(error) from None
        except (ValueError, TypeError, LookupError) as error:
            raise StoreError(
                f"{self._path} holds what no auscult wrote ({' '.join(str(error).split())}): "
                "move it away, and a new one is begun"
            ) from None

    def _opened(self) -> sqlite3.Connection:
        """The database at this program's version; a damaged one is set aside first."""
        try:
            return self._checked_database()
        except UnicodeDecodeError:  # of a message that quotes what it found
            pass
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                raise
        aside = self._path.with_name(f"sessions-damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.sqlite")
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self._path}{suffix}").rename(f"{aside}{suffix}")
        self.warning = (
            f"the session database was damaged: it is kept as {aside}, a new one was begun, and recorded "
            "sound is where it was"
        )
        database = self._checked_database()
        database.execute(
            "INSERT INTO audit (at, change) VALUES (?, 'damaged database set aside')", (utc_now(),)
        )
        return database

    def _checked_database(self) -> sqlite3.Connection:
        # One that is there must not be opened: closed again, it would lose the locks that this program holds
        # on it, and another program would delete what was written last.
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        database = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        database.row_factory = sqlite3.Row
        database.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            for setting in _SETTINGS:
                database.execute(f"PRAGMA {setting}").fetchone()
            self._database = database
            if migrate(database) == 0:
                self.audit(None, "database begun")
                return database
            crashed = self._unended()
            if crashed or self._path.stat().st_size <= CHECKED_BYTES:
                _require_undamaged(database)
            for session in crashed:
                self._end_interrupted(session)
        except BaseException:
            database.close()
            raise
        return database

    def _unended(self) -> list[str]:
        """Sessions that nobody runs any more and that have no end."""
        ids = [row[0] for row in self._database.execute("SELECT id FROM session WHERE ended IS NULL")]
        return [one for one in ids if not self._is_running(one)]

    def _is_running(self, session: str) -> bool:
        if not self.sound_folder(session).is_dir():
            return False
        try:
            with self._lock(session).acquire(timeout=0):
                return False
        except Timeout:
            return True

    def _end_interrupted(self, session: str) -> None:
        last_s = self._database.execute(
            "SELECT max(end_s) FROM verdict WHERE session = ?", (session,)
        ).fetchone()[0]
        self._database.execute("BEGIN IMMEDIATE")
        # It may have ended by itself meanwhile.
        changed = self._database.execute(
            "UPDATE session SET interrupted = 1, ended = strftime('%Y-%m-%dT%H:%M:%f+00:00', begun, ?) "
            "WHERE id = ? AND ended IS NULL",
            (f"+{last_s or 0} seconds", session),
        ).rowcount
        if changed:
            self.audit(session, "interrupted")
        self._database.execute("COMMIT")
        with suppress(OSError):
            (self.sound_folder(session) / _RUNNING).unlink()

    def _lock(self, session: str) -> FileLock:
        return FileLock(self.sound_folder(session) / _RUNNING, mode=0o600, thread_local=False)

    def _next(self, session: str, table: str) -> int:
        return self._database.execute(
            f"SELECT coalesce(max(position) + 1, 0) FROM {table} WHERE session = ?",
            (session,),
        ).fetchone()[0]

    def _stored(self, row: sqlite3.Row) -> StoredSession:
        header = SessionHeader(
            row["source"],
            row["rate"],
            row["hop_s"],
            row["model"],
            row["model_sha256"],
            json.loads(row["front_end"]),
            row["program"],
            row["patient"],
        )
        return StoredSession(
            row["id"],
            header,
            datetime.fromisoformat(row["begun"]),
            None if row["ended"] is None else datetime.fromisoformat(row["ended"]),
            bool(row["interrupted"]),
            None if row["summary"] is None else json.loads(row["summary"]),
            *self._sound(row["id"]),
        )

    def _sound(self, session: str) -> tuple[tuple[Path, ...], int]:
        files = sound_files(self.folder, session)
        return files, _bytes_of(files)

    def _failure(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self.folder}: cannot be used ({_reason(error)}); "
            "free space, or choose another folder by --data"
        )


def holds_sessions(folder: Path) -> bool:
    """Whether a folder is, or may be, one of a session store; nothing is made."""
    try:
        if folder.is_dir():
            return (folder / DATABASE).exists() or (folder / SOUND).exists()
        return folder.exists()
    except OSError:
        return True


def sound_files(folder: Path, session: str) -> tuple[Path, ...]:
    """Files of a session's sound, in order; the database is not asked.

    Args:
        folder: Of the session store.
        session: Its id.
    """
    return tuple(sorted(_sound_folder(folder, session).glob("*.wav")))


def _bytes_of(files: Iterable[Path]) -> int:
    """Their size; one that another program has deleted meanwhile has none."""
    size = 0
    for file in files:
        with suppress(FileNotFoundError):
            size += file.stat().st_size
    return size


def _sound_folder(folder: Path, session: str) -> Path:
    return folder / SOUND / session


def _require_undamaged(database: sqlite3.Connection) -> None:
    told = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if told != "ok":
        damage = sqlite3.DatabaseError(told)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _verdict_row(judgement: Judgement) -> tuple[Any, ...]:
    verdict, rolling = judgement.verdict, judgement.rolling
    return (
        verdict.start_s,
        verdict.end_s,
        str(verdict.label),
        verdict.p_abnormal,
        verdict.quality,
        json.dumps(verdict.reasons),
        verdict.heart_rate_bpm,
        str(rolling.label),
        rolling.p_abnormal,
        judgement.latency_ms,
        verdict.heart_rate_confidence,
        verdict.irregular,
        None if verdict.reading is None else json.dumps(asdict(verdict.reading)),
    )


def storable_text(words: str) -> str:
    """Words as a database can hold them: bytes of a name that are no UTF-8 become question marks."""
    return words.encode("utf-8", "replace").decode()


def utc_now() -> str:
    """The time as the database keeps it: ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or repr(error)
