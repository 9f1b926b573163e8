"""The menu of everything that can be listened to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton

from monitor.dashboard.control_words import (
    DEMONSTRATIONS,
    FILE_KINDS,
    LOOKING_FOR_DEVICES,
    MICROPHONES,
    NO_DEVICE_LIST,
    OPEN_RECORDINGS,
    OPEN_TITLE,
    SOURCE,
    SYNTHETIC_HEARTS,
)
from monitor.dashboard.save_dialog import translate_labels
from monitor.dashboard.theme import font
from monitor.dashboard.told_words import told_words
from monitor.dashboard.words import not_listed_words
from monitor.sources.choice import (
    SourceChoice,
    demo_choices,
    microphone_choice,
    recording_choice,
    synthetic_choices,
)

_LOOK_MS = 50


class _Listing(threading.Thread):
    """Lists the input devices, which may take as long as a sound system that does not answer.

    Attributes:
        names: What there is, once it has ended.
        problem: Why not, in one line; empty otherwise.
    """

    def __init__(self) -> None:
        super().__init__(name="device list", daemon=True)
        self.names: list[str] = []
        self.problem = ""

    def run(self) -> None:
        """Ask the sound system."""
        from monitor.capture_process import list_inputs

        try:
            self.names = [device.name for device in list_inputs()]
        except Exception as error:  # listing is a convenience: the default device stays on offer
            self.problem = str(error)


class SourceMenu(QToolButton):
    """A button with a menu: microphones, recordings, demos and synthetic hearts.

    Attributes:
        chosen: Emitted with a list of ``SourceChoice``.
        failed: Emitted with one line for people.
    """

    chosen = Signal(object)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setText(SOURCE.text)
        self.setFont(font())
        self.setAccessibleName(SOURCE.name)
        self.setToolTip(SOURCE.tip)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setFont(font())
        self.microphones = menu.addMenu(MICROPHONES)
        self.microphones.aboutToShow.connect(self._list_microphones)
        menu.addAction(OPEN_RECORDINGS, self.open_recordings)
        menu.addSeparator()
        self.demos = menu.addMenu(DEMONSTRATIONS)
        self.demos.aboutToShow.connect(lambda: self._fill(self.demos, demo_choices))
        self.synthetic = menu.addMenu(SYNTHETIC_HEARTS)
        self.synthetic.aboutToShow.connect(lambda: self._fill(self.synthetic, synthetic_choices))
        for submenu in (self.microphones, self.demos, self.synthetic):
            submenu.setFont(font())
        self.setMenu(menu)
        self._listing: _Listing | None = None
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._show_microphones)

    def open_recordings(self) -> None:
        """Let files be picked."""
        # Not the window's modal exec: the picture goes on while someone looks for a file.
        dialog = QFileDialog(self.window(), OPEN_TITLE, str(Path.home()), FILE_KINDS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        translate_labels(dialog)
        dialog.filesSelected.connect(self._open)
        dialog.finished.connect(dialog.deleteLater)
        dialog.setModal(False)
        dialog.show()

    def _open(self, names: Sequence[str]) -> None:
        self.chosen.emit([recording_choice(Path(name)) for name in names])

    def _list_microphones(self) -> None:
        self.microphones.clear()
        self._offer(self.microphones, [microphone_choice()])
        looking = self.microphones.addAction(LOOKING_FOR_DEVICES)
        looking.setEnabled(False)
        if self._listing is None:
            self._listing = _Listing()
            self._listing.start()
            self._look.start()

    def _show_microphones(self) -> None:
        listing = self._listing
        if listing is None or listing.is_alive():
            return
        self._look.stop()
        self._listing = None
        looking = self.microphones.actions()[-1]
        if listing.problem:
            looking.setText(NO_DEVICE_LIST)
            self.failed.emit(not_listed_words(listing.problem))
            return
        self.microphones.removeAction(looking)
        self._offer(self.microphones, [microphone_choice(name) for name in listing.names])

    def _fill(self, menu: QMenu, choices: Callable[[], Sequence[SourceChoice]]) -> None:
        if menu.isEmpty():
            self._offer(menu, choices())

    def _offer(self, menu: QMenu, choices: Sequence[SourceChoice]) -> None:
        for choice in choices:
            title = told_words(choice.title).replace("&", "&&")
            menu.addAction(title, lambda choice=choice: self.chosen.emit([choice]))
