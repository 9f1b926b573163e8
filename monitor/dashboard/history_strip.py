"""The rolling probability and, under it, the signal quality: of the whole session or of the last minutes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import GraphicsObject, functions
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from model.verdict import Label
from model.window_quality import DOUBTED_BELOW
from monitor.dashboard.theme import DARK, Theme
from monitor.dashboard.words import long_ago_words
from monitor.snapshot import Judgement, Snapshot
from monitor.trend import TrendView

SPANS_S = tuple(60 * minutes for minutes in (5, 10, 20, 30, 60, 120, 240, 480, 720, 1440, 2880))
"""Seconds that can be shown; the first are the last minutes."""

PROBABILITY_FROM, QUALITY_TO = 0.36, 0.24
"""Of the height: the probability lies above the one, the quality below the other."""

_TICKS_S = (60, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800)
_MOST_TICKS = 6
_BREAK_S = 8.0
_MARK = 4.0
_TILE = 9
_POOR_SHARE = 0.25
_LEAST_GAP = 2.0
_SMOOTHED = 200


@dataclass(frozen=True, eq=False)
class _Course:
    """What is drawn: points in order, each standing for the time up to it, shape (n,), and stretches, (k, 2).

    All times in seconds on the source's clock; NaN where there is no probability or no quality.
    """

    at_s: NDArray[np.float64]
    step_s: float
    least: NDArray[np.float64]
    mean: NDArray[np.float64]
    greatest: NDArray[np.float64]
    quality: NDArray[np.float64]
    poor: NDArray[np.bool_]
    lost_s: NDArray[np.float64]


class HistoryItem(GraphicsObject):
    """Fills its plot: time to the right, probability upwards; the right edge is the newest judgement.

    The whole session is shown unless the last minutes are asked for, as the verdict beside it already says
    what stands now. Its length moves in steps, so that nothing shrinks while somebody looks.

    Attributes:
        span_s: Seconds from edge to edge.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._theme = DARK
        self._history: Sequence[Judgement] = ()
        self._trend: TrendView | None = None
        self._band = (0.5, 0.5)
        self._whole = True
        self._course: _Course | None = None
        self.span_s: float = SPANS_S[0]

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def place(self, rect: QRectF) -> None:
        """Fill another rectangle, in logical pixels of the plot."""
        self.prepareGeometryChange()
        self._rect = QRectF(rect)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what was judged so far; the same once more costs nothing."""
        if (
            snapshot.history is self._history
            and snapshot.trend is self._trend
            and snapshot.band == self._band
        ):
            return
        self._history, self._trend, self._band = snapshot.history, snapshot.trend, snapshot.band
        self._follow()

    def show_whole(self, whole: bool) -> None:
        """Show the whole session, or the last minutes."""
        self._whole = whole
        self._follow()

    def boundingRect(self) -> QRectF:  # noqa: N802
        """The plot's rectangle."""
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw band, curves and stretches."""
        painter.setClipRect(self._rect)
        # The edges leave room for a curve at exactly 0 or 1.
        inner = self._rect.adjusted(0, _MARK, -_MARK, 0)
        upper = QRectF(inner)
        upper.setBottom(self._rect.bottom() - PROBABILITY_FROM * self._rect.height())
        lower = QRectF(inner)
        lower.setTop(self._rect.bottom() - QUALITY_TO * self._rect.height())
        self._draw_band(painter, upper)
        doubted = lower.bottom() - DOUBTED_BELOW * lower.height()
        painter.setPen(QPen(QColor(self._theme.faint), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(self._rect.left(), doubted), QPointF(self._rect.right(), doubted))
        course = self._course
        if course is None or not course.at_s.size:
            return
        newest_s = course.at_s[-1]

        def across(at_s: NDArray[np.float64]) -> NDArray[np.float64]:
            return inner.right() - (newest_s - at_s) / self.span_s * inner.width()

        step = course.step_s / self.span_s * inner.width()
        for begin, end in across(course.lost_s).tolist():
            band = QRectF(begin, self._rect.top(), max(_LEAST_GAP, end - begin), self._rect.height())
            painter.fillRect(band, QColor(self._theme.plot))
            painter.fillRect(band, QBrush(QColor(self._theme.abnormal), Qt.BrushStyle.BDiagPattern))
            painter.fillRect(QRectF(begin, band.top(), 1, band.height()), QColor(self._theme.abnormal))
        x = across(course.at_s)
        self._draw_poor(painter, upper, x, step, course)
        # A smoothed curve costs by its length: tens of milliseconds where every pixel has its point.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, x.size <= _SMOOTHED)
        self._draw_curves(painter, upper, x, course)
        self._draw_quality(painter, lower, x, step, course)

    def _follow(self) -> None:
        trend = self._trend
        self.span_s = SPANS_S[0]
        whole = trend is not None and self._whole
        if whole and self._history:
            length_s = self._history[-1].verdict.end_s
            self.span_s = next((span for span in SPANS_S if span >= length_s), SPANS_S[-1])
        # While one span shows both, windows are finer than bins.
        if trend is None or self.span_s == SPANS_S[0]:
            self._course = _of_history(self._history)
        else:
            self._course = _of_trend(trend, self._history[-1].verdict.end_s)
        self.update()

    def _draw_band(self, painter: QPainter, upper: QRectF) -> None:
        low, high = self._band
        if high <= low:
            return
        band = QRectF(
            self._rect.left(),
            upper.bottom() - high * upper.height(),
            self._rect.width(),
            (high - low) * upper.height(),
        )
        shade = QColor(self._theme.uncertain)
        shade.setAlpha(60)
        painter.fillRect(band, shade)
        shade.setAlpha(110)
        painter.fillRect(band, QBrush(shade, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(QColor(self._theme.uncertain), 1))
        for edge in (band.top(), band.bottom()):
            painter.drawLine(QPointF(band.left(), edge), QPointF(band.right(), edge))

    def _draw_poor(
        self, painter: QPainter, upper: QRectF, x: NDArray[np.float64], step: float, course: _Course
    ) -> None:
        """Triangles, as many as there is room for, where windows were refused."""
        tiles = QBrush(_triangles(self._theme.none))
        ink = QColor(self._theme.none)
        for run in _runs(course.poor, course.at_s):
            left, right = x[run.start] - max(step, 1.0), x[run.stop - 1]
            stretch = QRectF(left, upper.top(), right - left, upper.height())
            painter.setBrushOrigin(stretch.bottomLeft())
            painter.fillRect(stretch, tiles)
            painter.fillRect(QRectF(left, upper.bottom(), right - left, 2), ink)

    def _draw_curves(self, painter: QPainter, upper: QRectF, x: NDArray[np.float64], course: _Course) -> None:
        ink = QColor(self._theme.text)
        shade = QColor(ink)
        shade.setAlpha(90)
        least, mean, greatest = (
            upper.bottom() - values * upper.height()
            for values in (course.least, course.mean, course.greatest)
        )
        for run in _runs(np.isfinite(mean), course.at_s):
            if np.any(least[run] > greatest[run]):
                there, back = x[run], x[run][::-1]
                outline = functions.arrayToQPolygonF(
                    np.concatenate([there, back]), np.concatenate([greatest[run], least[run][::-1]])
                )
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(shade)
                painter.drawPolygon(outline)
            painter.setPen(QPen(ink, 1.5 if x.size <= _SMOOTHED else 1))
            painter.drawPolyline(functions.arrayToQPolygonF(x[run], mean[run]))
            if run.stop == x.size or run.stop - run.start == 1:
                painter.setBrush(ink)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(QPointF(x[run.stop - 1], mean[run.stop - 1]), 2.5, 2.5)

    def _draw_quality(
        self, painter: QPainter, lower: QRectF, x: NDArray[np.float64], step: float, course: _Course
    ) -> None:
        shade = QColor(self._theme.faint)
        shade.setAlpha(110)
        painter.setPen(QPen(QColor(self._theme.faint), 1))
        painter.setBrush(shade)
        top = lower.bottom() - course.quality * lower.height()
        for run in _runs(np.isfinite(top), course.at_s):
            left = x[run.start] - step
            painter.drawPolygon(
                functions.arrayToQPolygonF(
                    np.concatenate([[left, left], x[run], x[run.stop - 1 : run.stop]]),
                    np.concatenate(
                        [[lower.bottom()], top[run.start : run.start + 1], top[run], [lower.bottom()]]
                    ),
                )
            )


def span_ticks(span_s: float) -> list[tuple[float, str]]:
    """Places and words along an axis that ends now, in seconds, minutes or hours ago."""
    step_s = next((step for step in _TICKS_S if span_s / step <= _MOST_TICKS), _TICKS_S[-1])
    return [(-at, long_ago_words(at)) for at in range(int(span_s // step_s) * step_s, -1, -step_s)]


def _of_history(history: Sequence[Judgement]) -> _Course:
    """Every window by itself."""
    rows = [
        (
            judgement.verdict.end_s,
            judgement.verdict.start_s,
            _or_nan(judgement.rolling.p_abnormal),
            _or_nan(judgement.verdict.quality),
            judgement.verdict.label is Label.POOR_SIGNAL,
        )
        for judgement in history
    ]
    end_s, start_s, probability, quality, poor = np.array(rows, np.float64).reshape(-1, 5).T
    apart_s = np.diff(end_s)
    broken = np.flatnonzero(apart_s > _BREAK_S)
    # A window after lost sound begins with what came first.
    lost_s = np.stack([end_s[broken], np.maximum(start_s[broken + 1], end_s[broken])], axis=1)
    step_s = float(np.median(apart_s)) if apart_s.size else 0.0
    return _Course(end_s, step_s, probability, probability, probability, quality, poor.astype(bool), lost_s)


def _of_trend(trend: TrendView, newest_s: float) -> _Course:
    """Bins in which something was judged."""
    judged = np.flatnonzero(trend.windows > 0)
    at_s = np.minimum((judged + 1) * trend.bin_s, newest_s)
    lost = trend.lost_s > 0
    edges = np.flatnonzero(np.diff(lost, prepend=False, append=False)).reshape(-1, 2)
    lost_s = np.array(
        [(begin * trend.bin_s, begin * trend.bin_s + trend.lost_s[begin:end].sum()) for begin, end in edges]
    ).reshape(-1, 2)
    return _Course(
        at_s,
        trend.bin_s,
        trend.least[judged],
        trend.mean[judged],
        trend.greatest[judged],
        trend.quality[judged],
        trend.poor[judged] >= _POOR_SHARE * trend.windows[judged],
        lost_s,
    )


def _runs(wanted: NDArray[np.bool_], at_s: NDArray[np.float64]) -> list[slice]:
    """Neighbours that are all wanted and not too far apart."""
    apart_s = np.diff(at_s, prepend=-math.inf)
    usual_s = float(np.median(apart_s[1:])) if at_s.size > 1 else 0.0
    begins = wanted & (np.diff(wanted, prepend=False) | (apart_s > max(_BREAK_S, 1.5 * usual_s)))
    ends = wanted & np.append(begins[1:] | ~wanted[1:], True)
    return [
        slice(int(begin), int(end) + 1)
        for begin, end in zip(np.flatnonzero(begins), np.flatnonzero(ends), strict=True)
    ]


def _triangles(colour: str) -> QPixmap:
    """A tile with one hollow triangle, the shape of a poor signal."""
    tile = QPixmap(_TILE, _TILE)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setPen(QPen(QColor(colour), 1))
    painter.drawPolygon(QPolygonF([QPointF(1, 7), QPointF(4, 1), QPointF(7, 7)]))
    painter.end()
    return tile


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
