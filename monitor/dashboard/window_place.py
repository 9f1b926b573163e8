"""Where the window was, remembered from one start to the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

_SIDES = 4


def remembered_place(window: QWidget, state: Qt.WindowState, usual: QRect) -> tuple[int, ...]:
    """Left, top, width and height as they are to be remembered, in logical pixels, and 1 where maximized.

    Args:
        window: Whose it is.
        state: Of the window; that it fills the whole screen is not remembered.
        usual: Where it is while it is not maximized; where it never was, it counts as it is.
    """
    place = usual if usual.isValid() else window.geometry()
    return *place.getRect(), int(bool(state & Qt.WindowState.WindowMaximized))


def take_place(window: QWidget, remembered: Sequence[int], screens: Sequence[QRect] | None = None) -> None:
    """Put a window that is not shown yet where it was, as far as there is a screen.

    Args:
        window: With its usual size.
        remembered: As ``remembered_place`` has it; anything else is passed over.
        screens: What is available of each screen; None for those there are.
    """
    if len(remembered) != _SIDES + 1 or min(remembered[2:4]) <= 0:
        return
    if screens is None:
        screens = [screen.availableGeometry() for screen in QApplication.screens()]
    place = placed(QRect(*remembered[:_SIDES]), window.minimumSize(), screens)
    if place is not None:
        window.setGeometry(place)
    if remembered[-1]:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def placed(wanted: QRect, least: QSize, screens: Sequence[QRect]) -> QRect | None:
    """The rectangle next to the wanted one that lies wholly within a screen; None where there is no screen.

    Args:
        wanted: Where a window was.
        least: No smaller than this, even where a screen is.
        screens: What is available of each; the first is the main one.
    """
    if not screens:
        return None

    def shared(screen: QRect) -> int:
        common = screen & wanted
        return common.width() * common.height() if common.isValid() else 0

    screen = max(screens, key=shared)
    size = wanted.size().boundedTo(screen.size()).expandedTo(least)
    left = max(screen.left(), min(wanted.left(), screen.left() + screen.width() - size.width()))
    top = max(screen.top(), min(wanted.top(), screen.top() + screen.height() - size.height()))
    return QRect(left, top, size.width(), size.height())
