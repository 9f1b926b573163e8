"""The buttons above everything."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from monitor.dashboard.access_words import START, STOP
from monitor.dashboard.push_button import push_button
from monitor.dashboard.source_menu import SourceMenu
from monitor.dashboard.theme import GRID, SMALL, font
from monitor.dashboard.words import RESEARCH_ONLY

_ROOM_FOR_ALL = 144 * GRID


class ControlBar(QWidget):
    """Source, start, examination, record, sound, outlines, average, theme, keys; and what this is not."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("controls")
        self.source = SourceMenu()
        self.source.setFixedHeight(4 * GRID)
        self.start = push_button("St&art", START, "Start or stop (Space)")
        self.record = push_button("&Record off", "Record on or off", "Record the sound of devices (R)")
        self.sound = push_button("Soun&d off", "Sound on or off", "Play recordings aloud (S)")
        self.why = push_button(
            "&Why off", "Outline what moved the verdict", "Outline what moved the verdict (W)"
        )
        for button in (self.record, self.sound, self.why):
            # What is on is told to screen readers as pressed.
            button.setCheckable(True)
        self.average = push_button(
            "A&verage off", "Average beat or spectrogram", "Average of the last beats (A)"
        )
        self.average.setCheckable(True)
        self.examine = push_button(
            "E&xamine", "Guided examination", "Guided examination of several sites (X)"
        )
        self.theme = push_button("Li&ght", "Light or dark theme", "Light or dark theme (T)")
        self.keys = push_button("K&eys", "Keyboard shortcuts", "All keys (?)")
        self._fit_widths(4 * GRID)
        self.research = research_label()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID // 2)
        layout.setSpacing(GRID)
        for part in (
            *(self.source, self.start, self.examine, self.record),
            *(self.sound, self.why, self.average, self.theme, self.keys),
        ):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self.research)
        self._layout = layout

    def set_compact(self, compact: bool) -> None:
        """Move the buttons together where there is little room, and make them narrower."""
        self._layout.setSpacing(GRID // 2 if compact else GRID)
        around = GRID if compact else 2 * GRID
        self._layout.setContentsMargins(around, GRID, around, GRID // 2)
        self.setProperty("compact", compact)
        for button in self.findChildren(QAbstractButton):
            button.style().polish(button)
        self._fit_widths(2 * GRID if compact else 4 * GRID)

    def show_playing(self, playing: bool, possible: bool) -> None:
        """Say what the start button would do, and whether there is anything to start."""
        words = "Sto&p" if playing else "St&art"
        if self.start.text() != words:
            self.start.setText(words)
            self.start.setAccessibleName(STOP if playing else START)
        self.start.setEnabled(possible)

    def show_record(self, on: bool, possible: bool) -> None:
        """Say whether the sound of devices is recorded, and whether it can be at all."""
        words = "&Record on" if on else "&Record off"
        if self.record.text() != words:
            self.record.setText(words)
        self.record.setChecked(on)
        self.record.setEnabled(possible)

    def show_sound(self, on: bool, possible: bool) -> None:
        """Say whether sound is on, and whether the source may be heard at all."""
        words = "Soun&d on" if on else "Soun&d off"
        if self.sound.text() != words:
            self.sound.setText(words)
        self.sound.setChecked(on)
        self.sound.setEnabled(possible)

    def show_why(self, on: bool) -> None:
        """Say whether what moved the verdict is outlined."""
        self.why.setText("&Why on" if on else "&Why off")
        self.why.setChecked(on)

    def show_average(self, on: bool) -> None:
        """Say whether the average beat is shown."""
        self.average.setText("A&verage on" if on else "A&verage off")
        self.average.setChecked(on)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave out the button that a key replaces, where there is no room for it."""
        super().resizeEvent(event)
        self.average.setVisible(self.width() >= _ROOM_FOR_ALL)

    def show_theme(self, name: str) -> None:
        """Name the other theme."""
        self.theme.setText("Li&ght" if name == "dark" else "Dar&k")

    def _fit_widths(self, around: int) -> None:
        """Room for the longer of a button's two words, so that its neighbours stay where they are."""
        for button, words in (
            (self.start, ("Start", "Stop")),
            (self.record, ("Record off", "Record on")),
            (self.sound, ("Sound off", "Sound on")),
            (self.why, ("Why off", "Why on")),
            (self.average, ("Average off", "Average on")),
            (self.theme, ("Light", "Dark")),
        ):
            widest = max(button.fontMetrics().horizontalAdvance(word) for word in words)
            button.setMinimumWidth(widest + around)


def research_label() -> QLabel:
    """What the program is not."""
    label = QLabel(RESEARCH_ONLY)
    label.setFont(font(SMALL))
    label.setObjectName("faint")
    return label
