"""Asking where a file goes, while everything goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from monitor.dashboard.control_words import FILES_OF_TYPE, LOOK_IN


def translate_labels(dialog: QFileDialog) -> None:
    """Say in the window's language what Qt's own translation leaves in English."""
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, LOOK_IN)
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, FILES_OF_TYPE)


class SaveDialog(QFileDialog):
    """Open once made, in the user's documents; it goes away by itself.

    It never asks whether a file may be replaced: whoever writes replaces none.

    Args:
        parent: The window.
        title: What is saved.
        name: Suggested, with the suffix of the first kind; that of the kind is added where none is typed.
        kinds: What such files are called, and their patterns.
        chosen: Given the path.
    """

    def __init__(
        self, parent: QWidget, title: str, name: str, kinds: str, chosen: Callable[[Path], None]
    ) -> None:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        place = Path(documents) if documents and Path(documents).is_dir() else Path.home()
        super().__init__(parent, title, str(place / name), kinds)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        self.filterSelected.connect(lambda kind: self.setDefaultSuffix(_suffix(kind)))
        self.setOption(QFileDialog.Option.DontUseNativeDialog)
        translate_labels(self)
        # To be asked would be modal.
        self.setOption(QFileDialog.Option.DontConfirmOverwrite)
        self.fileSelected.connect(lambda path: chosen(Path(path)))
        self.finished.connect(self.deleteLater)
        # Not modal: whoever looks for a folder keeps the picture and the keys.
        self.setModal(False)
        self.show()


def _suffix(kind: str) -> str:
    return kind.partition("*.")[2].partition(" ")[0].rstrip(")")
