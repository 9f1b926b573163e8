"""What a screen reader says unasked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

EVERY_S = 3.0
"""Nothing is said of the same matter more often, unless it is urgent; then the newest is."""


@dataclass
class _Told:
    key: object = None
    at: float = -math.inf


class Announcer:
    """Says of each matter what is new, and nothing at each look.

    Args:
        speaker: In whose name.
    """

    def __init__(self, speaker: QObject) -> None:
        self._speaker = speaker
        self._told: dict[str, _Told] = {}

    def tell(self, matter: str, key: object, words: str, at: float, urgent: bool = False) -> None:
        """Say something, once, as long as its key stays the same.

        Args:
            matter: What it is about.
            key: What makes it another message.
            words: Empty for nothing to say.
            at: Monotonic clock, in seconds.
            urgent: Interrupts what is being said.
        """
        told = self._told.setdefault(matter, _Told())
        if key == told.key or (at - told.at < EVERY_S and not urgent):
            return
        told.key = key
        if words:
            told.at = at
            event = QAccessibleAnnouncementEvent(self._speaker, words)
            if urgent:
                event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)
