"""The probability on a scale that shows where it says nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.words import probability_words

_MARGIN = float(GRID)


class Gauge(QWidget):
    """A bar from 0 to 1: the abstention band hatched, a pointer at the probability."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._probability: float | None = None
        self._band: tuple[float, float] | None = None
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Probability of abnormal")

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def show_probability(self, probability: float | None, band: tuple[float, float] | None) -> None:
        """Show a probability and the abstention band's edges; None where there is none yet."""
        if (probability, band) != (self._probability, self._band):
            self._probability, self._band = probability, band
            uncertain = f"; uncertain between {band[0]:.2f} and {band[1]:.2f}" if band else ""
            self.setAccessibleDescription(probability_words(probability) + uncertain)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two lines of text and the bar."""
        return QSize(24 * GRID, 5 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw bar, band, pointer and the words at the ends."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        bar = QRectF(_MARGIN, 1.5 * GRID, self.width() - 2 * _MARGIN, GRID)
        painter.fillRect(bar, QColor(theme.control))
        if self._band is not None:
            low, high = self._band
            painter.fillRect(_part(bar, 0.0, low), QColor(theme.normal))
            painter.fillRect(_part(bar, high, 1.0), QColor(theme.abnormal))
            hatching = QBrush(QColor(theme.uncertain), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(_part(bar, low, high), hatching)
        painter.setPen(QColor(theme.faint))
        words = QRectF(0, 3 * GRID, self.width(), 2 * GRID)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "normal 0")
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "1 abnormal")
        if self._probability is not None:
            across = bar.left() + self._probability * bar.width()
            painter.setPen(QPen(QColor(theme.panel), 1))
            painter.setBrush(QColor(theme.text))
            painter.drawPolygon(
                QPolygonF([QPointF(across, bar.bottom() + 2), QPointF(across - 7, 0), QPointF(across + 7, 0)])
            )


def _part(bar: QRectF, begin: float, end: float) -> QRectF:
    return QRectF(bar.left() + begin * bar.width(), bar.top(), (end - begin) * bar.width(), bar.height())
