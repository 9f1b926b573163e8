"""A live input device as a source."""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

from monitor.audio import Stream, find_input, open_input
from monitor.ring import Ring
from monitor.sources.protocol import Report, SourceError, SourceHealth

SILENT_AFTER_S = 2.0
"""A device that has delivered nothing for so long is lost: a suspended one just ceases to call."""

_WATCH_S = 0.25


class MicrophoneSource:
    """Captures one channel of an input device at the device's own rate.

    PortAudio's thread copies each block into the ring and counts; a second thread watches that blocks
    keep coming. When they cease the source reports ``device_lost`` and fails.

    Args:
        name: Of the device, or a part of it; None for the system's default.
        channel: Counted from 1; None for the first.
        duration_s: Stop after this much sound.

    Raises:
        SourceError: There is no such device or channel.
    """

    waits = False

    def __init__(
        self, name: str | None = None, channel: int | None = None, duration_s: float | None = None
    ) -> None:
        self._device = find_input(name)
        self._channel = channel or 1
        if self._channel > self._device.channels:
            raise SourceError(
                f"{self._device.name} has {self._device.channels} channels, not {self._channel}"
            )
        self.name = self._device.name
        self.rate = self._device.rate
        self.duration_s = duration_s
        self._limit = None if duration_s is None else round(duration_s * self.rate)
        self._stream: Stream | None = None
        self._watch: threading.Thread | None = None
        self._over = threading.Event()
        self._index = 0
        self._overflows = 0
        self._finished = False
        self._last_block = 0.0
        self._state, self._detail = "idle", ""

    def start(self, ring: Ring, report: Report) -> None:
        """Begin to fill the ring.

        Raises:
            SourceError: The device cannot be opened or gives another rate.
        """
        self._ring, self._report = ring, report
        self._last_block = time.monotonic()
        self._stream = open_input(self._device, self._channel, self._capture, self._finish)
        if self._stream.rate != self.rate:
            self._stream.close()
            raise SourceError(f"{self.name} gives {self._stream.rate} Hz instead of {self.rate} Hz")
        try:
            self._stream.start()
        except SourceError:
            self._stream.close()
            raise
        self._state = "running"
        self._watch = threading.Thread(target=self._guard, name=f"watch on {self.name}", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """Close the device and the ring."""
        self._over.set()
        if self._watch:
            self._watch.join()
        if self._stream:
            self._stream.close()
            self._stream = None
            self._ring.close()
        if self._state == "running":
            self._state = "ended"

    def health(self) -> SourceHealth:
        """How it is doing."""
        return SourceHealth(self._state, self._index, self._detail)

    def _capture(self, block: NDArray[np.float32], overflowed: bool) -> None:
        now = time.monotonic()
        self._last_block = now
        if overflowed:
            self._overflows += 1
        samples = block[:, self._channel - 1]
        if self._limit is not None:
            samples = samples[: self._limit - self._index]
        if samples.size and not self._over.is_set():
            self._ring.write(self._index, samples, now)
            self._index += samples.size

    def _finish(self) -> None:
        self._finished = True

    def _guard(self) -> None:
        """Ends the stream when its time is up or its device is gone, and says what overflowed."""
        told = 0
        while not self._over.wait(_WATCH_S):
            if self._overflows > told:
                count, told = self._overflows - told, self._overflows
                self._report(
                    "overflow", self._index / self.rate, f"{count} times the device's buffer overflowed"
                )
            if self._limit is not None and self._index >= self._limit:
                self._state = "ended"
                break
            if self._finished or time.monotonic() - self._last_block > SILENT_AFTER_S:
                self._detail = f"{self.name} is gone: plug it in again and start anew"
                self._state = "failed"
                self._report("device_lost", self._index / self.rate, f"{self.name} delivers nothing more")
                break
        self._ring.close()
