"""The level of the incoming sound, with a clipping mark that is held."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from monitor.dashboard.control_words import METER_NAME
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.words import CLIP, PEAK, RMS, decibels_words, level_words

LOWEST_DB = -72.0
CLIP_HELD_S = 5.0
"""Seconds of the monotonic clock for which the mark stays after the last clipped sample."""

_FALL_DB_S = 20.0
_TOLD_EVERY_S = 1.0


class LevelMeter(Drawn):
    """A bar for the RMS, a line for the peak, both in dB of full scale, and the word CLIP."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._peak_db = self._rms_db = -math.inf
        self._held_db = -math.inf
        self._read_at = 0.0
        self._clipped = 0
        self._clipped_at = -math.inf
        self._compact = False
        self._told_at, self._told_clipping = -math.inf, False
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(METER_NAME)
        self._tell(-math.inf)

    @property
    def clipping(self) -> bool:
        """Whether the word CLIP is shown."""
        return self._read_at - self._clipped_at < CLIP_HELD_S

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Bar and mark alone, or numbers too."""
        self._compact = compact
        self.updateGeometry()

    def clear(self) -> None:
        """Another stream begins."""
        self._peak_db = self._rms_db = self._held_db = -math.inf
        self._clipped, self._clipped_at = 0, -math.inf
        self._tell(-math.inf)
        self.update()

    def show_level(self, at: float, peak: float, rms: float, clipped: int) -> None:
        """Show the last block's level.

        Args:
            at: Monotonic clock, in seconds.
            peak: Greatest magnitude, full scale 1.
            rms: Root mean square, full scale 1.
            clipped: Samples at full scale so far.
        """
        before = self._held_db, self._rms_db, self.clipping
        passed = max(0.0, at - self._read_at)
        self._read_at = at
        self._peak_db, self._rms_db = _decibels(peak), _decibels(rms)
        self._held_db = max(self._peak_db, self._held_db - _FALL_DB_S * min(passed, 1.0))
        if clipped > self._clipped:
            self._clipped_at = at
        self._clipped = clipped
        # Nobody can listen to numbers that come faster.
        if at - self._told_at >= _TOLD_EVERY_S or self.clipping != self._told_clipping:
            self._tell(at)
        if before != (self._held_db, self._rms_db, self.clipping):
            self.update()

    def _tell(self, at: float) -> None:
        self._told_at, self._told_clipping = at, self.clipping
        self.tell(level_words(self._held_db, self._rms_db, self.clipping))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for bar and words."""
        return QSize((18 if self._compact else 38) * GRID, 3 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw bar, line and words."""
        painter = QPainter(self)
        theme = self._theme
        bar = QRectF(0, GRID, 12 * GRID, GRID)
        painter.fillRect(bar, QColor(theme.control))
        colour = theme.abnormal if self.clipping else theme.focus
        painter.fillRect(QRectF(0, GRID, bar.width() * _fraction(self._rms_db), GRID), QColor(colour))
        if self._held_db > LOWEST_DB:
            painter.fillRect(
                QRectF(min(bar.width() * _fraction(self._held_db), bar.width() - 2), GRID - 3, 2, GRID + 6),
                QColor(theme.text),
            )
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(theme.text))
        if not self._compact:
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            for begin, end, where, words in (
                (13, 17, middle, PEAK),
                (17, 20.5, right, decibels_words(self._held_db)),
                (21.5, 25, middle, RMS),
                (24.5, 28, right, decibels_words(self._rms_db)),
                (28.5, 33, middle, "dBFS"),
            ):
                painter.drawText(QRectF(begin * GRID, 0, (end - begin) * GRID, self.height()), where, words)
        if self.clipping:
            painter.setFont(font(SMALL, bold=True))
            painter.setPen(QColor(theme.abnormal))
            painter.drawText(QRectF(self.width() - 5 * GRID, 0, 5 * GRID, self.height()), middle, CLIP)


def _decibels(magnitude: float) -> float:
    return 20 * math.log10(magnitude) if magnitude > 1e-6 else -math.inf


def _fraction(level_db: float) -> float:
    return min(1.0, max(0.0, 1 - level_db / LOWEST_DB)) if math.isfinite(level_db) else 0.0
