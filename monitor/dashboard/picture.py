"""A picture of the window at a given moment of a stream, without a screen."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from monitor.dashboard.display import DashboardError
from monitor.dashboard.player import ClassifierShelf, Player
from monitor.dashboard.window import DashboardWindow
from monitor.snapshot import Judgement
from monitor.sources.choice import SourceChoice

_LOOK_MS = 20


class _Hold:
    """Keeps the worker from going past a moment, so that the picture is the same on every machine."""

    def __init__(self, until_s: float) -> None:
        self._until_s = until_s
        self._release = threading.Event()
        self.reached = threading.Event()

    def judged(self, judgement: Judgement) -> None:
        """Called on the worker's thread before the judgement is published."""
        if judgement.verdict.end_s > self._until_s + 1e-6:
            self.reached.set()
            self._release.wait()

    def release(self) -> None:
        """Let the worker go on, for good."""
        self._until_s = float("inf")
        self._release.set()


def render(
    choice: SourceChoice,
    path: Path,
    *,
    hop_s: float,
    model: str,
    until_s: float,
    size: tuple[int, int],
    scale: float,
    theme: str,
    app: QApplication,
) -> None:
    """See ``render_dashboard``."""
    if not path.parent.is_dir():
        raise DashboardError(f"{path}: its folder does not exist; make it, or name another file")
    hold = _Hold(until_s)
    window = DashboardWindow(Player(hop_s, ClassifierShelf(model).take, hold.judged), theme=theme)
    try:
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.resize(*size)
        window.show()
        window.plots.set_ratio(scale)
        window.set_playlist([choice])
        _await(app, window, hold)
        window.show_moment(until_s)
        picture = QImage(round(size[0] * scale), round(size[1] * scale), QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(scale)
        window.render(picture)
        if not picture.save(str(path), "PNG"):
            raise DashboardError(f"{path}: the picture cannot be written; name a writable place")
    finally:
        hold.release()
        window.close()
        window.deleteLater()


def _await(app: QApplication, window: DashboardWindow, hold: _Hold) -> None:
    while not (hold.reached.is_set() and window.session is not None):
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _LOOK_MS)
        if window.problem:
            raise DashboardError(window.problem)
        if window.session is not None and window.session.ended:
            # The last pieces and the summary are there; one more look finds out how it ended.
            app.processEvents()
            break
        time.sleep(_LOOK_MS / 1e3)
    if window.session is not None and window.session.snapshot.state == "failed":
        raise DashboardError(window.session.snapshot.detail)
    if window.session is not None and window.session.health.state == "failed":
        raise DashboardError(window.session.health.detail)
