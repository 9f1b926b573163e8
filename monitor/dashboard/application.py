"""The process' Qt application, and the window's life in it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from PySide6.QtCore import QLibraryInfo
from PySide6.QtWidgets import QApplication

from monitor.dashboard.display import require_display, require_window_libraries
from monitor.dashboard.language import install
from monitor.dashboard.theme import font
from monitor.keeping import Keeping
from monitor.settings import read_settings
from monitor.sources.choice import SourceChoice

INTERRUPTED = 130
"""Exit status after Ctrl-C."""

_SWITCH_S = 0.0005


def application(window_system: bool = True, language: str | None = None) -> QApplication:
    """The one application of this process, made if need be, in the language of its words.

    It comes before the window's modules, as many words are read when their module is imported.

    Args:
        window_system: There must be a screen; otherwise Qt draws off screen.
        language: "en" or "ko"; None for the platform's. An application that there is keeps its own.

    Raises:
        DashboardError: There is no screen, or Qt cannot use it, or it has no letters for the language.
        RuntimeError: Words were already read in another language.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if window_system:
        require_display()
        require_window_libraries(Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms")
    else:
        # Whatever the environment asks for may need the screen that is not there, and Qt would abort.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Whoever works in Python on another thread gives way to the window ten times as soon as usual.
    sys.setswitchinterval(_SWITCH_S)
    made = QApplication(["auscult"])
    made.setStyle("Fusion")
    if remark := install(language):
        click.echo(remark, err=True)
    made.setFont(font())
    return made


def run(
    playlist: Sequence[SourceChoice],
    *,
    hop_s: float,
    model: str,
    loop: bool,
    limit_s: float | None,
    autostart: bool,
    keep: Keeping | None,
    present: bool,
    language: str | None,
) -> int:
    """See ``run_dashboard``."""
    app = application(language=language)
    # Imported after the display was found: pyqtgraph takes half a second; and after the language.
    from monitor.dashboard.player import ClassifierShelf, Player
    from monitor.dashboard.window import DashboardWindow

    player = Player(hop_s, ClassifierShelf(model).take, keep=keep)
    window = DashboardWindow(player, loop, sound=True)
    window.take_up(read_settings())
    status = 0

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal status
        status = INTERRUPTED
        window.close()

    # Python runs this between two bytecodes, so at the latest when the window's timer next fires.
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        window.set_playlist(playlist, start=False, limit_s=limit_s)
        window.show()
        if present:
            window.presentation.enter(start=False)
        if autostart:
            window.start_when_seen()
        app.exec()
    finally:
        signal.signal(signal.SIGINT, before)
        window.close()
        window.deleteLater()
    return status
