"""The shape of a verdict, for those who do not see its colour or read its word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF

from model.verdict import Label
from monitor.dashboard.access_words import shape_words
from monitor.dashboard.control_words import SHAPE_NAME
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.theme import DARK, GRID, Theme

SIDES, COMPACT_SIDES = (8 * GRID, 15 * GRID), (5 * GRID, 6 * GRID)
"""The least and the greatest side of the square that it fills."""

_PEN = 5.0


class VerdictShape(Drawn):
    """A filled circle, a filled diamond, a dashed circle, a hollow triangle, or an hourglass that fills."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._label: Label | None = None
        self._filled = 0.0
        self.set_compact(False)
        self.setAccessibleName(SHAPE_NAME)
        self.tell(shape_words(None))

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def set_compact(self, compact: bool, scale: float = 1.0) -> None:
        """Smaller, or as large as there is room for; that many times the usual."""
        least, greatest = (round(side * scale) for side in (COMPACT_SIDES if compact else SIDES))
        self.setMinimumSize(least, least)
        self.setMaximumSize(greatest, greatest)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As large as allowed; a low window takes what it needs."""
        return self.maximumSize()

    def show_label(self, label: Label | None, filled: float = 0.0) -> None:
        """Draw another shape.

        Args:
            label: None draws a dash.
            filled: How much of the hourglass has run through, 0 to 1.
        """
        if (label, filled) != (self._label, self._filled):
            self._label, self._filled = label, filled
            self.tell(shape_words(label, filled))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the shape."""
        painter = QPainter(self)
        side = min(self.width(), self.height())
        draw_shape(painter, QRectF(0, 0, side, side), self._label, self._theme, _PEN, self._filled)


def draw_shape(
    painter: QPainter,
    square: QRectF,
    label: Label | None,
    theme: Theme,
    width: float,
    filled: float = 0.0,
) -> None:
    """Draw the shape of a verdict.

    Args:
        painter: On whatever it is drawn.
        square: That it fills.
        label: None draws a dash.
        theme: Of the colours.
        width: Of its lines, in logical pixels.
        filled: How much of the hourglass has run through, 0 to 1.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(theme.of(label))
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    box = square.adjusted(width, width, -width, -width)
    middle = box.center()
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if label is None:
        painter.drawLine(QPointF(box.left(), middle.y()), middle)
    elif label is Label.NORMAL:
        painter.setBrush(colour)
        painter.drawEllipse(box)
    elif label is Label.ABNORMAL:
        painter.setBrush(colour)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle.x(), box.top()),
                    QPointF(box.right(), middle.y()),
                    QPointF(middle.x(), box.bottom()),
                    QPointF(box.left(), middle.y()),
                ]
            )
        )
    elif label is Label.UNCERTAIN:
        pen.setDashPattern([2.0, 1.6])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawEllipse(box)
    elif label is Label.POOR_SIGNAL:
        painter.drawPolygon(QPolygonF([QPointF(middle.x(), box.top()), box.bottomRight(), box.bottomLeft()]))
    else:
        _draw_hourglass(painter, box.adjusted(box.width() / 6, 0, -box.width() / 6, 0), colour, filled)


def _draw_hourglass(painter: QPainter, box: QRectF, colour: QColor, filled: float) -> None:
    middle = box.center()
    upper = [box.topLeft(), box.topRight(), middle]
    lower = [box.bottomLeft(), box.bottomRight(), middle]
    sand = QColor(colour)
    sand.setAlpha(150)
    for corners, share in ((upper, 1 - filled), (lower, filled)):
        painter.save()
        height = box.height() / 2 * share
        top = middle.y() - height if corners is upper else box.bottom() - height
        painter.setClipRect(QRectF(box.left(), top, box.width(), height))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(sand)
        painter.drawPolygon(QPolygonF(corners))
        painter.restore()
        painter.drawPolygon(QPolygonF(corners))
