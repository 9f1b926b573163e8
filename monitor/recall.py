"""The last minute of a session's raw sound, taken out of the ring: to be heard again, or saved."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from dsp.front_end import silenced
from dsp.listening_filter import ListeningFilter
from dsp.time_stretch import slowed
from monitor.new_file import new_file, write_error
from monitor.ring import Ring

EDGE_S = 0.01
"""Over which what is played is faded in and out, lest it click."""

_SUBTYPE = "PCM_24"


class Recall:
    """A copy of a stretch of the ring, made when it is first asked for, so on whichever thread that is.

    Args:
        ring: Of a session, which may have ended.
        rate: Samples a second.
        begin_s: On the source's clock, in seconds.
        end_s: Likewise.
    """

    def __init__(self, ring: Ring, rate: int, begin_s: float, end_s: float) -> None:
        self.rate = rate
        self._ring = ring
        self._first, self._stop = math.floor(begin_s * rate), math.ceil(end_s * rate)
        self._taking = threading.Lock()
        self._copy: tuple[int, NDArray[np.float32]] | None = None

    @property
    def samples(self) -> NDArray[np.float32]:
        """Shape (n,): raw, what was lost as zeros; without what the ring no longer held when first asked."""
        return self._taken[1]

    @property
    def begin_s(self) -> float:
        """Time of the first sample on the source's clock, in seconds."""
        return self._taken[0] / self.rate

    @property
    def end_s(self) -> float:
        """Time after the last sample, in seconds."""
        first, samples = self._taken
        return (first + samples.size) / self.rate

    def index(self, at_s: float) -> int:
        """The sample of the copy at a time on the source's clock, in seconds, or the nearest."""
        first, samples = self._taken
        return min(max(0, round(at_s * self.rate) - first), samples.size)

    @property
    def _taken(self) -> tuple[int, NDArray[np.float32]]:
        with self._taking:
            if self._copy is None:
                chunk = self._ring.since(self._first, self._stop)
                self._copy = chunk.start, chunk.samples
            return self._copy


def as_heard(
    samples: NDArray[np.floating], tempo: float, listening: ListeningFilter
) -> Iterator[NDArray[np.float32]]:
    """What goes to the output when a stretch of raw sound is played once, worked out as it is asked for.

    Args:
        samples: Shape (n,), raw.
        tempo: 1 as it was, 0.5 half as fast.
        listening: Of the sound's rate; reset first. Another band may be chosen between two blocks.

    Yields:
        Shape (k,), of at most 10 ms; at the sound's own rate, within full scale, edges faded.
    """
    listening.reset()
    length = round(samples.size / tempo)
    edge = max(1, min(round(EDGE_S * listening.rate), length // 2))
    at = 0
    for piece in slowed(silenced(samples), tempo, listening.rate):
        place = np.arange(at, at + piece.size)
        gain = np.clip(np.minimum(place + 1, length - place) / edge, 0, 1)
        at += piece.size
        yield np.clip(listening.push(piece) * gain, -1, 1).astype(np.float32)


def save(path: Path, blocks: Iterable[NDArray[np.floating]], rate: int) -> Path:
    """Write sound as WAV of 24 bit that only the user can read; nothing is ever replaced.

    Args:
        path: Where there is a file already, another is written beside it, with a number in its name.
        blocks: Shape (k,) each, full scale 1.
        rate: Samples a second.

    Returns:
        The file.

    Raises:
        OSError: It cannot be written; nothing is left of it.
    """
    path, descriptor = new_file(path)
    try:
        with sf.SoundFile(descriptor, "w", rate, 1, _SUBTYPE, format="WAV", closefd=True) as file:
            written = 0
            for block in blocks:
                file.write(np.clip(silenced(block), -1, 1))
                written += block.size
        # libsndfile says nothing where the disk had no room for the rest that it writes when it closes.
        if path.stat().st_size < 3 * written:
            raise OSError("no space left")
    except BaseException as error:
        try:
            if isinstance(error, (sf.SoundFileError, AssertionError)):
                # Asked while what was written still takes its room.
                raise write_error(error, path.parent) from None
            raise
        finally:
            path.unlink(missing_ok=True)
    return path
