"""The waveform of the last seconds, as the least and greatest sample of each pixel column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import functions
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from dsp.beats import HeartSound
from monitor.dashboard.scrolling import ScrollingItem
from monitor.dashboard.tape import KEPT_S, SPAN_S, Stretch
from monitor.trace import SIGNAL_RATE

_SCALES = [step * 10.0**power for power in range(-3, 0) for step in (1, 1.5, 2, 3, 5, 7)] + [1.0, 1.5, 2.0]
_HEADROOM = 1.1
_BAR_LEAST, _BAR_SHARE = 3, 0.03
_SLACK = 1.4


class Envelope:
    """Least and greatest sample of pixel columns fixed in stream time, so that scrolling is a mere shift.

    Args:
        width: Pixel columns in the span shown.
        span_s: Seconds of the span.
    """

    def __init__(self, width: int, span_s: float = SPAN_S) -> None:
        self.width = width
        self._samples = round(span_s * SIGNAL_RATE)
        self._ring = int(width * 1.3) + 16
        self._least = np.full(self._ring, np.nan, np.float32)
        self._greatest = np.full(self._ring, np.nan, np.float32)
        self._last: int | None = None

    def add(self, stretch: Stretch) -> None:
        """Take the next stretch of signal."""
        first = round(stretch.start_s * SIGNAL_RATE)
        columns = np.arange(first, first + stretch.signal.size) * self.width // self._samples
        begins = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1))
        least = np.minimum.reduceat(stretch.signal, begins)
        greatest = np.maximum.reduceat(stretch.signal, begins)
        columns = columns[begins]
        if self._last is not None:
            at = self._last % self._ring
            if columns[0] == self._last:
                least[0] = min(least[0], self._least[at])
                greatest[0] = max(greatest[0], self._greatest[at])
            else:
                skipped = np.arange(max(self._last + 1, int(columns[0]) - self._ring), int(columns[0]))
                self._least[skipped % self._ring] = self._greatest[skipped % self._ring] = np.nan
        self._least[columns % self._ring] = least
        self._greatest[columns % self._ring] = greatest
        self._last = int(columns[-1])

    def read(self, end: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Least and greatest of the ``width`` columns before column ``end``; NaN where there was no sound."""
        columns = np.arange(end - self.width, end)
        known = (columns >= 0) & (columns <= (-1 if self._last is None else self._last))
        at = columns % self._ring
        return np.where(known, self._least[at], np.nan), np.where(known, self._greatest[at], np.nan)


class WaveformItem(ScrollingItem):
    """Draws the envelope with a pen of one pixel; the scale moves in steps so that it does not dance.

    A heart sound is a bar along the upper edge from its onset to its end: S1 solid, S2 hollow.
    """

    def __init__(self) -> None:
        super().__init__()
        self._given: Sequence[HeartSound] = ()
        self._sounds: Sequence[HeartSound] = ()  # those of them that can be seen
        self._envelope = Envelope(1)
        self._read: tuple[int, NDArray[np.float32], NDArray[np.float32]] | None = None
        self._pen = QPen()
        self.full_scale = 1.0

    def set_pen(self, colour: str) -> None:
        """Choose the curve's colour."""
        self._pen = QPen(QColor(colour))
        self._pen.setCosmetic(True)
        self.update()

    def set_sounds(self, sounds: Sequence[HeartSound]) -> None:
        """Choose what is marked, in order; the same once more costs nothing."""
        if sounds is not self._given:
            self._given = sounds
            oldest_s = sounds[-1].end_s - KEPT_S if sounds else 0.0
            self._sounds = [one for one in sounds if one.end_s > oldest_s]
            self.update()

    @property
    def sounds(self) -> Sequence[HeartSound]:
        """What is marked, as far as it can be seen."""
        return self._sounds

    def set_pixels(self, width: int, height: int) -> None:
        """Start an empty envelope of another width."""
        self._envelope, self._read = Envelope(width), None

    def add(self, stretch: Stretch) -> None:
        """Take the next stretch."""
        self._envelope.add(stretch)
        self._read = None

    def fit(self, end: int) -> bool:
        """Choose the scale for the columns before ``end``; True when it changed."""
        least, greatest = self._seen(end)
        highest = float(np.fmax(np.fmax.reduce(greatest), -np.fmin.reduce(least)))
        if math.isnan(highest):
            return False
        if self.full_scale * 1.001 >= highest * _HEADROOM and self._next_lower() < highest * _SLACK:
            return False
        fitting = next((step for step in _SCALES if step >= highest * _HEADROOM), _SCALES[-1])
        changed = fitting != self.full_scale
        self.full_scale = fitting
        return changed

    def draw(self, painter: QPainter, end: int) -> None:
        """Draw the columns before ``end``, in device pixels from the top left corner."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        draw_envelope(painter, *self._seen(end), self.full_scale, self.pixel_height)
        first = end - self.pixel_width
        height = max(_BAR_LEAST, round(_BAR_SHARE * self.pixel_height))
        oldest_s = (first - 1) * SPAN_S / self.pixel_width
        for one in takewhile(lambda one: one.end_s > oldest_s, reversed(self._sounds)):
            left, right = self.column_at(one.start_s) - first, self.column_at(one.end_s) - first
            if right > 0 and left < self.pixel_width:
                mark_sound(painter, one.sound, QRectF(left + 0.5, 0.5, max(2, right - left), height))

    def _seen(self, end: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The columns before ``end``, read once for the scale and the picture."""
        if self._read is None or self._read[0] != end:
            self._read = end, *self._envelope.read(end)
        return self._read[1:]

    def _next_lower(self) -> float:
        position = _SCALES.index(self.full_scale)
        return _SCALES[position - 1] if position else 0.0


def draw_envelope(
    painter: QPainter,
    least: NDArray[np.floating],
    greatest: NDArray[np.floating],
    full_scale: float,
    height: float,
) -> None:
    """Draw pixel columns with the painter's pen, from the top left corner.

    Args:
        painter: One unit wide is one column.
        least: Shape (columns,): NaN where there is no sound.
        greatest: Likewise.
        full_scale: What reaches the upper and the lower edge.
        height: Of the plot.
    """
    middle = height / 2
    to_pixels = -(middle - 1) / full_scale
    outline = np.empty(2 * least.size)
    outline[0::2] = middle + greatest * to_pixels
    outline[1::2] = middle + least * to_pixels
    across = np.repeat(np.arange(least.size, dtype=np.float64), 2)
    for run in _finite_runs(outline):
        if run.stop - run.start == 2:
            painter.drawLine(
                QPointF(across[run.start], outline[run.start]),
                QPointF(across[run.start], outline[run.start + 1]),
            )
        else:
            painter.drawPolyline(functions.arrayToQPolygonF(across[run], outline[run]))


def mark_sound(painter: QPainter, sound: str, bar: QRectF) -> None:
    """Draw a heart sound's bar with the painter's pen: "S1" solid, "S2" hollow."""
    painter.setBrush(painter.pen().color() if sound == "S1" else Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)


def _finite_runs(values: NDArray[np.float64]) -> list[slice]:
    finite = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(np.diff(finite.astype(np.int8)))
    return [slice(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
