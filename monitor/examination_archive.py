"""Examinations read and written on a thread of its own, so that nobody waits for a disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.examination_record import SiteFinding
from monitor.examination_store import ExaminationStore, StoredExamination, new_id
from monitor.session_store import SessionStore, StoreError

_Job = Callable[[ExaminationStore], None]


class ExaminationArchive:
    """Takes orders at once and carries them out in order; the store is opened with the first.

    What cannot be kept is remarked, and what comes after it is still tried.

    Args:
        folder: Of the session store.

    Attributes:
        folder: As given.
        listed: What was found when ``list`` was last carried out; None before.
        remarks: What could not be done, one line each, only ever more.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listed: tuple[StoredExamination, ...] | None = None
        self.remarks: tuple[str, ...] = ()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def begin(self, session: str) -> str:
        """Begin an examination in a session that is kept; returns its id."""
        examination = new_id()
        self._do(lambda store: store.begin(examination, session))
        return examination

    def keep(self, examination: str, findings: Sequence[SiteFinding]) -> None:
        """Keep what was found so far."""
        self._do(lambda store: store.keep(examination, findings))

    def end(self, examination: str, findings: Sequence[SiteFinding]) -> None:
        """End an examination."""
        self._do(lambda store: store.end(examination, findings))

    def judge(self, examination: str, opinion: str | None, note: str) -> None:
        """Keep what the clinician says of it."""
        self._do(lambda store: store.judge(examination, opinion, note))

    def delete(self, examination: str) -> None:
        """Delete it, its session and their sound, and look again what there is."""
        self._do(lambda store: store.delete(examination))
        self.list()

    def list(self) -> None:
        """Look what there is; ``listed`` is None until that is known."""
        self.listed = None
        self._do(self._list)

    def close(self) -> None:
        """Carry out what was ordered and end; returns when no thread is left."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _list(self, store: ExaminationStore) -> None:
        self.listed = tuple(store.examinations())

    def _do(self, job: _Job) -> None:
        self._jobs.put(job)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="examination archive", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        sessions: SessionStore | None = None
        try:
            while (job := self._jobs.get()) is not None:
                try:
                    if sessions is None:
                        sessions = SessionStore(self.folder)
                    job(ExaminationStore(sessions))
                except StoreError as error:
                    self.remarks = (*self.remarks, str(error))
                    if job == self._list:
                        self.listed = ()
        finally:
            if sessions is not None:
                sessions.close()
