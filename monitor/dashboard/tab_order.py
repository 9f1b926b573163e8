"""The order in which Tab goes from control to control."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def reach_before(following: QWidget, controls: Sequence[QWidget]) -> None:
    """Let controls that came later be reached before another, in their order, and not after everything."""
    before = following.previousInFocusChain()
    # Qt silently does nothing with what takes no focus.
    while before is not following and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
        before = before.previousInFocusChain()
    for control in controls:
        QWidget.setTabOrder(before, control)
        before = control
