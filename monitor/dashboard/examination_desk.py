"""A guided examination in the window: what happens when, and what is shown of it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QApplication, QPushButton

from model.card import Calibration
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.examination_panel import NUMBERED, ExaminationPanel
from monitor.dashboard.examination_results import ExaminationResults
from monitor.dashboard.examination_words import (
    EXAMINATION,
    FINISH_FIRST,
    NO_SOURCE_YET,
    NOT_KEPT,
    OPINION_KEYS,
    SOUND_ENDED,
    SURE,
    SURE_TO_STOP,
    WAS_INTERRUPTED,
    hint_words,
    line_words,
    step_words,
)
from monitor.dashboard.examinations_card import ExaminationsCard
from monitor.dashboard.pseudonym import pseudonym
from monitor.dashboard.theme import GRID, Theme, font
from monitor.dashboard.told_words import told_words
from monitor.dashboard.words import OPENING_SOURCE
from monitor.examination import Examination, Step
from monitor.examination_archive import ExaminationArchive
from monitor.examination_course import ExaminationCourse
from monitor.examination_record import ExaminationRecord
from monitor.examination_store import StoredExamination
from monitor.keeping import Keeping
from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.dashboard.player import Player
    from monitor.dashboard.window import DashboardWindow
    from monitor.session import Session
    from monitor.snapshot import Snapshot

ASKED_S = 5.0
"""For so long a second press counts as an answer."""

HASTE_S = 1.0
"""For so long after an examination was ended, what is pressed again was meant to end it."""


class ExaminationDesk(QObject):
    """Begins, follows and ends examinations, keeps them, and shows them again.

    An examination is made in a session of its own, begun with it; when that ends, it ends. The window calls
    ``follow`` with every tick of its timer.

    Args:
        window: Shows the panel, the line and the card, and plays.
        player: The window's.
        chance: Of the suggested pseudonyms.

    Attributes:
        report_wanted: Emitted with the ``ExaminationRecord`` of which somebody wants a report.
        panel: The column.
        line: What it says where there is no room for the column.
        card: The list of examinations.
        keep_sound: Whether the next one's sound is kept unless somebody says otherwise.
    """

    report_wanted = Signal(object)

    def __init__(self, window: DashboardWindow, player: Player, chance: random.Random | None = None) -> None:
        super().__init__(window)
        self._window, self._player = window, player
        self._chance = chance or random.Random()
        self.panel, self.card = ExaminationPanel(), ExaminationsCard(window)
        self.line = ElidedLabel()
        self.line.setFont(font())
        self.line.setFixedHeight(3 * GRID)
        self.line.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        self.line.setAccessibleName(EXAMINATION)
        self.line.hide()
        self._archive = None if player.keep is None else ExaminationArchive(player.keep.folder)
        self._results = ExaminationResults(self.panel.results, window, self._archive)
        self.keep_sound = Settings().keep_sound
        self._examined: Keeping | None = None
        self._compact = False
        self._opening = False
        self._before: Session | None = None
        self._course: ExaminationCourse | None = None
        self._patient = ""
        self._asked_until = 0.0
        self._ended_at = -HASTE_S
        self._question = ""
        self._remarked = 0
        self._listing = False
        self._bind()

    @property
    def examination(self) -> Examination | None:
        """The one that runs; None while none does."""
        return None if self._course is None else self._course.examination

    @property
    def record(self) -> ExaminationRecord | None:
        """What the examination whose results are shown came to; None while none are."""
        return self._results.record

    @property
    def examined(self) -> Keeping | None:
        """What is to be written down of the session that is being begun; None for what usually is."""
        return self._examined if self._opening else None

    @property
    def runs(self) -> bool:
        """Whether an examination is on, or its source is being opened."""
        return self._opening or self._course is not None

    @property
    def asks(self) -> bool:
        """Whether a second press is waited for."""
        return self.runs and time.monotonic() < self._asked_until

    @property
    def news(self) -> tuple[object, str]:
        """What to tell who does not look: what makes it news, and in words; nothing where none runs."""
        if self.asks:
            return self._question, self._question
        page, shown = self.panel.currentWidget(), not (self.panel.isHidden() and self.line.isHidden())
        if not shown or page is self.panel.start:
            return None, ""
        if page is self.panel.results:
            # What the clinician says of it, and writes, is nothing new to them.
            begun = self.record.begun if self.record is not None else ""
            return begun, self.panel.results.overall.accessibleName()
        course, examination = self.panel.course, self.examination
        if examination is None:
            return OPENING_SOURCE, OPENING_SOURCE
        site, step = examination.current, examination.step
        return (site, step), line_words(site, course.step.text(), course.hint.text())

    @property
    def shortcuts(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """Keys of the window, and what they do; text fields keep theirs."""
        return (
            ("X", self.toggle),
            ("N", self.skip),
            ("Backspace", self.restart),
            *(
                (str(number), lambda number=number: self.take_number(number))
                for number in range(1, NUMBERED + 1)
            ),
            *((key, lambda button=button: self._press(button)) for key, button in self._opinion_keys),
            ("Ctrl+N", self.offer_again),
            ("Ctrl+E", self.show_list),
            ("Ctrl+P", self.want_report),
        )

    @property
    def _opinion_keys(self) -> list[tuple[str, QPushButton]]:
        return list(zip(OPINION_KEYS, self.panel.results.opinions.values(), strict=True))

    def _press(self, button: QPushButton) -> None:
        """What is not shown cannot be pressed."""
        if button.isVisible():
            button.click()

    def take_number(self, number: int) -> None:
        """Listen to the site of this number, from 1, or, once there are results, hear it again."""
        if self.record is not None:
            rows = self.panel.results.rows
            if number <= len(rows):
                rows[number - 1].listen.click()
        elif self.examination is not None and number <= len(self.examination.sites):
            self.choose(self.examination.sites[number - 1].name)

    def offer_again(self) -> None:
        """Offer another examination, unless one runs."""
        if not self.runs:
            self.offer()

    def toggle(self) -> None:
        """Offer an examination; end the one that runs, once asked; put its results away."""
        if self.runs:
            self._end_if_sure()
        elif self.panel.isHidden():
            self.offer()
        elif time.monotonic() - self._ended_at > HASTE_S:
            self._put_away()

    def offer(self) -> None:
        """Show what an examination begins with."""
        self._put_away()
        keep = self._player.keep
        patient = (keep.patient if keep else None) or pseudonym(self._chance)
        self.panel.start.offer(patient, self.keep_sound, keep is not None, *self._hindrance())
        self.panel.setCurrentWidget(self.panel.start)
        self._show_panel(True)
        # What is typed now is meant for it, and would be taken for keys of the window elsewhere.
        self.panel.start.patient.setFocus()

    def withdraw(self) -> None:
        """Put the beginning of an examination away again; anything else stays."""
        if self.panel.currentWidget() is self.panel.start:
            self._put_away()

    def begin(self, patient: str, keep_sound: bool) -> None:
        """Begin an examination, in a session of its own.

        Args:
            patient: Reference in the user's own words; empty for none.
            keep_sound: Record its sound; it is remembered.
        """
        if self.runs or not self._window.playlist:
            return
        self._results.put_away()
        keep = self._player.keep
        if keep is not None:
            self._examined = replace(keep, record=keep_sound, patient=patient or None, replayed=True)
            if self.keep_sound != keep_sound:
                self.keep_sound = keep_sound
                self._window.remember(keep_sound=keep_sound)
        self._patient = patient
        self._opening, self._before = True, self._player.session
        course = self.panel.course
        course.patient.set_words(patient)
        blank = Examination(Calibration())
        course.show_sites(blank.sites, None, 0.0)
        self._say(OPENING_SOURCE, "")
        self.panel.setCurrentWidget(course)
        self._show_panel(True)
        (self._window if self._compact else self.panel).setFocus()
        self._window.start()

    def choose(self, site: str) -> None:
        """Listen to a site now."""
        self._change(lambda examination: examination.choose(site))

    def restart(self) -> None:
        """Forget the current site and listen to it anew."""
        self._change(Examination.restart)

    def skip(self) -> None:
        """Leave the current site for the next."""
        self._change(Examination.skip)

    def finish(self) -> None:
        """End the examination and show what it came to."""
        self._finish("")

    def may_stop(self) -> bool:
        """Whether the sound may be stopped: while an examination is on, only when asked a second time."""
        return not self.runs or self._is_sure(SURE_TO_STOP)

    def show_list(self) -> None:
        """Show or hide the list of examinations."""
        if self.card.isVisible():
            self.card.hide()
            return
        self._show_stored(None if self._archive else ())
        if self._archive is not None:
            self._archive.list()
            self._listing = True
        self.card.show()
        self.settle(self._window.plots.geometry())
        self.card.list.setFocus()

    def want_report(self) -> None:
        """Ask for a report of the examination that is shown."""
        if self.record is not None:
            self._results.keep_note()
            self.report_wanted.emit(self.record)

    def follow(self, session: Session | None) -> None:
        """Take what the session has come to.

        Args:
            session: The one that the window shows; None while there is none.
        """
        if self._opening:
            self._await(session)
        elif self._course is not None:
            # Asked before it is taken from, so that nothing it came to last is missed.
            over = session is not self._course.session or session.ended
            self._take(self._course)
            if over:
                self._finish(SOUND_ENDED)
        self._results.follow()
        self.card.follow(time.monotonic())
        if self._archive is not None:
            self._show_archive(self._archive)

    def of_site(self, snapshot: Snapshot) -> Snapshot:
        """The same, but what stands is of the site alone that is listened to; without one as it is."""
        return snapshot if self._course is None else self._course.of_site(snapshot)

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self.panel.set_theme(theme)

    def set_compact(self, compact: bool) -> None:
        """A line instead of the column while an examination runs; otherwise the column instead of plots."""
        self._compact = compact
        self.panel.set_compact(compact)
        self._show_panel(not self.panel.isHidden() or not self.line.isHidden())

    def settle(self, room: QRect) -> None:
        """Keep the list in the middle of a part of the window."""
        self.card.settle(room if self._window.plots.isVisible() else self.panel.geometry())

    def close(self) -> None:
        """End what runs, and keep what is not kept yet; returns when it is."""
        if self.runs:
            self._finish("")
        self._results.keep_note()
        if self._archive is not None:
            self._archive.close()

    def _bind(self) -> None:
        start, course, results = self.panel.start, self.panel.course, self.panel.results
        start.begun.connect(self.begin)
        start.earlier.connect(self.show_list)
        start.closed.connect(self._put_away)
        course.chosen.connect(self.choose)
        course.restart.clicked.connect(self.restart)
        course.skip.clicked.connect(self.skip)
        course.finish.clicked.connect(self._end_if_sure)
        results.report.clicked.connect(self.want_report)
        results.earlier.clicked.connect(self.show_list)
        results.again.clicked.connect(self.offer)
        results.close_button.clicked.connect(self._put_away)
        self.card.opened.connect(self.open)
        self.card.deleted.connect(self._delete)

    # The course

    def _await(self, session: Session | None) -> None:
        """A session of its own is being opened."""
        if session is not None and session is not self._before:
            if session.snapshot.state == "loading":
                return
            self._opening, self._before = False, None
            if session.snapshot.state == "failed":
                self._give_up()
                return
            self._course = ExaminationCourse(session, self._patient, self._archive)
            self._take(self._course)
        elif session is None and not self._player.busy:
            self._give_up()

    def _give_up(self) -> None:
        """The source cannot be opened; the window says why."""
        self._opening, self._examined, self._before = False, None, None
        self._player.keep_as_usual()
        self.panel.start.show_remark(*self._hindrance())
        self.panel.setCurrentWidget(self.panel.start)
        self._show_panel(True)

    def _take(self, course: ExaminationCourse) -> None:
        course.take()
        self._show_course(course.examination)

    def _change(self, change: Callable[[Examination], None]) -> None:
        if self._course is not None:
            self._asked_until = 0.0
            change(self._course.examination)
            self._course.keep()
            self._show_course(self._course.examination)

    def _show_course(self, examination: Examination) -> None:
        course = self.panel.course
        course.show_sites(examination.sites, examination.current, round(examination.progress, 2))
        self._say(step_words(examination), hint_words(examination), examination.device_lost)
        over = examination.step is Step.COMPLETE
        for button in (course.restart, course.skip):
            button.setEnabled(not over)
        if over and QApplication.focusWidget() is self.panel:
            course.finish.setFocus()

    def _say(self, step: str, hint: str, alert: bool = False) -> None:
        if time.monotonic() < self._asked_until:
            self.panel.course.say(step, self._question, alert=True)
            self.line.set_words(self._question)
            return
        self.panel.course.say(step, hint, alert)
        site = self.examination.current if self.examination is not None else None
        self.line.set_words(line_words(site, step, hint))

    def _is_sure(self, question: str) -> bool:
        """Ask, without waiting; True where the same was asked a moment ago."""
        now = time.monotonic()
        if now < self._asked_until and self._question == question:
            self._asked_until = 0.0
            return True
        self._asked_until, self._question = now + ASKED_S, question
        if self.examination is not None:
            self._show_course(self.examination)
        else:
            self._say(OPENING_SOURCE, "")
        return False

    def _end_if_sure(self) -> None:
        examination = self.examination
        if (examination is not None and examination.step is Step.COMPLETE) or self._is_sure(SURE):
            self._ended_at = time.monotonic()
            self.finish()

    def _finish(self, why: str) -> None:
        course, self._course = self._course, None
        self._opening, self._examined, self._before = False, None, None
        self._asked_until = 0.0
        self._player.keep_as_usual()
        if course is None:
            self._put_away()
            return
        if course.examination.step is Step.COMPLETE:
            why = ""
        self._show_results(course.finish(), course.recorded, why)

    # The results

    def open(self, stored: StoredExamination) -> None:
        """Show an examination that was kept."""
        if not self.runs:
            self.card.hide()
            self._show_results(stored.record, stored.sound, WAS_INTERRUPTED if stored.interrupted else "")

    def _delete(self, stored: StoredExamination) -> None:
        """Delete one that was kept; where its sound cannot be, that is told and it stays."""
        if self._archive is not None and not self.runs:
            self._archive.delete(stored.record.id)
            self._listing = True

    def _show_results(self, record: ExaminationRecord, sound: bool, remark: str) -> None:
        self._results.show(record, sound, remark)
        self.panel.setCurrentWidget(self.panel.results)
        self._show_panel(True)
        # Qt would give the keyboard to the first button, and Enter pressed once more is no opinion.
        self.panel.setFocus()

    def _put_away(self) -> None:
        """Hide what is shown."""
        self._results.put_away()
        self._show_panel(False)

    # What is shown

    def _show_panel(self, shown: bool) -> None:
        as_line = self._compact and self.panel.currentWidget() is self.panel.course
        as_column = shown and not as_line
        focused = QApplication.focusWidget()
        held = focused is not None and (focused is self.panel or self.panel.isAncestorOf(focused))
        self.line.setVisible(shown and as_line)
        if self.panel.isHidden() == as_column:
            self.panel.setVisible(as_column)
            # Qt would give the keyboard to the window's first button, which would then have the space bar.
            if held:
                self._window.setFocus()
            elif as_column and self.runs and focused is self._window:
                self.panel.setFocus()
        self._window.plots.setVisible(not (shown and self._compact and not as_line))

    def _hindrance(self) -> tuple[str, bool]:
        if not self._window.playlist:
            return NO_SOURCE_YET, False
        return ("" if self._player.keep is not None else NOT_KEPT), True

    def _show_stored(self, stored: Sequence[StoredExamination] | None) -> None:
        opened = self.record.id if self.record is not None else ""
        self.card.show_examinations(stored, FINISH_FIRST if self.runs else "", opened)

    def _show_archive(self, archive: ExaminationArchive) -> None:
        if self._listing and archive.listed is not None:
            self._listing = False
            self._show_stored(archive.listed)
        remarks = archive.remarks
        for remark in remarks[self._remarked :]:
            self._window.say(told_words(remark))
        self._remarked = len(remarks)
