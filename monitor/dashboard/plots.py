"""The three plots below each other: waveform, spectrogram, and the verdict's history."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QGraphicsItem, QLabel

from dsp.beats import HeartSound
from monitor.dashboard.access_words import LIVE, NO_TREND, NOTHING_DRAWN, plots_words, trend_words
from monitor.dashboard.beat_view import OVERHANG, BeatView
from monitor.dashboard.history_strip import PROBABILITY_FROM, QUALITY_TO, HistoryItem, span_ticks
from monitor.dashboard.scrolling import ScrollingItem
from monitor.dashboard.spectrogram_view import HIGH_HZ, LOW_HZ, SpectrogramItem
from monitor.dashboard.tape import SPAN_S, Stretch, Tape, joined
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.waveform import WaveformItem
from monitor.dashboard.words import (
    LAST_MINUTES,
    NOW,
    OUTLINES,
    PLOTS_NAME,
    QUALITY_AXIS,
    SPECTROGRAM,
    TREND,
    WAVEFORM,
    seconds_ago_words,
)
from monitor.snapshot import Judgement, Snapshot
from monitor.trace import TracePiece

if TYPE_CHECKING:
    from model.attribution import Attribution

_AXIS_WIDTH = 64
_BEFORE_S, _AFTER_S = 1.0, 0.2
# As much beyond the right edge as the items can hold without giving up what is at the left one.
_AHEAD_S = 1.5
_ENDS = 1e-4  # or rounding hides the labels at the ends
# The first whose words have room below each other.
_FREQUENCIES = ((20, 200, 400, 600, 800), (20, 400, 800), (20, 800))
_SPECTROGRAM = SPECTROGRAM.format(low=f"{LOW_HZ:g}", high=f"{HIGH_HZ:g}")


class Plots(pg.GraphicsLayoutWidget):
    """Draws by stream time; all seconds of the waveform stand above the spectrogram's.

    Attributes:
        paint_times: Milliseconds of the last frames: waveform, spectrogram and what the view adds to them.
        paintings: How many there were.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(PLOTS_NAME)
        self.setMinimumSize(40 * GRID, 30 * GRID)
        # Filled once, and not where a plot fills it: in the usual ways of Qt each pixel is, four times over.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.paint_times: deque[float] = deque(maxlen=3000)
        self.paintings = 0
        self.tape = Tape()
        self._ratio: float | None = None
        self._outlines = False
        self._whole = True
        self._span_s = 0.0
        self._history: Sequence[Judgement] | None = None
        self._trend = NO_TREND
        self._theme = DARK
        self._newest_s = 0.0  # the right edge while nothing of the past is shown
        self._past_s: float | None = None
        self._drawn_s = 0.0  # end of what the items were given
        self._frequencies: tuple[int, ...] = ()
        self._seconds: int | None = None  # that the right edge is said to be behind
        self.ci.layout.setContentsMargins(GRID, 0, 3 * GRID, 0)
        self.ci.layout.setVerticalSpacing(GRID)
        self.waveform, self.spectrogram, self.history = WaveformItem(), SpectrogramItem(), HistoryItem()
        self._frames = [self._frame(row) for row in range(3)]
        for frame, item in zip(self._frames, (self.waveform, self.spectrogram, self.history), strict=True):
            item.setParentItem(frame.vb)
        # The scrolling of the others must not cost a drawing of it.
        self.history.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        for row, stretch in enumerate((4, 6, 3)):
            self.ci.layout.setRowStretchFactor(row, stretch)
        for frame in self._frames[:2]:
            frame.setXRange(-SPAN_S, 0, padding=_ENDS)
        waveform_frame, spectrogram_frame, history_frame = self._frames
        waveform_frame.setYRange(-1, 1, padding=0)
        waveform_frame.getAxis("bottom").setStyle(showValues=False)
        spectrogram_frame.setYRange(LOW_HZ, HIGH_HZ, padding=0)
        history_frame.setYRange(0, 1, padding=0)
        history_frame.getAxis("left").setTicks(
            [[(PROBABILITY_FROM, "0"), (1, "1"), (QUALITY_TO / 2, QUALITY_AXIS)]]
        )
        self.captions = [
            QLabel(text, self)
            for text in (
                WAVEFORM,
                _SPECTROGRAM,
                TREND[0],
            )
        ]
        for caption in self.captions:
            caption.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.beat = BeatView(self, _AXIS_WIDTH)
        for frame in self._frames:
            frame.vb.sigResized.connect(self._place)
        self.past = QLabel(self)
        self.past.setFont(font(SMALL, bold=True))
        self.past.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.past.hide()
        self._heads = [pg.InfiniteLine(movable=False) for _ in self._frames[:2]]
        for frame, head in zip(self._frames, self._heads, strict=False):
            head.hide()
            frame.addItem(head, ignoreBounds=True)
        self._label_scale()
        self._label_seconds(0)
        self._label_span()
        for caption in self.captions:
            caption.setFont(font(SMALL))
        self.set_theme(DARK)
        self._tell()

    def take(self, pieces: Iterable[TracePiece]) -> None:
        """Add what the trace has that was not drawn yet."""
        fresh = self.tape.take(pieces)
        if self._past_s is None:
            self._add(fresh)

    def show_until(self, now_s: float) -> None:
        """Let the right edge stand for a time on the source's clock, in seconds, unless the past is shown."""
        self._newest_s = now_s
        if self._past_s is None:
            self._move_to(now_s)

    def show_past(self, end_s: float | None, words: str = "") -> None:
        """Show a part of the last minute, and nothing of what comes, until the newest is shown again.

        Args:
            end_s: Time at the right edge on the source's clock, in seconds; None for the newest.
            words: How long ago that is, shown over the plots.
        """
        if end_s is not None:
            behind = max(0, round(self._newest_s - end_s))
            self._label_seconds(behind)
            if words != self.past.text() or self.past.isHidden():
                self.past.setText(words)
                self.past.show()
                self._place_past()
        elif self._past_s is not None:
            self.past.hide()
            self._label_seconds(0)
        self._tell()
        if end_s == self._past_s:
            return
        self._past_s = end_s
        edge_s = self._newest_s if end_s is None else end_s
        if end_s is None or not edge_s <= self._drawn_s <= edge_s + _AHEAD_S:
            if end_s is not None and self._drawn_s < edge_s < self._drawn_s + SPAN_S:
                self._add(self.tape.between(self._drawn_s, edge_s + _AFTER_S))
            else:
                seen = self._seen()
                for item in self._scrolling:
                    item.clear(seen)
                self._drawn_s = seen[-1].end_s if seen else 0.0
        self._move_to(edge_s)

    def show_head(self, at_s: float | None) -> None:
        """Draw a line where the past is being heard, on the source's clock, in seconds; None for none."""
        for head in self._heads:
            head.setVisible(at_s is not None and self._past_s is not None)
            if at_s is not None and self._past_s is not None:
                head.setValue(at_s - self._past_s)

    def show_sounds(self, sounds: Sequence[HeartSound]) -> None:
        """Mark heart sounds on the waveform."""
        self.waveform.set_sounds(sounds)

    def show_attribution(self, attribution: Attribution | None) -> None:
        """Outline on the spectrogram what moved a verdict, unless the past is shown; None for nothing."""
        if attribution is None or self._past_s is None:
            self.spectrogram.set_attribution(attribution)

    def explain_outlines(self, wanted: bool) -> None:
        """Say above the spectrogram what outlines mean, or no more."""
        self._outlines = wanted
        self._place_captions()

    def show_history(self, snapshot: Snapshot) -> None:
        """Show what was judged so far and the abstention band."""
        self.history.show_snapshot(snapshot)
        self._label_span()
        if snapshot.history is not self._history:
            self._history = snapshot.history
            self._trend = trend_words(snapshot.history)
        self._tell()

    def toggle_average(self) -> bool:
        """Show the average beat in the spectrogram's place, or that again; True for the average."""
        wanted = not self.beat.wanted
        self.beat.setVisible(wanted)
        self.spectrogram.setVisible(not wanted)
        self.captions[1].setVisible(not wanted)
        self._tell()
        return wanted

    @property
    def whole(self) -> bool:
        """Whether the trend is that of the whole session."""
        return self._whole

    def toggle_whole(self) -> None:
        """Show the last minutes of the verdict, or the whole session again."""
        self._whole = not self._whole
        self.history.show_whole(self._whole)
        self._label_span()
        self._place_captions()

    def clear_tape(self) -> None:
        """Forget everything: another stream begins."""
        self.tape = Tape()
        self.show_past(None)
        self._newest_s = self._drawn_s = 0.0
        self.show_head(None)
        for item in self._scrolling:
            item.clear()
            item.show_until(0.0)
        self.waveform.set_sounds(())
        self.spectrogram.set_attribution(None)
        self.show_history(Snapshot("", 0))

    def set_scale(self, scale: float | None) -> None:
        """Write so many times the usual size, for a room; None as usual."""
        scale = 1.0 if scale is None else scale
        for row, frame in enumerate(self._frames):
            _set_scale(frame, row, scale)
        for caption in self.captions:
            caption.setFont(font(round(SMALL * scale)))
        self.beat.set_scale(scale)
        self._place()

    def set_ratio(self, ratio: float) -> None:
        """Draw for a picture with another number of device pixels per logical pixel than the screen's."""
        self._ratio = ratio
        for frame in self._frames:
            for side in ("left", "bottom"):
                # The cache is made for the screen's pixels.
                frame.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.history.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self._place()

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.setBackground(theme.ground)
        for frame in self._frames:
            frame.vb.setBackgroundColor(theme.plot)
            for side in ("left", "bottom"):
                axis = frame.getAxis(side)
                axis.setPen(pg.mkPen(theme.line))
                axis.setTextPen(pg.mkPen(theme.faint))
        self.waveform.set_pen(theme.signal)
        for item in (*self._scrolling, self.history):
            item.set_theme(theme)
        self.beat.set_theme(theme)
        for caption in self.captions:
            caption.setStyleSheet(f"color: {theme.faint}; background: transparent;")
        self.past.setStyleSheet(
            f"color: {theme.text}; background: {theme.control}; padding: 0 8px;"
            f"border: 1px solid {theme.focus}; border-radius: 4px;"
        )
        for head in self._heads:
            head.setPen(pg.mkPen(theme.focus, width=2))
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint and note how long it took."""
        began = perf_counter()
        super().paintEvent(event)
        self.paint_times.append((perf_counter() - began) * 1e3)
        self.paintings += 1

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802
        """Fill what no scrolling plot covers."""
        around = QRegion(rect.toAlignedRect())
        for frame in self._frames[:2]:
            # Its edges may lie between two pixels.
            around -= QRegion(frame.vb.mapRectToScene(frame.vb.rect()).toRect().adjusted(1, 1, -1, -1))
        for piece in around:
            painter.fillRect(piece, self.backgroundBrush())

    @property
    def _scrolling(self) -> tuple[ScrollingItem, ...]:
        return self.waveform, self.spectrogram

    def _add(self, stretches: Iterable[Stretch]) -> None:
        # Of what is asked for by its time a part may be there already.
        for stretch in joined(one for one in stretches if one.end_s > self._drawn_s):
            for item in self._scrolling:
                item.add(stretch)
            self._drawn_s = stretch.end_s

    def _seen(self) -> list[Stretch]:
        """What the items have to draw, and a little more."""
        past_s = self._past_s
        if past_s is None:
            return self.tape.between(self._newest_s - SPAN_S - _BEFORE_S, math.inf)
        return self.tape.between(past_s - SPAN_S - _BEFORE_S, past_s + _AFTER_S)

    def _move_to(self, edge_s: float) -> None:
        if not self.waveform.show_until(edge_s, self.tape.gaps):
            return
        self.spectrogram.show_until(edge_s, self.tape.gaps)
        if self.waveform.fit(self.waveform.column_at(edge_s)):
            self._label_scale()

    def _frame(self, row: int) -> pg.PlotItem:
        frame = self.addPlot(row=row, col=0)
        frame.hideButtons()
        frame.setMenuEnabled(False)
        frame.setMouseEnabled(False, False)
        for side in ("left", "bottom"):
            axis = frame.getAxis(side)
            axis.setStyle(tickLength=4, autoExpandTextSpace=False)
            axis.enableAutoSIPrefix(False)
            # Every frame touches the axes' bounds: let that cost a copy, not a drawing.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        _set_scale(frame, row, 1.0)
        return frame

    def _place(self) -> None:
        ratio = self._ratio or self.devicePixelRatioF()
        now_s, seen = self.waveform.shown_s, self._seen()
        for frame, item in zip(self._frames, (*self._scrolling, self.history), strict=True):
            if isinstance(item, HistoryItem):
                item.place(frame.vb.rect())
            else:
                item.place(frame.vb.rect(), ratio, seen)
                item.show_until(now_s, self.tape.gaps)
        self._drawn_s = seen[-1].end_s if seen else 0.0
        self._label_frequencies()
        self._place_captions()
        self._place_past()

    def _place_captions(self) -> None:
        for frame, caption in zip(self._frames, self.captions, strict=True):
            corner = frame.mapToScene(frame.vb.pos()).toPoint()
            room = self.width() - corner.x()
            if frame is self._frames[1]:
                caption.setText(_that_fits(OUTLINES, caption, room) if self._outlines else _SPECTROGRAM)
            elif frame is self._frames[2]:
                caption.setText(_that_fits(TREND if self._whole else LAST_MINUTES, caption, room))
            caption.adjustSize()
            caption.move(corner.x(), corner.y() - caption.height() - 2)
        self.beat.setGeometry(self._frames[1].sceneBoundingRect().toRect().adjusted(0, 0, OVERHANG, 0))

    def _tell(self) -> None:
        """Say in words what is drawn."""
        live = LIVE if self.tape.end_s > 0 else NOTHING_DRAWN
        shown = live if self.past.isHidden() else f"{self.past.text()}."
        words = plots_words(shown, self.waveform.sounds, self.beat.wanted, self._trend)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def _label_frequencies(self) -> None:
        frame = self._frames[1]
        axis = frame.getAxis("left")
        line = QFontMetrics(axis.style["tickFont"]).height()
        hertz_a_line = line * (HIGH_HZ - LOW_HZ) / max(1.0, frame.vb.rect().height())
        fitting = (named for named in _FREQUENCIES if named[1] - named[0] >= hertz_a_line)
        named = next(fitting, _FREQUENCIES[-1])
        if named != self._frequencies:
            self._frequencies = named
            axis.setTicks([[(hertz, f"{hertz} Hz") for hertz in named]])

    def _label_span(self) -> None:
        if self.history.span_s != self._span_s:
            self._span_s = self.history.span_s
            frame = self._frames[2]
            frame.setXRange(-self._span_s, 0, padding=_ENDS)
            frame.getAxis("bottom").setTicks([span_ticks(self._span_s)])

    def _place_past(self) -> None:
        """Above the waveform's right end, where it hides nothing that was heard."""
        rect = self._frames[0].mapRectToScene(self._frames[0].vb.geometry()).toRect()
        self.past.adjustSize()
        self.past.move(rect.right() - self.past.width(), rect.top() - self.past.height() - 1)

    def _label_seconds(self, behind: int) -> None:
        """Say at the axes how long ago what is above them was: the right edge so many seconds."""
        seconds = [(at, seconds_ago_words(behind - at)) for at in range(-int(SPAN_S), 1, 2)]
        if behind == 0:
            seconds[-1] = (0, NOW)
        if behind != self._seconds:
            self._seconds = behind
            for frame in self._frames[:2]:
                frame.getAxis("bottom").setTicks([seconds])

    def _label_scale(self) -> None:
        scale = f"{self.waveform.full_scale:.4f}".rstrip("0").rstrip(".")
        axis = self._frames[0].getAxis("left")
        axis.setTicks([[(-1, f"−{scale}"), (0, "0"), (1, f"+{scale}")]])


def _set_scale(frame: pg.PlotItem, row: int, scale: float) -> None:
    """Make room around a plot for letters of so many times the usual size."""
    frame.layout.setContentsMargins(0, (2 * GRID + GRID // 2) * scale, 0, 0)
    for side in ("left", "bottom"):
        frame.getAxis(side).setStyle(
            tickFont=font(round(SMALL * scale)), hideOverlappingLabels=round(5 * GRID * scale)
        )
    frame.getAxis("left").setWidth(_AXIS_WIDTH * scale)
    frame.getAxis("bottom").setHeight(3 * GRID * scale if row else GRID)


def _that_fits(choices: Sequence[str], label: QLabel, room: int) -> str:
    """The first words that fit into so many logical pixels, or else the last."""
    measure = label.fontMetrics().horizontalAdvance
    return next((words for words in choices if measure(words) <= room), choices[-1])
