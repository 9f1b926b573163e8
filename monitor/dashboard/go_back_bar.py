"""The bar below the plots: the last minute, and what can be done with it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from monitor.dashboard.control_words import (
    BAND,
    GO_BACK_NAME,
    GO_BACK_STATE_NAME,
    HEADPHONES,
    HEADPHONES_ON,
    LOOP,
    LOOP_ON,
    MARK,
    NOW,
    PLAY,
    SAVE,
    SAVE_AS_HEARD,
    STOP_PLAYING,
    STOP_PLAYING_NAME,
    TEMPO,
    ButtonWords,
)
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.go_back_strip import GoBackStrip
from monitor.dashboard.go_back_words import BANDS, chosen_band_words, chosen_tempo_words, tempo_words
from monitor.dashboard.push_button import push_button
from monitor.dashboard.theme import GRID, Theme, font


class GoBackBar(QWidget):
    """A strip to drag on, a line that says what is shown and heard, and buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("controls")
        self.setAccessibleName(GO_BACK_NAME)
        self.strip = GoBackStrip()
        self.state = ElidedLabel()
        self.state.setFont(font(bold=True))
        self.state.setAccessibleName(GO_BACK_STATE_NAME)
        self.now = _button(NOW)
        self.play = _button(PLAY)
        self.tempo = _button(TEMPO, tempo_words(0.25))
        self.loop = _button(LOOP)
        self.mark = _button(MARK)
        self.save = _button(SAVE)
        self.save_as_heard = _button(SAVE_AS_HEARD)
        self.band = _button(BAND, *BANDS.values())
        self.headphones = _button(HEADPHONES)
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
            (self.play, STOP_PLAYING if playing else PLAY.text),
            (self.tempo, tempo_words(tempo)),
            (self.loop, LOOP_ON if loop else LOOP.text),
            (self.band, BANDS[band]),
            (self.headphones, HEADPHONES_ON if headphones else HEADPHONES.text),
        ):
            if button.text() != words:
                button.setText(words)
        for button, name in (
            (self.play, STOP_PLAYING_NAME if playing else PLAY.name),
            (self.tempo, chosen_tempo_words(tempo)),
            (self.band, chosen_band_words(band)),
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


def _button(words: ButtonWords, *others: str) -> QPushButton:
    """A button with room for the other words that it may have, so that its neighbours stay where they are."""
    button = push_button(*words)
    widest = max(button.fontMetrics().horizontalAdvance(text) for text in (words.text, *others))
    button.setMinimumWidth(widest + 4 * GRID)
    return button
