"""A live input device as a source."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from monitor.capture_process import Capture, Frame
from monitor.liveness import Condition, Liveness
from monitor.ring import Ring
from monitor.sample_count import SampleCount
from monitor.sources.protocol import Report, SourceError, SourceHealth

if TYPE_CHECKING:
    from recordings import Channel

RETRY_S = 0.5
"""Between two tries to open a lost device."""

REOPEN_S = 5.0
"""A device that was opened again and gives nothing for so long is opened once more."""

_WATCH_S = 0.1


class MicrophoneSource:
    """Captures one channel of an input device at the device's own rate, and goes on when it comes back.

    Another process captures; one thread here reads what it sends into the ring, another watches that
    something comes. A lost device is reported as ``device_lost`` and looked for, by its name and interface
    and at the same rate, until it is back or patience ends. The time it was away is a hole in the ring.

    Args:
        name: Of the device, or a part of it; None for the system's default.
        channel: Counted from 1, or the mean or the louder one of two; None for the first.
        duration_s: Stop after this much sound.
        patience_s: How long a lost device is waited for, in seconds; None for ever.
        rate: What it must run at, in hertz; None for its default, or else what it offers.

    Raises:
        SourceError: There is no such device or channel, or it cannot be opened, or not at that rate.
    """

    waits = False

    def __init__(
        self,
        name: str | None = None,
        channel: Channel | None = None,
        duration_s: float | None = None,
        patience_s: float | None = None,
        rate: int | None = None,
    ) -> None:
        self._channel: Channel = channel or 1
        self._capture = Capture(name, self._channel, rate=rate)
        try:
            self._capture.find()
        except BaseException:
            self._capture.close()
            raise
        self._device = self._capture.device
        self.name = self._device.name
        self.identity = f"{self.name} [{self._device.host_api}]"
        own = name is None and self._device.built_in
        self.warning = f"{self.name} is the computer's own microphone, not a stethoscope" if own else ""
        self.rate = self._device.rate
        self.duration_s = duration_s
        self._limit = None if duration_s is None else round(duration_s * self.rate)
        self._patience_s = patience_s
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._index = 0
        self._expected = 0  # index of the next frame, counted by the capture
        self._arrived = self._opened = 0.0  # when the last frame came, and when it was last tried to open
        self._overflows = 0
        self._count = SampleCount(self.rate)
        self._held: list[Frame] = []
        self._state, self._detail = "idle", ""

    def start(self, ring: Ring, report: Report) -> None:
        """Begin to fill the ring.

        Raises:
            SourceError: The device refuses.
        """
        self._ring, self._report = ring, report
        self._capture.start()
        self._channel = self._capture.channel
        self._liveness = Liveness(time.monotonic, self._patience_s)
        self._arrived = time.monotonic()
        self._state = "running"
        for work, what in ((self._run, "capture of"), (self._watch, "watch on")):
            thread = threading.Thread(target=work, name=f"{what} {self.name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Close the device and the ring."""
        self._over.set()
        self._capture.kill()
        for thread in self._threads:
            thread.join()
        self._capture.close()
        if self._threads:
            self._ring.close()
        if self._state == "running":
            self._state = "ended"

    def health(self) -> SourceHealth:
        """How it is doing."""
        if self._state != "running":
            return SourceHealth(self._state, self._index, self._detail)
        condition, reason = self._liveness.condition, self._liveness.reason
        state = "running" if condition is Condition.HEALTHY else str(condition)
        return SourceHealth(state, self._index, f"{self.name} {reason}" if reason else "")

    def _run(self) -> None:
        """Fill the ring until time is up or the device is lost for good."""
        try:
            while not self._over.is_set() and self._state == "running":
                frame = self._capture.read()
                if frame is not None:
                    self._take(frame)
                elif not self._over.is_set():
                    self._recover()
        finally:
            self._capture.kill()
            self._ring.close()

    def _watch(self) -> None:
        """End a capture that has ceased; its reader then sees to the rest."""
        while not self._over.wait(_WATCH_S) and self._state == "running":
            before = self._liveness.condition
            now = self._liveness.check()
            lost = now is Condition.RECOVERING
            vainly_opened = lost and time.monotonic() - self._opened > REOPEN_S
            if now is Condition.FAILED or (lost and now is not before) or vainly_opened:
                self._capture.kill()

    def _take(self, frame: Frame) -> None:
        overflowed = frame.overflows > self._overflows
        if overflowed:
            count, self._overflows = frame.overflows - self._overflows, frame.overflows
            self._report("overflow", self._index / self.rate, f"{count} times the device's buffer overflowed")
        size = frame.samples.size
        self._arrived = frame.arrived
        self._liveness.block(size / self.rate, not frame.samples.any(), overflowed)
        self._held.append(frame)
        lost = self._count.block(size, frame.arrived, overflowed)
        if self._count.settling:
            return
        self._index += lost
        self._write_held()

    def _write(self, frame: Frame) -> None:
        self._index += frame.index - self._expected  # more than it could keep for us
        self._expected = frame.index + frame.samples.size
        samples = frame.samples
        if self._limit is not None:
            samples = samples[: max(0, self._limit - self._index)]
        if samples.size:
            self._ring.write(self._index, samples, frame.arrived)
            self._index += samples.size
        if self._limit is not None and self._index >= self._limit:
            self._state = "ended"

    def _recover(self) -> None:
        """Look for the device until it gives sound again, or fail."""
        self._liveness.finished(self._capture.ended)
        # What was held back to be counted is not lost.
        self._write_held()
        self._report("device_lost", self._index / self.rate, f"{self.name} {self._liveness.reason}")
        while self._state == "running" and not self._over.wait(RETRY_S):
            if self._liveness.condition is Condition.FAILED or self._is_past_limit():
                self._state = "failed"
                self._detail = f"{self.name} is gone: plug it in again and start anew"
            elif (frame := self._first_frame()) is not None:
                away_s = frame.arrived - frame.samples.size / self.rate - self._arrived
                self._index += max(0, round(away_s * self.rate))
                self._expected, self._overflows = frame.index, 0
                self._count.reset()
                self._report("device_back", self._index / self.rate, f"{self.name} is back")
                self._take(frame)
                return

    def _first_frame(self) -> Frame | None:
        """Open the device anew; None where that fails, or where it gives nothing and is ended for it."""
        self._capture.close()
        self._opened = time.monotonic()
        self._capture = Capture(self._device.name, self._channel, self._device.host_api, self.rate)
        if self._over.is_set():
            self._capture.kill()
        try:
            self._capture.find()
            self._capture.start()
        except SourceError:
            return None
        return self._capture.read()

    def _is_past_limit(self) -> bool:
        """Whether the device has been away for all the time that was left."""
        away_s = time.monotonic() - self._arrived
        return self._limit is not None and self._index + away_s * self.rate >= self._limit

    def _write_held(self) -> None:
        for held in self._held:
            self._write(held)
        self._held.clear()
