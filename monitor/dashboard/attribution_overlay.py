"""Outlines around what moved a verdict, over the spectrogram of the sound that it belongs to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from monitor.dashboard.tape import SPAN_S

if TYPE_CHECKING:
    from model.attribution import Attribution

OUTLINED = 0.5
"""Share of all that moved that lies within the outlines."""

ABNORMAL, NORMAL = 0xFFFFFFFF, 0xFF8FD8FF
"""Colours of the solid and of the dashed outline: like those of the spectrogram the same in every theme."""

# A picture of more rows is made at a half or a third of their number and drawn larger: making it takes time
# by its area, on the thread that draws sixty times a second.
_MOST_ROWS = 320

_CASING = 0xC0000000
_LINE, _DASH, _ROWS_A_LINE = 2, 5, 120


class AttributionOverlay:
    """A picture of outlines, made once in device pixels and, like the spectrogram's columns, only ever moved.

    Solid is what moved the answer towards abnormal, dashed what moved it towards normal: whoever cannot tell
    the colours apart can tell the lines. A dark casing sets both off from bright and dark alike.

    Args:
        attribution: What is outlined.
        width: Pixel columns in the span shown.
        row_hz: Shape (height,): the frequency of each pixel row in hertz, from the top.
        ratio: Device pixels per logical pixel.

    Attributes:
        grain: Pixel rows and columns of the plot in one of the picture.
        first: The picture's column at which it begins, counted as the stream's.
        pixels: Shape (rows, columns), uint32, premultiplied ARGB.
    """

    def __init__(
        self, attribution: Attribution, width: int, row_hz: NDArray[np.floating], ratio: float
    ) -> None:
        self._width, self._height = width, row_hz.size
        self.grain = grain = math.ceil(row_hz.size / _MOST_ROWS)
        row_hz, ratio = row_hz[grain // 2 :: grain], ratio / grain
        bands, frames = attribution.moved.shape
        columns_a_second = width / SPAN_S / grain
        self.first = math.ceil(attribution.start_s * columns_a_second - 0.5)
        stop = math.ceil((attribution.start_s + frames * attribution.step_s) * columns_a_second - 0.5)
        at_s = (np.arange(self.first, stop) + 0.5) / columns_a_second
        centres_hz = (attribution.edges_hz[:-1] + attribution.edges_hz[1:]) / 2
        moved = _between(attribution.moved, np.interp(row_hz, centres_hz, np.arange(bands)))
        moved = _between(moved.T, (at_s - attribution.start_s) / attribution.step_s).T
        threshold = attribution.threshold(OUTLINED)
        self.pixels = np.zeros(moved.shape, np.uint32)
        # In a small plot a thick line would leave nothing of what it goes around.
        line = max(1, round(min(_LINE * ratio, row_hz.size / _ROWS_A_LINE)))
        for inside, colour in ((moved >= threshold, ABNORMAL), (moved <= -threshold, NORMAL)):
            inside = _without_specks(inside, line)
            self.pixels[_grown(inside, max(1, line // 2)) & ~inside] = _CASING
            edge = inside & _grown(~inside, line)
            if colour == NORMAL:
                # Counted along both axes, so that dashes run along upright edges as along level ones.
                along = np.add.outer(np.arange(edge.shape[0]), self.first + np.arange(edge.shape[1]))
                gap = along // max(1, round(_DASH * ratio)) % 2 == 1
                self.pixels[edge & gap] = _CASING
                edge &= ~gap
            self.pixels[edge] = colour
        height, columns = self.pixels.shape
        self._image = QImage(
            self.pixels.data, columns, height, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied
        )

    def draw(self, painter: QPainter, end: int) -> None:
        """Draw what lies before the stream's pixel column ``end``, which is at the right edge."""
        rows, columns = self.pixels.shape
        grain, left = self.grain, end - self._width
        begin, stop = max(self.first, left // grain), min(self.first + columns, math.ceil(end / grain))
        if begin < stop:
            painter.save()
            # A picture's column may lie half outside.
            plot = QRectF(0, 0, self._width, self._height)
            painter.setClipRect(plot, Qt.ClipOperation.IntersectClip)
            target = QRectF(begin * grain - left, 0, (stop - begin) * grain, rows * grain)
            painter.drawImage(target, self._image, QRectF(begin - self.first, 0, stop - begin, rows))
            painter.restore()


def _between(rows: NDArray[np.float32], position: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows at positions between rows, linearly; before the first and after the last those two."""
    position = np.clip(position, 0, len(rows) - 1)
    below = np.minimum(position.astype(np.intp), max(0, len(rows) - 2))
    above = np.minimum(below + 1, len(rows) - 1)
    weight = (position - below).astype(np.float32)[:, None]
    return rows[below] * (1 - weight) + rows[above] * weight


def _without_specks(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Without what is too small for an outline: parts no wider than twice ``by``."""
    return _grown(~_grown(~mask, by), by) & mask


def _grown(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """With every pixel that is no further than ``by`` from a set one, along rows and columns."""
    grown = mask.copy()
    for _ in range(by):
        before = grown.copy()
        grown[1:] |= before[:-1]
        grown[:-1] |= before[1:]
        grown[:, 1:] |= before[:, :-1]
        grown[:, :-1] |= before[:, 1:]
    return grown
