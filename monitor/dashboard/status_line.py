"""The line about the stream: what is heard, how loud, what was lost, how late, for how long."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from model.verdict import Label
from monitor.dashboard.control_words import (
    ELAPSED_NAME,
    LATENCY_NAME,
    LOST_NAME,
    RATE_NAME,
    SKIPPED_NAME,
    SOURCE_NAME,
    STATUS_NAME,
)
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.level_meter import LevelMeter
from monitor.dashboard.named_label import NamedLabel
from monitor.dashboard.theme import GRID, SMALL, Theme, font
from monitor.dashboard.words import (
    clock_words,
    latency_words,
    lost_samples_words,
    rate_words,
    skipped_windows_words,
    source_state_words,
)
from monitor.snapshot import Snapshot


class StatusLine(QWidget):
    """Fixed places for numbers, so that nothing moves when they change."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(STATUS_NAME)
        self.name = ElidedLabel()
        self.name.setFont(font(bold=True))
        self.name.setAccessibleName(SOURCE_NAME)
        self.meter = LevelMeter()
        self.rate = _field(RATE_NAME, rate_words(44_100))
        self.lost = _field(LOST_NAME, lost_samples_words(10_000))
        self.skipped = _field(SKIPPED_NAME, skipped_windows_words(100))
        self.latency = _field(LATENCY_NAME, latency_words(100))
        self.elapsed = _field(ELAPSED_NAME, "00:00 / 00:00")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.name, 1)
        for part in (self.rate, self.meter, self.lost, self.skipped, self.latency, self.elapsed):
            layout.addWidget(part)
        self.clear("")

    def clear(self, name: str) -> None:
        """Another source, or none, of which nothing is known yet."""
        self.name.set_words(name)
        self.meter.clear()
        for part in (self.rate, self.lost, self.skipped, self.latency, self.elapsed):
            part.setText("")

    def set_compact(self, compact: bool) -> None:
        """Leave out what can be missed, or say everything."""
        self.meter.set_compact(compact)
        for part in (self.skipped, self.elapsed):
            part.setVisible(not compact)

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self.meter.set_theme(theme)

    def show_snapshot(self, title: str, snapshot: Snapshot, shown_s: float) -> None:
        """Show a stream's state.

        Args:
            title: What a person calls the source.
            snapshot: The latest.
            shown_s: Time at the plots' right edge, in seconds.
        """
        self.name.set_words(source_state_words(title, snapshot.state))
        judged = snapshot.judgement is not None and snapshot.judgement.rolling.label is not Label.WARMING_UP
        latency_ms = snapshot.judgement.latency_ms if snapshot.judgement and judged else None
        elapsed = clock_words(shown_s)
        if snapshot.duration_s is not None:
            elapsed += f" / {clock_words(snapshot.duration_s)}"
        for part, words in (
            (self.rate, rate_words(snapshot.rate)),
            (self.lost, lost_samples_words(snapshot.lost_samples)),
            (self.skipped, skipped_windows_words(snapshot.skipped_windows)),
            (self.latency, latency_words(latency_ms)),
            (self.elapsed, elapsed),
        ):
            if part.text() != words:
                part.setText(words)
        # Losses are rare and matter: the weight says so without a colour alone.
        self.lost.setFont(font(SMALL, bold=snapshot.lost_samples > 0))


def _field(name: str, widest: str) -> QLabel:
    label = NamedLabel()
    label.setFont(font(SMALL))
    label.setAccessibleName(name)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
    return label
