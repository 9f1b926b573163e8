"""Writes reports while the window goes on: on a thread, without a widget, looked at by the window's timer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from model.card import ModelError
from monitor.examination_record import ExaminationRecord
from monitor.new_file import unused

if TYPE_CHECKING:
    from model.classifier import Classifier
    from monitor.examination_report import SiteSound


class ReportWriter:
    """One report at a time. Call ``poll`` regularly, on the thread that calls ``start``.

    Args:
        take_classifier: Gives the model that is in use, called on the writer's thread; the record's marks are
            drawn where it is the record's model.

    Attributes:
        progress: How much of the report is done, 0 to 1.
        path: The report that was written last; None before, while another is written, and after a failure.
        error: Why the last one was not written, in one line; empty otherwise.
    """

    def __init__(self, take_classifier: Callable[[], Classifier]) -> None:
        self._take_classifier = take_classifier
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._problem = ""
        self.progress = 0.0
        self.path: Path | None = None
        self.error = ""

    @property
    def busy(self) -> bool:
        """Whether a report is being written."""
        return self._thread is not None

    def start(
        self,
        record: ExaminationRecord,
        sounds: Callable[[], Sequence[SiteSound | None]],
        path: Path,
        paper: str | None = None,
    ) -> bool:
        """Begin to write a report.

        Args:
            record: The examination.
            sounds: Reads what was kept of its sound, as ``site_sounds`` does; called on the writer's thread.
            path: Ends in .pdf or .html; where there is a file already, a number is put into the name.
            paper: As for ``write_report``.

        Returns:
            False where another one is still being written; nothing is begun then.
        """
        self.poll()
        if self.busy:
            return False
        self.progress, self.path, self.error = 0.0, None, ""
        self._cancelled.clear()
        self._thread = threading.Thread(
            target=self._write, args=(record, sounds, path, paper), name="report writer", daemon=True
        )
        self._thread.start()
        return True

    def poll(self) -> None:
        """Take over what the thread has done."""
        if self._thread is None or self._thread.is_alive():
            return
        self._thread.join()
        self._thread = None
        self.error, self._problem = self._problem, ""
        if not (self.error or self._cancelled.is_set()):
            self.path = self._target

    def open(self) -> bool:
        """Show the report in whatever the desktop shows such files with, because somebody asked for it.

        Returns:
            Whether there is a report and the desktop took it.
        """
        return self.path is not None and QDesktopServices.openUrl(
            QUrl.fromLocalFile(str(self.path.absolute()))
        )

    def close(self) -> None:
        """Give up what is being written; returns when no thread is left."""
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join()
            self.poll()

    def _write(
        self,
        record: ExaminationRecord,
        sounds: Callable[[], Sequence[SiteSound | None]],
        path: Path,
        paper: str | None,
    ) -> None:
        # Imported here, because signal processing takes a second that the window's start has not.
        from monitor.dashboard.report_file import ReportError, write_report

        try:
            self._target = path = unused(path)
            write_report(record, sounds(), path, self._classifier(), paper=paper, progress=self._told)
        except _CancelledError:
            pass
        except ReportError as error:
            self._problem = str(error)
        except Exception as error:  # whatever else is wrong, the window goes on and says so
            self._problem = f"{path}: {(str(error).splitlines() or [''])[0] or repr(error)}"

    def _classifier(self) -> Classifier | None:
        try:
            return self._take_classifier()
        except ModelError:
            return None  # the report says that nothing is marked

    def _told(self, share: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.progress = share


class _CancelledError(Exception):
    pass
