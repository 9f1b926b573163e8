"""The buttons above everything."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from monitor.dashboard.control_words import (
    AVERAGE,
    AVERAGE_ON,
    DARK,
    EXAMINE,
    KEYS_BUTTON,
    RECORD,
    RECORD_ON,
    SOUND,
    SOUND_ON,
    START,
    STOP,
    STOP_NAME,
    THEME,
    WHY,
    WHY_ON,
    plain,
)
from monitor.dashboard.export_menu import ExportMenu
from monitor.dashboard.push_button import push_button
from monitor.dashboard.source_menu import SourceMenu
from monitor.dashboard.theme import GRID, SMALL, font
from monitor.dashboard.words import RESEARCH_ONLY

_ROOM_FOR_AVERAGE, _ROOM_FOR_ALL = 144 * GRID, 154 * GRID


class ControlBar(QWidget):
    """Source, start, examination, record, sound, outlines, average, export, theme, keys; what this is not."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("controls")
        self.source = SourceMenu()
        self.source.setFixedHeight(4 * GRID)
        self.start = push_button(*START)
        self.record = push_button(*RECORD)
        self.sound = push_button(*SOUND)
        self.why = push_button(*WHY)
        self.average = push_button(*AVERAGE)
        for button in (self.record, self.sound, self.why, self.average):
            # What is on is told to screen readers as pressed.
            button.setCheckable(True)
        self.examine = push_button(*EXAMINE)
        self.export = ExportMenu()
        self.export.setFixedHeight(4 * GRID)
        self.theme = push_button(*THEME)
        self.keys = push_button(*KEYS_BUTTON)
        self._fit_widths(4 * GRID)
        self.research = research_label()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID // 2)
        layout.setSpacing(GRID)
        for part in (
            *(self.source, self.start, self.examine, self.record),
            *(self.sound, self.why, self.average, self.export, self.theme, self.keys),
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
        words = STOP if playing else START.text
        if self.start.text() != words:
            self.start.setText(words)
            self.start.setAccessibleName(STOP_NAME if playing else START.name)
        self.start.setEnabled(possible)

    def show_record(self, on: bool, possible: bool) -> None:
        """Say whether the sound of devices is recorded, and whether it can be at all."""
        words = RECORD_ON if on else RECORD.text
        if self.record.text() != words:
            self.record.setText(words)
        self.record.setChecked(on)
        self.record.setEnabled(possible)

    def show_sound(self, on: bool, possible: bool) -> None:
        """Say whether sound is on, and whether the source may be heard at all."""
        words = SOUND_ON if on else SOUND.text
        if self.sound.text() != words:
            self.sound.setText(words)
        self.sound.setChecked(on)
        self.sound.setEnabled(possible)

    def show_why(self, on: bool) -> None:
        """Say whether what moved the verdict is outlined."""
        self.why.setText(WHY_ON if on else WHY.text)
        self.why.setChecked(on)

    def show_average(self, on: bool) -> None:
        """Say whether the average beat is shown."""
        self.average.setText(AVERAGE_ON if on else AVERAGE.text)
        self.average.setChecked(on)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave out the buttons that a key replaces, where there is no room for them."""
        super().resizeEvent(event)
        self.average.setVisible(self.width() >= _ROOM_FOR_AVERAGE)
        self.export.setVisible(self.width() >= _ROOM_FOR_ALL)

    def show_theme(self, name: str) -> None:
        """Name the other theme."""
        self.theme.setText(THEME.text if name == "dark" else DARK)

    def _fit_widths(self, around: int) -> None:
        """Room for the longer of a button's two words, so that its neighbours stay where they are."""
        for button, words in (
            (self.start, (START.text, STOP)),
            (self.record, (RECORD.text, RECORD_ON)),
            (self.sound, (SOUND.text, SOUND_ON)),
            (self.why, (WHY.text, WHY_ON)),
            (self.average, (AVERAGE.text, AVERAGE_ON)),
            (self.theme, (THEME.text, DARK)),
        ):
            widest = max(button.fontMetrics().horizontalAdvance(plain(word)) for word in words)
            button.setMinimumWidth(widest + around)


def research_label() -> QLabel:
    """What the program is not."""
    label = QLabel(RESEARCH_ONLY)
    label.setFont(font(SMALL))
    label.setObjectName("faint")
    return label
