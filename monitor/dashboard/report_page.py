"""The report of an examination on one page, drawn on anything that Qt draws on, on any thread."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption

from monitor.dashboard import report_words as words
from monitor.dashboard.gauge import draw_gauge
from monitor.dashboard.spectrogram_view import HIGH_HZ, LOW_HZ, SpectrogramRing
from monitor.dashboard.tape import Stretch
from monitor.dashboard.theme import LIGHT, font
from monitor.dashboard.verdict_shape import draw_shape
from monitor.dashboard.waveform import Envelope, draw_envelope, mark_sound
from monitor.dashboard.words import (
    GAUGE_ENDS,
    HEART_RATE,
    QUALITY,
    RESEARCH_ONLY,
    probability_of_abnormal_words,
    probability_words,
    seconds_words,
)
from monitor.examination_report import ExaminationReport, Excerpt, SiteReport

PAPER = replace(LIGHT, name="paper", ground="#ffffff", panel="#ffffff", faint="#3d4852")
"""The light theme on white."""

UNIT = 10
"""Of these make a point: whole numbers of them are fine enough, and Qt's type sizes are whole."""

COLOUR_MAP = "CET-L17"
"""Of the spectrogram on paper: Kovesi's, from white over orange and red to blue.

Its lightness falls evenly, so that equal steps in loudness are equal steps to the eye, and stay so where it
is printed or copied in grey; and silence is white, which takes no ink and leaves the axes readable.
"""

SMALL, NORMAL, LARGE = 8 * UNIT, 10 * UNIT, 19 * UNIT
"""Type sizes."""

MARGIN = 30 * UNIT

_GAP = 8 * UNIT
_LINE, _SMALL_LINE = 13 * UNIT, 10 * UNIT
_TEXT_SHARES = {True: 0.4, False: 0.46}
_FACT_SHARES = (0.27, 0.35, 0.38)
_AXIS, _TICK = 33 * UNIT, 2 * UNIT
_PIXEL = UNIT / 2  # of a spectrogram; a column of 16 ms is about a point wide
_COLUMN = UNIT / 4  # of a waveform
_TALL = 85 * UNIT
_SKIPPED_SHARE = 0.4
_PIECE = 100  # columns
_FEW = 4
_FREQUENCIES = {True: (20, 200, 400, 600, 800), False: (20, 400, 800)}

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MIDDLE = Qt.AlignmentFlag.AlignCenter


def draw_report(painter: QPainter, report: ExaminationReport, size: QSizeF) -> Iterator[float]:
    """Draw the page, a piece at each step, so that others may have their turn between them.

    Args:
        painter: Its units are tenths of a point, from the paper's top left corner.
        report: What is said.
        size: Of the paper, in points.

    Yields:
        How much of it is drawn, 0 to 1.
    """
    yield from _Page(painter, report, size).draw()


def draw_picture(painter: QPainter, box: QRectF, excerpt: Excerpt) -> None:
    """Draw an excerpt's waveform above its spectrogram, with axes; the same seconds stand below each other.

    Args:
        painter: In tenths of a point.
        box: What it fills.
        excerpt: What is shown.
    """
    tall = is_tall(box.height() / UNIT)
    plots = box.adjusted(_AXIS, _SMALL_LINE if tall else 2 * UNIT, -UNIT, -_SMALL_LINE - _TICK)
    waveform = QRectF(plots.topLeft(), QSizeF(plots.width(), 0.4 * plots.height()))
    spectrogram = plots.adjusted(0, waveform.height() + 3 * UNIT, 0, 0)
    _draw_waveform(painter, waveform, excerpt, tall)
    _draw_spectrogram(painter, spectrogram, excerpt, tall)
    face = _face(SMALL)
    painter.setFont(face)
    for second, across in _seconds(excerpt, plots):
        painter.setPen(QPen(QColor(PAPER.faint), 0.5 * UNIT))
        painter.drawLine(QPointF(across, plots.bottom()), QPointF(across, plots.bottom() + _TICK))
        label = seconds_words(second)
        room = QFontMetricsF(face).horizontalAdvance(label)
        left = min(across - room / 2, box.right() - room)
        painter.drawText(
            QRectF(left, plots.bottom() + _TICK, room + UNIT, _SMALL_LINE),
            _LEFT | Qt.TextFlag.TextDontClip,
            label,
        )


def row_heights(report: ExaminationReport, room: float) -> list[float]:
    """How the sites share the height that there is: of four each has a quarter, a skipped one needs less."""
    shares = [1.0 if site.label is not None else _SKIPPED_SHARE for site in report.sites]
    return [share * room / max(4.0, sum(shares)) for share in shares]


def rate_and_quality(site: SiteReport, height: float) -> tuple[str, ...]:
    """Heart rate and quality with their names; on one line where the site has few points of height."""
    rate, quality = f"{HEART_RATE} {site.heart_rate}", f"{QUALITY} {site.quality}"
    if is_tall(height):
        return rate, quality
    # The unit says what it is.
    rate = site.heart_rate if site.heart_rate[:1].isdigit() else rate
    return (f"{rate}; {quality[0].lower()}{quality[1:]}",)


def is_tall(height: float) -> bool:
    """Whether a site with so many points of height has room for larger type and for the names of sounds."""
    return height * UNIT >= _TALL


def note_lines(report: ExaminationReport) -> int:
    """How many lines of small print the note may take: more where few sites leave room for it."""
    return 6 if len(report.sites) > _FEW else 12


def small_print_lines(
    small_print: Sequence[tuple[str, str]],
) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """The small print on two lines: the hash has one to itself, where nothing of it is cut."""
    return (
        [part for part in small_print if part[0] != words.SHA256],
        [part for part in small_print if part[0] == words.SHA256],
    )


class _Page:
    def __init__(self, painter: QPainter, report: ExaminationReport, size: QSizeF) -> None:
        self._painter, self._report = painter, report
        self._page = QRectF(0, 0, UNIT * size.width(), UNIT * size.height())
        self._body = self._page.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        self._shortened = report.shortened

    def draw(self) -> Iterator[float]:
        report, body = self._report, self._body
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        self._painter.fillRect(self._page, QColor(PAPER.ground))
        top = self._header(body.top())
        top = self._overall(top)
        footer = body.bottom() - 4 * _SMALL_LINE - 3 * UNIT
        end = footer - _GAP - (_SMALL_LINE if report.omitted else 0)
        heights = row_heights(report, end - top)
        for place, (site, height) in enumerate(zip(report.sites, heights, strict=True)):
            yield (place + 1) / (len(report.sites) + 1)
            self._site(QRectF(body.left(), top, body.width(), height), place + 1, site)
            top += height
        if report.omitted:
            self._line(QRectF(body.left(), end, body.width(), _SMALL_LINE), report.omitted)
        self._footer(footer)
        yield 1.0

    def _header(self, top: float) -> float:
        body = self._body
        face = _face(NORMAL, bold=True)
        width = QFontMetricsF(face).horizontalAdvance(RESEARCH_ONLY) + 2 * _GAP
        notice = QRectF(body.right() - width, top, width, 20 * UNIT)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(PAPER.text), 1.2 * UNIT))
        self._painter.drawRect(notice)
        self._line(notice, RESEARCH_ONLY, NORMAL, bold=True, align=_MIDDLE)
        title = QRectF(body.left(), top, notice.left() - body.left() - _GAP, 20 * UNIT)
        self._line(title, words.TITLE, LARGE, bold=True)
        top += 28 * UNIT
        self._rule(top, 1.0)
        top += 4 * UNIT
        left = body.left()
        for (title_words, value), share in zip(self._report.facts, _FACT_SHARES, strict=True):
            width = share * body.width()
            self._line(QRectF(left, top, width - _GAP, _SMALL_LINE), title_words, faint=True)
            self._line(QRectF(left, top + _SMALL_LINE, width - _GAP, _LINE), value, NORMAL)
            left += width
        return top + _SMALL_LINE + _LINE + 4 * UNIT

    def _overall(self, top: float) -> float:
        report, body, painter = self._report, self._body, self._painter
        self._rule(top, 1.0)
        top += 5 * UNIT
        half = body.width() / 2
        side = 28 * UNIT
        square = QRectF(body.left(), top + 9 * UNIT, side, side)
        draw_shape(painter, square, report.label, PAPER, 2.5 * UNIT)
        left = body.left() + side + _GAP
        room = half - side - 2 * _GAP
        self._line(QRectF(left, top, room, _SMALL_LINE), words.OVERALL, faint=True)
        self._line(
            QRectF(left, top + _SMALL_LINE, room, 22 * UNIT),
            report.word,
            LARGE,
            bold=True,
            colour=PAPER.of(report.label),
        )
        self._paragraph(QRectF(left, top + 33 * UNIT, room, 2 * _SMALL_LINE), report.counts)
        lower = top + 33 * UNIT + 2 * _SMALL_LINE + 2 * UNIT
        told = f"{words.HIGHEST} {probability_words(report.probability)}"
        self._line(QRectF(body.left(), lower, half - _GAP, _LINE), told, NORMAL)
        ends = QRectF(body.left(), lower + _LINE + 5 * UNIT, half - 2 * _GAP, _SMALL_LINE)
        for end, align in zip(GAUGE_ENDS, (_LEFT, _RIGHT), strict=True):
            self._line(ends, end, faint=True, align=align)
        beside = [QFontMetricsF(_face(SMALL)).horizontalAdvance(end) + 5 * UNIT for end in GAUGE_ENDS]
        bar = ends.adjusted(beside[0], 3 * UNIT, -beside[1], -2 * UNIT)
        draw_gauge(painter, bar, report.probability, report.band, PAPER)
        bottom = ends.bottom()
        right = body.left() + half
        self._line(QRectF(right, top, half, _SMALL_LINE), words.CLINICIAN, faint=True)
        self._line(QRectF(right, top + _SMALL_LINE, half, _LINE), report.opinion, NORMAL, bold=True)
        upper = top + _SMALL_LINE + _LINE
        room = note_lines(report) * _SMALL_LINE
        bottom = max(bottom, upper + self._paragraph(QRectF(right, upper, half, room), report.note))
        top = bottom + 3 * UNIT
        top += self._paragraph(QRectF(body.left(), top, body.width(), 3 * _SMALL_LINE), report.how_to_read)
        return top + 4 * UNIT

    def _site(self, row: QRectF, number: int, site: SiteReport) -> None:
        painter = self._painter
        self._rule(row.top(), 0.5)
        row = row.adjusted(0, 2 * UNIT, 0, -2 * UNIT)
        tall = is_tall(row.height() / UNIT)
        text = QRectF(row.left(), row.top(), _TEXT_SHARES[tall] * row.width(), row.height())
        colour = PAPER.of(site.label)
        face = _face(NORMAL, bold=True)
        word = QFontMetricsF(face).horizontalAdvance(site.word) + UNIT
        side = 11 * UNIT
        name = QRectF(text.left(), text.top(), text.width() - word - side - 12 * UNIT, _LINE)
        self._line(name, f"{number}. {site.name}", NORMAL, bold=True)
        square = QRectF(text.right() - word - side - 4 * UNIT, text.top() + UNIT, side, side)
        draw_shape(painter, square, site.label, PAPER, UNIT)
        said = QRectF(text.right() - word, text.top(), word, _LINE)
        self._line(said, site.word, NORMAL, bold=True, colour=colour)
        top = text.top() + _LINE
        if site.label is not None:
            told = probability_of_abnormal_words(site.probability)
            self._line(QRectF(text.left(), top, 0.62 * text.width(), _LINE), told)
            bar = QRectF(text.left() + 0.64 * text.width(), top + 7 * UNIT, 0.34 * text.width(), 4 * UNIT)
            draw_gauge(painter, bar, site.probability, self._report.band, PAPER)
            top += _LINE
            for told in rate_and_quality(site, row.height() / UNIT):
                self._line(QRectF(text.left(), top, text.width(), _SMALL_LINE), told)
                top += _SMALL_LINE
            top += 2 * UNIT if tall else 0
        told = f"{site.reading} {site.reasons}".strip()
        self._paragraph(
            QRectF(text.left(), top, text.width(), text.bottom() - top), told, NORMAL if tall else SMALL
        )
        picture = QRectF(text.right() + _GAP, row.top(), row.right() - text.right() - _GAP, row.height())
        if site.remark:
            remark = QRectF(picture.left() + _AXIS, picture.top(), picture.width() - _AXIS, _SMALL_LINE)
            self._line(remark, site.remark, faint=True)
        if site.excerpt is not None:
            draw_picture(painter, picture.adjusted(0, _SMALL_LINE if site.remark else 0, 0, 0), site.excerpt)

    def _footer(self, top: float) -> None:
        body = self._body
        self._rule(top, 1.0)
        lines = [words.PICTURES] if any(site.excerpt for site in self._report.sites) else []
        lines += [
            "   ".join(f"{title} {value}" for title, value in line)
            for line in small_print_lines(self._report.small_print)
        ]
        box = QRectF(body.left(), top + 3 * UNIT, body.width(), _SMALL_LINE)
        for line in lines:
            self._line(box, line, faint=True)
            box.translate(0, _SMALL_LINE)
        if self._shortened:
            self._line(box, words.SHORTENED, faint=True)

    def _rule(self, top: float, width: float) -> None:
        self._painter.setPen(QPen(QColor(PAPER.text if width >= 1 else PAPER.line), width * UNIT))
        self._painter.drawLine(QPointF(self._body.left(), top), QPointF(self._body.right(), top))

    def _line(
        self,
        box: QRectF,
        text: str,
        size: int = SMALL,
        *,
        bold: bool = False,
        faint: bool = False,
        colour: str = "",
        align: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        """Write one line, cut with an ellipsis where there is no room."""
        face = _face(size, bold)
        shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        self._shortened = self._shortened or shown != text
        painter = self._painter
        painter.setFont(face)
        painter.setPen(QColor(colour or (PAPER.faint if faint else PAPER.text)))
        with _clipped(painter, box):
            painter.drawText(box, align | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip, shown)

    def _paragraph(self, box: QRectF, text: str, size: int = SMALL) -> float:
        """Write as many lines as fit, the last cut where there are more, and give their height."""
        step = _SMALL_LINE if size == SMALL else _LINE
        room = int((box.height() + 0.01) // step)
        if not text:
            return 0.0
        if room < 1:
            self._shortened = True
            return 0.0
        layout = QTextLayout(text, _face(size))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        starts = []
        while len(starts) <= room and (line := layout.createLine()).isValid():
            line.setLineWidth(box.width())
            starts.append(line.textStart())
        layout.endLayout()
        units = text.encode("utf-16-le")
        for place, start in enumerate(starts[:room]):
            last = place + 1 == room or place + 1 == len(starts)
            end = len(units) if last else 2 * starts[place + 1]
            part = units[2 * start : end].decode("utf-16-le", "ignore").strip()
            where = QRectF(box.left(), box.top() + place * step, box.width(), step)
            self._line(where, part, size)
        return min(room, len(starts)) * step


@contextmanager
def _clipped(painter: QPainter, box: QRectF) -> Iterator[None]:
    """Nothing is drawn outside: marks upon marks on a letter would reach over the whole page."""
    painter.save()
    painter.setClipRect(box.adjusted(-UNIT, -UNIT, UNIT, UNIT))
    try:
        yield
    finally:
        painter.restore()


def _draw_waveform(painter: QPainter, plot: QRectF, excerpt: Excerpt, tall: bool) -> None:
    pixels = max(1, int(plot.width() / _COLUMN))
    envelope = Envelope(pixels, excerpt.length_s)
    empty = np.empty(0)
    envelope.add(Stretch(0.0, excerpt.signal, empty, np.empty((0, 0), np.float32), empty, 0.0))
    least, greatest = envelope.read(pixels)
    full_scale = _full_scale(float(np.abs(excerpt.signal).max()))
    painter.setPen(QPen(QColor(PAPER.line), 0.4 * UNIT))
    for _, across in _seconds(excerpt, plot):
        painter.drawLine(QPointF(across, plot.top()), QPointF(across, plot.bottom()))
    unit = plot.width() / pixels
    pen = QPen(QColor(PAPER.signal), 0.5 * UNIT / unit)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    with _clipped(painter, plot):
        painter.translate(plot.topLeft())
        painter.scale(unit, unit)
        painter.setPen(pen)
        # A piece at a time: the window waits for whatever Qt does in one go.
        for first in range(0, pixels, _PIECE):
            piece = slice(first, first + _PIECE + 1)
            draw_envelope(painter, least[piece], greatest[piece], full_scale, plot.height() / unit)
            painter.translate(_PIECE, 0)
    free = 0.0
    painter.setFont(_face(SMALL))
    for one in excerpt.sounds:
        left = max(0.0, one.start_s) / excerpt.length_s * plot.width()
        right = min(excerpt.length_s, one.end_s) / excerpt.length_s * plot.width()
        painter.setPen(QPen(QColor(PAPER.signal), 0.6 * UNIT))
        mark_sound(
            painter, one.sound, QRectF(plot.left() + left, plot.top() - UNIT, right - left, 2.5 * UNIT)
        )
        label = QRectF(plot.left() + left, plot.top() - UNIT - _SMALL_LINE, 0, _SMALL_LINE)
        room = QFontMetricsF(painter.font()).horizontalAdvance(one.sound)
        if tall and left >= free and left + room <= plot.width():
            painter.setPen(QColor(PAPER.faint))
            label.setWidth(room)
            painter.drawText(label, _LEFT | Qt.TextFlag.TextDontClip, one.sound)
            free = left + 1.2 * room
    _axis(painter, plot, [(0.0, f"+{full_scale:g}"), (1.0, f"−{full_scale:g}")])


def _draw_spectrogram(painter: QPainter, plot: QRectF, excerpt: Excerpt, tall: bool) -> None:
    columns, rows = max(1, int(plot.width() / _PIXEL)), max(1, int(plot.height() / _PIXEL))
    ring = SpectrogramRing(
        columns, rows, QColor(PAPER.plot).rgb(), span_s=excerpt.length_s, colour_map=COLOUR_MAP
    )
    levels = np.full(len(excerpt.columns), excerpt.columns.max(initial=-np.inf), np.float32)
    ring.add(Stretch(0.0, excerpt.signal, excerpt.times, excerpt.columns, levels, 0.0))
    painter.save()
    painter.translate(plot.topLeft())
    painter.scale(plot.width() / columns, plot.height() / rows)
    ring.draw(painter, columns)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(PAPER.faint), 0.4 * UNIT))
    painter.drawRect(plot)
    _axis(
        painter,
        plot,
        [((HIGH_HZ - hertz) / (HIGH_HZ - LOW_HZ), f"{hertz} Hz") for hertz in _FREQUENCIES[tall]],
    )


def _axis(painter: QPainter, plot: QRectF, ticks: list[tuple[float, str]]) -> None:
    """Label the left edge: how far down, 0 to 1, and in which words."""
    painter.setFont(_face(SMALL))
    for share, label in ticks:
        at = plot.top() + share * plot.height()
        painter.setPen(QPen(QColor(PAPER.faint), 0.4 * UNIT))
        painter.drawLine(QPointF(plot.left() - _TICK, at), QPointF(plot.left(), at))
        at = min(max(at, plot.top() + 0.3 * _SMALL_LINE), plot.bottom() - 0.3 * _SMALL_LINE)
        box = QRectF(plot.left() - _AXIS, at - _SMALL_LINE / 2, _AXIS - 1.5 * _TICK, _SMALL_LINE)
        painter.drawText(box, _RIGHT | Qt.TextFlag.TextDontClip, label)


def _seconds(excerpt: Excerpt, plot: QRectF) -> list[tuple[int, float]]:
    """The whole seconds in it, and where they lie across the plot."""
    first, last = math.ceil(excerpt.start_s - 1e-6), math.floor(excerpt.start_s + excerpt.length_s + 1e-6)
    a_second = plot.width() / excerpt.length_s
    return [(at, plot.left() + (at - excerpt.start_s) * a_second) for at in range(first, last + 1)]


def _full_scale(greatest: float) -> float:
    """The least number of two digits in which a magnitude has room."""
    if not greatest > 0:
        return 1.0
    step = 10.0 ** (math.floor(math.log10(greatest)) - 1)
    return float(f"{step * math.ceil(1.02 * greatest / step):.2g}")


def _face(size: int, bold: bool = False) -> QFont:
    face = font(size, bold)
    # The same on every device: hinting would round widths to the pixels of one.
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face
