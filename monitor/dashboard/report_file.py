"""Writes the report of an examination to a file: PDF or HTML, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QLocale, QMarginsF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from shiboken6 import Shiboken

from monitor.dashboard import report_words as words
from monitor.dashboard.report_html import html_text
from monitor.dashboard.report_page import PAPER, UNIT, draw_report
from monitor.examination_record import ExaminationRecord
from monitor.examination_report import ExaminationReport, SiteSound, examination_report
from monitor.whole_files import write_private

if TYPE_CHECKING:
    from model.classifier import Classifier

PAPERS = {"a4": QPageSize.PageSizeId.A4, "letter": QPageSize.PageSizeId.Letter}

SUFFIXES = (".pdf", ".html", ".htm")

# CLDR, supplemental data, paperSize US-Letter; all others have A4.
_LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])

_RESOLUTION = 1200
_SOUND_SHARE = 0.7

Progress = Callable[[float], None]


class ReportError(Exception):
    """The report cannot be written; one line that says what to do."""


def write_report(
    record: ExaminationRecord,
    sounds: Sequence[SiteSound | None],
    path: Path,
    classifier: Classifier | None = None,
    *,
    beside: Sequence[str] = (),
    paper: str | None = None,
    zone: tzinfo | None = None,
    progress: Progress = lambda share: None,
) -> None:
    """Write the report of an examination; a Qt application must exist. On any thread.

    Args:
        record: The examination.
        sounds: One for each finding, in order; None where it was not kept.
        path: Ends in .pdf or .html; what was there is replaced.
        classifier: The record's model, which finds S1 and S2; None marks nothing.
        beside: Suffixes under which it is written too.
        paper: "a4" or "letter"; None for what the system's locale has.
        zone: In which the time is told; None for the system's.
        progress: Called with how much is done, 0 to 1; what it raises ends the work, and nothing is written.

    Raises:
        ReportError: The file cannot be written.
    """
    paths = [*map(path.with_suffix, beside), path]
    for one in paths:
        check_path(one)
    report = examination_report(
        record, sounds, classifier, zone, progress=lambda share: progress(_SOUND_SHARE * share)
    )
    size = QPageSize(PAPERS[paper or locale_paper()])
    pages: list[bytes] = []

    def drawn(steps: Iterator[float]) -> None:
        for share in steps:
            progress(_SOUND_SHARE + (1 - _SOUND_SHARE) * (len(pages) + share) / len(paths))

    for one in paths:
        if one.suffix.lower() == ".pdf":
            pages.append(pdf_bytes(report, size, drawn))
        else:
            pages.append(html_text(report, size, drawn).encode("utf-8", "replace"))
    progress(1.0)
    for one, page in zip(paths, pages, strict=True):
        try:
            write_private(one, page)
        except OSError as error:
            raise ReportError(
                f"{one}: cannot be written ({error.strerror or error}); name a writable place with room"
            ) from None


def check_path(path: Path) -> None:
    """Refuse a path to which no report can be written, before any work is done.

    Raises:
        ReportError: It is one.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ReportError(f"{path}: a report is .pdf or .html; let its name end so")
    if not path.parent.is_dir():
        raise ReportError(f"{path}: its folder does not exist; make it, or name another file")
    if path.is_dir():
        raise ReportError(f"{path}: is a folder; name a file")


def locale_paper(locale: QLocale | None = None) -> str:
    """The paper of a locale, "a4" or "letter"; None is the system's."""
    territory = QLocale.territoryToCode((locale or QLocale.system()).territory())
    return "letter" if territory in _LETTER else "a4"


def pdf_bytes(
    report: ExaminationReport, size: QPageSize, drawn: Callable[[Iterator[float]], None] = list
) -> bytes:
    """The report as PDF, its text selectable and its fonts embedded.

    Args:
        report: What is said.
        size: The paper.
        drawn: Goes through the steps of the drawing.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_RESOLUTION)
    writer.setPageSize(size)
    writer.setPageMargins(QMarginsF())
    writer.setTitle(words.TITLE)
    writer.setCreator(dict(report.small_print)[words.PROGRAM])
    painter = QPainter(writer)
    try:
        scale = _RESOLUTION / (72 * UNIT)
        painter.scale(scale, scale)
        drawn(draw_report(painter, report, size.size(QPageSize.Unit.Point)))
    finally:
        # Its end writes the fonts for tens of milliseconds; called by name it holds the interpreter so long.
        Shiboken.delete(painter)
    return bytes(buffer.data().data())


def page_image(report: ExaminationReport, size: QPageSize, dots_per_inch: int = 100) -> QImage:
    """The page as a picture.

    Args:
        report: What is said.
        size: The paper.
        dots_per_inch: Its fineness.
    """
    points = size.size(QPageSize.Unit.Point)
    scale = dots_per_inch / 72
    image = QImage(round(points.width() * scale), round(points.height() * scale), QImage.Format.Format_RGB32)
    image.fill(PAPER.ground)
    painter = QPainter(image)
    try:
        painter.scale(scale / UNIT, scale / UNIT)
        for _ in draw_report(painter, report, points):
            pass
    finally:
        painter.end()
    return image
