"""A report asked for in the window: where it goes, that it is being written, and that it can be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton, QWidget

from monitor.dashboard.control_words import REPORT_BUTTON
from monitor.dashboard.examination_words import (
    BOTH_FILES,
    OPEN_REPORT,
    REPORT_FILES,
    WHERE_TO,
    report_name,
    report_not_opened_words,
    report_words,
    writing_words,
)
from monitor.dashboard.report_writer import ReportWriter
from monitor.dashboard.save_dialog import SaveDialog
from monitor.dashboard.told_words import told_words
from monitor.examination_record import ExaminationRecord

if TYPE_CHECKING:
    from model.classifier import Classifier
    from monitor.examination_report import SiteSound


class ReportDesk(QObject):
    """Has reports written while the window goes on. The window calls ``follow`` with its timer's ticks.

    The button that asks for a report says how far it is, and then opens it: nothing is opened unasked.

    Args:
        button: Asks for the report of what is shown.
        take_classifier: As for ``ReportWriter``.
        folder: Of the session store, which holds the sound; None where nothing is kept.
        say: Puts one line into the window, and whether something went wrong.
    """

    def __init__(
        self,
        button: QPushButton,
        take_classifier: Callable[[], Classifier],
        folder: Path | None,
        say: Callable[[str, bool], None],
    ) -> None:
        super().__init__(button)
        self._button, self._folder, self._say = button, folder, say
        self._writer = ReportWriter(take_classifier)
        self._record: ExaminationRecord | None = None
        self._beside: Sequence[str] = ()
        self._busy = False

    def want(self, record: ExaminationRecord) -> None:
        """Open the report of an examination, or ask where it shall go where there is none of it as it is."""
        if self._busy:
            return
        if record == self._record and self._writer.path is not None:
            if not self._writer.open():
                self._say(report_not_opened_words(self._writer.path), True)
            return
        name = report_name(record, datetime.fromisoformat(record.begun).astimezone())
        dialog = SaveDialog(
            *(self._window(), WHERE_TO, name, REPORT_FILES),
            lambda path: self._write(record, *report_files(path, dialog.selectedNameFilter())),
        )

    def follow(self, record: ExaminationRecord | None) -> None:
        """Look after what is being written.

        Args:
            record: The examination whose results are shown; None where none are.
        """
        self._writer.poll()
        if self._busy and not self._writer.busy:
            self._busy = False
            if self._writer.path is not None:
                self._say(report_words(self._writer.path, self._beside), False)
            elif self._writer.error:
                self._say(told_words(self._writer.error), True)
        if record is not None:
            self._show(record)

    def close(self) -> None:
        """Give up what is being written."""
        self._writer.close()

    def _write(self, record: ExaminationRecord, path: Path, beside: Sequence[str]) -> None:
        """Write a report, unless one is being written already."""
        if self._busy:
            return
        session, folder = record.session, self._folder

        def sounds() -> list[SiteSound | None]:
            from monitor.kept_sound import site_sounds
            from monitor.session_store import sound_files

            return site_sounds(record, sound_files(folder, session) if session and folder else ())

        self._record, self._beside = record, beside
        self._busy = self._writer.start(record, sounds, path, beside)

    def _show(self, record: ExaminationRecord) -> None:
        words = REPORT_BUTTON.text
        if self._busy:
            words = writing_words(self._writer.progress)
        elif record == self._record and self._writer.path is not None:
            words = OPEN_REPORT
        if self._button.text() != words:
            self._button.setText(words)
            self._button.setAccessibleName(words)
            self._button.setEnabled(not self._busy)

    def _window(self) -> QWidget:
        return self._button.window()


def report_files(path: Path, kind: str) -> tuple[Path, Sequence[str]]:
    """The file of a report that somebody asked for, and the suffixes of those beside it.

    Args:
        path: As chosen.
        kind: One of ``REPORT_FILES``.
    """
    if kind != BOTH_FILES:
        return path, ()
    stem = path.with_suffix("") if path.suffix.lower() in (".pdf", ".html", ".htm") else path
    return Path(f"{stem}.pdf"), (".html",)
