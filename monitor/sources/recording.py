"""A recording as a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.sources.paced import Clock, PacedSource
from monitor.sources.protocol import Report
from recordings import Channel, Recording


class RecordingSource(PacedSource):
    """Replays a recording.

    Args:
        path: The file.
        pace: Seconds of sound per second; None for as fast as it can be analysed.
        channel: Counted from 1, or "mono" for the mean of all; None for the louder one.
        duration_s: Stop after this much sound.
        clock: What the blocks are paced and stamped by.

    Attributes:
        path: As given.
        channel: The one that is read, counted from 1, or "mono".

    Raises:
        RecordingError: The file cannot be read.
    """

    def __init__(
        self,
        path: Path,
        pace: float | None = 1.0,
        channel: Channel | None = None,
        duration_s: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._recording = Recording.open(path, channel)
        self.path, self.channel = path, self._recording.channel
        length_s = self._recording.duration_s
        super().__init__(
            path.name,
            self._recording.rate,
            pace,
            length_s if duration_s is None else min(duration_s, length_s),
            clock,
        )
        self._limit = None if duration_s is None else round(duration_s * self.rate)

    def blocks(self, report: Report) -> Iterator[NDArray[np.float64]]:
        """The file's samples; reports what its header promised and the file lacks."""
        with self._recording as recording:
            heard = 0
            for block in recording.blocks(self.block_frames):
                heard += block.size
                yield block
            if recording.truncated:
                report("gap", heard / recording.rate, recording.truncated)

    def stop(self) -> None:
        """End the thread, close the ring and the file."""
        super().stop()
        self._recording.close()
