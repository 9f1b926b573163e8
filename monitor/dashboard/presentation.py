"""A demonstration before an audience: the playlist over the whole screen, led by a presenter's clicker."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from monitor.dashboard.control_words import (
    BLACK_NAME,
    PAUSED_NAME,
    PLACE_NAME,
    PLAYLIST_TITLE_NAME,
    PRESENTATION_NAME,
    UPCOMING_NAME,
)
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.screen_awake import ScreenAwake
from monitor.dashboard.theme import GRID, NORMAL, font
from monitor.dashboard.told_words import told_words
from monitor.dashboard.words import (
    CANNOT_PAUSE,
    NOTHING_TO_PRESENT,
    PAUSED,
    RESEARCH_ONLY,
    next_words,
    place_words,
    skipped_words,
)

if TYPE_CHECKING:
    from monitor.dashboard.window import DashboardWindow

CURSOR_S = 2.0
"""Seconds without movement after which the cursor is hidden."""

QUIET_S = 8.0
"""Seconds for which a quiet line stays."""

_USUAL = (1280, 800)
_SCALE, _LEAST = 1.35, 0.65
_TITLE, _PLACE = 30, 24


class Presentation(QWidget):
    """Lies over the window and borrows its plots and its verdict, as large as a room needs.

    What can be pressed elsewhere is covered, and the keys are the presenter's: while it is shown they reach
    nothing else. Nothing of what goes wrong is said loudly: what cannot be played is passed over.

    Args:
        window: That it leads; everything in it stays as it is.
    """

    def __init__(self, window: DashboardWindow) -> None:
        super().__init__(window)
        self._window = window
        self._awake = ScreenAwake()
        self._places: list[tuple[QWidget, QWidget]] = []
        self._state_before = Qt.WindowState.WindowNoState
        self._geometry_before = QRect()
        self._focus_before: QWidget | None = None
        self._looped_before = False
        self._held_before = False
        self._cursor_hidden = False
        self._cursor, self._moved_at = QPoint(), -math.inf
        self._quiet, self._quiet_at = "", -math.inf
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(PRESENTATION_NAME)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title, self.quiet = ElidedLabel(), ElidedLabel()
        self.title.setAccessibleName(PLAYLIST_TITLE_NAME)
        self.quiet.setAccessibleName(UPCOMING_NAME)
        self.paused, self.place, self.research = QLabel(PAUSED), QLabel(), QLabel(RESEARCH_ONLY)
        self.paused.setAccessibleName(PAUSED_NAME)
        self.place.setAccessibleName(PLACE_NAME)
        for label in (self.quiet, self.research):
            label.setObjectName("faint")
        self._black = QWidget(self)
        self._black.setObjectName("black")
        self._black.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._black.setAccessibleName(BLACK_NAME)
        self._middle = QHBoxLayout()
        self._lay_out()
        self._black.hide()
        self.hide()

    @property
    def active(self) -> bool:
        """Whether it is shown."""
        return self.isVisibleTo(self._window)

    @property
    def black(self) -> bool:
        """Whether nothing is shown but black."""
        return self._black.isVisibleTo(self)

    @property
    def state_before(self) -> Qt.WindowState:
        """The window's state without the presentation."""
        return self._state_before if self.active else self._window.windowState()

    @property
    def geometry_before(self) -> QRect:
        """Where the window is without the presentation, and while it is not maximized."""
        if self.active and self._state_before == Qt.WindowState.WindowNoState:
            return self._geometry_before
        return self._window.normalGeometry()

    def toggle(self) -> None:
        """Enter or leave."""
        if self.active:
            self.leave()
        else:
            self.enter()

    def enter(self, start: bool = True) -> None:
        """Take the whole screen for the playlist, again and again.

        Args:
            start: Play it at once, if it does not play yet.
        """
        if self.active:
            return
        window = self._window
        self._state_before, self._focus_before = window.windowState(), QApplication.focusWidget()
        self._looped_before, window.loop = window.loop, True
        for part, stretch in ((window.plots, 1), (window.verdict, 0)):
            stand_in = QWidget(window)
            window.layout().replaceWidget(part, stand_in)
            self._middle.addWidget(part, stretch)
            part.show()
            self._places.append((part, stand_in))
        self._quiet, self._moved_at = "", -math.inf
        self.show()
        self._geometry_before = window.geometry()
        window.setWindowState(self._state_before | Qt.WindowState.WindowFullScreen)
        if QApplication.platformName() == "xcb":
            # A screen for demonstrations may run no window manager that would do it.
            window.setGeometry(window.screen().geometry())
        self.settle()
        self.setFocus()
        self._awake.begin()
        if start and not window.running:
            window.start()

    def leave(self) -> None:
        """Give everything back; what plays goes on."""
        if not self.active:
            return
        window = self._window
        self._blacken(False)
        for part, stand_in in self._places:
            self._middle.removeWidget(part)
            part.set_scale(None)
            window.layout().replaceWidget(stand_in, part)
            stand_in.deleteLater()
            part.show()
        self._places.clear()
        window.loop = self._looped_before
        self.hide()
        self._hide_cursor(False)
        window.setWindowState(self._state_before)
        if QApplication.platformName() == "xcb" and self._state_before == Qt.WindowState.WindowNoState:
            window.setGeometry(self._geometry_before)
        (self._focus_before or window).setFocus()
        self._awake.end()

    def close_down(self) -> None:
        """The window closes."""
        self.leave()
        self._awake.close()

    def settle(self) -> None:
        """Fill the window, with letters to its measure."""
        if not self.active:
            return
        self.setGeometry(self._window.rect())
        self._black.setGeometry(self.rect())
        scale = max(_LEAST, _SCALE * min(self.width() / _USUAL[0], self.height() / _USUAL[1]))
        for part, _ in self._places:
            part.set_scale(scale)
        self.title.setFont(font(round(_TITLE * scale), bold=True))
        for label in (self.place, self.paused):
            label.setFont(font(round(_PLACE * scale)))
        for label in (self.quiet, self.research):
            label.setFont(font(round(NORMAL * scale)))
        self.raise_()
        self._black.raise_()
        self._window.keys.settle(self.rect())

    def passed_over(self, title: str) -> None:
        """Something could not be played; it is said in passing, and only here."""
        self._quiet, self._quiet_at = skipped_words(title), -math.inf

    def tick(self, at: float) -> None:
        """Show what plays, and hide a cursor that rests.

        Args:
            at: Monotonic clock, in seconds.
        """
        if not self.active:
            return
        cursor = QCursor.pos()
        if cursor != self._cursor or self._moved_at == -math.inf:
            self._cursor, self._moved_at = cursor, at
        self._hide_cursor(at - self._moved_at >= CURSOR_S and self._window.isActiveWindow())
        if self._quiet and self._quiet_at == -math.inf:
            self._quiet_at = at
        elif at - self._quiet_at >= QUIET_S:
            self._quiet = ""
        position, playlist = self._window.place, self._window.playlist
        count = len(playlist)
        self.title.set_words(told_words(playlist[position].title) if playlist else NOTHING_TO_PRESENT)
        self.place.setText(place_words(position, count))
        self.paused.setVisible(self._window.held)
        upcoming = told_words(playlist[(position + 1) % count].title) if count > 1 else ""
        self.quiet.set_words(self._quiet or next_words(upcoming))

    def event(self, event: QEvent) -> bool:
        """The presenter's keys come here before they are anybody's shortcut."""
        if isinstance(event, QKeyEvent) and event.key() in _KEYS and not _modified(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                if not event.isAutoRepeat():
                    _KEYS[Qt.Key(event.key())](self)
                return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802
        """The controls below cannot be seen, so none of them is reached."""
        return True

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(4 * GRID)
        head.addWidget(self.title, 1)
        head.addWidget(self.paused)
        head.addWidget(self.place)
        foot.setSpacing(4 * GRID)
        foot.addWidget(self.quiet, 1)
        foot.addWidget(self.research)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addLayout(self._middle, 1)
        layout.addLayout(foot)

    def _go(self, by: int) -> None:
        self._blacken(False)
        self._window.step(by)

    def _pause(self) -> None:
        window = self._window
        if self.black:
            self._blacken(False)
        elif not window.running and not window.held:
            window.start()
        elif not window.hold(not window.held):
            self._quiet, self._quiet_at = CANNOT_PAUSE, -math.inf

    def _toggle_black(self) -> None:
        self._blacken(not self.black)

    def _blacken(self, wanted: bool) -> None:
        """Nothing goes on behind a black screen that was not going on when it is light again."""
        if wanted == self.black:
            return
        if wanted:
            self._held_before = self._window.held
        self._window.hold(wanted or self._held_before)
        self._black.setVisible(wanted)

    def _hide_cursor(self, wanted: bool) -> None:
        if wanted != self._cursor_hidden:
            self._cursor_hidden = wanted
            if wanted:
                QApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)
            else:
                QApplication.restoreOverrideCursor()


_KEYS: dict[Qt.Key, Callable[[Presentation], None]] = {
    **dict.fromkeys((Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_N), lambda stage: stage._go(1)),
    **dict.fromkeys((Qt.Key.Key_Left, Qt.Key.Key_PageUp), lambda stage: stage._go(-1)),
    Qt.Key.Key_Space: Presentation._pause,
    **dict.fromkeys((Qt.Key.Key_Period, Qt.Key.Key_B), Presentation._toggle_black),
    **dict.fromkeys((Qt.Key.Key_Escape, Qt.Key.Key_F, Qt.Key.Key_F11), Presentation.leave),
    # Clickers send this with every start; the window has nothing for it.
    Qt.Key.Key_F5: lambda stage: None,
}


def _modified(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier)
