"""A button of the window with a word on it."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from monitor.dashboard.theme import GRID, font


def push_button(text: str, name: str, tip: str) -> QPushButton:
    """A button of the usual height.

    Args:
        text: On it.
        name: What a screen reader calls it.
        tip: What it does, with its key.
    """
    button = QPushButton(text)
    button.setFont(font())
    button.setFixedHeight(4 * GRID)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
