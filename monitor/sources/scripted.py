"""A synthesised heart by script as a source: what is heard, and what goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dsp.faulty_stream import FaultyStream
from dsp.scenario import Scenario
from monitor.sources.paced import Clock, Lost, PacedSource
from monitor.sources.protocol import Report


class ScriptedSource(PacedSource):
    """Plays a scenario as a device would that fails in this way.

    Lost samples are holes; a disconnected device is reported as ``device_lost`` and ``device_back``; a late
    block comes when the fault is over, and what was held back comes at once; under drift the blocks come as
    the device's clock has them. Where the source waits for its reader, nothing is ever late.

    Args:
        scenario: What is heard and what goes wrong.
        pace: Seconds of sound per second; None for as fast as it can be analysed.
        duration_s: Stop after this much sound, if that is before the scenario's end.
        clock: What the blocks are paced and stamped by.
    """

    def __init__(
        self,
        scenario: Scenario,
        pace: float | None = 1.0,
        duration_s: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        length_s = scenario.duration_s if duration_s is None else min(duration_s, scenario.duration_s)
        heart = scenario.heart
        super().__init__(f"scripted {heart.condition}", heart.rate, pace, length_s, clock)
        self.duration_s: float = length_s
        self._stream = FaultyStream(scenario)
        self._away = f"{self.name} is away, as the scenario says"

    def blocks(self, report: Report) -> Iterator[NDArray[np.float64] | Lost]:
        """The sound from its beginning, with holes in their places."""
        length = round(self.duration_s * self.rate)
        marks = deque(self._marks(length))
        for stretch in self._stream.stretches():
            reason = self._away if stretch.lost == "disconnect" else ""
            stop = min(stretch.end, length)
            for first in range(stretch.start, stop, self.block_frames):
                end = min(first + self.block_frames, stop)
                samples = self._stream.read(end - first)
                # Before the sound that ends with it, lest the analysis be past it when it is told.
                _report_until(end if stretch.lost is None else first, marks, report, self.rate)
                yield samples if stretch.lost is None else Lost(end - first, reason)

    def due_s(self, index: int) -> float:
        """When the samples before ``index`` come, in seconds since the start: late ones late."""
        return self._stream.due_s(index)

    def _marks(self, length: int) -> Iterator[tuple[int, str, str]]:
        """Where the device goes and comes back before the end."""
        for fault in self._stream.faults:
            if fault.kind == "disconnect" and fault.start < length:
                yield fault.start, "device_lost", self._away
                if fault.end < length:
                    yield fault.end, "device_back", f"{self.name} is back"


def _report_until(index: int, marks: deque[tuple[int, str, str]], report: Report, rate: int) -> None:
    while marks and marks[0][0] <= index:
        at, event, detail = marks.popleft()
        report(event, at / rate, detail)
