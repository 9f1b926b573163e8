"""The window as it is measured: it tells when all of it has been painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent

from monitor.dashboard.player import Player
from monitor.dashboard.window import DashboardWindow


@dataclass(frozen=True)
class Painting:
    """One painting of whatever had changed, until it was given to the screen.

    Attributes:
        at_s: When it began, by the performance counter.
        took_ms: How long it took.
        used_ms: Time that the window's thread had a processor meanwhile.
        scrolled: Whether the plots were painted with it.
    """

    at_s: float
    took_ms: float
    used_ms: float
    scrolled: bool


class TimedWindow(DashboardWindow):
    """Calls somebody after each painting.

    Args:
        player: As for ``DashboardWindow``.
        told: Called on the window's thread.
    """

    def __init__(self, player: Player, told: Callable[[Painting], None]) -> None:
        self._told = told
        super().__init__(player)

    def event(self, event: QEvent) -> bool:
        """Time what paints all that has changed in the window."""
        if event.type() != QEvent.Type.UpdateRequest:
            return super().event(event)
        painted = self.plots.paintings
        at_s, used_s = time.perf_counter(), time.thread_time()
        done = super().event(event)
        took_s, used_s = time.perf_counter() - at_s, time.thread_time() - used_s
        self._told(Painting(at_s, 1e3 * took_s, 1e3 * used_s, self.plots.paintings > painted))
        return done
