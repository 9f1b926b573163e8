"""The rolling probability of the last minutes, with the abstention band and the refused windows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pyqtgraph import GraphicsObject
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from model.verdict import Label
from monitor.dashboard.theme import DARK, Theme
from monitor.snapshot import Judgement

SPAN_S = 300.0
"""Seconds shown."""

_BREAK_S = 8.0
_MARK = 4.0


class HistoryItem(GraphicsObject):
    """Fills its plot: time to the right, probability upwards; the right edge is the newest judgement."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._theme = DARK
        self._history: Sequence[Judgement] = ()
        self._band = (0.5, 0.5)

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def place(self, rect: QRectF) -> None:
        """Fill another rectangle, in logical pixels of the plot."""
        self.prepareGeometryChange()
        self._rect = QRectF(rect)

    def show_history(self, history: Sequence[Judgement], band: tuple[float, float]) -> None:
        """Show judgements, oldest first, and the abstention band's edges."""
        if history is self._history and band == self._band:
            return
        self._history, self._band = history, band
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802
        """The plot's rectangle."""
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw band, curve and marks."""
        painter.setClipRect(self._rect)
        low, high = self._band
        # The edges leave room for a curve at exactly 0 or 1.
        inner = self._rect.adjusted(0, _MARK, -_MARK, -_MARK)
        if high > low:
            band = QRectF(
                self._rect.left(),
                inner.bottom() - high * inner.height(),
                self._rect.width(),
                (high - low) * inner.height(),
            )
            shade = QColor(self._theme.uncertain)
            shade.setAlpha(60)
            painter.fillRect(band, shade)
            shade.setAlpha(110)
            painter.fillRect(band, QBrush(shade, Qt.BrushStyle.BDiagPattern))
        if not self._history:
            return
        newest_s = self._history[-1].verdict.end_s
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        curve: list[QPointF] = []
        ended_s = newest_s
        marked = -math.inf
        for judgement in self._history:
            end_s, probability = judgement.verdict.end_s, judgement.rolling.p_abnormal
            across = inner.right() - (newest_s - end_s) / SPAN_S * inner.width()
            if across < self._rect.left():
                continue
            if probability is None or (curve and end_s - ended_s > _BREAK_S):
                self._draw_curve(painter, curve)
                curve = []
            if probability is not None:
                curve.append(QPointF(across, inner.bottom() - probability * inner.height()))
            # Windows come closer than marks are wide: one mark says it for its neighbours.
            if judgement.verdict.label is Label.POOR_SIGNAL and across >= marked + 3 * _MARK:
                self._mark_poor(painter, across, inner.bottom())
                marked = across
            ended_s = end_s
        self._draw_curve(painter, curve)

    def _draw_curve(self, painter: QPainter, curve: list[QPointF]) -> None:
        if not curve:
            return
        painter.setPen(QPen(QColor(self._theme.text), 1.5))
        painter.drawPolyline(QPolygonF(curve))
        painter.setBrush(QColor(self._theme.text))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(curve[-1], 2.5, 2.5)

    def _mark_poor(self, painter: QPainter, across: float, bottom: float) -> None:
        painter.setPen(QPen(QColor(self._theme.none), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(across - _MARK, bottom),
                    QPointF(across, bottom - 2 * _MARK),
                    QPointF(across + _MARK, bottom),
                ]
            )
        )
