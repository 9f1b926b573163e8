"""What moved the newest verdict, worked out beside the verdicts and never in their way."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from dsp.front_end import Window
from model.attribution import Attribution, AttributionWork
from model.classifier import Classifier, ImageOf

REST = 12
"""From the start of a step to the next one at the earliest, in times its duration: a twelfth of a core."""

_FIRST_S = 0.05
"""What the first step is taken to last: whatever it is the first to load comes on top."""

_FORGET_S = 30.0
"""After so long how long the last step took is forgotten: a machine that was busy once is tried again."""


class Attributor:
    """Asked for, works out the attribution of the newest judged window, one step at a time; then of the next.

    Not asked for, it does nothing and keeps nothing.

    Args:
        classifier: Whose verdicts they are.
        image_of: Makes a window's image.
        wanted: Set, from any thread, while it is asked for.
        clock: Monotonic seconds.

    Attributes:
        newest: The last one that was finished, while it is asked for.
    """

    def __init__(
        self,
        classifier: Classifier,
        image_of: ImageOf,
        wanted: threading.Event,
        clock: Callable[[], float],
    ) -> None:
        self._classifier, self._image_of = classifier, image_of
        self._wanted, self._clock = wanted, clock
        self._window: Window | None = None
        self._work: AttributionWork | None = None
        self._took_s = _FIRST_S
        self._next_at = self._forget_at = -math.inf
        self.newest: Attribution | None = None

    def judged(self, window: Window) -> None:
        """A window has got its probability."""
        if self._wanted.is_set():
            self._window = window

    def step(self, spare_s: float) -> None:
        """Do one step, if it is asked for, its time has come, and it will be over in time.

        Args:
            spare_s: Until the sound of the next window can be there at the earliest, in seconds.
        """
        if not self._asked() or (self._work is None and self._window is None):
            return
        began = self._clock()
        takes_s = self._took_s if began < self._forget_at else _FIRST_S
        if began < self._next_at or spare_s <= takes_s:
            return
        self._advance()
        self._took_s = self._clock() - began
        self._next_at = began + REST * self._took_s
        self._forget_at = max(self._next_at, began + _FORGET_S)

    def finish(self) -> None:
        """The sound is over: do what is left of the newest judged window's at once, if it is asked for."""
        if not self._asked():
            return
        if self._window is not None:
            self._work = None
        while self._work is not None or self._window is not None:
            self._advance()

    def _asked(self) -> bool:
        asked = self._wanted.is_set()
        if not asked:
            self._window = self._work = self.newest = None
        return asked

    def _advance(self) -> None:
        if self._work is None and self._window is not None:
            self._work, self._window = self._classifier.attribution(self._window, self._image_of), None
        if self._work is not None and (made := self._work.step()) is not None:
            self.newest, self._work = made, None
