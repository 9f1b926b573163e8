"""Keys that belong to the control that has the focus before they belong to the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class OwnKeys(QObject):
    """Lets text fields and lists have Return, Enter and Space, which are the window's shortcuts elsewhere.

    Letters, digits and Backspace Qt gives to a text field by itself.

    Args:
        parent: Lives as long.
        more: Keys beside those.
    """

    def __init__(self, parent: QObject, *more: Qt.Key) -> None:
        super().__init__(parent)
        self._keys = (*_KEYS, *more)

    def give_to(self, *controls: QWidget) -> None:
        """Let these have them."""
        for control in controls:
            control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Claim such a key when Qt asks whose it is."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in self._keys
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)
