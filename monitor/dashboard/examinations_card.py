"""The list of examinations, shown over the plots without stopping anything."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from monitor.dashboard.examination_words import (
    COLUMNS,
    EXAMINATIONS,
    LOOKING_FOR_EXAMINATIONS,
    NO_EXAMINATIONS,
    stored_words,
)
from monitor.dashboard.named_label import NamedLabel
from monitor.dashboard.own_keys import OwnKeys
from monitor.dashboard.push_button import push_button
from monitor.dashboard.theme import GRID, SMALL, font
from monitor.examination_store import StoredExamination

_MOST_WIDTH, _MOST_HEIGHT = 80 * GRID, 60 * GRID


class ExaminationsCard(QFrame):
    """The newest first; Enter or a double click opens one.

    Attributes:
        opened: Emitted with a ``StoredExamination``.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("examinations")
        self.setAccessibleName(EXAMINATIONS)
        title = QLabel(EXAMINATIONS)
        title.setFont(font(bold=True))
        self.list = QTreeWidget()
        self.list.setHeaderLabels(list(COLUMNS))
        self.list.header().setFont(font(SMALL))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFont(font())
        self.list.setAccessibleName(EXAMINATIONS)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._open)
        OwnKeys(self).give_to(self.list)
        self.remark = NamedLabel()
        self.remark.setFont(font())
        self.remark.setObjectName("faint")
        self.remark.setAccessibleName("Remark")
        self.open = push_button("Open", "Open the examination", "Show its results (Enter)")
        self.open.clicked.connect(self._open)
        close = push_button("Close", "Close the list", "Close the list (Esc)")
        close.clicked.connect(self.hide)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.remark, 1)
        buttons.addWidget(self.open)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(title)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self._stored: tuple[StoredExamination, ...] = ()
        self._openable = True
        self.hide()

    def show_examinations(self, stored: Sequence[StoredExamination] | None, hindrance: str) -> None:
        """Show what there is.

        Args:
            stored: The newest first; None while it is looked for.
            hindrance: Why none can be opened now; empty for nothing.
        """
        self._stored, self._openable = tuple(stored or ()), not hindrance
        self.list.clear()
        self.list.addTopLevelItems([QTreeWidgetItem(stored_words(one)) for one in self._stored])
        if self._stored:
            self.list.setCurrentItem(self.list.topLevelItem(0))
        self.open.setEnabled(bool(self._stored) and self._openable)
        nothing = LOOKING_FOR_EXAMINATIONS if stored is None else NO_EXAMINATIONS
        self.remark.setText(hindrance or ("" if self._stored else nothing))

    def settle(self, room: QRect) -> None:
        """Stay in the middle of a part of the parent."""
        width = min(_MOST_WIDTH, room.width() - 2 * GRID)
        height = min(_MOST_HEIGHT, room.height() - 2 * GRID)
        self.resize(width, height)
        self.move(room.center() - self.rect().center())
        self.raise_()

    def _open(self) -> None:
        row = self.list.indexOfTopLevelItem(self.list.currentItem()) if self._stored else -1
        if self._openable and 0 <= row < len(self._stored):
            self.opened.emit(self._stored[row])
