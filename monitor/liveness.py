"""Whether sound keeps coming from a device, and how much of it was lost when it did not."""

from __future__ import annotations

import threading
from collections import deque
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

STALL_S = 0.25
"""A pause between blocks from which on the samples are counted against the clock."""

SETTLE_S = 0.3
"""What was only late comes within this time after a stall."""

_RESOLVED_S = 0.02
_LAG_MEMORY = 100


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


class SampleCount:
    """Counts samples against the clock where blocks pause, to tell what is lost from what is late.

    A device's clock may run a little fast or slow, so only a pause or an overflow makes the count suspect:
    what was kept somewhere comes at once when it is over, what was not is lost. Blocks are therefore to be
    held back for ``SETTLE_S`` after it, until ``settling`` is over.

    Args:
        rate: Samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self.reset()

    def reset(self) -> None:
        """Begin anew, with another stream."""
        self._count = 0
        self._last: float | None = None
        # How far the samples are behind the clock, in seconds and up to a constant.
        self._lags: deque[float] = deque(maxlen=_LAG_MEMORY)
        self._before = 0.0
        self._resumed: float | None = None

    @property
    def settling(self) -> bool:
        """Whether blocks are to be held back."""
        return self._resumed is not None

    def block(self, count: int, arrived: float, overflowed: bool = False) -> int:
        """A block came.

        Args:
            count: Its samples.
            arrived: Clock reading, in seconds.
            overflowed: The device said that it dropped sound before it, though not how much.

        Returns:
            Samples that were lost before the blocks held back, this one among them; 0 while that is open.
        """
        paused = self._last is not None and arrived - self._last - count / self._rate > STALL_S
        if paused or (overflowed and self._last is not None):
            if self._resumed is None:
                self._before = min(self._lags)
            self._lags.clear()
            self._resumed = arrived
        self._last = arrived
        self._count += count
        self._lags.append(arrived - self._count / self._rate)
        if self._resumed is None or arrived - self._resumed < SETTLE_S:
            return 0
        self._resumed = None
        lost_s = min(self._lags) - self._before
        if lost_s < _RESOLVED_S:
            return 0
        lost = round(lost_s * self._rate)
        self._count += lost
        self._lags = deque((lag - lost_s for lag in self._lags), _LAG_MEMORY)
        return lost
