"""The live spectrogram: each column is coloured once, when it comes, and only ever moves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from dsp.spectrogram import ScreenSpectrogram
from monitor.dashboard.attribution_overlay import AttributionOverlay
from monitor.dashboard.scrolling import ScrollingItem
from monitor.dashboard.tape import COLUMN_S, SPAN_S, Stretch
from monitor.dashboard.theme import Theme

if TYPE_CHECKING:
    from model.attribution import Attribution

LOW_HZ, HIGH_HZ = 20.0, 850.0
"""The axis' ends."""

RANGE_DB = 55.0
"""From the darkest to the brightest colour."""

_HEADROOM_DB = 3.0


class SpectrogramRing:
    """A picture of device pixels, as a ring of columns that a ``QImage`` shares.

    Args:
        width: Pixel columns in the span shown.
        height: Pixel rows.
        ground: 0xffRRGGBB of columns without sound.
        span_s: Seconds in the span shown.
        colour_map: pyqtgraph's name of a perceptually uniform one, from the faintest to the loudest.

    Attributes:
        pixels: Shape (height, columns of the ring), uint32; column c of the stream lies at c modulo the ring.
        image: Draws ``pixels``.
        first: The oldest column ever drawn.
        last: The newest.
    """

    def __init__(
        self, width: int, height: int, ground: int, span_s: float = SPAN_S, colour_map: str = "magma"
    ) -> None:
        self.width, self.height, self._ground = width, height, ground
        self._columns_a_second = width / span_s
        self.pixels = np.full((height, int(width * 1.3) + 16), ground, np.uint32)
        self.image = QImage(
            self.pixels.data, self.ring, height, self.pixels.strides[0], QImage.Format.Format_RGB32
        )
        self.first = 0
        self.last = -1
        self._row_below, self._row_weight = _row_positions(height)
        self._colours = colours(colour_map)
        self._before: tuple[float, NDArray[np.float32]] | None = None

    @property
    def ring(self) -> int:
        """Columns kept."""
        return self.pixels.shape[1]

    def add(self, stretch: Stretch) -> None:
        """Colour the columns that a stretch completes."""
        if stretch.gap_before_s > 0:
            self._before = None
        if not stretch.times.size:
            return
        rows = self._resampled(stretch.columns - stretch.levels[:, None])
        first_s = float(stretch.times[0])
        if self._before is not None and abs(first_s - COLUMN_S - self._before[0]) < COLUMN_S:
            rows = np.concatenate([self._before[1][None], rows])
            first_s -= COLUMN_S
        self._before = float(stretch.times[-1]), rows[-1]
        columns_a_second = self._columns_a_second
        begin = max(math.ceil(first_s * columns_a_second - 0.5), self.last + 1 if self.last >= 0 else 0)
        stop = math.ceil((first_s + COLUMN_S * (len(rows) - 1)) * columns_a_second - 0.5)
        if stop <= begin:
            return
        begin = max(begin, stop - self.ring)
        columns = np.arange(begin, stop)
        # Rounded, lest a pixel's colour depend on where the stretches were cut.
        position = np.round(((columns + 0.5) / columns_a_second - first_s) / COLUMN_S, 6)
        left = np.clip(position.astype(np.intp), 0, max(0, len(rows) - 2))
        weight = np.round(position - left, 6).astype(np.float32)[:, None]
        right = np.minimum(left + 1, len(rows) - 1)
        shade = rows[left] * (1 - weight) + rows[right] * weight
        if self.last < 0:
            self.first = begin
        else:
            skipped = np.arange(max(self.last + 1, begin - self.ring), begin)
            self.pixels[:, skipped % self.ring] = self._ground
        index = np.clip((shade + RANGE_DB) * (255 / (RANGE_DB + _HEADROOM_DB)), 0, 255).astype(np.uint8)
        self.pixels[:, columns % self.ring] = self._colours[index].T
        self.last = stop - 1

    def draw(self, painter: QPainter, end: int) -> None:
        """Draw the columns before ``end``, the last at the right edge, one device pixel each."""
        begin = max(end - self.width, self.first, self.last + 1 - self.ring)
        stop = min(end, self.last + 1)
        while begin < stop:
            at = begin % self.ring
            count = min(stop - begin, self.ring - at)
            target = QRectF(begin - (end - self.width), 0, count, self.height)
            painter.drawImage(target, self.image, QRectF(at, 0, count, self.height))
            begin += count

    def _resampled(self, columns: NDArray[np.float32]) -> NDArray[np.float32]:
        below, weight = self._row_below, self._row_weight
        return columns[:, below] * (1 - weight) + columns[:, below + 1] * weight


class SpectrogramItem(ScrollingItem):
    """Draws a ``SpectrogramRing`` in at most two pieces, and outlines over it what moved a verdict.

    Attributes:
        columns: The ring.
        overlay: Outlines over it; None while there are none.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ground = 0xFF000000
        self.columns = SpectrogramRing(1, 1, self._ground)
        self._attribution: Attribution | None = None
        self.overlay: AttributionOverlay | None = None

    def set_attribution(self, attribution: Attribution | None) -> None:
        """Choose what is outlined, None for nothing; the same once more costs nothing."""
        if attribution is not self._attribution:
            self._attribution = attribution
            self._outline()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Choose the colour of columns without sound; takes effect when the item is next placed."""
        self._ground = QColor(theme.plot).rgb()
        super().set_theme(theme)

    def set_pixels(self, width: int, height: int) -> None:
        """Start an empty ring of another size."""
        self.columns = SpectrogramRing(width, height, self._ground)
        self._outline()

    def add(self, stretch: Stretch) -> None:
        """Take the next stretch."""
        self.columns.add(stretch)

    def draw(self, painter: QPainter, end: int) -> None:
        """Draw the columns before ``end``."""
        self.columns.draw(painter, end)
        if self.overlay is not None:
            self.overlay.draw(painter, end)

    def _outline(self) -> None:
        self.overlay = None
        if self._attribution is not None:
            row_hz = _row_frequencies(self.pixel_height)
            self.overlay = AttributionOverlay(self._attribution, self.pixel_width, row_hz, self._ratio)


def _row_frequencies(height: int) -> NDArray[np.float64]:
    """The frequency in the middle of each pixel row, from the top."""
    return HIGH_HZ - (np.arange(height) + 0.5) / height * (HIGH_HZ - LOW_HZ)


def _row_positions(height: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For each pixel row, from the top: the frequency row below it and the weight of the one above."""
    frequencies = ScreenSpectrogram().frequencies
    position = np.interp(_row_frequencies(height), frequencies, np.arange(frequencies.size))
    below = np.minimum(position.astype(np.intp), frequencies.size - 2)
    return below, (position - below).astype(np.float32)


def colours(colour_map: str = "magma") -> NDArray[np.uint32]:
    """256 colours from quiet to loud, shape (256,), 0xffRRGGBB."""
    table = pg.colormap.get(colour_map).getLookupTable(nPts=256).astype(np.uint32)
    return 0xFF000000 | table[:, 0] << 16 | table[:, 1] << 8 | table[:, 2]
