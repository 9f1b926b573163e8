"""Simulated time that passes as fast as the analysis keeps up, but for stalls."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from monitor.session import Session
from monitor.sources.paced import Clock

RECORDER_LAG_S = 30
"""Sound by which the recorder may be behind: it writes four times a second, of whatever clock."""

_POLL_S = 0.0005
_HELD_S = 0.1
# Real time after which time passes anyhow: a part that loses count must be found out, not waited for.
_PATIENCE_S = 5.0
_BETWEEN_S = 150.0
# Of eight stalls three pass over windows and one is longer than the ring.
_LENGTHS_S = (
    (0.5, 5),
    (11, 40),
    (0.5, 5),
    (62, 100),
    (0.5, 5),
    (11, 40),
    (0.5, 5),
    (11, 40),
)
_STALLS = 101


@dataclass(frozen=True)
class Stall:
    """A time for which the analysis stands still, in seconds of sound."""

    start_s: float
    end_s: float


def drawn_stalls(seed: int) -> Iterator[Stall]:
    """Stalls without end, the same for the same seed."""
    rng = np.random.default_rng([seed, _STALLS])
    end_s = 0.0
    while True:
        for shortest_s, longest_s in _LENGTHS_S:
            start_s = end_s + float(rng.exponential(_BETWEEN_S))
            end_s = start_s + float(rng.uniform(shortest_s, longest_s))
            yield Stall(start_s, end_s)


class SoakClock(Clock):
    """The clock of a live source whose time passes when all that it gave has been analysed.

    In a stall time passes freely while whoever calls ``hold`` is held up, as by an output that nobody reads:
    the source does not wait, so the ring fills and overflows. Blocks that are due already do not wait either.

    Args:
        stalls: In order, none overlapping.
        pace: Of the source, seconds of sound per second of this clock.
    """

    def __init__(self, stalls: Iterator[Stall], pace: float) -> None:
        self._stalls, self._pace = stalls, pace
        self._stall = next(stalls)
        self._now = 0.0
        self._going = threading.Event()
        self._going.set()
        self._released = False
        self._given_up = 0  # samples of the recorder's that are waited for no more
        self._session: Session | None = None

    def follow(self, session: Session) -> None:
        """Set whose progress time waits for."""
        self._session = session

    def now(self) -> float:
        """The simulated reading; nothing but waiting moves it."""
        return self._now

    def wait(self, seconds: float, over: threading.Event) -> bool:
        """Let simulated time pass; True when ``over`` was set meanwhile."""
        self._now += seconds
        sound_s = self._now * self._pace
        if sound_s >= self._stall.end_s:
            self._going.set()
            self._stall = next(self._stalls)
        if sound_s >= self._stall.start_s:
            self._going.clear()
        # Rounding leaves a trace of a wait where none is meant.
        elif seconds > 1e-9:
            patient_until = time.monotonic() + _PATIENCE_S
            while not (over.is_set() or self._caught_up()):
                if time.monotonic() > patient_until:
                    self._given_up = self._behind()
                    break
                over.wait(_POLL_S)
        return over.is_set()

    def hold(self) -> None:
        """Stand still for as long as a stall lasts."""
        while not self._released and not self._going.wait(_HELD_S):
            pass

    def release(self) -> None:
        """Hold nobody up any more: the source may have ended in a stall."""
        self._released = True

    def _caught_up(self) -> bool:
        session = self._session
        if session is None or session.ended:
            return True
        if self._behind() - self._given_up > RECORDER_LAG_S * session.source.rate:
            return False
        return round(session.snapshot.now_s * session.source.rate) >= session.ring.end

    def _behind(self) -> int:
        """Samples that the recorder has neither written nor missed."""
        session = self._session
        recorder = session.recorder if session else None
        if session is None or recorder is None or recorder.failure:
            return 0
        return session.ring.end - recorder.written - recorder.missed
