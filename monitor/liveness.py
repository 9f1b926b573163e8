"""Whether sound keeps coming from a device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum

ALARM_S = 0.5
"""Without a block for so long something is wrong; a busy machine may still catch up."""

LOST_S = 1.25
"""Without a block for so long the device is lost: a suspended one just ceases to call.

It is to be told within two seconds, also on a busy machine.
"""

HELD_UP_S = 1.0
"""Between two questions; a program that asks several times a second was held up itself."""

SILENCE_S = 2.0
"""A microphone's own noise is never nothing: digital silence for so long is a switch or the wrong input."""

OVERFLOWING_S = 5.0
"""For so long after an overflow the stream is not called healthy."""


class Condition(StrEnum):
    """How a device is doing."""

    HEALTHY = "healthy"
    ALARMED = "alarmed"
    RECOVERING = "recovering"
    FAILED = "failed"


class Liveness:
    """What is known of a device from the blocks that come of it.

    healthy turns alarmed when blocks are late, hold nothing but zeros, or overflowed a moment ago, and
    healthy again when that is over. Either turns recovering when the device says that it has finished or
    nothing has come for ``LOST_S``; recovering turns healthy with the next block, and failed when there was
    none for ``patience_s``. Failed is final. Any thread may tell and ask.

    Who asks too seldom was held up, as a frozen program is, and knows nothing of what came meanwhile: age
    then counts from the question.

    Args:
        clock: Monotonic seconds.
        patience_s: How long a lost device is waited for; None for ever.
    """

    def __init__(self, clock: Callable[[], float], patience_s: float | None = None) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._patience_s = patience_s
        self.condition = Condition.HEALTHY
        self.reason = ""
        self._last = self._checked = self._clock()
        self._lost_at = 0.0
        self._silent_s = 0.0
        self._overflowed = float("-inf")

    def block(self, seconds: float, silent: bool, overflowed: bool) -> None:
        """A block came.

        Args:
            seconds: Its length.
            silent: Every sample of it is zero.
            overflowed: The device dropped sound before it.
        """
        with self._lock:
            if self.condition is Condition.FAILED:
                return
            now = self._clock()
            self._last = now
            self._silent_s = self._silent_s + seconds if silent else 0.0
            if overflowed:
                self._overflowed = now
            self.condition = Condition.HEALTHY
            self._judge(now)

    def finished(self, why: str = "") -> None:
        """The device gives no more, and why, where that is known."""
        with self._lock:
            if self.condition in (Condition.HEALTHY, Condition.ALARMED):
                self._lose(why or "gives no more sound", self._clock())

    def check(self) -> Condition:
        """The condition now; to be asked some times a second."""
        with self._lock:
            now = self._clock()
            if now - self._checked >= HELD_UP_S:
                self._last = now
            self._checked = now
            self._judge(now)
            return self.condition

    def _judge(self, now: float) -> None:
        age = now - self._last
        if self.condition is Condition.RECOVERING:
            if self._patience_s is not None and now - self._lost_at >= self._patience_s:
                self.condition = Condition.FAILED
        elif self.condition is not Condition.FAILED and age >= LOST_S:
            self._lose("delivers nothing more", now)
        elif self.condition is not Condition.FAILED:
            self.reason = self._alarm(now, age)
            self.condition = Condition.ALARMED if self.reason else Condition.HEALTHY

    def _alarm(self, now: float, age: float) -> str:
        if age >= ALARM_S:
            return "delivers nothing"
        if self._silent_s >= SILENCE_S:
            return "delivers nothing but zeros: is it switched on, and the right input?"
        if now - self._overflowed < OVERFLOWING_S:
            return "overflows: the machine is too busy"
        return ""

    def _lose(self, reason: str, now: float) -> None:
        self.condition, self.reason = Condition.RECOVERING, reason
        self._lost_at = now
