"""What the waveform and the spectrogram share: whole pixels that move left as stream time goes on."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable

from pyqtgraph import GraphicsObject
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from monitor.dashboard.tape import SPAN_S, Gap, Stretch, joined
from monitor.dashboard.theme import SMALL, Theme, font
from monitor.dashboard.words import gap_words


class ScrollingItem(GraphicsObject):
    """An item that fills its plot with columns of one device pixel, each fixed in stream time.

    A subclass keeps the columns (``set_pixels``, ``add``) and draws those before a given one (``draw``).
    Because every shift is by whole pixels, a column looks the same from its first frame to its last.

    Attributes:
        pixel_width: Columns shown.
        pixel_height: Their height in device pixels.
        shown_s: Time at the right edge, on the source's clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._ratio = 1.0
        self._end = 0
        self._gaps: tuple[Gap, ...] = ()
        self._gap_ink = self._gap_ground = QColor()
        self.pixel_width = self.pixel_height = 1
        self.shown_s = 0.0

    @abstractmethod
    def set_pixels(self, width: int, height: int) -> None:
        """Start empty with another size in device pixels."""

    @abstractmethod
    def add(self, stretch: Stretch) -> None:
        """Take the next stretch of the tape."""

    @abstractmethod
    def draw(self, painter: QPainter, end: int) -> None:
        """Draw the columns before column ``end``, in device pixels from the top left corner."""

    def set_theme(self, theme: Theme) -> None:
        """Choose the colour in which gaps are marked."""
        self._gap_ink, self._gap_ground = QColor(theme.abnormal), QColor(theme.plot)
        self.update()

    def place(self, rect: QRectF, ratio: float, stretches: Iterable[Stretch]) -> None:
        """Fill another rectangle, and draw anew what the tape still holds.

        Args:
            rect: In logical pixels of the plot.
            ratio: Device pixels per logical pixel.
            stretches: The tape's, oldest first.
        """
        self.prepareGeometryChange()
        self._rect, self._ratio = QRectF(rect), ratio
        self.pixel_width = max(1, math.floor(rect.width() * ratio))
        self.pixel_height = max(1, math.floor(rect.height() * ratio))
        self._end = 0
        self.clear(stretches)

    def clear(self, stretches: Iterable[Stretch] = ()) -> None:
        """Forget all columns and take the tape's."""
        self.set_pixels(self.pixel_width, self.pixel_height)
        for stretch in joined(stretches):
            self.add(stretch)
        self.update()

    def column_at(self, at_s: float) -> int:
        """The first column that is not wholly before a time on the source's clock, in seconds."""
        return math.floor(at_s * self.pixel_width / SPAN_S)

    def show_until(self, now_s: float, gaps: Iterable[Gap] = ()) -> bool:
        """Let the right edge stand for a time on the source's clock.

        Returns:
            Whether there is anything new to paint.
        """
        self.shown_s = now_s
        end = self.column_at(now_s)
        if end == self._end:
            return False
        self._end = end
        self._gaps = tuple(gaps)
        self.update()
        return True

    def boundingRect(self) -> QRectF:  # noqa: N802
        """The plot's rectangle."""
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw what is visible."""
        painter.save()
        painter.setClipRect(self._rect)
        painter.translate(self._rect.topLeft())
        painter.scale(1 / self._ratio, 1 / self._ratio)
        self.draw(painter, self._end)
        self._mark_gaps(painter)
        painter.restore()

    def _mark_gaps(self, painter: QPainter) -> None:
        first = self._end - self.pixel_width
        for begin_s, end_s, lost_s in self._gaps:
            left, right = self.column_at(begin_s) - first, self.column_at(end_s) - first
            if right <= 0 or left >= self.pixel_width:
                continue
            band = QRectF(left, 0, max(2.0, right - left), self.pixel_height)
            painter.fillRect(band, self._gap_ground)
            painter.fillRect(band, QBrush(self._gap_ink, Qt.BrushStyle.BDiagPattern))
            painter.setFont(font(round(SMALL * self._ratio)))
            words = f" {gap_words(lost_s)} "
            size = painter.fontMetrics().size(0, words)
            label = QRectF(band.left(), 0, size.width(), size.height() * 1.3)
            painter.fillRect(label, self._gap_ground)
            painter.setPen(self._gap_ink)
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words)
