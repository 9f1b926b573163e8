"""A session written down while it runs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from monitor.session_store import SessionStore, StoreError
from monitor.snapshot import Judgement, SessionEvent

FLUSH_S = 0.5
"""Between two transactions: no more than this and one transaction can be lost."""


class SessionLog:
    """Puts verdicts and events into a store, on a thread of its own, so that no disk holds up a verdict.

    Where the store fails, the log stops and says why; the session goes on.

    Args:
        store: For this log alone; closed at the end.
        session: The id that ``store.begin`` gave.

    Attributes:
        session: As given.
        failure: Why it stopped, in one line; empty otherwise.
    """

    def __init__(self, store: SessionStore, session: str) -> None:
        self.session = session
        self.failure = ""
        self._store = store
        self._judgements: deque[Judgement] = deque()
        self._events: deque[SessionEvent] = deque()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="session log", daemon=True)
        self._summary: Mapping[str, Any] | None = None
        self._thread.start()

    def judgement(self, judgement: Judgement) -> None:
        """Take a verdict; returns at once."""
        if not self.failure:
            self._judgements.append(judgement)

    def event(self, event: SessionEvent) -> None:
        """Take an event; returns at once."""
        if not self.failure:
            self._events.append(event)

    def finish(self, summary: Mapping[str, Any] | None) -> None:
        """Write what is left and end the session.

        Args:
            summary: The contract's line; None where there is none.
        """
        self._summary = summary
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._over.wait(FLUSH_S):
                self._write()
            self._write()
            self._store.end(self.session, self._summary)
        except StoreError as error:
            self.failure = f"this session is not kept any more: {error}"
        finally:
            self._store.close()

    def _write(self) -> None:
        judgements = [self._judgements.popleft() for _ in range(len(self._judgements))]
        events = [self._events.popleft() for _ in range(len(self._events))]
        if judgements or events:
            self._store.append(self.session, judgements, events)
