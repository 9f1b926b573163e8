"""The window: what is chosen, what is drawn, what is said."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice, pairwise
from statistics import median
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from monitor.dashboard.access_words import new_verdict_words, technical_words
from monitor.dashboard.announcer import Announcer
from monitor.dashboard.control_bar import ControlBar, research_label
from monitor.dashboard.control_words import TITLE
from monitor.dashboard.display_clock import DisplayClock
from monitor.dashboard.examination_desk import ExaminationDesk
from monitor.dashboard.export_desk import ExportDesk
from monitor.dashboard.go_back import GoBack
from monitor.dashboard.keys_card import KeysCard
from monitor.dashboard.playback import HOWLING, Playback
from monitor.dashboard.player import Player
from monitor.dashboard.plots import Plots
from monitor.dashboard.presentation import Presentation
from monitor.dashboard.report_desk import ReportDesk
from monitor.dashboard.status_line import StatusLine
from monitor.dashboard.technical_line import TechnicalLine
from monitor.dashboard.tester_panel import TesterPanel
from monitor.dashboard.theme import DARK, GRID, LIGHT, THEMES
from monitor.dashboard.told_words import told_words
from monitor.dashboard.verdict_panel import VerdictPanel
from monitor.dashboard.window_place import remembered_place, take_place
from monitor.dashboard.words import (
    DEVICE_LOST,
    LOADING,
    LOOKING,
    NO_VERDICT,
    NOT_RECORDING,
    NOT_REMEMBERED,
    OPENING_SOURCE,
    PRESS_START,
    READY,
    RECORDING,
    SEE_BELOW,
    TECHNICAL,
    lost_device_words,
    source_state_words,
    warning_words,
)
from monitor.settings import Settings, change_settings
from monitor.sources.choice import SourceChoice

if TYPE_CHECKING:
    from monitor.session import Session
    from monitor.snapshot import Snapshot
    from monitor.sources.protocol import SourceHealth

FRAME_MS = 16
"""Between two frames while something plays: sixty a second."""

CALM_MS = 33
"""Likewise where painting is dear, as on a very fine screen or a slow machine."""

HURRIED_MS = 100
"""Between two frames of sound analysed as fast as can be: no eye follows it, so analysis gets the time."""

IDLE_MS = 150
"""Between two looks while nothing does."""

PAUSE_S = 2.0
"""Between the recordings of a playlist, so that the verdict can be read."""

_METER_EVERY, _TEXT_EVERY = 4, 8
_PAINTS_LOOKED_AT = 60
# Sixty of the dear ones are four tenths of a second.
_DEAR_MS, _CHEAP_MS = 7.0, 5.0
_UNSEEN_S = 2.0
_OUT_OF_STEP_S = 3.0
_USUAL, _MINIMUM = (1280, 800), (640, 400)
_ROOMY = (920, 528)
"""In less, as 1280 x 800 at 200 % leaves, what can be missed is left out."""

_TALL = 640
"""In less, the examination and the bar of the past do not fit below each other."""

_LOW = 608
"""In less, the verdict and the bar do not."""

_WIDE = 1120
"""In less, the bar has no room for what the program is not."""


class DashboardWindow(QWidget):
    """One timer pulls the session's newest state; nothing is pushed into the window.

    Args:
        player: Nothing played yet; the window closes it.
        loop: Begin the playlist again after its end; may be changed.
        theme: "dark" or "light".
        sound: Play replayed sources aloud from the start.
    """

    def __init__(
        self, player: Player, loop: bool = False, theme: str = DARK.name, sound: bool = False
    ) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setMinimumSize(*_MINIMUM)
        # On a screen at 200 % the usual size would not fit.
        self.resize(QSize(*_USUAL).boundedTo(self.screen().availableSize()))
        self.bar, self.status, self.plots, self.verdict = ControlBar(), StatusLine(), Plots(), VerdictPanel()
        self.technical = TechnicalLine()
        self.message = self.technical.message
        self._research = research_label()
        self._research.hide()
        self._compact = False
        self.keys = KeysCard(self)
        self.desk = ExaminationDesk(self, player)
        self.reports = ReportDesk(
            self.desk.panel.results.report,
            player.take_classifier,
            player.keep.folder if player.keep else None,
            self.say,
        )
        self.desk.report_wanted.connect(self.reports.want)
        self.exports = ExportDesk(self.bar.export, player, self.technical)
        self._playback = Playback(sound)
        self.back = GoBack(self.plots, self._playback, self.say)
        self._lay_out()
        self.presentation = Presentation(self)
        self.tester = TesterPanel(self)
        self._bind()

        self._player = player
        self._announcer = Announcer(self)
        self._clock = DisplayClock()
        self.loop = loop
        self.held = False
        self._playlist: list[SourceChoice] = []
        self._limit_s: float | None = None
        self._left_s: float | None = None
        self._position = 0
        self._failures = 0
        self._next_at: float | None = None
        self._running = False
        self._start_unseen_at = math.inf
        self._shown: Session | None = None
        self._snapshot: Snapshot | None = None
        self._remarked, self._lost_told, self._end_told = 0, 0, False
        self._why_wanted = False
        self._frame, self._frame_ms = 0, FRAME_MS
        self._closed = self._remembers = False
        self._settings = ThreadPoolExecutor(1, "settings")
        self._changes: deque[Future[None]] = deque()
        self._theme = THEMES[theme]
        self.set_theme(theme)
        self._show_nothing()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(IDLE_MS)

    @property
    def paint_times(self) -> deque[float]:
        """Milliseconds that the plots took, of the last frames, oldest first."""
        return self.plots.paint_times

    @property
    def session(self) -> Session | None:
        """The session that is shown."""
        return self._shown

    @property
    def playlist(self) -> list[SourceChoice]:
        """What is to be played, in order."""
        return self._playlist

    @property
    def problem(self) -> str:
        """What went wrong, in one line; empty otherwise."""
        return self.technical.problem

    @property
    def shown_s(self) -> float:
        """Stream time at the plots' right edge, in seconds."""
        return self._clock.now_s

    def set_playlist(
        self, playlist: Sequence[SourceChoice], start: bool = True, limit_s: float | None = None
    ) -> None:
        """Choose what to play, one after the other.

        Args:
            playlist: In order.
            start: At once.
            limit_s: Stop each after this much sound, or a loop after this much in all.
        """
        self._playlist, self._position = list(playlist), 0
        self._limit_s = self._left_s = limit_s
        self.status.clear(told_words(self._playlist[0].title) if self._playlist else "")
        if start and self._playlist:
            self.start()
        elif not self._running:
            self._show_nothing()

    def start(self) -> None:
        """Play the playlist from where it stands."""
        if not self._playlist:
            return
        if self._position >= len(self._playlist):
            self._position = 0
        self._failures = 0
        self._left_s = self._limit_s
        self.technical.clear()
        self._play()

    def start_when_seen(self) -> None:
        """Play as soon as the window has been painted: loading must not keep it from appearing."""
        self._start_unseen_at = time.monotonic() + _UNSEEN_S

    def stop(self) -> None:
        """Stop; the summary stays."""
        self._running = False
        self._next_at = None
        self._player.stop()
        self._show_controls()

    def toggle(self) -> None:
        """Start or stop."""
        if not self._running:
            self.start()
        elif self.desk.may_stop():
            self.stop()

    @property
    def running(self) -> bool:
        """Whether the playlist plays."""
        return self._running

    @property
    def place(self) -> int:
        """Which of the playlist plays, or did last, counted from 0."""
        return min(self._position, max(0, len(self._playlist) - 1))

    def step(self, by: int) -> None:
        """Play another of the playlist, so many further on, from its beginning; a loop goes round."""
        if self._playlist:
            count = len(self._playlist)
            position = self.place + by
            self._position = position % count if self.loop else min(max(position, 0), count - 1)
            self._failures = 0
            self._play()

    def hold(self, held: bool) -> bool:
        """Let what is replayed stand still, or go on where it was.

        Returns:
            False where it cannot be: a device goes on.
        """
        session = self._shown
        if session is None or not session.can_hold:
            return False
        self.held = held
        session.hold(held)
        self._playback.hold(held)
        return True

    def toggle_record(self) -> None:
        """Record the sound of devices from now on, or no more; it is remembered."""
        self._player.record(not self._player.recording)
        self._snapshot = None
        self._show_controls()
        self.remember(record=self._player.recording)

    def remember(self, **changes: object) -> None:
        """Remember settings, by the names of ``Settings``; returns without waiting for the disk."""
        self._changes.append(self._settings.submit(change_settings, **changes))

    def toggle_sound(self) -> None:
        """Play replayed sources aloud, or silently."""
        self._playback.aloud = not self._playback.aloud
        self._show_controls()

    def toggle_why(self) -> None:
        """Outline what moved the verdict, or no more; nothing is worked out for it while it is not asked."""
        self._why_wanted = not self._why_wanted
        self._player.attribute(self._why_wanted)
        if not self._why_wanted:
            self.plots.show_attribution(None)
        self.plots.explain_outlines(self._why_wanted)
        self.bar.show_why(self._why_wanted)

    def toggle_average(self) -> None:
        """Show the average beat in the spectrogram's place, or the spectrogram again."""
        self.bar.show_average(self.plots.toggle_average())

    def toggle_theme(self) -> None:
        """Light or dark."""
        self.set_theme(LIGHT.name if self._theme is DARK else DARK.name)

    def set_theme(self, name: str) -> None:
        """Choose "dark" or "light"."""
        self._theme = THEMES[name]
        QApplication.setPalette(self._theme.palette())
        self.setStyleSheet(self._theme.style_sheet())
        parts = (self.status, self.plots, self.verdict, self.desk, self.technical, self.back.bar)
        for part in parts:
            part.set_theme(self._theme)
        self.bar.show_theme(name)

    def take_up(self, settings: Settings) -> None:
        """Be where and as it was when it was last closed, and remember that again when it is closed.

        Args:
            settings: As read; what makes no sense is as if it had never been chosen.
        """
        self._remembers = True
        take_place(self, settings.place)
        if settings.theme in THEMES:
            self.set_theme(settings.theme)
        if settings.last_minutes:
            self.plots.toggle_whole()
        if settings.average:
            self.toggle_average()
        self.desk.keep_sound = settings.keep_sound

    def _remember_looks(self, place: tuple[int, ...]) -> None:
        with suppress(OSError):  # where it cannot be remembered the next window is as usual
            change_settings(
                theme=self._theme.name,
                place=place,
                last_minutes=not self.plots.whole,
                average=self.plots.beat.wanted,
            )

    def _look_after_settings(self) -> None:
        while self._changes and self._changes[0].done():
            try:
                self._changes.popleft().result()
            except OSError:
                self._remark(NOT_REMEMBERED)

    def show_moment(self, until_s: float) -> None:
        """Draw what is shown as it was at a time on the source's clock, in seconds, or at its end."""
        session = self._shown
        if session is None or session.trace is None:
            return
        snapshot = session.snapshot
        self.plots.take(session.trace.since(self.plots.tape.next_serial))
        self.plots.show_sounds(session.trace.sounds)
        self._show_why(snapshot)
        moment_s = min(until_s, self.plots.tape.end_s)
        self.plots.show_until(moment_s)
        self.back.follow(moment_s)
        self.status.meter.show_level(time.monotonic(), snapshot.peak, snapshot.rms, snapshot.clipped)
        self._put_into_words(snapshot, moment_s)

    def say(self, words: str, alert: bool = True) -> None:
        """Put one technical line below the plots; it stays until it is read, or the next start.

        Args:
            words: In one line.
            alert: Something went wrong.
        """
        self.technical.tell(words, alert)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Stop everything before the window goes."""
        if not self._closed:
            self._closed = True
            place = remembered_place(self, self.presentation.state_before, self.presentation.geometry_before)
            self._timer.stop()
            self._playback.close()
            self.back.close()
            self.presentation.close_down()
            self.plots.beat.close_down()
            self.desk.close()
            self.reports.close()
            self.exports.close()
            self._player.close()
            # Nothing sounds any more that a slow disk could hold up.
            self._settings.shutdown()
            if self._remembers:
                self._remember_looks(place)
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave out what there is no room for, and keep the card in the middle."""
        super().resizeEvent(event)
        self._set_compact(self.width() < _ROOMY[0] or self.height() < _ROOMY[1])
        # It is never left out: where the bar is full it stands beside the message.
        self.bar.research.setVisible(self.width() >= _WIDE)
        self._research.setVisible(self.width() < _WIDE)
        self._make_room()
        self.keys.settle(self.plots.geometry())
        self.desk.settle(self.plots.geometry())
        self.presentation.settle()

    def _set_compact(self, compact: bool) -> None:
        if compact == self._compact:
            return
        self._compact = compact
        for part in (self.bar, self.status, self.verdict, self.desk, self.technical):
            part.set_compact(compact)

    def _make_room(self) -> None:
        """Leave out the bar of the past where there is little room, or an examination needs it."""
        low = self.height() < (_LOW if self.desk.panel.isHidden() else _TALL)
        self.back.bar.setVisible(not self._compact and not low)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 2 * GRID, 0)
        middle.setSpacing(GRID)
        middle.addWidget(self.desk.panel)
        middle.addWidget(self.plots, 1)
        middle.addWidget(self.verdict)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID // 2)
        bottom.addWidget(self.technical, 1)
        bottom.addWidget(self._research)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.bar)
        layout.addWidget(self.status)
        layout.addLayout(middle, 1)
        layout.addWidget(self.back.bar)
        layout.addWidget(self.desk.line)
        layout.addLayout(bottom)

    def _bind(self) -> None:
        bar = self.bar
        bar.source.chosen.connect(self.set_playlist)
        bar.source.failed.connect(self.say)
        bar.start.clicked.connect(self.toggle)
        bar.examine.clicked.connect(self.desk.toggle)
        bar.record.clicked.connect(self.toggle_record)
        bar.sound.clicked.connect(self.toggle_sound)
        bar.why.clicked.connect(self.toggle_why)
        bar.average.clicked.connect(self.toggle_average)
        bar.theme.clicked.connect(self.toggle_theme)
        bar.keys.clicked.connect(self._toggle_keys)
        for before, after in pairwise(
            (
                *(bar.source, bar.start, bar.examine, bar.record, bar.sound),
                *(bar.why, bar.average, bar.export, bar.theme, bar.keys),
            )
        ):
            QWidget.setTabOrder(before, after)
        for keys, action in (
            ("Space", self._press_or_toggle),
            ("Return", self._press),
            ("Enter", self._press),
            ("R", bar.record.click),
            ("S", self._sound_key),
            ("W", self.toggle_why),
            ("Del", self.technical.put_away),
            ("A", self.toggle_average),
            ("V", self.plots.toggle_whole),
            ("T", self.toggle_theme),
            ("F", self.presentation.toggle),
            ("F11", self.presentation.toggle),
            ("Ctrl+O", bar.source.open_recordings),
            ("Ctrl+Shift+E", bar.export.open_menu),
            ("?", self._toggle_keys),
            ("F1", self._toggle_keys),
            ("F12", self.tester.toggle),
            ("Esc", self._hide_cards),
            ("Ctrl+Q", self.close),
            *self.desk.shortcuts,
            *self.back.shortcuts,
        ):
            QShortcut(QKeySequence(keys), self, action)

    def _toggle_keys(self) -> None:
        self.keys.setVisible(not self.keys.isVisible())
        self.keys.settle(self.plots.geometry())

    def _hide_cards(self) -> None:
        self.keys.hide()
        self.tester.hide()
        self.desk.card.hide()
        self.desk.withdraw()

    def _press(self) -> bool:
        focused = QApplication.focusWidget()
        if not isinstance(focused, QAbstractButton):
            return False
        if isinstance(focused, QToolButton):
            focused.showMenu()
        else:
            focused.click()
        return True

    def _press_or_toggle(self) -> None:
        # Space belongs to the focused button first; elsewhere it starts and stops.
        if not self._press():
            self.toggle()

    def _sound_key(self) -> None:
        if self.bar.sound.isEnabled():
            self.toggle_sound()

    def _play(self) -> None:
        self._running, self.held = True, False
        self._next_at = None
        choice = self._playlist[self._position]
        self._clear()
        self.status.clear(source_state_words(told_words(choice.title), "opening"))
        self.verdict.clear(LOADING, OPENING_SOURCE)
        self._player.play(choice, self._left_s, self.desk.examined)
        self._show_controls()

    def _tick(self) -> None:
        at = time.monotonic()
        if at >= self._start_unseen_at or (self._start_unseen_at < math.inf and self.paint_times):
            self._start_unseen_at = math.inf
            self.start()
        self._player.poll()
        self._look_after_settings()
        self._hear()
        if self._player.error:
            self._fail(self._player.error)
            self._failures += 1
            self._player.error = ""
            self.verdict.clear(NO_VERDICT, SEE_BELOW)
            self.status.clear(source_state_words(self._title, "failed") if self._title else "")
            if self._running and not self._player.busy:
                self._advance(at)
        session = self._player.session
        if session is not self._shown and session is not None:
            self._show_session(session)
        if self._shown is not None:
            self._draw(self._shown, at)
        self.desk.follow(self._shown)
        self.reports.follow(self.desk.record)
        self.exports.follow(self._shown, self.desk.record)
        self._make_room()
        self.bar.show_record(self._player.recording, self._player.keeping)
        if self._running and not self._player.busy and session is not None and self._next_at is None:
            self._follow(session, at)
        if self._next_at is not None and at >= self._next_at and not self.held:
            self._play()
        self.plots.beat.tick(self._shown)
        self.presentation.tick(at)
        self.tester.tick(at, self._shown, self.plots.geometry())
        self._announce(at)
        self._frame += 1
        wanted = self._interval()
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)

    def _announce(self, at: float) -> None:
        """Let a screen reader say what is new, however often it was drawn."""
        word = self.verdict.word.text()
        self._announcer.tell("verdict", word, new_verdict_words(word, self.verdict.reason.text()), at)
        newest = self.technical.newest
        said = technical_words(TECHNICAL, newest) if newest else ""
        self._announcer.tell("technical", newest, said, at, urgent=newest == self.technical.problem)
        self._announcer.tell("examination", *self.desk.news, at, urgent=self.desk.asks)
        past = self.plots.past.isVisible()
        self._announcer.tell("past", past, self.back.bar.state.text() if past else "", at)
        card = self.desk.card
        remark = card.remark.text() if card.isVisible() else ""
        self._announcer.tell("examinations", remark, remark, at, urgent=True)
        keys = self.keys.isVisible()
        self._announcer.tell("keys", keys, self.keys.accessibleDescription() if keys else "", at)

    def _interval(self) -> int:
        if self._shown is None or not self._player.playing:
            return IDLE_MS
        if _pace(self._shown) is None:
            return HURRIED_MS
        if self._frame % _PAINTS_LOOKED_AT == 0:
            self._frame_ms = frame_ms(self.paint_times, self._frame_ms)
        return self._frame_ms

    def _clear(self) -> None:
        self._shown = self._snapshot = None
        self._remarked, self._lost_told, self._end_told = 0, 0, False
        self.technical.last("device", "")
        self._clock.reset()
        self.back.show(None)
        self.plots.clear_tape()

    def _show_session(self, session: Session) -> None:
        self._clear()
        self._shown = session
        self.back.show(session, self._title, self._may_sound)
        if warning := session.source.warning:
            self._remark(warning_words(warning))
        self._show_controls()

    def _draw(self, session: Session, at: float) -> None:
        # Asked first, so that what is shown of one that has ended is its last state.
        ended = session.ended
        snapshot = session.snapshot
        if session.trace is not None:
            self.plots.take(session.trace.since(self.plots.tape.next_serial))
            self.plots.show_sounds(session.trace.sounds)
        self._show_why(snapshot)
        heard_s = self._playback.heard_s
        newest_s = self.plots.tape.end_s
        # A loudspeaker that has stopped must not stop the picture.
        if heard_s is not None and not ended and newest_s - heard_s < _OUT_OF_STEP_S:
            shown_s = self._clock.advance(at, min(heard_s, newest_s), 1.0, settle=True)
        else:
            shown_s = self._clock.advance(at, newest_s, _pace(session), settle=ended)
        self.plots.show_until(shown_s)
        self.back.follow(shown_s)
        changed = snapshot is not self._snapshot
        self._snapshot = snapshot
        if self._frame % _METER_EVERY == 0 and (changed or self.status.meter.clipping):
            self.status.meter.show_level(at, snapshot.peak, snapshot.rms, snapshot.clipped)
        if changed and (self._frame % _TEXT_EVERY == 0 or ended):
            self._put_into_words(snapshot, snapshot.now_s)
        elif changed:
            self._snapshot = None
        if not ended:
            self._show_device(session.health)
        elif not self._end_told:
            self._end_told = True
            self._show_end(session)
        self._show_remarks(session.remarks)

    def _show_why(self, snapshot: Snapshot) -> None:
        # What the worker knew before it was told that nobody asks any more is not shown.
        self.plots.show_attribution(snapshot.attribution if self._why_wanted else None)

    def _show_device(self, health: SourceHealth) -> None:
        """Say what is wrong with a device while it lasts; a verdict from before it was lost is none."""
        lost = health.state == "recovering"
        trouble = told_words(health.detail) if lost or health.state == "alarmed" else ""
        if lost:
            trouble = lost_device_words(health.detail)
            self.verdict.withhold(DEVICE_LOST, LOOKING)
            self.status.name.set_words(source_state_words(self._title, "lost"))
        self.technical.last("device", trouble)

    def _show_remarks(self, remarks: Sequence[str]) -> None:
        """Say once what cannot be kept of the session."""
        for remark in remarks[self._remarked :]:
            self.say(told_words(remark))
        self._remarked = len(remarks)

    @property
    def _title(self) -> str:
        return told_words(self._player.choice.title) if self._player.choice else ""

    def _put_into_words(self, snapshot: Snapshot, now_s: float) -> None:
        title = self._title or told_words(snapshot.source)
        if self._shown is not None and self._player.recording and (self.desk.runs or not self._may_sound):
            title += f" · {RECORDING if self._shown.recorded else NOT_RECORDING}"
        self.status.show_snapshot(title, snapshot, now_s)
        if snapshot.lost_samples > self._lost_told:
            self._lost_told = snapshot.lost_samples
            self.technical.lost(snapshot.lost_samples / snapshot.rate)
        self.verdict.show_snapshot(self.desk.of_site(snapshot))
        self.plots.show_history(snapshot)

    def _show_end(self, session: Session) -> None:
        """Say once why it ended, where that is no good end: what was read stays away."""
        self.technical.last("device", "")
        snapshot, health = session.snapshot, session.health
        if snapshot.state == "failed":
            self._fail(snapshot.detail)
        elif health.state == "failed":
            self._fail(health.detail)

    def _follow(self, session: Session, at: float) -> None:
        """After a session's end: the next of the playlist, or rest."""
        if not session.ended or self._player.choice is not self._playlist[self._position]:
            return
        self._failures = 0
        # The analysis itself would fail for the others as well.
        if session.snapshot.state == "failed" or self._is_used_up(session):
            self._running = False
            self._show_controls()
        else:
            self._advance(at + PAUSE_S)

    def _is_used_up(self, session: Session) -> bool:
        """Whether a loop has lasted for its limit, now that a session has ended."""
        if not self.loop or self._left_s is None:
            return False
        self._left_s -= session.health.delivered / session.source.rate
        return self._left_s * session.source.rate < 1

    def _advance(self, at: float) -> None:
        self._position += 1
        if self._position >= len(self._playlist) and self.loop and self._failures < len(self._playlist):
            self._position = 0
        if self._position < len(self._playlist):
            self._next_at = at
        else:
            self._running = False
            self._show_controls()

    def _fail(self, words: str) -> None:
        self.presentation.passed_over(self._title)
        self.say(told_words(words))

    def _remark(self, words: str) -> None:
        """Say what is no fault."""
        self.say(words, alert=False)

    def _hear(self) -> None:
        said = self._playback.poll()
        if not self._playback.headphones or (said and said.condition):
            # Taken up again at once, the warning from before still stands; it must become the newest.
            self.technical.last(HOWLING, "")
        if said is None:
            return
        if said.condition:
            self.technical.last(said.condition, said.words, said.alert)
        else:
            self.say(said.words, said.alert)
        self._show_controls()

    @property
    def _may_sound(self) -> bool:
        choice = self._player.choice
        if choice is None and self._playlist:
            choice = self._playlist[min(self._position, len(self._playlist) - 1)]
        return choice is not None and choice.replayed

    def _show_controls(self) -> None:
        self.bar.show_playing(self._running, bool(self._playlist))
        self.bar.show_record(self._player.recording, self._player.keeping)
        self.bar.show_sound(self._playback.aloud, self._may_sound)

    def _show_nothing(self) -> None:
        if self._shown is None:
            if self._playlist:
                self.verdict.clear(READY, PRESS_START)
            else:
                self.verdict.clear()
        self._show_controls()


def frame_ms(paint_times: Sequence[float], before: int) -> int:
    """Milliseconds between two frames that leave the processor to others as well.

    Args:
        paint_times: Milliseconds that painting took, the newest last.
        before: Milliseconds between frames until now; kept while it is neither dear nor cheap.
    """
    if not paint_times:
        return before
    paint_ms = median(islice(reversed(paint_times), _PAINTS_LOOKED_AT))
    if paint_ms > _DEAR_MS:
        return CALM_MS
    return FRAME_MS if paint_ms < _CHEAP_MS else before


def _pace(session: Session) -> float | None:
    """Seconds of sound per second; None for as fast as can be. A live source has no such attribute."""
    return getattr(session.source, "pace", 1.0)
