"""A stretch of a session's recorded sound as a source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.recorded_file import RecordedFile, recorded_files
from monitor.sources.paced import Clock, Lost, PacedSource
from monitor.sources.protocol import Report, SourceError


class StoredSoundSource(PacedSource):
    """Replays what a recorder wrote, from one moment of the session's clock to another.

    Its own clock begins at the first of them. What was not recorded in between is a hole.

    Args:
        files: Of the recorder; others among them are left out.
        start_s: Where to begin, on that clock, in seconds.
        end_s: Where to end.
        name: What a person calls it.
        pace: Seconds of sound per second; None for as fast as it can be analysed.
        duration_s: Stop after this much sound, if that is before ``end_s``.
        clock: What the blocks are paced and stamped by.

    Raises:
        SourceError: Nothing of the stretch was recorded.
        RecordingError: A file cannot be read.
    """

    def __init__(
        self,
        files: Sequence[Path],
        start_s: float,
        end_s: float,
        name: str,
        pace: float | None = 1.0,
        duration_s: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._pieces: list[tuple[int, RecordedFile]] = []
        rate = 1
        for file in recorded_files(files):
            with file.open() as recording:
                rate = recording.rate
                start, end = max(file.first, round(start_s * rate)), file.first + recording.frames
                if start < min(end, round(end_s * rate)):
                    self._pieces.append((start, file))
        if not self._pieces:
            raise SourceError(f"{name}: none of its sound was recorded, or it was deleted")
        length_s = end_s - start_s
        super().__init__(
            name, rate, pace, length_s if duration_s is None else min(duration_s, length_s), clock
        )
        self._start = round(start_s * rate)

    def blocks(self, report: Report) -> Iterator[NDArray[np.float64] | Lost]:
        """The stretch's sound, with holes where nothing was recorded."""
        at = self._start
        for start, file in self._pieces:
            if start > at:
                yield Lost(start - at)
            with file.open() as recording:
                for first, block in file.blocks(recording, self.block_frames):
                    at = first + block.size
                    if at > start:
                        yield block[max(0, start - first) :]
