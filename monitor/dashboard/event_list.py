"""What happened to the sound lately, newest first: technical, and no part of the verdict above it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from monitor.dashboard.access_words import NOTHING_DRAWN
from monitor.dashboard.control_words import EVENTS_NAME
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.technical_line import draw_technical_sign
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.words import NO_EVENTS, TECHNICAL, event_words
from monitor.snapshot import SessionEvent

_LINE = 2 * GRID + 2
_TITLE = _LINE + 4
_TOLD = 20


class EventList(Drawn):
    """As many whole lines as there is room for; takes what space the rest of the panel leaves."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._events: Sequence[SessionEvent] = ()
        self._lines: list[str] = []
        self.setFont(font(SMALL))
        self.setMinimumHeight(_TITLE + _LINE)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(EVENTS_NAME)
        self.tell(NOTHING_DRAWN)

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def clear(self) -> None:
        """Nothing plays, so there is nothing to tell."""
        self._events, self._lines = (), []
        self.tell(NOTHING_DRAWN)
        self.setToolTip("")
        self.update()

    def show_events(self, events: Sequence[SessionEvent]) -> None:
        """Show events, oldest first."""
        if events == self._events and self._lines:
            return
        self._events = events
        self._lines = [event_words(event.event, event.t_s, event.detail) for event in reversed(events)]
        self._lines = self._lines or [NO_EVENTS]
        self.tell("; ".join(self._lines))
        self.setToolTip("\n".join(self._lines[:_TOLD]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the lines that fit."""
        painter = QPainter(self)
        if not self._lines:
            return
        painter.setPen(QColor(self._theme.line))
        painter.drawLine(0, 0, self.width(), 0)
        painter.setPen(QColor(self._theme.text))
        painter.setFont(font(SMALL, bold=True))
        title = QRectF(_LINE + 2, 2, self.width(), _LINE)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, TECHNICAL)
        draw_technical_sign(painter, QRectF(0, 4, _LINE - 4, _LINE - 4), QColor(self._theme.text))
        painter.setFont(self.font())
        painter.translate(0, _TITLE)
        for row, words in enumerate(self._lines[: (self.height() - _TITLE) // _LINE]):
            painter.setPen(QColor(self._theme.faint if row else self._theme.text))
            fitting = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(
                QRectF(0, row * _LINE, self.width(), _LINE),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                fitting,
            )
