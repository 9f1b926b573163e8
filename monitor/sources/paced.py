"""The thread shared by the sources that make or read their sound themselves."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.ring import Ring
from monitor.sources.protocol import Report, SourceHealth

_BLOCK_S = 0.08
_MAX_PACE_BLOCK_S = 1.0


@dataclass(frozen=True)
class Lost:
    """Sound that never comes: a hole on the source's clock, in a block's place.

    Attributes:
        size: Samples, at least 1.
        reason: Why the device is away, in one line; empty where it is there.
    """

    size: int
    reason: str = ""


class Clock:
    """Monotonic seconds, and waiting by them."""

    def now(self) -> float:
        """The reading."""
        return time.monotonic()

    def wait(self, seconds: float, over: threading.Event) -> bool:
        """Let time pass; True when ``over`` was set meanwhile."""
        return over.wait(seconds)


class PacedSource(ABC):
    """Hands out blocks at their due time, on a thread of its own.

    Args:
        name: What a person calls it.
        rate: Samples a second.
        pace: Seconds of sound per second; None for as fast as the reader takes it, when nothing is skipped.
        duration_s: Stop after this much sound.
        clock: What the blocks are paced and stamped by.
    """

    def __init__(
        self,
        name: str,
        rate: int,
        pace: float | None = 1.0,
        duration_s: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.name = self.identity = name
        self.warning = ""
        self.rate, self.pace = rate, pace
        self.waits = pace is None
        self.duration_s = duration_s
        self._clock = clock or Clock()
        self._limit = None if duration_s is None else round(duration_s * rate)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._ring: Ring | None = None
        self._health = SourceHealth("idle")
        self._going = threading.Event()
        self._going.set()
        self._holding = threading.Lock()
        self._held_at: float | None = None
        self._held_s = 0.0  # in all, by the clock

    @property
    def block_frames(self) -> int:
        """Samples in a block: 80 ms of listening, the step of the analysis; at full speed 1 s of sound."""
        seconds = _MAX_PACE_BLOCK_S if self.pace is None else min(_BLOCK_S * self.pace, _MAX_PACE_BLOCK_S)
        return max(1, round(seconds * self.rate))

    @abstractmethod
    def blocks(self, report: Report) -> Iterator[NDArray[np.floating] | Lost]:
        """The sound, in blocks of any size."""

    def due_s(self, index: int) -> float:
        """When the samples before ``index`` would all have been heard, in seconds since the start."""
        return index / self.rate

    def start(self, ring: Ring, report: Report) -> None:
        """Begin to fill the ring."""
        self._ring = ring
        self._health = SourceHealth("running")
        self._thread = threading.Thread(
            target=self._run, args=(ring, report), name=f"source {self.name}", daemon=True
        )
        self._thread.start()

    def hold(self) -> None:
        """Let the stream's time stand still: nothing comes until ``resume``, and nothing is late for it."""
        with self._holding:
            if self._held_at is None:
                self._held_at = self._clock.now()
                self._going.clear()

    def resume(self) -> None:
        """Go on where it was held. Harmless when it was not."""
        with self._holding:
            if self._held_at is not None:
                self._held_s += self._clock.now() - self._held_at
                self._held_at = None
                self._going.set()

    def stop(self) -> None:
        """End the thread and close the ring."""
        self._stopping.set()
        self._going.set()
        if self._ring:
            self._ring.close()
        if self._thread:
            self._thread.join()

    def health(self) -> SourceHealth:
        """How it is doing."""
        return self._health

    def _run(self, ring: Ring, report: Report) -> None:
        state, detail = "ended", ""
        try:
            self._deliver(ring, report)
        except Exception as error:  # a broken source must end the session, not hang it
            state, detail = "failed", f"{self.name}: {' '.join(str(error).split())}"
        finally:
            self._health = SourceHealth(state, self._health.delivered, detail)
            ring.close()

    def _deliver(self, ring: Ring, report: Report) -> None:
        index, began = 0, self._clock.now()
        for block in self.blocks(report):
            size = block.size if self._limit is None else min(block.size, self._limit - index)
            if size == 0:
                break
            reason = block.reason if isinstance(block, Lost) else ""
            if reason:
                self._health = SourceHealth("recovering", index, reason)
            # A block is due when its last sample would have been heard.
            if not self._await(began, index + size):
                break
            if not isinstance(block, Lost) and not ring.write(
                index, _as_float32(block[:size]), self._clock.now(), wait=self.waits
            ):
                break
            index += size
            self._health = SourceHealth("recovering" if reason else "running", index, reason)
            if index == self._limit:  # without waiting for a pipe to say more
                break

    def _await(self, began: float, index: int) -> bool:
        """Wait until the samples before ``index`` are due and nobody holds them; False when stopped."""
        while not self._stopping.is_set():
            self._going.wait()
            if self.pace is None:
                break
            left_s = began + self._held_s + self.due_s(index) / self.pace - self._clock.now()
            # It may have been held meanwhile: then it is due later.
            if left_s <= 0 and self._going.is_set():
                break
            self._clock.wait(max(0.0, left_s), self._stopping)
        return not self._stopping.is_set()


def _as_float32(block: NDArray[np.floating]) -> NDArray[np.float32]:
    # What does not fit becomes infinite and counts as a bad sample later.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(block, np.float32)
