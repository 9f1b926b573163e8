"""What is cut off in the window's main states, looked for in a process with a scale of its own.

Arguments: width and height of the window in logical pixels, and optionally points of the application's font.
Writes one line for everything that is cut off.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLabel, QWidget

from monitor.dashboard.application import application
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.player import ClassifierShelf, Player
from monitor.dashboard.torso import SiteButton
from monitor.dashboard.window import DashboardWindow
from tests.monitor.dashboard.window_states import STATES, put


def clipped(window):
    """What does not show all of its words, in words."""
    for part in window.findChildren(QWidget):
        if not part.isVisible() or _scrolls(part, window):
            continue
        name = f"{type(part).__name__} {part.accessibleName()!r}"
        if isinstance(part, QLabel) and not isinstance(part, Drawn) and part.text():
            yield from _of_label(part, name)
        elif isinstance(part, QAbstractButton) and not isinstance(part, SiteButton) and part.text():
            words = part.text().replace("&", "")
            room, needed = part.width() - 8, part.fontMetrics().horizontalAdvance(words)
            if needed > room or part.fontMetrics().height() > part.height():
                yield f"{name}: {words!r} needs {needed} of {room}"
        if isinstance(part, (QLabel, QAbstractButton)) and not _lies_within(part, window):
            yield f"{name}: lies outside of what holds it"
    yield from _overlapping(window)


def _of_label(label, name):
    if isinstance(label, ElidedLabel):
        # Whole in its tooltip; but its height must do.
        if label.fontMetrics().height() > label.height() + 2:
            yield f"{name}: too low"
        return
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if needed > label.height() + 1:
            yield f"{name}: {label.text()!r} needs a height of {needed}, has {label.height()}"
    elif label.fontMetrics().horizontalAdvance(label.text()) > label.width() + 1:
        yield f"{name}: {label.text()!r} needs a width of {label.sizeHint().width()}, has {label.width()}"
    if label.fontMetrics().height() > label.height() + 2:
        yield f"{name}: too low"


def _lies_within(part, window):
    rect = QRect(part.mapTo(window, QPoint()), part.size())
    above = part.parentWidget()
    while above is not None:
        if not QRect(above.mapTo(window, QPoint()), above.size()).contains(rect):
            return False
        if above is window:
            return True
        above = above.parentWidget()
    return True


def _scrolls(part, window):
    above = part.parentWidget()
    while above is not None and above is not window:
        if isinstance(above, QAbstractScrollArea) and above is not window.plots:
            return True
        above = above.parentWidget()
    return False


def _overlapping(window):
    """Neighbours in one widget that stand over each other; cards and the plots' captions may."""
    for holder in (window.bar, window.status, window.verdict, window.back.bar, window.technical):
        parts = [part for part in holder.children() if isinstance(part, QWidget) and part.isVisible()]
        for place, one in enumerate(parts):
            for other in parts[:place]:
                if one.geometry().adjusted(1, 1, -1, -1).intersects(other.geometry().adjusted(1, 1, -1, -1)):
                    yield f"{one.accessibleName()!r} stands over {other.accessibleName()!r}"


def screen_of(width, height):
    """The off-screen platform with a screen of this size; before the application."""
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump({"synchronousWindowSystemEvents": False, "screens": [screen]}, file)
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file.name}"
    return Path(file.name)


def main():
    width, height = int(sys.argv[1]), int(sys.argv[2])
    # On which a presentation fills as much as elsewhere.
    written = screen_of(1280, 800)
    app = application()
    written.unlink()
    if len(sys.argv) > 3:
        app.setFont(QFont(app.font().families()[0], int(sys.argv[3])))
    for state in STATES:
        window = DashboardWindow(Player(0.4, ClassifierShelf("none").take))
        window.show()
        put(window, state, size=(width, height))
        QApplication.processEvents()
        if (window.width(), window.height()) != (width, height) and state != "presentation":
            print(f"{state}: the window became {window.width()} x {window.height()}")
        for words in clipped(window):
            print(f"{state}: {words}")
        window.close()
        window.deleteLater()


if __name__ == "__main__":
    main()
