"""The results of an examination: what the clinician says of them is kept, and each site heard again."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from monitor.dashboard.examination_panel import ResultsPage
from monitor.dashboard.examination_words import (
    COULD_NOT_BE_KEPT,
    NOT_ALL_KEPT,
    NOT_KEPT,
    site_title,
)
from monitor.examination_archive import ExaminationArchive
from monitor.examination_record import ExaminationRecord, SiteFinding
from monitor.session_store import SOUND
from monitor.sources.choice import SourceChoice, stored_sound_choice

if TYPE_CHECKING:
    from monitor.dashboard.window import DashboardWindow

WRITTEN_S = 1.0
"""A note is kept when nobody has written on it for so long."""


class ExaminationResults(QObject):
    """Shows a record on its page, and does what is asked for there.

    Args:
        page: Shows it.
        window: Plays.
        archive: Keeps what is said of it; None where nothing is kept.

    Attributes:
        record: What is shown; None while nothing is.
    """

    def __init__(
        self, page: ResultsPage, window: DashboardWindow, archive: ExaminationArchive | None
    ) -> None:
        super().__init__(window)
        self.record: ExaminationRecord | None = None
        self._page, self._window, self._archive = page, window, archive
        self._why = ""
        self._note_at: float | None = None
        self._playlist: list[SourceChoice] | None = None
        self._heard: SourceChoice | None = None
        page.heard.connect(self._listen)
        page.opinion_given.connect(self._take_opinion)
        page.note_changed.connect(self._take_note)

    def show(self, record: ExaminationRecord, sound: bool, remark: str) -> None:
        """Show a record in place of another.

        Args:
            record: What an examination came to.
            sound: Whether its sound was recorded.
            remark: Empty for none.
        """
        self.keep_note()
        self.record, self._why = record, remark
        self._page.show_record(record, sound, self._remark(record))

    def put_away(self) -> None:
        """Show none, and have again what was played before a site was heard."""
        self.keep_note()
        self.record = None
        if self._heard is not None and self._window.playlist == [self._heard] and self._playlist is not None:
            self._window.set_playlist(self._playlist, start=False)
        self._heard = self._playlist = None

    def follow(self) -> None:
        """Keep the note once it is written, and say what could not be kept."""
        if self.record is not None:
            self._page.show_remark(self._remark(self.record))
        if self._note_at is not None and time.monotonic() - self._note_at > WRITTEN_S:
            self.keep_note()

    def keep_note(self) -> None:
        """Keep the note as it is."""
        if self._note_at is not None:
            self._note_at = None
            self._judge()

    def _remark(self, record: ExaminationRecord) -> str:
        said = ""
        if self._archive is None:
            said = "" if record.id else NOT_KEPT
        elif not record.id:
            said = COULD_NOT_BE_KEPT
        elif record.id in self._archive.unkept:
            said = NOT_ALL_KEPT
        return f"{self._why} {said}".strip()

    def _listen(self, finding: SiteFinding) -> None:
        """Replay a site's sound."""
        record, archive = self.record, self._archive
        if record is None or record.session is None or archive is None:
            return
        if self._heard is None or self._window.playlist != [self._heard]:
            self._playlist = list(self._window.playlist)
        title = " · ".join(filter(None, (record.patient, site_title(finding.site))))
        self._heard = stored_sound_choice(
            archive.folder / SOUND / record.session, finding.start_s, finding.end_s, title
        )
        self._window.set_playlist([self._heard])

    def _take_opinion(self, opinion: str | None) -> None:
        self._judge(opinion=opinion)

    def _take_note(self, note: str) -> None:
        if self.record is not None:
            self.record = replace(self.record, note=note)
            self._note_at = time.monotonic()

    def _judge(self, **said: str | None) -> None:
        if self.record is not None:
            self.record = record = replace(self.record, **said)
            if record.id and self._archive is not None:
                self._archive.judge(record.id, record.opinion, record.note)
