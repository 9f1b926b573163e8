"""Writes files while the window goes on: on a thread, without a widget, looked at by the window's timer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

Written = TypeVar("Written")

Progress = Callable[[float], None]


class WritingError(Exception):
    """Something cannot be written; one line that says what to do."""


class Writing(Generic[Written]):
    """One thing at a time. Call ``poll`` regularly, on the thread that calls ``start``.

    Args:
        name: Of the thread.

    Attributes:
        progress: How much is done, 0 to 1.
        written: What the last one came to; None before, while another is written, and after a failure.
        error: Why the last one was not written, in one line; empty otherwise.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._problem = ""
        self._result: Written | None = None
        self.progress = 0.0
        self.written: Written | None = None
        self.error = ""

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._thread is not None

    def start(self, write: Callable[[Progress], Written], path: Path) -> bool:
        """Begin to write.

        Args:
            write: Does it, on the writer's thread. It is given what is to be called with how much is done,
                0 to 1, which ends the work where it is given up; it may raise a ``WritingError``.
            path: What is named where anything else goes wrong.

        Returns:
            False where something is still being written; nothing is begun then.
        """
        self.poll()
        if self.busy:
            return False
        self.progress, self.written, self.error = 0.0, None, ""
        self._cancelled.clear()
        self._thread = threading.Thread(target=self._write, args=(write, path), name=self._name, daemon=True)
        self._thread.start()
        return True

    def poll(self) -> None:
        """Take over what the thread has done."""
        if self._thread is None or self._thread.is_alive():
            return
        self._thread.join()
        self._thread = None
        self.error, self._problem = self._problem, ""
        self.written, self._result = self._result, None

    def close(self) -> None:
        """Give up what is being written; returns when no thread is left."""
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join()
            self.poll()

    def _write(self, write: Callable[[Progress], Written], path: Path) -> None:
        try:
            self._result = write(self._told)
        except _CancelledError:
            pass
        except WritingError as error:
            self._problem = str(error)
        except Exception as error:  # whatever else is wrong, the window goes on and says so
            self._problem = f"{path}: {(str(error).splitlines() or [''])[0] or repr(error)}"

    def _told(self, share: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.progress = share


class _CancelledError(Exception):
    pass
