"""A stream of the Lab Streaming Layer as a source."""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

from monitor.liveness import LOST_S
from monitor.lsl import Inlet, find_stream
from monitor.ring import Ring
from monitor.sample_count import StampCount
from monitor.sources.protocol import Report, SourceError, SourceHealth
from recordings import Channel

LOUDER_S = 1.0
"""For so long it is listened to all channels to tell the louder one; that sound is not kept."""

REOPEN_S = 5.0
"""A stream that was opened again and gives nothing for so long is opened once more."""


class LslSource:
    """Takes one channel of a stream at its nominal rate, and goes on when it comes back.

    What is missing between two samples is told by the sender's own time stamps, and is a hole in the ring; of
    a stream that was lost and came back, by the time it was away.

    Args:
        name: Of the stream, or a part of it; None for the only one there is.
        channel: Counted from 1, or "mono" for the mean, or "louder" for the one that varies most during the
            first ``LOUDER_S``; None for the first.
        duration_s: Stop after this much sound.
        patience_s: How long a lost stream is waited for, in seconds; None for ever.

    Raises:
        SourceError: There is no such stream or channel, or pylsl is not installed.
    """

    waits = False
    warning = ""

    def __init__(
        self,
        name: str | None = None,
        channel: Channel | None = None,
        duration_s: float | None = None,
        patience_s: float | None = None,
    ) -> None:
        self._stream = find_stream(name)
        self.name = self._stream.name
        self.identity = f"{self.name} [LSL]"
        self.rate = round(self._stream.rate)
        channels = self._stream.channels
        if isinstance(channel, int) and channel > channels:
            raise SourceError(f"{self.name}: choose --channel 1 to {channels}, mono or louder")
        self._channel: Channel = channel or 1
        self._compared: list[NDArray[np.float64]] = []
        self.duration_s = duration_s
        self._limit = None if duration_s is None else round(duration_s * self.rate)
        self._patience_s = patience_s
        self._count = StampCount(self.rate)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._index = 0
        self._health = SourceHealth("idle")

    def start(self, ring: Ring, report: Report) -> None:
        """Begin to fill the ring."""
        self._ring, self._report = ring, report
        self._health = SourceHealth("running")
        self._thread = threading.Thread(target=self._run, name=f"source {self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the ring."""
        self._over.set()
        if self._thread:
            self._thread.join()
            self._ring.close()

    def health(self) -> SourceHealth:
        """How it is doing."""
        return self._health

    def _run(self) -> None:
        state, detail = "ended", ""
        try:
            while not self._over.is_set() and not self._is_full():
                self._listen()
        except SourceError as error:
            state, detail = "failed", str(error)
        finally:
            self._health = SourceHealth(state, self._index, detail)
            self._ring.close()

    def _listen(self) -> None:
        """Take what comes until the stream is lost, and find it again.

        Raises:
            SourceError: It is lost for good.
        """
        inlet: Inlet | None = Inlet(self._stream)
        arrived = opened = time.monotonic()
        lost_at: float | None = None
        anew = False
        try:
            while not self._over.is_set() and not self._is_full():
                pulled = inlet.pull() if inlet else None
                now = time.monotonic()
                if pulled is not None and len(pulled[1]):
                    if lost_at is not None:
                        away_s = now - arrived - len(pulled[1]) / self.rate
                        # Where it only paused, the stamps tell what is missing.
                        self._come_back(away_s if anew else 0.0)
                        lost_at, anew = None, False
                    arrived = now
                    self._take(*pulled, now)
                    continue
                if lost_at is None and (pulled is None or now - arrived >= LOST_S):
                    lost_at = now
                    self._lose()
                if lost_at is None:
                    continue
                if self._patience_s is not None and now - lost_at >= self._patience_s:
                    raise SourceError(f"{self.name} is gone: start it again, and then anew")
                if pulled is None or now - opened >= REOPEN_S:
                    if inlet:
                        inlet.close()
                    inlet, opened, anew = self._found(), time.monotonic(), True
        finally:
            if inlet:
                inlet.close()

    def _lose(self) -> None:
        fault = f"{self.name} delivers nothing more"
        self._report("device_lost", self._index / self.rate, fault)
        self._health = SourceHealth("recovering", self._index, fault)

    def _found(self) -> Inlet | None:
        """An inlet on the stream of the same name, rate and channels, where there is one again."""
        try:
            stream = find_stream(self.name)
        except SourceError:
            return None
        return Inlet(stream) if stream == self._stream else None

    def _come_back(self, away_s: float) -> None:
        if away_s > 0:
            self._index += round(away_s * self.rate)
            self._count.reset()
        self._report("device_back", self._index / self.rate, f"{self.name} is back")

    def _take(self, samples: NDArray[np.float64], stamps: NDArray[np.float64], now: float) -> None:
        if self._channel == "louder":
            self._compare(samples)
            return
        mono = samples.mean(axis=1) if self._channel == "mono" else samples[:, int(self._channel) - 1]
        for lost, part in self._count.parts(mono, stamps):
            self._index += lost
            size = part.size if self._limit is None else min(part.size, self._limit - self._index)
            if size > 0:
                self._ring.write(self._index, part[:size].astype(np.float32), now)
                self._index += size
        self._health = SourceHealth("running", self._index)

    def _compare(self, samples: NDArray[np.float64]) -> None:
        """Listen to all channels, then choose the louder one."""
        self._compared.append(samples)
        if sum(map(len, self._compared)) >= LOUDER_S * self.rate:
            # An offset is not loud.
            self._channel = 1 + int(np.argmax(np.concatenate(self._compared).var(axis=0)))
            self._compared.clear()

    def _is_full(self) -> bool:
        return self._limit is not None and self._index >= self._limit
