"""The menu of the formats that can be exported to."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from monitor.dashboard.export_words import EXPORT, KINDS, ROUND, ROUND_ON
from monitor.dashboard.theme import font


class ExportMenu(QToolButton):
    """A button with a menu: one entry for each format, and whether to round.

    Attributes:
        wanted: Emitted with the key of a format.
    """

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setText(EXPORT.text)
        self.setFont(font())
        self.setAccessibleName(EXPORT.name)
        self.setToolTip(EXPORT.tip)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setFont(font())
        menu.setAccessibleName(EXPORT.name)
        for key, words in KINDS.items():
            menu.addAction(words, lambda key=key: self.wanted.emit(key))
        menu.addSeparator()
        self._round = menu.addAction(ROUND)
        self._round.setCheckable(True)
        self._round.toggled.connect(lambda on: self._round.setText(ROUND_ON if on else ROUND))
        self.setMenu(menu)

    @property
    def rounded(self) -> bool:
        """Whether samples may be rounded to what the format holds."""
        return self._round.isChecked()

    def open_menu(self) -> None:
        """Show the menu, also where there is no room for the button; nothing waits for it."""
        corner = self.mapToGlobal(QPoint(0, self.height()))
        if not self.isVisible():
            corner = self.parentWidget().mapToGlobal(self.parentWidget().rect().bottomLeft())
        self.menu().popup(corner)
        self.menu().setActiveAction(self.menu().actions()[0])
