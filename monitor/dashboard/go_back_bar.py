"""The bar below the plots: the last minute, and what can be done with it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from monitor.dashboard.access_words import PLAY_PAST, STOP_PAST
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.go_back_strip import GoBackStrip
from monitor.dashboard.go_back_words import BANDS, band_words, tempo_words
from monitor.dashboard.push_button import push_button
from monitor.dashboard.theme import GRID, Theme, font


class GoBackBar(QWidget):
    """A strip to drag on, a line that says what is shown and heard, and buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("controls")
        self.setAccessibleName("Go back and listen")
        self.strip = GoBackStrip()
        self.state = ElidedLabel()
        self.state.setFont(font(bold=True))
        self.state.setAccessibleName("What is shown and heard")
        self.now = _button("Now", "Back to now", "Back to now (End)")
        self.play = _button("Play", PLAY_PAST, "Play what is marked or shown (P)")
        self.tempo = _button("1×", "Tempo", "Slower (-), faster (+)", "0.25×")
        self.loop = _button("Loop off", "Loop on or off", "Play in a loop (L)")
        self.mark = _button("Mark", "Mark", "Mark the begin, then the end (M); or drag with Shift")
        self.save = _button("Save", "Save", "Save what is marked or shown (Ctrl+S)")
        self.save_as_heard = _button(
            "Save as heard", "Save as heard", "Save it with filter and tempo (Ctrl+Shift+S)"
        )
        self.band = _button("Wide", "Listening filter", "Bell (B), diaphragm (D)", *BANDS.values())
        self.headphones = _button("Headphones off", "Headphones on or off", "Hear the device (H)")
        for button in (self.loop, self.headphones):
            button.setCheckable(True)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.state, 1)
        for button in self.buttons:
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.strip)
        layout.addLayout(row)

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """From left to right."""
        return (
            *(self.now, self.play, self.tempo, self.loop, self.mark, self.save, self.save_as_heard),
            *(self.band, self.headphones),
        )

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self.strip.set_theme(theme)

    def show_choices(self, playing: bool, tempo: float, loop: bool, band: str, headphones: bool) -> None:
        """Say what is chosen."""
        for button, words in (
            (self.play, "Stop" if playing else "Play"),
            (self.tempo, tempo_words(tempo)),
            (self.loop, "Loop on" if loop else "Loop off"),
            (self.band, BANDS[band]),
            (self.headphones, "Headphones on" if headphones else "Headphones off"),
        ):
            if button.text() != words:
                button.setText(words)
        for button, name in (
            (self.play, STOP_PAST if playing else PLAY_PAST),
            (self.tempo, f"Tempo {tempo_words(tempo)}"),
            (self.band, f"Listening filter: {band_words(band)}"),
        ):
            if button.accessibleName() != name:
                button.setAccessibleName(name)
        self.loop.setChecked(loop)
        self.headphones.setChecked(headphones)

    def enable(self, something: bool, past: bool, device: bool) -> None:
        """Offer what is possible: with something heard, while the past is shown, with a device."""
        for button in (self.play, self.mark, self.save, self.save_as_heard):
            button.setEnabled(something)
        self.now.setEnabled(past)
        self.headphones.setEnabled(device)


def _button(text: str, name: str, tip: str, *others: str) -> QPushButton:
    """A button with room for the other words that it may have, so that its neighbours stay where they are."""
    button = push_button(text, name, tip)
    widest = max(button.fontMetrics().horizontalAdvance(words) for words in (text, *others))
    button.setMinimumWidth(widest + 4 * GRID)
    return button
