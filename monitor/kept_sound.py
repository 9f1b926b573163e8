"""The sound of an examination's sites, from the files that a session's sound was recorded to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.examination_record import ExaminationRecord
from monitor.examination_report import SiteSound
from monitor.recorded_file import RecordedFile, recorded_files
from recordings import RecordingError

LONGEST_S = 300.0
"""Of a site that was listened to for longer its first seconds are read."""

_BLOCK_S = 10


def site_sounds(record: ExaminationRecord, files: Sequence[Path]) -> list[SiteSound | None]:
    """Read what was kept of each site; every file is read once.

    Args:
        record: The examination.
        files: Of its session's sound, as ``StoredSession.sound`` has them.

    Returns:
        One for each finding; None where nothing was kept. Silence stands for what is missing within, and it
        is empty where a file cannot be read.
    """
    wanted = [_Wanted(finding.start_s, finding.end_s, record.rate) for finding in record.findings]
    for file in recorded_files(files):
        try:
            _read(file, record.rate, wanted)
        except RecordingError:
            for one in wanted:
                one.touched |= file.first < one.end
    return [
        one.sound(record.rate) if finding.verdict is not None and one.touched else None
        for finding, one in zip(record.findings, wanted, strict=True)
    ]


def _read(file: RecordedFile, rate: int, wanted: Sequence[_Wanted]) -> None:
    latest = max((one.end for one in wanted), default=0)
    with file.open() as recording:
        if recording.rate != rate:
            return
        for one in wanted:
            one.touched |= max(one.first, file.first) < min(one.end, file.first + recording.frames)
        for first, block in file.blocks(recording, _BLOCK_S * rate):
            for one in wanted:
                one.take(first, block)
            if first + block.size >= latest:
                return


class _Wanted:
    """A site's stretch of the source's clock, in samples, and what was read of it."""

    def __init__(self, start_s: float, end_s: float, rate: int) -> None:
        self.first = round(start_s * rate)
        self.end = min(round(end_s * rate), self.first + round(LONGEST_S * rate))
        self.touched = False
        self._samples: NDArray[np.float32] = np.empty(0, np.float32)

    def take(self, first: int, block: NDArray[np.floating]) -> None:
        begin, stop = max(self.first, first), min(self.end, first + block.size)
        if begin >= stop:
            return
        # Grown as it comes: what a header promises need not be there.
        grown = np.zeros(stop - self.first, np.float32)
        grown[: self._samples.size] = self._samples[: grown.size]
        grown[begin - self.first :] = block[begin - first : stop - first]
        self._samples = grown

    def sound(self, rate: int) -> SiteSound:
        return SiteSound(self._samples, rate, self.first / rate)
