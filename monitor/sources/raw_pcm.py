"""Raw samples from a pipe as a source."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from monitor.sources.paced import PacedSource
from monitor.sources.protocol import Report

FORMATS = {"s16le": ("<i2", 2.0**15), "s32le": ("<i4", 2.0**31), "f32le": ("<f4", 1.0)}
"""Sample type and full scale of each format."""

_POLL_S = 0.2
_LARGEST_READ = 1 << 16


class RawPcmSource(PacedSource):
    """Mono little-endian PCM from a stream, as it arrives; the pipe waits for the analysis.

    Args:
        stream: For example ``sys.stdin.buffer``.
        rate: Samples a second, 1000 to 192000.
        sample_format: A key of ``FORMATS``.
        duration_s: Stop after this much sound.
    """

    def __init__(
        self, stream: BinaryIO, rate: int, sample_format: str, duration_s: float | None = None
    ) -> None:
        super().__init__("standard input", rate, None, duration_s)
        self._stream = stream
        self._kind, self._full_scale = FORMATS[sample_format]

    def blocks(self, report: Report) -> Iterator[NDArray[np.float64]]:
        """Whatever the pipe holds, as soon as it holds a whole sample."""
        width = np.dtype(self._kind).itemsize
        rest = b""
        while not self._stopping.is_set():
            data = self._read()
            if data is None:
                continue
            if not data:
                if rest:
                    report(
                        "bad_samples", self.health().delivered / self.rate, "the stream ends within a sample"
                    )
                return
            data = rest + data
            whole = len(data) - len(data) % width
            rest = data[whole:]
            if whole:
                # Of floats that are signalling NaN, which become bad samples later.
                with np.errstate(invalid="ignore"):
                    samples = np.frombuffer(data[:whole], self._kind) / self._full_scale
                yield samples

    def _read(self) -> bytes | None:
        """The next bytes; empty at the end, None when none came for a while."""
        descriptor = self._stream.fileno()
        if os.name == "posix":  # elsewhere only sockets can be polled, and a read simply waits
            ready, _, _ = select.select([descriptor], [], [], _POLL_S)
            if not ready:
                return None
        return os.read(descriptor, _LARGEST_READ)
