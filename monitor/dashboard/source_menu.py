"""The menu of everything that can be listened to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton

from monitor.dashboard.control_words import (
    DEMONSTRATIONS,
    FILE_KINDS,
    LOOKING_FOR_DEVICES,
    LOOKING_FOR_STREAMS,
    LSL_STREAMS,
    MICROPHONES,
    NO_DEVICE_LIST,
    NO_STREAMS,
    OPEN_RECORDINGS,
    OPEN_TITLE,
    SOURCE,
    SYNTHETIC_HEARTS,
)
from monitor.dashboard.save_dialog import translate_labels
from monitor.dashboard.theme import font
from monitor.dashboard.told_words import told_words
from monitor.dashboard.words import no_streams_words, not_listed_words
from monitor.lsl import SEARCH_S, has_lsl, sound_streams
from monitor.sources.choice import (
    SourceChoice,
    demo_choices,
    lsl_choice,
    microphone_choice,
    recording_choice,
    synthetic_choices,
)

_LOOK_MS = 50


class _Listing(threading.Thread):
    """Looks for what can be listened to, for as long as a sound system or a network does not answer.

    Args:
        found: Gives it, or raises why not, in one line.

    Attributes:
        choices: What there is, once it has ended.
        problem: Why not, in one line; empty otherwise.
    """

    def __init__(self, found: Callable[[], Sequence[SourceChoice]]) -> None:
        super().__init__(name="source list", daemon=True)
        self._found = found
        self.choices: Sequence[SourceChoice] = ()
        self.problem = ""

    def run(self) -> None:
        """Look."""
        try:
            self.choices = self._found()
        except Exception as error:  # listing is a convenience: what is known without it stays on offer
            self.problem = str(error)


class _ListedMenu(QMenu):
    """Looks anew, on a thread, whenever it is opened.

    Args:
        title: Of the menu.
        known: What is offered before anything is found.
        found: As for ``_Listing``.
        looking: What is said meanwhile.
        none: What is said where nothing is found; empty for nothing.
        unlisted: What is said where it cannot be looked for.

    Attributes:
        chosen: Emitted with a list of one ``SourceChoice``.
        failed: Emitted with why it cannot be looked for.
    """

    chosen = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        title: str,
        known: Sequence[SourceChoice],
        found: Callable[[], Sequence[SourceChoice]],
        looking: str,
        none: str,
        unlisted: str,
    ) -> None:
        super().__init__(title)
        self._known, self._found = known, found
        self._looking, self._none, self._unlisted = looking, none, unlisted
        self._listing: _Listing | None = None
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._show)
        self.aboutToShow.connect(self._list)

    def _list(self) -> None:
        self.clear()
        _offer(self, self._known, self.chosen)
        self._say(self._looking)
        if self._listing is None:
            self._listing = _Listing(self._found)
            self._listing.start()
            self._look.start()

    def _show(self) -> None:
        listing = self._listing
        if listing is None or listing.is_alive():
            return
        self._look.stop()
        self._listing = None
        self.removeAction(self.actions()[-1])
        _offer(self, listing.choices, self.chosen)
        if listing.problem:
            self._say(self._unlisted)
            self.failed.emit(listing.problem)
        elif self._none and self.isEmpty():
            self._say(self._none)

    def _say(self, words: str) -> None:
        self.addAction(words).setEnabled(False)


class SourceMenu(QToolButton):
    """A button with a menu: microphones, LSL streams, recordings, demos and synthetic hearts.

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
        self.microphones = _ListedMenu(
            MICROPHONES, [microphone_choice()], _microphones, LOOKING_FOR_DEVICES, "", NO_DEVICE_LIST
        )
        self.microphones.failed.connect(lambda problem: self.failed.emit(not_listed_words(problem)))
        self.streams = _ListedMenu(LSL_STREAMS, (), _streams, LOOKING_FOR_STREAMS, NO_STREAMS, NO_STREAMS)
        self.streams.failed.connect(lambda problem: self.failed.emit(no_streams_words(problem)))
        for listed in (self.microphones, self.streams):
            listed.setParent(menu, listed.windowFlags())
            listed.chosen.connect(self.chosen)
        menu.addMenu(self.microphones)
        if has_lsl():
            menu.addMenu(self.streams)
        menu.addAction(OPEN_RECORDINGS, self.open_recordings)
        menu.addSeparator()
        self.demos = menu.addMenu(DEMONSTRATIONS)
        self.demos.aboutToShow.connect(lambda: self._fill(self.demos, demo_choices))
        self.synthetic = menu.addMenu(SYNTHETIC_HEARTS)
        self.synthetic.aboutToShow.connect(lambda: self._fill(self.synthetic, synthetic_choices))
        for submenu in (self.microphones, self.streams, self.demos, self.synthetic):
            submenu.setFont(font())
        self.setMenu(menu)

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

    def _fill(self, menu: QMenu, choices: Callable[[], Sequence[SourceChoice]]) -> None:
        if menu.isEmpty():
            _offer(menu, choices(), self.chosen)


def _offer(menu: QMenu, choices: Sequence[SourceChoice], chosen: SignalInstance) -> None:
    """Put choices into a menu; the one that is taken is emitted in a list."""
    for choice in choices:
        title = told_words(choice.title).replace("&", "&&")
        menu.addAction(title, lambda choice=choice: chosen.emit([choice]))


def _microphones() -> Sequence[SourceChoice]:
    from monitor.capture_process import list_inputs

    return [microphone_choice(device.name) for device in list_inputs()]


def _streams() -> Sequence[SourceChoice]:
    return [lsl_choice(stream.name) for stream in sound_streams(SEARCH_S)]
