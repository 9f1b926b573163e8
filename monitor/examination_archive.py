"""Examinations read and written on a thread of its own, so that nobody waits for a disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from monitor.examination_record import SiteFinding
from monitor.examination_store import ExaminationStore, StoredExamination, new_id
from monitor.session_store import SessionStore, StoreError, utc_now

_Change = Callable[[ExaminationStore], None]


class ExaminationArchive:
    """Takes orders at once and carries them out in order; the store is opened with the first.

    What cannot be kept is remarked, and tried again before what is next kept of the same examination, and at
    the end.

    Args:
        folder: Of the session store.

    Attributes:
        folder: As given.
        listed: What was found when ``list`` was last carried out; None before.
        remarks: What could not be done, one line each, only ever more.
        unkept: Ids of examinations of which not everything could be kept until now.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listed: tuple[StoredExamination, ...] | None = None
        self.remarks: tuple[str, ...] = ()
        self.unkept: frozenset[str] = frozenset()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._sessions: SessionStore | None = None
        self._late: dict[str, list[_Change]] = {}

    def begin(self, session: str) -> str:
        """Begin an examination in a session that is kept; returns its id."""
        examination, at = new_id(), utc_now()
        self._order(examination, lambda store: store.begin(examination, session, at))
        return examination

    def keep(self, examination: str, findings: Sequence[SiteFinding]) -> None:
        """Keep what was found so far."""
        self._order(examination, lambda store: store.keep(examination, findings))

    def end(self, examination: str, findings: Sequence[SiteFinding]) -> None:
        """End an examination."""
        at = utc_now()
        self._order(examination, lambda store: store.end(examination, findings, at))

    def judge(self, examination: str, opinion: str | None, note: str) -> None:
        """Keep what the clinician says of it."""
        self._order(examination, lambda store: store.judge(examination, opinion, note))

    def delete(self, examination: str) -> None:
        """Delete it, its session and their sound, and look again what there is."""
        self._do(lambda: self._delete(examination))
        self.list()

    def list(self) -> None:
        """Look what there is; ``listed`` is None until that is known."""
        self.listed = None
        self._do(self._list)

    def close(self) -> None:
        """Carry out what was ordered and end; returns when no thread is left."""
        if self._thread is not None:
            self._jobs.put(self._catch_up)
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _order(self, examination: str, change: _Change) -> None:
        self._do(lambda: self._carry_out(examination, change))

    def _do(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="examination archive", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                try:
                    job()
                except StoreError as error:
                    self.remarks = (*self.remarks, str(error))
        finally:
            if self._sessions is not None:
                self._sessions.close()
                self._sessions = None

    # On the thread

    def _store(self) -> ExaminationStore:
        if self._sessions is None:
            self._sessions = SessionStore(self.folder)
        return ExaminationStore(self._sessions)

    def _carry_out(self, examination: str, *changes: _Change) -> None:
        """Change what is kept of an examination, after what could not be changed until now."""
        left = [*self._late.pop(examination, ()), *changes]
        try:
            store = self._store()
            while left:
                left[0](store)
                del left[0]
        except StoreError as error:
            self._late[examination] = left
            raise StoreError(f"this examination is not kept: {error}") from None
        finally:
            self.unkept = frozenset(self._late)

    def _catch_up(self) -> None:
        for examination in list(self._late):
            with suppress(StoreError):  # nobody reads any more that it is not kept
                self._carry_out(examination)

    def _delete(self, examination: str) -> None:
        self._store().delete(examination)
        self._late.pop(examination, None)
        self.unkept = frozenset(self._late)

    def _list(self) -> None:
        found: tuple[StoredExamination, ...] = ()
        try:
            found = tuple(self._store().examinations())
        finally:
            self.listed = found
