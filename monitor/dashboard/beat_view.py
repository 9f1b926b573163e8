"""The average beat: waveform above spectrogram, from the onset of S1, with the heart's states marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyqtgraph import functions
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from dsp.beat_average import BIN_HZ, RATE, STEP_S, AverageBeat
from monitor.beat_averager import BeatAverager, HeardBeats
from monitor.dashboard.control_words import BEAT_NAME
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.spectrogram_view import HIGH_HZ, RANGE_DB, colours
from monitor.dashboard.theme import DARK, GRID, NORMAL, SMALL, Theme, font
from monitor.dashboard.waveform import mark_sound
from monitor.dashboard.words import (
    AVERAGE,
    DIASTOLE,
    NO_BEATS_YET,
    NOTHING_AVERAGED,
    SYSTOLE,
    average_words,
    few_beats_words,
    milliseconds_words,
)

if TYPE_CHECKING:
    from monitor.session import Session

FEWEST = 8
"""Of fewer good beats no average is shown: chance would be a good part of it."""

OVERHANG = 3 * GRID
"""Logical pixels at the right for the last word on the axis."""

_TICK_MS = 100
_FREQUENCIES = (200, 400, 600, 800)
_WAVEFORM_SHARE = 0.42
_HEADROOM = 1.1


class BeatView(Drawn):
    """Lies where the spectrogram is, while it is asked for, and only then is anything worked out for it.

    Args:
        parent: That it lies in.
        axis_width: Room at the left for words on the axes, in logical pixels.
    """

    def __init__(self, parent: QWidget, axis_width: int) -> None:
        super().__init__(parent)
        self._averager = BeatAverager()
        self._theme = DARK
        self._axis_width, self._scale = axis_width, 1.0
        self._heard: HeardBeats | None = None
        self._image: QImage | None = None
        self._playing = False
        self._message = NOTHING_AVERAGED
        self.setAccessibleName(BEAT_NAME)
        self.tell(self._message)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hide()

    @property
    def wanted(self) -> bool:
        """Whether it is shown."""
        return self.isVisibleTo(self.parentWidget())

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def set_scale(self, scale: float) -> None:
        """Write so many times the usual size."""
        self._scale = scale
        self.update()

    def show_beats(self, heard: HeardBeats | None, playing: bool = True) -> None:
        """Show an average, or why there is none.

        Args:
            heard: What is known of beats; None for nothing.
            playing: Whether there is anything to average.
        """
        self._heard, self._image, self._playing = heard, None, playing
        beat = heard.beat if heard is not None else None
        if not playing:
            self._message = NOTHING_AVERAGED
        elif heard is None or not heard.sounds:
            self._message = NO_BEATS_YET
        elif beat is None or beat.beats < FEWEST:
            self._message = few_beats_words(beat.beats if beat else 0, FEWEST)
        else:
            self._message = ""
            self._image = _image(beat)
        self.tell(self._message or average_words(beat.beats if beat else 0))
        self.update()

    def tick(self, session: Session | None) -> None:
        """Follow a session while shown."""
        if not self.wanted:
            self._averager.follow(None)
            return
        trace = None if session is None else session.trace
        self._averager.follow(trace)
        heard, playing = self._averager.newest, trace is not None
        if heard is not self._heard or playing != self._playing:
            self.show_beats(heard, playing)

    def close_down(self) -> None:
        """The window closes."""
        self._averager.close()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the average, or say why there is none."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.ground))
        painter.setFont(font(round(SMALL * self._scale)))
        line = painter.fontMetrics().height()
        left = self._axis_width * self._scale
        room = QRectF(left, line + 4, self.width() - left - OVERHANG, self.height() - 2 * line - 10)
        beat = self._heard.beat if self._heard is not None else None
        painter.setPen(QColor(self._theme.faint))
        caption = AVERAGE if self._message or beat is None else average_words(beat.beats)
        fitting = painter.fontMetrics().elidedText(
            caption, Qt.TextElideMode.ElideRight, int(self.width() - left)
        )
        painter.drawText(QPointF(left, painter.fontMetrics().ascent()), fitting)
        painter.fillRect(room, QColor(self._theme.plot))
        if self._message or beat is None or self._heard is None or self._image is None:
            painter.setPen(QColor(self._theme.text))
            painter.setFont(font(round(NORMAL * self._scale)))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
            return
        length_s = beat.waveform.size / RATE
        upper, lower = QRectF(room), QRectF(room)
        upper.setTop(room.top() + line + 2)
        upper.setHeight(_WAVEFORM_SHARE * room.height() - line)
        lower.setTop(upper.bottom() + GRID)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(lower, self._image)
        self._draw_waveform(painter, upper, beat)
        self._draw_axes(painter, upper, lower, length_s)
        self._mark_states(painter, room, upper.top(), line, self._heard, beat)

    def _draw_waveform(self, painter: QPainter, upper: QRectF, beat: AverageBeat) -> None:
        x = upper.left() + np.arange(beat.waveform.size) / beat.waveform.size * upper.width()
        low, high = beat.waveform - beat.variation, beat.waveform + beat.variation
        full = _HEADROOM * max(float(np.abs(low).max()), float(np.abs(high).max()), 1e-9)
        middle, to_pixels = upper.center().y(), upper.height() / 2 / full
        shade = QColor(self._theme.focus)
        shade.setAlpha(110)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        around = np.concatenate([high, low[::-1]])
        painter.drawPolygon(
            functions.arrayToQPolygonF(np.concatenate([x, x[::-1]]), middle - around * to_pixels)
        )
        painter.setPen(QPen(QColor(self._theme.signal), 1))
        painter.drawPolyline(functions.arrayToQPolygonF(x, middle - beat.waveform * to_pixels))

    def _draw_axes(self, painter: QPainter, upper: QRectF, lower: QRectF, length_s: float) -> None:
        painter.setPen(QColor(self._theme.faint))
        metrics = painter.fontMetrics()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        line, width = metrics.height(), self._axis_width * self._scale - GRID
        painter.drawText(QRectF(0, upper.center().y() - line / 2, width, line), right, "0")
        for hertz in _FREQUENCIES:
            height = lower.bottom() - hertz / HIGH_HZ * lower.height()
            painter.drawText(QRectF(0, height - line / 2, width, line), right, f"{hertz} Hz")
        widest = 1.5 * metrics.horizontalAdvance(milliseconds_words(length_s))
        per_tick = lower.width() * _TICK_MS / 1e3 / length_s
        every = next((n for n in (1, 2, 5, 10, 20) if n * per_tick >= widest), 50)
        for tick in range(0, int(length_s * 1e3 / _TICK_MS) + 1, every):
            x = lower.left() + tick * per_tick
            words = milliseconds_words(tick * _TICK_MS / 1e3)
            painter.drawLine(QPointF(x, lower.bottom()), QPointF(x, lower.bottom() + 4))
            wide = metrics.horizontalAdvance(words)
            place = min(x - wide / 2, self.width() - wide)
            painter.drawText(QPointF(place, lower.bottom() + 4 + metrics.ascent()), words)

    def _mark_states(
        self,
        painter: QPainter,
        room: QRectF,
        top: float,
        line: float,
        heard: HeardBeats,
        beat: AverageBeat,
    ) -> None:
        """S1 solid and S2 hollow, as on the waveform above; what lies between them by name and length."""
        per_second = room.width() * RATE / beat.waveform.size
        second_s, next_s = beat.second_sound_s, beat.interval_s
        first_end_s = min(heard.first_length_s, second_s)
        second_end_s = min(second_s + heard.second_length_s, next_s)
        painter.setPen(QPen(QColor(self._theme.signal), 1))
        for begin_s, end_s, sound in ((0.0, first_end_s, "S1"), (second_s, second_end_s, "S2")):
            bar = QRectF(
                room.left() + begin_s * per_second, top, max(2.0, (end_s - begin_s) * per_second), 0.5 * GRID
            )
            mark_sound(painter, sound, bar)
        painter.setPen(QPen(QColor(self._theme.faint), 1, Qt.PenStyle.DotLine))
        for at_s in (first_end_s, second_s, second_end_s, next_s):
            x = room.left() + at_s * per_second
            painter.drawLine(QPointF(x, top), QPointF(x, room.bottom()))
        painter.setPen(QColor(self._theme.text))
        for begin_s, end_s, name in (
            (0.0, first_end_s, "S1"),
            (first_end_s, second_s, SYSTOLE),
            (second_s, second_end_s, "S2"),
            (second_end_s, next_s, DIASTOLE),
        ):
            width = (end_s - begin_s) * per_second
            words = f"{name} {milliseconds_words(end_s - begin_s)}"
            if painter.fontMetrics().horizontalAdvance(words) > width:
                words = name
            # A narrow sound keeps its name, which then reaches over its edges.
            place = QRectF(room.left() + begin_s * per_second, room.top(), width, line).adjusted(-9, 0, 9, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def _image(beat: AverageBeat) -> QImage:
    """The average spectrogram in the colours of the live one, a pixel for each of its values."""
    rows = round(HIGH_HZ / BIN_HZ) + 1
    shown = beat.spectrogram_db[:rows, : max(1, round(beat.waveform.size / RATE / STEP_S))][::-1]
    share = np.clip((shown - shown.max() + RANGE_DB) / RANGE_DB, 0, 1)
    pixels = np.ascontiguousarray(colours()[(share * 255).astype(np.uint8)])
    height, width = pixels.shape
    # A copy, as the numbers go when this returns.
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32).copy()
