"""What goes on inside, for testers: beside the work, and only while somebody looks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from monitor.dashboard.control_words import TESTER_CLOSE, TESTER_NAME, TESTER_TEXT_NAME
from monitor.dashboard.tester_text import state_text
from monitor.dashboard.theme import GRID, SMALL, font
from monitor.dashboard.words import TESTER, TESTER_RESTS

if TYPE_CHECKING:
    from monitor.session import Session

EVERY_S = 0.5
"""Between two looks."""

_FAMILIES = ["DejaVu Sans Mono", "Noto Sans Mono", "Consolas", "Menlo", "monospace"]


class TesterPanel(QFrame):
    """Text over the plots that can be selected and copied; what is being selected stays as it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._told_at = -math.inf
        self.setObjectName("keys")
        self.setAccessibleName(TESTER_NAME)
        self.title = QLabel(TESTER)
        self.title.setFont(font(bold=True))
        self.leave = QPushButton(TESTER_CLOSE.text)
        self.leave.setFont(font())
        self.leave.setAccessibleName(TESTER_CLOSE.name)
        self.leave.setToolTip(TESTER_CLOSE.tip)
        self.leave.clicked.connect(self.hide)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(TESTER_TEXT_NAME)
        face = QFont()
        face.setFamilies(_FAMILIES)
        face.setPixelSize(SMALL)
        self.text.setFont(face)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        layout.addLayout(head)
        layout.addWidget(self.text, 1)
        self.hide()

    def toggle(self) -> None:
        """Show or hide."""
        self.setVisible(not self.isVisibleTo(self.parentWidget()))
        self._told_at = -math.inf

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Leave the keys to the window."""
        super().hideEvent(event)
        self.window().setFocus()

    def tick(self, at: float, session: Session | None, room: QRect) -> None:
        """Show how a session is, twice a second while anybody looks.

        Args:
            at: Monotonic clock, in seconds.
            session: None for none.
            room: Part of the parent to fill.
        """
        if not self.isVisibleTo(self.parentWidget()) or at - self._told_at < EVERY_S:
            return
        self._told_at = at
        self.setGeometry(room)
        self.raise_()
        selecting = self.text.textCursor().hasSelection()
        self.title.setText(TESTER_RESTS if selecting else TESTER)
        if selecting:
            return
        bars = self.text.verticalScrollBar(), self.text.horizontalScrollBar()
        places = [bar.value() for bar in bars]
        self.text.setPlainText(state_text(session))
        for bar, place in zip(bars, places, strict=True):
            bar.setValue(place)
