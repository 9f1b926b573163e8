"""The last minute at a glance, and a box around what is shown of it."""

from __future__ import annotations

import math

import numpy as np
from pyqtgraph import functions
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy

from monitor.dashboard.control_words import STRIP_NAME, STRIP_TIP
from monitor.dashboard.tape import RECALL_S, SPAN_S, Tape, joined
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.waveform import Envelope
from monitor.dashboard.words import seconds_ago_words

_COLUMNS = 1200
_QUIETEST = 1e-3
_TIMES = [seconds_ago_words(int(RECALL_S) - at_s) for at_s in range(0, int(RECALL_S), 10)]


class GoBackStrip(QAbstractSlider):
    """Envelope, losses, the marked interval, the box, and where it is being heard.

    To screen readers it is a slider: its value is the time at the box' right edge, in seconds from the left.

    Attributes:
        scrubbed: Emitted while the box is dragged, with the time at its right edge.
        let_go: Emitted when it is no longer.
        marked: Emitted while an interval is dragged with Shift, with its two ends.
    """

    scrubbed = Signal(float)
    let_go = Signal()
    marked = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(font(SMALL))
        self.setAccessibleName(STRIP_NAME)
        self.setToolTip(STRIP_TIP)
        self.setRange(0, round(RECALL_S))
        self.setPageStep(round(SPAN_S))
        self.setValue(self.maximum())
        self.valueChanged.connect(self._turn)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._theme = DARK
        self._tape = Tape()
        self._envelope = Envelope(_COLUMNS, RECALL_S)
        self._taken_s = 0.0
        self._newest_s = 0.0
        self._past_s: float | None = None
        self._mark: tuple[float, float | None] | None = None
        self._head_s: float | None = None
        self._grip_s: float | None = None  # from the box' right edge to the pointer
        self._marking_s: float | None = None

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Low, as wide as there is room."""
        return QSize(40 * GRID, 6 * GRID)

    def show_state(
        self,
        tape: Tape,
        newest_s: float,
        past_s: float | None,
        mark: tuple[float, float | None] | None,
        head_s: float | None,
    ) -> None:
        """Show the last minute.

        Args:
            tape: What there is.
            newest_s: Time at the strip's right edge, on the source's clock, in seconds.
            past_s: Time at the box' right edge; None for the newest.
            mark: Begin and end of what is marked; no end while it is being marked.
            head_s: Where it is being heard.
        """
        if tape is not self._tape or tape.end_s < self._taken_s:
            self._tape, self._envelope, self._taken_s = tape, Envelope(_COLUMNS, RECALL_S), 0.0
        if tape.end_s > self._taken_s:
            for stretch in joined(one for one in tape.between(self._taken_s, math.inf) if one.signal.size):
                self._envelope.add(stretch)
                self._taken_s = stretch.end_s
        self._newest_s, self._past_s, self._mark, self._head_s = newest_s, past_s, mark, head_s
        self.blockSignals(True)
        self.setValue(round(RECALL_S - (0.0 if past_s is None else newest_s - past_s)))
        self.blockSignals(False)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past it does not go back."""
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the box, or begin to mark."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at_s = self._time_at(event.position().x())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._marking_s = at_s
            self.marked.emit(at_s, at_s)
            return
        end_s = self._newest_s if self._past_s is None else self._past_s
        # Elsewhere than in the box, it comes with its middle to the pointer.
        self._grip_s = end_s - at_s if end_s - SPAN_S <= at_s <= end_s else SPAN_S / 2
        if self._grip_s == SPAN_S / 2:
            self.scrubbed.emit(at_s + self._grip_s)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag."""
        at_s = self._time_at(event.position().x())
        if self._marking_s is not None:
            self.marked.emit(self._marking_s, at_s)
        elif self._grip_s is not None:
            self.scrubbed.emit(at_s + self._grip_s)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        if event.button() is Qt.MouseButton.LeftButton:
            if self._grip_s is not None:
                self.let_go.emit()
            self._grip_s = self._marking_s = None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw all of it."""
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), QColor(theme.plot))
        self._draw_envelope(painter)
        self._draw_gaps(painter)
        self._draw_mark(painter)
        end_s = self._newest_s if self._past_s is None else self._past_s
        left = self._place_of(end_s - SPAN_S)
        box = QRectF(left, 1, self._place_of(end_s) - left, self.height() - 2).adjusted(1, 0, -1, 0)
        shown = self._past_s is not None
        pen = QPen(QColor(theme.focus if shown else theme.faint), 2)
        pen.setStyle(Qt.PenStyle.SolidLine if shown else Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        if self._head_s is not None:
            across = self._place_of(self._head_s)
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.drawLine(QLineF(across, 0, across, self.height()))
        painter.setPen(QColor(theme.faint))
        for words, label in zip(_TIMES, self.time_rects(), strict=True):
            # Over loud sound nothing could be read.
            painter.fillRect(label, QColor(theme.plot))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def time_rects(self) -> list[QRectF]:
        """Where it is written how long ago something was, in logical pixels."""
        metrics = self.fontMetrics()
        apart, height = self.width() / len(_TIMES), metrics.height()
        return [
            QRectF(place * apart + 4, 1, metrics.horizontalAdvance(words) + 4, height)
            for place, words in enumerate(_TIMES)
        ]

    def _draw_envelope(self, painter: QPainter) -> None:
        # Whole columns, so that what is drawn does not flicker while it moves.
        end = math.floor(self._newest_s * _COLUMNS / RECALL_S)
        least, greatest = self._envelope.read(end)
        known = np.flatnonzero(np.isfinite(least))
        if not known.size:
            return
        least, greatest = (np.nan_to_num(part[known[0] :]) for part in (least, greatest))
        scale = (self.height() / 2 - 2) / max(_QUIETEST, float(greatest.max()), float(-least.min()))
        across = (np.arange(known[0], _COLUMNS) + 0.5) * self.width() / _COLUMNS
        middle = self.height() / 2
        outline = functions.arrayToQPolygonF(
            np.concatenate([across, across[::-1]]),
            np.concatenate([middle - greatest * scale - 0.5, middle - least[::-1] * scale + 0.5]),
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.faint))
        painter.drawPolygon(outline)

    def _draw_gaps(self, painter: QPainter) -> None:
        for gap in self._tape.gaps:
            left = self._place_of(gap.begin_s)
            band = QRectF(left, 0, max(2.0, self._place_of(gap.end_s) - left), self.height())
            painter.fillRect(band, QBrush(QColor(self._theme.abnormal), Qt.BrushStyle.BDiagPattern))

    def _draw_mark(self, painter: QPainter) -> None:
        if self._mark is None:
            return
        begin_s, end_s = self._mark
        left = self._place_of(begin_s)
        right = left if end_s is None else self._place_of(end_s)
        shade = QColor(self._theme.uncertain)
        shade.setAlpha(70)
        painter.fillRect(QRectF(left, 0, right - left, self.height()), shade)
        painter.setPen(QPen(QColor(self._theme.uncertain), 2))
        for across, inwards in ((left, 5), (right, -5)) if end_s is not None else ((left, 5),):
            # Brackets: the shape says which end it is.
            painter.drawLine(QLineF(across, 0, across, self.height()))
            for edge in (1, self.height() - 1):
                painter.drawLine(QLineF(across, edge, across + inwards, edge))

    def _turn(self, value: int) -> None:
        """Up and down, page up and page down while it has the focus, or assistive technology."""
        self.scrubbed.emit(self._newest_s - RECALL_S + value)
        self.let_go.emit()

    def _time_at(self, across: float) -> float:
        return self._newest_s - RECALL_S + across / max(1, self.width()) * RECALL_S

    def _place_of(self, at_s: float) -> float:
        return (at_s - self._newest_s + RECALL_S) / RECALL_S * self.width()
