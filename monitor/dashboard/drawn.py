"""What is drawn and not written, so that screen readers find it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QWidget


class Drawn(QLabel):
    """A drawing with a name, and with words for what it shows.

    Of a plain widget Qt tells assistive technology nothing but that there is a filler, of a label with a
    picture that it is a graphic. The picture itself is never seen, as whoever derives from this draws.

    Args:
        parent: That it lies in.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = QPixmap(1, 1)
        picture.fill(Qt.GlobalColor.transparent)
        self.setPixmap(picture)

    def tell(self, words: str) -> None:
        """Say what it shows; the same once more costs nothing."""
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """None: not that of the picture."""
        return QSize()
