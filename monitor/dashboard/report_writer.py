"""Writes reports while the window goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from model.card import ModelError
from monitor.dashboard.writing import Progress, Writing, WritingError
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
    """

    def __init__(self, take_classifier: Callable[[], Classifier]) -> None:
        self._take_classifier = take_classifier
        self._writing: Writing[Path] = Writing("report writer")

    @property
    def busy(self) -> bool:
        """Whether a report is being written."""
        return self._writing.busy

    @property
    def progress(self) -> float:
        """How much of the report is done, 0 to 1."""
        return self._writing.progress

    @property
    def path(self) -> Path | None:
        """The report that was written last; None before, while another is written, and after a failure."""
        return self._writing.written

    @property
    def error(self) -> str:
        """Why the last one was not written, in one line; empty otherwise."""
        return self._writing.error

    def start(
        self,
        record: ExaminationRecord,
        sounds: Callable[[], Sequence[SiteSound | None]],
        path: Path,
        beside: Sequence[str] = (),
        paper: str | None = None,
    ) -> bool:
        """Begin to write a report.

        Args:
            record: The examination.
            sounds: Reads what was kept of its sound, as ``site_sounds`` does; called on the writer's thread.
            path: Ends in .pdf or .html; where there is a file already, a number is put into the name.
            beside: As for ``write_report``.
            paper: Likewise.

        Returns:
            False where another one is still being written; nothing is begun then.
        """

        def write(told: Progress) -> Path:
            # Imported here, because signal processing takes a second that the window's start has not.
            from monitor.dashboard.report_file import ReportError, write_report

            target = unused(path, beside)
            try:
                write_report(
                    *(record, sounds(), target, self._classifier()),
                    beside=beside,
                    paper=paper,
                    progress=told,
                )
            except ReportError as error:
                raise WritingError(str(error)) from None
            return target

        return self._writing.start(write, path)

    def poll(self) -> None:
        """Take over what the thread has done."""
        self._writing.poll()

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
        self._writing.close()

    def _classifier(self) -> Classifier | None:
        try:
            return self._take_classifier()
        except ModelError:
            return None  # the report says that nothing is marked
