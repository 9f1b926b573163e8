"""The list of keys, shown over the plots without stopping anything."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from monitor.dashboard.theme import GRID, SMALL, font
from monitor.dashboard.words import KEYS


class KeysCard(QFrame):
    """A card over the plots, so that the verdict stays in sight."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setAccessibleName("Keyboard shortcuts")
        self.setAccessibleDescription("; ".join(f"{key}: {does}" for key, does in KEYS))
        layout = QGridLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setHorizontalSpacing(GRID)
        layout.setVerticalSpacing(GRID // 2)
        # In two halves beside each other, or the smallest window would not hold them.
        half = -(-len(KEYS) // 2)
        for at, (key, does) in enumerate(KEYS):
            for column, words in enumerate((key, does)):
                label = QLabel(words)
                label.setFont(font(SMALL, bold=column == 0))
                layout.addWidget(label, at % half, 2 * (at // half) + column, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def settle(self, room: QRect) -> None:
        """Stay in the middle of a part of the parent, and inside the parent."""
        self.adjustSize()
        at = room.center() - self.rect().center()
        last = self.parentWidget().rect().bottomRight() - self.rect().bottomRight()
        self.move(max(0, min(at.x(), last.x())), max(0, min(at.y(), last.y())))
        self.raise_()
