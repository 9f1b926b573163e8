"""A site's result in the list of results."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from model.verdict import Label
from monitor.dashboard.access_words import shape_words
from monitor.dashboard.control_words import SHAPE_NAME
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.examination_words import NO_SOUND_KEPT, finding_words, hear_again_words, site_title
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.verdict_shape import draw_shape
from monitor.dashboard.words import reason_words
from monitor.examination_record import SiteFinding


class ShapeMark(Drawn):
    """A verdict's shape, small.

    Args:
        side: Of the square that it fills, in logical pixels.
    """

    def __init__(self, side: int) -> None:
        super().__init__()
        self._theme = DARK
        self._label: Label | None = None
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName(SHAPE_NAME)
        self.show_label(None)

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def show_label(self, label: Label | None) -> None:
        """Draw another shape; a dash for None."""
        self._label = label
        self.tell(shape_words(label))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        side = min(self.width(), self.height())
        draw_shape(QPainter(self), QRectF(0, 0, side, side), self._label, self._theme, 2.0)


class FindingRow(QWidget):
    """Shape, site, verdict in words, and a button to hear it again.

    Args:
        finding: Of the site.
        theme: Of its colours.
        sound: Whether its sound is there.
        key: That plays it; empty for none.

    Attributes:
        listen: Plays it.
    """

    def __init__(self, finding: SiteFinding, theme: Theme, sound: bool, key: str = "") -> None:
        super().__init__()
        verdict = finding.verdict
        shape = ShapeMark(5 * GRID // 2)
        shape.set_theme(theme)
        shape.show_label(verdict.label if verdict else None)
        site, said = ElidedLabel(), QLabel()
        site.setFont(font(bold=True))
        site.set_words(site_title(finding.site))
        said.setFont(font(SMALL))
        said.setWordWrap(True)
        said.setText(finding_words(verdict))
        said.setToolTip(reason_words(verdict.reasons) if verdict else "")
        self.setAccessibleDescription(said.toolTip())
        self.setAccessibleName(f"{site.text()}: {', '.join(said.text().splitlines())}")
        self.listen = QPushButton("▶")
        self.listen.setFont(font(SMALL))
        self.listen.setFixedSize(4 * GRID, 4 * GRID)
        self.listen.setAccessibleName(hear_again_words(finding.site))
        self.listen.setToolTip(hear_again_words(finding.site, key) if sound else NO_SOUND_KEPT)
        self.listen.setEnabled(sound and finding.end_s > finding.start_s)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(site)
        words.addWidget(said)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3 * GRID // 4)
        layout.addWidget(shape)
        layout.addLayout(words, 1)
        layout.addWidget(self.listen)
