"""The report of an examination as one HTML page: no scripts, and nothing that lies elsewhere."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter

from model.verdict import Label
from monitor.dashboard import report_words as words
from monitor.dashboard.gauge import draw_gauge
from monitor.dashboard.language import installed
from monitor.dashboard.report_page import (
    MARGIN,
    PAPER,
    UNIT,
    draw_picture,
    is_tall,
    note_lines,
    rate_and_quality,
    row_heights,
    small_print_lines,
)
from monitor.dashboard.theme import families
from monitor.dashboard.verdict_shape import draw_shape
from monitor.dashboard.words import (
    GAUGE_ENDS,
    RESEARCH_ONLY,
    SHAPES,
    probability_of_abnormal_words,
    probability_words,
)
from monitor.examination_report import ExaminationReport, Excerpt, SiteReport

_FINE = 3
"""Pixels a point."""

_PICTURE_WIDTH = 300
_REST = 235  # points of all but the sites, with a little to spare: another machine's type may be larger

_STYLE = """
@page {{ size: {paper}; margin: {margin}pt; }}
* {{ box-sizing: border-box; margin: 0; padding: 0; }}
html {{ background: #ffffff; color: {text}; font: 10pt/13pt {families}; font-variant-numeric: tabular-nums;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
body {{ width: {width}pt; margin: {margin}pt auto; overflow-wrap: anywhere; }}
header {{ display: flex; justify-content: space-between; align-items: center; height: 26pt; }}
h1, .word {{ font-size: 19pt; line-height: 24pt; }}
h2, h3 {{ font-size: 10pt; line-height: 13pt; }}
dt, h2, .small, figcaption {{ font-size: 8pt; line-height: 10pt; font-weight: normal; }}
dt, h2, .faint, figcaption {{ color: {faint}; }}
.notice {{ border: 1.2pt solid {text}; padding: 3pt 8pt; font-weight: bold; white-space: nowrap; }}
.facts {{ display: grid; grid-template-columns: 27fr 35fr 38fr; }}
.facts div {{ min-width: 0; padding-right: 8pt; }}
.facts, .whole, footer {{ border-top: 1pt solid {text}; margin-top: 4pt; padding-top: 4pt; }}
.whole {{ display: grid; grid-template-columns: 1fr 1fr; gap: 8pt; }}
.whole .word img {{ width: 22pt; height: 22pt; vertical-align: -3pt; margin-right: 4pt; }}
.ends, .probability {{ display: flex; align-items: center; gap: 5pt; }}
.how {{ padding: 4pt 0; }}
ol {{ list-style: none; }}
li {{ display: grid; grid-template-columns: 1fr {picture}pt; gap: 8pt; border-top: .5pt solid {line};
  padding: 2pt 0; min-height: var(--row); break-inside: avoid; }}
li .told {{ min-width: 0; }}
li h3 {{ display: flex; justify-content: space-between; gap: 8pt; }}
li h3 .verdict {{ white-space: nowrap; }}
li h3 .verdict img {{ width: 11pt; height: 11pt; vertical-align: -1pt; }}
li .probability {{ justify-content: space-between; }}
li .reading:not(.small) {{ font-size: 10pt; line-height: 13pt; }}
figure img {{ display: block; width: {picture}pt; }}
@media print {{
  body {{ margin: 0; height: {height}pt; overflow: hidden; display: flex; flex-direction: column; }}
  .facts dd, li h3 .name, li .line {{ white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }}
  .whole {{ height: {whole}pt; overflow: hidden; }}
  .note, li .reading {{ display: -webkit-box; -webkit-box-orient: vertical; overflow: hidden; }}
  .note {{ -webkit-line-clamp: {lines}; line-clamp: {lines}; }}
  li .reading {{ -webkit-line-clamp: var(--lines); line-clamp: var(--lines); }}
  li {{ height: var(--row); overflow: hidden; }}
  footer {{ margin-top: auto; }}
  footer p {{ white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }}
}}
"""
"""On the screen there is all that was written; on paper, where there is one page, what fits."""


def html_text(
    report: ExaminationReport, size: QPageSize, drawn: Callable[[Iterator[float]], None] = list
) -> str:
    """The report as HTML, with its pictures in it; it prints on one page.

    Args:
        report: What is said.
        size: The paper that it is printed on.
        drawn: Goes through the steps of the drawing.
    """
    pieces: list[str] = []
    drawn(_write(pieces, report, size))
    return "".join(pieces)


def _write(pieces: list[str], report: ExaminationReport, size: QPageSize) -> Iterator[float]:
    points = size.size(QPageSize.Unit.Point)
    margin = MARGIN / UNIT
    height = points.height() - 2 * margin
    # How long the note is in the reader's type is not known here; what is left free is left free.
    lines = min(note_lines(report), max(6, 1 + len(report.note) // 40))
    heights = row_heights(report, height - _REST - 10 * (lines - 6))
    style = _STYLE.format(
        paper=f"{points.width():g}pt {points.height():g}pt",
        margin=f"{margin:g}",
        width=f"{points.width() - 2 * margin:g}",
        height=f"{height - 1:g}",
        whole=88 + 10 * (lines - 6),
        lines=lines,
        picture=_PICTURE_WIDTH,
        families=", ".join(f"'{family}'" for family in families()) + ", sans-serif",
        text=PAPER.text,
        faint=PAPER.faint,
        line=PAPER.line,
    )
    facts = "".join(f"<div><dt>{title}</dt><dd>{_own(value)}</dd></div>" for title, value in report.facts)
    pieces.append(
        f'<!DOCTYPE html>\n<html lang="{installed()}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{words.TITLE}</title>\n"
        f'<meta name="generator" content="{escape(dict(report.small_print)[words.PROGRAM])}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>{style}</style>\n</head>\n<body>\n"
        f'<header><h1>{words.TITLE}</h1><p class="notice" role="note">{RESEARCH_ONLY}</p></header>\n'
        f'<main>\n<dl class="facts">{facts}</dl>\n{_whole(report)}'
        f'<section aria-label="{words.SITES}">\n<ol>\n'
    )
    for place, (site, row) in enumerate(zip(report.sites, heights, strict=True)):
        yield place / len(report.sites)
        pieces.append(_site(place + 1, site, report.band, row))
    told = [
        words.PICTURES if any(site.excerpt for site in report.sites) else "",
        *(
            " &nbsp; ".join(f"{title} {_own(value)}" for title, value in line)
            for line in small_print_lines(report.small_print)
        ),
        words.SHORTENED,
    ]
    omitted = f'<p class="small">{report.omitted}</p>\n' if report.omitted else ""
    pieces.append(
        f"</ol>\n{omitted}</section>\n</main>\n<footer>"
        + "".join(f'<p class="small faint">{line}</p>' for line in told if line)
        + "</footer>\n</body>\n</html>\n"
    )
    yield 1.0


def _whole(report: ExaminationReport) -> str:
    gauge = _gauge(report.probability, report.band, 150, 5)
    return (
        f'<section class="whole" aria-label="{words.OVERALL}">\n<div>'
        f"<h2>{words.OVERALL}</h2>"
        f'<p class="word" style="color:{PAPER.of(report.label)}">{_shape(report.label, 22)}'
        f"<strong>{report.word}</strong></p>"
        f'<p class="small">{report.counts}</p><p>{words.HIGHEST} {probability_words(report.probability)}</p>'
        f'<p class="ends small faint">{GAUGE_ENDS[0]} {gauge} {GAUGE_ENDS[1]}</p></div>\n'
        f"<div><h2>{words.CLINICIAN}</h2><p><strong>{report.opinion}</strong></p>"
        f'<p class="note small">{_own(report.note)}</p></div>\n</section>\n'
        f'<p class="how small">{report.how_to_read}</p>\n'
    )


def _site(number: int, site: SiteReport, band: tuple[float, float] | None, row: float) -> str:
    told = ""
    left = row - 4 - 13
    line_height, size = (13, "") if is_tall(row) else (10, " small")
    if site.label is not None:
        lines = rate_and_quality(site, row)
        told = (
            f'<p class="probability">{probability_of_abnormal_words(site.probability)} '
            f"{_gauge(site.probability, band, 80, 4)}</p>"
            + "".join(f'<p class="line">{line}</p>' for line in lines)
        )
        left -= 12 + 10 * len(lines)
    name = f'<span class="name">{number}. {_own(site.name)}</span>'
    word = f"{_shape(site.label, 11)} {site.word}"
    remark = f"<figcaption>{site.remark}</figcaption>" if site.remark else ""
    return (
        f'<li style="--row:{row:.1f}pt;--lines:{max(1, int(left // line_height))}">\n'
        '<div class="told small">'
        f'<h3>{name}<span class="verdict" style="color:{PAPER.of(site.label)}">{word}</span></h3>{told}'
        f'<p class="reading{size}">{_own(f"{site.reading} {site.reasons}".strip())}</p></div>\n'
        f"<figure>{remark}{_picture(site, row)}</figure>\n</li>\n"
    )


def _picture(site: SiteReport, row: float) -> str:
    excerpt = site.excerpt
    if excerpt is None:
        return ""
    height = row - (16 if site.remark else 6)
    image = _image(_PICTURE_WIDTH, height, lambda painter, box: draw_picture(painter, box, excerpt))
    return f'<img src="{image}" alt="{escape(_said_of(site, excerpt))}">'


def _said_of(site: SiteReport, excerpt: Excerpt) -> str:
    counted = Counter(one.sound for one in excerpt.sounds)
    return words.picture_words(site.name, excerpt.length_s, counted["S1"], counted["S2"])


def _shape(label: Label | None, side: float) -> str:
    def draw(painter: QPainter, box: QRectF) -> None:
        draw_shape(painter, box, label, PAPER, side / 11 * UNIT)

    return f'<img src="{_image(side, side, draw)}" alt="{SHAPES[label] if label else words.DASH}">'


def _gauge(probability: float | None, band: tuple[float, float] | None, width: float, height: float) -> str:
    def draw(painter: QPainter, box: QRectF) -> None:
        # The pointer is wider than what it points at, at both ends too.
        bar = box.adjusted(height * UNIT, 1.6 * height * UNIT, -height * UNIT, -0.1 * height * UNIT)
        draw_gauge(painter, bar, probability, band, PAPER)

    whole = 2.7 * height
    return (
        f'<img class="gauge" src="{_image(width, whole, draw)}" alt="{words.gauge_words(probability, band)}" '
        f'style="width:{width}pt;height:{whole}pt">'
    )


def _image(width: float, height: float, draw: Callable[[QPainter, QRectF], None]) -> str:
    """A drawing of a size in points, as a data URI."""
    image = QImage(round(width * _FINE), round(height * _FINE), QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER.ground))
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(_FINE / UNIT, _FINE / UNIT)
        draw(painter, QRectF(0, 0, width * UNIT, height * UNIT))
    finally:
        painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(bytes(buffer.data().data())).decode()


def _own(text: str) -> str:
    """What somebody wrote: escaped, and not able to turn the direction of what surrounds it."""
    return f'<bdi dir="auto">{escape(text)}</bdi>' if text else ""
