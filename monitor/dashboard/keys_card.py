"""The list of keys, shown over the plots without stopping anything."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from monitor.dashboard.control_words import KEYS_BUTTON
from monitor.dashboard.theme import GRID, NORMAL, SMALL, font
from monitor.dashboard.words import KEYS


class KeysCard(QFrame):
    """A card of two columns over the plots, so that the verdict stays in sight; smaller where it must be."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setAccessibleName(KEYS_BUTTON.name)
        self.setAccessibleDescription("; ".join(f"{key}: {does}" for key, does in KEYS))
        self._grid = QGridLayout(self)
        rows = -(-len(KEYS) // 2)
        for place, words in enumerate(KEYS):
            for part, text in enumerate(words):
                column = 3 * (place // rows) + part
                self._grid.addWidget(QLabel(text), place % rows, column, Qt.AlignmentFlag.AlignLeft)
        self._dress(small=False)
        self.hide()

    def settle(self, room: QRect) -> None:
        """Stay in the middle of a part of the parent, and within the parent, while shown."""
        if not self.isVisibleTo(self.parentWidget()):
            return
        whole = self.parentWidget().rect()
        for small in (False, True):
            self._dress(small)
            self.adjustSize()
            if self.width() <= whole.width() and self.height() <= whole.height():
                break
        corner = room.center() - self.rect().center()
        self.move(
            max(0, min(corner.x(), whole.width() - self.width())),
            max(0, min(corner.y(), whole.height() - self.height())),
        )
        self.raise_()

    def _dress(self, small: bool) -> None:
        size, gap = (SMALL, GRID // 4) if small else (NORMAL, GRID)
        self._grid.setContentsMargins(2 * gap, GRID, 2 * gap, GRID)
        self._grid.setHorizontalSpacing(GRID if small else 2 * GRID)
        self._grid.setVerticalSpacing(gap)
        self._grid.setColumnMinimumWidth(2, gap)
        for place in range(self._grid.count()):
            item = self._grid.itemAt(place)
            _, column, _, _ = self._grid.getItemPosition(place)
            item.widget().setFont(font(size, bold=column % 3 == 0))
        self._grid.invalidate()
