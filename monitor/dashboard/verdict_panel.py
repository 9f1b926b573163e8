"""What is said of the heart sound, readable from two metres."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from model.verdict import Label, RecordingVerdict, WindowVerdict
from monitor.dashboard.control_words import (
    MODEL_NAME,
    PROBABILITY_NAME,
    QUALITY_NAME,
    READING_NAME,
    REASON_NAME,
    VERDICT_NAME,
)
from monitor.dashboard.event_list import EventList
from monitor.dashboard.gauge import Gauge
from monitor.dashboard.named_label import NamedLabel
from monitor.dashboard.theme import DARK, GRID, LARGE, NORMAL, SMALL, Theme, font
from monitor.dashboard.told_words import reading_words
from monitor.dashboard.verdict_shape import VerdictShape
from monitor.dashboard.words import (
    EMPTY,
    HEART_RATE,
    LABELS,
    LOADING,
    LOADING_MODEL,
    NO_SOURCE,
    NO_VERDICT,
    QUALITY,
    SEE_BELOW,
    SHAPES,
    STANDINGS,
    TOO_SHORT,
    WINDOWS,
    differing_words,
    ended_words,
    heard_words,
    heart_rate_words,
    model_words,
    probability_of_abnormal_words,
    quality_words,
    reason_words,
    refused_words,
    unbroken,
    windows_words,
)
from monitor.snapshot import Judgement, Snapshot

WINDOW_S = 10.0
"""Seconds that a verdict needs."""

_WIDTH, _COMPACT_WIDTH = 34 * GRID, 29 * GRID
_REASON_HEIGHT = 11 * GRID
_READING_HEIGHT = 7 * GRID
_FULL_HEIGHT = 66 * GRID
"""In less there is no room for everything."""
_COMPACT_WORD = 26
_STAGE_WIDTH, _STAGE_WORD = 42 * GRID, 40
_SIZE = "logical pixels"


class VerdictPanel(QWidget):
    """Shape, word, probability, reason, and a few rows below them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(VERDICT_NAME)
        self._theme = DARK
        self._label: Label | None = None
        self._compact = self._low = False
        self._scale: float | None = None
        self.shape = VerdictShape()
        self.word = _text(LARGE, VERDICT_NAME, bold=True)
        self.probability = _text(0, PROBABILITY_NAME)
        self.gauge = Gauge()
        self.reason = _text(0, REASON_NAME)
        self.reason.setWordWrap(True)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.reading = _text(0, READING_NAME)
        self.reading.setWordWrap(True)
        self.reading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.heart_rate = _text(0, HEART_RATE)
        self.quality = _text(0, QUALITY_NAME)
        self.windows = _text(0, WINDOWS)
        self.events = EventList()
        self.model = _text(SMALL, MODEL_NAME)
        self.model.setObjectName("faint")
        self.model.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

        self._left_out: list[QWidget] = [self.reading]
        self._technical: list[QWidget] = [self.events, self.model]
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(self.shape)
        layout.addWidget(self.word)
        layout.addWidget(self.probability)
        layout.addWidget(self.gauge)
        layout.addWidget(self.reason)
        layout.addWidget(self.reading)
        rows = QGridLayout()
        rows.setHorizontalSpacing(2 * GRID)
        rows.setVerticalSpacing(GRID // 2)
        rows.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(
            ((HEART_RATE, self.heart_rate), (QUALITY, self.quality), (WINDOWS, self.windows))
        ):
            title = _text(0, "")
            title.setText(name)
            title.setObjectName("faint")
            rows.addWidget(title, row, 0)
            rows.addWidget(value, row, 1)
            self._left_out += [title, value]
        layout.addLayout(rows)
        layout.addSpacing(GRID)
        layout.addWidget(self.events, 1)
        layout.addWidget(self.model)
        self._rest = QSpacerItem(0, 0)
        layout.addItem(self._rest)
        self.set_compact(False)
        self.clear()

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.shape.set_theme(theme)
        self.gauge.set_theme(theme)
        self.events.set_theme(theme)
        self._colour_word()

    def set_compact(self, compact: bool) -> None:
        """Say the verdict alone, narrower, or all there is."""
        self._compact = compact
        self._arrange()

    def set_scale(self, scale: float | None) -> None:
        """Write so many times the usual size, for a room, and only what is for it; None as usual."""
        self._scale = scale
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Where the window is low, leave out what is not of the heart, which the line below says too."""
        super().resizeEvent(event)
        low = self.height() < _FULL_HEIGHT
        if low != self._low:
            self._low = low
            self._arrange()

    def _arrange(self) -> None:
        staged = self._scale is not None
        scale = 1.0 if self._scale is None else self._scale
        compact = self._compact and not staged
        width = _STAGE_WIDTH if staged else _COMPACT_WIDTH if compact else _WIDTH
        self.setFixedWidth(round(width * scale))
        margin = GRID if compact else round(2 * GRID * scale)
        self.layout().setContentsMargins(margin, margin, margin, margin)
        self.layout().setSpacing(round(GRID * scale))
        low = self._low and not staged
        self.shape.set_compact(compact or low, scale)
        self.gauge.set_scale(scale)
        for label in self.findChildren(NamedLabel):
            label.setFont(font(round(label.property(_SIZE) * scale), label.font().bold()))
        word = _STAGE_WORD if staged else _COMPACT_WORD if compact else LARGE
        self.word.setFont(font(round(word * scale), bold=True))
        for part in self._left_out:
            part.setVisible(not compact)
        for part in self._technical:
            part.setVisible(not (compact or low or staged))
        self.reading.setFixedHeight(round(_READING_HEIGHT * scale))
        # Without the rows below, the reason has the room that they would take.
        height = round(_REASON_HEIGHT * scale)
        self.reason.setMinimumHeight(height)
        self.reason.setMaximumHeight(14 * GRID if compact else height)
        # Nor does what is said drift apart in a high window.
        spread = QSizePolicy.Policy.Expanding if compact or low else QSizePolicy.Policy.Fixed
        self._rest.changeSize(0, 0, QSizePolicy.Policy.Minimum, spread)
        self.layout().invalidate()

    def clear(self, word: str = NO_SOURCE, reason: str = EMPTY) -> None:
        """Nothing is being said.

        Args:
            word: In a word.
            reason: Why not, or what to do.
        """
        self.withhold(word, reason)
        self.events.clear()
        self.model.setText("")

    def withhold(self, word: str, reason: str) -> None:
        """Say no verdict though there was one, as it is not of what is heard now; the events stay.

        Args:
            word: In a word.
            reason: Why, and what to do.
        """
        self._say(None, None, None, reason, word=word)
        self._rows()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what stands, or the summary of a stream that has ended."""
        if snapshot.summary is not None:
            self._show_summary(snapshot)
        elif snapshot.judgement is not None:
            self._show_judgement(snapshot.judgement, snapshot.band)
            verdict = snapshot.judgement.verdict
            poor = sum(past.verdict.label is Label.POOR_SIGNAL for past in snapshot.history)
            self._rows(verdict, len(snapshot.history), poor)
        elif snapshot.state == "running":
            self._warm(0.0, snapshot.band)
        elif snapshot.state == "loading":
            self.clear(LOADING, LOADING_MODEL)
        else:
            self.clear(NO_VERDICT, SEE_BELOW)
        if snapshot.state not in ("loading", "failed") or snapshot.events:
            self.events.show_events(snapshot.events)
        self.model.setText(model_words(snapshot.model))

    def _show_judgement(self, judgement: Judgement, band: tuple[float, float]) -> None:
        verdict, standing = judgement.verdict, judgement.rolling
        if standing.label is Label.WARMING_UP:
            self._warm(verdict.end_s - verdict.start_s, band)
            return
        differing = differing_words(standing.label, verdict.reading)
        reason = reason_words(verdict.reasons) or differing or STANDINGS[standing.label]
        if verdict.label is Label.POOR_SIGNAL and standing.label is not Label.POOR_SIGNAL:
            reason = refused_words(reason)
        self._say(standing.label, standing.p_abnormal, band, reason)

    def _show_summary(self, snapshot: Snapshot) -> None:
        summary = snapshot.summary
        if summary is None:
            return
        verdict = summary.verdict
        # For what was wrong it is too late now.
        reason = differing_words(verdict.label, verdict.reading) or reason_words(verdict.reasons)
        if not verdict.windows and not reason:
            reason = TOO_SHORT
        self._say(
            verdict.label,
            verdict.p_abnormal,
            snapshot.band,
            ended_words(reason),
        )
        self._rows(verdict, verdict.windows, verdict.poor_windows)

    def _warm(self, heard_s: float, band: tuple[float, float]) -> None:
        self._say(Label.WARMING_UP, None, band, heard_words(heard_s, WINDOW_S), heard_s / WINDOW_S)
        self._rows(None, 0, 0)

    def _say(
        self,
        label: Label | None,
        probability: float | None,
        band: tuple[float, float] | None,
        reason: str,
        filled: float = 0.0,
        word: str = "",
    ) -> None:
        self._label = label
        self.shape.show_label(label, filled)
        self.gauge.show_probability(probability, band)
        words = LABELS[label] if label else word
        _put(self.word, words)
        _put(self.probability, probability_of_abnormal_words(probability))
        _put(self.reason, unbroken(reason))
        self._colour_word()
        told = f"{words}, {SHAPES[label]}. {reason}" if label else f"{words}. {reason}"
        if told != self.accessibleDescription():
            self.setAccessibleDescription(told)

    def _rows(
        self,
        verdict: WindowVerdict | RecordingVerdict | None = None,
        windows: int | None = None,
        poor: int | None = None,
    ) -> None:
        rate_bpm, irregular, quality, reading = (
            (verdict.heart_rate_bpm, verdict.irregular, verdict.quality, verdict.reading)
            if verdict is not None
            else (None, None, None, None)
        )
        told = reading_words(reading) if reading is not None else ""
        _put(self.reading, unbroken(told))
        _put(self.heart_rate, heart_rate_words(rate_bpm, irregular))
        _put(self.quality, quality_words(quality))
        _put(self.windows, windows_words(windows, poor))

    def _colour_word(self) -> None:
        wanted = f"color: {self._theme.of(self._label)};"
        if self.word.styleSheet() != wanted:
            self.word.setStyleSheet(wanted)


def _text(size: int, name: str, bold: bool = False) -> QLabel:
    label = NamedLabel()
    label.setProperty(_SIZE, size or NORMAL)
    label.setFont(font(size or NORMAL, bold))
    label.setAccessibleName(name)
    return label


def _put(label: QLabel, words: str) -> None:
    if label.text() != words:
        label.setText(words)
