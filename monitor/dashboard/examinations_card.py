"""The list of examinations, shown over the plots without stopping anything."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
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

from monitor.dashboard.control_words import (
    CLOSE_LIST,
    DELETE_EXAMINATION,
    OPEN_EXAMINATION,
    REMARK_NAME,
)
from monitor.dashboard.examination_words import (
    COLUMNS,
    DELETING,
    EXAMINATIONS,
    IS_OPEN,
    LOOKING_FOR_EXAMINATIONS,
    NO_EXAMINATIONS,
    STILL_RUNS,
    delete_words,
    stored_words,
)
from monitor.dashboard.named_label import NamedLabel
from monitor.dashboard.own_keys import OwnKeys
from monitor.dashboard.push_button import push_button
from monitor.dashboard.theme import GRID, SMALL, font
from monitor.examination_store import StoredExamination

ASKED_S = 5.0
"""For so long a second press counts as an answer."""

_MOST_WIDTH, _MOST_HEIGHT = 80 * GRID, 60 * GRID


class ExaminationsCard(QFrame):
    """The newest first; Enter or a double click opens one, Del deletes one once asked.

    Attributes:
        opened: Emitted with a ``StoredExamination``.
        deleted: Emitted with a ``StoredExamination`` that is to be deleted.
    """

    opened = Signal(object)
    deleted = Signal(object)

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
        self.list.currentItemChanged.connect(self._forget)
        OwnKeys(self, Qt.Key.Key_Delete).give_to(self.list)
        self.list.installEventFilter(self)
        self.remark = NamedLabel()
        self.remark.setFont(font())
        self.remark.setAccessibleName(REMARK_NAME)
        self.remark.setWordWrap(True)
        self.open = push_button(*OPEN_EXAMINATION)
        self.open.clicked.connect(self._open)
        self.delete = push_button(*DELETE_EXAMINATION)
        self.delete.clicked.connect(self._ask)
        close = push_button(*CLOSE_LIST)
        close.clicked.connect(self.hide)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.delete)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(title)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.remark)
        layout.addLayout(buttons)
        self._stored: tuple[StoredExamination, ...] = ()
        self._opened = ""
        self._hindrance = self._nothing = ""
        self._asked_until = -math.inf
        self.hide()

    def show_examinations(
        self, stored: Sequence[StoredExamination] | None, hindrance: str, opened: str = ""
    ) -> None:
        """Show what there is.

        Args:
            stored: The newest first; None while it is looked for.
            hindrance: Why none can be opened or deleted now; empty for nothing.
            opened: Id of the one whose results are shown; empty for none.
        """
        row = max(0, self.list.indexOfTopLevelItem(self.list.currentItem()))
        self._stored, self._hindrance, self._opened = tuple(stored or ()), hindrance, opened
        self.list.clear()
        self.list.addTopLevelItems([QTreeWidgetItem(stored_words(one)) for one in self._stored])
        if self._stored:
            # Where one was deleted the next is chosen.
            self.list.setCurrentItem(self.list.topLevelItem(min(row, len(self._stored) - 1)))
        for button in (self.open, self.delete):
            button.setEnabled(bool(self._stored) and not hindrance)
        nothing = LOOKING_FOR_EXAMINATIONS if stored is None else NO_EXAMINATIONS
        self._nothing = "" if self._stored else nothing
        self._forget()

    def follow(self, at: float) -> None:
        """Wait no longer for an answer than anybody remembers the question.

        Args:
            at: Monotonic clock, in seconds.
        """
        if self._asked_until < at and math.isfinite(self._asked_until):
            self._forget()

    def settle(self, room: QRect) -> None:
        """Stay in the middle of a part of the parent."""
        width = min(_MOST_WIDTH, room.width() - 2 * GRID)
        height = min(_MOST_HEIGHT, room.height() - 2 * GRID)
        self.resize(width, height)
        self.move(room.center() - self.rect().center())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The list's own key."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Delete
        ):
            self._ask()
            return True
        return super().eventFilter(watched, event)

    @property
    def _chosen(self) -> StoredExamination | None:
        row = self.list.indexOfTopLevelItem(self.list.currentItem()) if self._stored else -1
        return self._stored[row] if not self._hindrance and 0 <= row < len(self._stored) else None

    def _open(self) -> None:
        if (chosen := self._chosen) is not None:
            self.opened.emit(chosen)

    def _ask(self) -> None:
        """Ask, without waiting; the same once more is the answer."""
        if (chosen := self._chosen) is None:
            return
        if not chosen.record.ended or chosen.record.id == self._opened:
            self._say(IS_OPEN if chosen.record.ended else STILL_RUNS, -math.inf)
        elif time.monotonic() < self._asked_until:
            self._say(DELETING, -math.inf)
            self.deleted.emit(chosen)
        else:
            self._say(delete_words(chosen), time.monotonic() + ASKED_S)

    def _forget(self) -> None:
        """Nothing is asked."""
        self._say(self._hindrance or self._nothing, -math.inf)

    def _say(self, words: str, asked_until: float) -> None:
        self._asked_until = asked_until
        self.remark.setText(words)
        self.remark.setVisible(bool(words))
