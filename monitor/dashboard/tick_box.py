"""A box to tick, drawn so that it stands out on every ground."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from monitor.dashboard.theme import DARK, GRID, Theme, font

_SIDE = 2.0 * GRID


class TickBox(QCheckBox):
    """A framed square, a tick in it where it is chosen, and its words; a frame around all for the focus.

    Args:
        words: Beside the square.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self._theme = DARK
        self.setFont(font())

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the square, the words and the frame."""
        metrics = self.fontMetrics()
        return QSize(
            round(_SIDE) + 2 * GRID + metrics.horizontalAdvance(self.text()), metrics.height() + GRID
        )

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """No less."""
        return self.sizeHint()

    def hitButton(self, position: object) -> bool:  # noqa: N802
        """The words belong to it."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw all of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        ink = QColor(theme.text if self.isEnabled() else theme.faint)
        square = QRectF(GRID / 2, (self.height() - _SIDE) / 2, _SIDE, _SIDE).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(QColor(theme.plot))
        painter.drawRoundedRect(square, 3, 3)
        if self.isChecked():
            painter.setPen(
                QPen(ink, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            middle = square.center()
            painter.drawPolyline(
                [middle + QPointF(-4, 0), middle + QPointF(-1, 3.5), middle + QPointF(4, -3.5)]
            )
        painter.setPen(ink)
        room = QRectF(self.rect())
        room.setLeft(square.right() + GRID)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
