"""The probability on a scale that shows where it says nothing."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from monitor.dashboard.control_words import GAUGE_NAME
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.words import GAUGE_ENDS, gauge_words

_MARGIN = float(GRID)


class Gauge(Drawn):
    """A bar from 0 to 1: the abstention band hatched, a pointer at the probability."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._probability: float | None = None
        self._band: tuple[float, float] | None = None
        self._scale = 1.0
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(GAUGE_NAME)
        self.tell(gauge_words(None, None))

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def set_scale(self, scale: float) -> None:
        """Draw so many times the usual size."""
        self._scale = scale
        self.updateGeometry()
        self.update()

    def show_probability(self, probability: float | None, band: tuple[float, float] | None) -> None:
        """Show a probability and the abstention band's edges; None where there is none yet."""
        if (probability, band) != (self._probability, self._band):
            self._probability, self._band = probability, band
            self.tell(gauge_words(probability, band))
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two lines of text and the bar."""
        return QSize(24 * GRID, 5 * GRID) * self._scale

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw bar, band, pointer and the words at the ends."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._scale, self._scale)
        width = self.width() / self._scale
        bar = QRectF(_MARGIN, 1.5 * GRID, width - 2 * _MARGIN, GRID)
        draw_gauge(painter, bar, self._probability, self._band, self._theme)
        painter.setPen(QColor(self._theme.faint))
        words = QRectF(0, 3 * GRID, width, 2 * GRID)
        for end, side in zip(
            GAUGE_ENDS, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True
        ):
            painter.drawText(words, side | Qt.AlignmentFlag.AlignVCenter, end)


def draw_gauge(
    painter: QPainter,
    bar: QRectF,
    probability: float | None,
    band: tuple[float, float] | None,
    theme: Theme,
) -> None:
    """Draw the bar, the band hatched, and the pointer, which stands out of it by 1.5 times its height.

    Args:
        painter: Where to.
        bar: Where the bar lies.
        probability: Where the pointer stands, 0 to 1; None for no pointer.
        band: The abstention band's edges; None where it is not known.
        theme: The colours.
    """
    painter.fillRect(bar, QColor(theme.control))
    unit = bar.height() / GRID
    if band is not None:
        low, high = band
        painter.fillRect(_part(bar, 0.0, low), QColor(theme.normal))
        painter.fillRect(_part(bar, high, 1.0), QColor(theme.abnormal))
        _hatch(painter, _part(bar, low, high), QPen(QColor(theme.uncertain), unit))
    if probability is not None:
        across, top = bar.left() + probability * bar.width(), bar.top() - 1.5 * bar.height()
        painter.setPen(QPen(QColor(theme.panel), unit))
        painter.setBrush(QColor(theme.text))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(across, bar.bottom() + 2 * unit),
                    QPointF(across - 7 * unit, top),
                    QPointF(across + 7 * unit, top),
                ]
            )
        )


def _hatch(painter: QPainter, part: QRectF, pen: QPen) -> None:
    # Lines of its own: a brush's pattern keeps the device's pixels, which on paper nobody sees.
    painter.save()
    painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
    painter.setPen(pen)
    rise = part.height()
    for step in range(math.ceil(2 * part.width() / rise) + 2):
        left = part.left() + (step - 1.5) * rise / 2
        painter.drawLine(QPointF(left, part.bottom()), QPointF(left + rise, part.top()))
    painter.restore()


def _part(bar: QRectF, begin: float, end: float) -> QRectF:
    return QRectF(bar.left() + begin * bar.width(), bar.top(), (end - begin) * bar.width(), bar.height())
