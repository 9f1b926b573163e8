"""The ring of raw sound between a source and those who listen to it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Chunk:
    """Contiguous samples taken from the ring.

    Attributes:
        start: Absolute index of the first sample on the source's clock.
        samples: Shape (n,), float32, a copy.
        lost: Samples between the previous chunk and this one that nobody will ever hand over.
        overwritten: Those of the lost that came and were not taken in time; the source never gave the others.
        arrivals: For each written block that overlaps the chunk: the index after it and the clock reading, in
            seconds, at which it came.
    """

    start: int
    samples: NDArray[np.float32]
    lost: int = 0
    overwritten: int = 0
    arrivals: tuple[tuple[int, float], ...] = ()

    @property
    def end(self) -> int:
        """Absolute index after the last sample."""
        return self.start + self.samples.size

    def arrived(self, index: int) -> float:
        """Clock reading at which sample ``index`` came; the last block's for one beyond the chunk."""
        for end, when in self.arrivals:
            if index < end:
                return when
        return self.arrivals[-1][1] if self.arrivals else 0.0


class Ring:
    """The last ``capacity`` samples, each at its absolute index; one writer, one reader.

    Samples lie twice, ``capacity`` apart, so that any span of them is one contiguous slice. The writer never
    waits for the lock longer than a copy takes. A live writer overwrites what the reader was too slow to
    take; a writer whose sound can wait waits in ``write`` instead. Indices never repeat and never go back.

    Args:
        capacity: Samples kept, at least 1.
        ahead: Samples by which a writer that waits may be ahead of the reader; None for all that are kept.
            What is kept beyond them others may still look at when the reader has taken it.
    """

    def __init__(self, capacity: int, ahead: int | None = None) -> None:
        if capacity < 1:
            raise ValueError(f"capacity {capacity} is less than one sample")
        self.capacity = capacity
        self._ahead = capacity if ahead is None else ahead
        self._mirrored = np.zeros(2 * capacity, np.float32)
        self._condition = threading.Condition()
        self._end = 0  # absolute index after the newest sample
        self._taken = 0  # absolute index of the next sample to hand over
        self._oldest = 0  # up to here what was not taken is counted as overwritten
        self._overwritten = 0  # since the reader last took something
        self._holes: deque[tuple[int, int]] = (
            deque()
        )  # spans that the source skipped, not yet passed by the reader
        self._arrivals: deque[tuple[int, float]] = (
            deque()
        )  # (index after a block, when it came), not yet taken
        self._closed = False
        self._newest_at: float | None = None

    @property
    def newest_at(self) -> float | None:
        """Clock reading, in seconds, at which the newest block came; None before the first."""
        return self._newest_at

    @property
    def end(self) -> int:
        """Absolute index after the newest sample."""
        return self._end

    @property
    def waiting(self) -> int:
        """Samples that can be read before anything lost comes."""
        with self._condition:
            if self._first_held() > self._taken:
                return 0
            return (self._holes[0][0] if self._holes else self._end) - self._taken

    @property
    def closed(self) -> bool:
        """Whether the writer has finished."""
        return self._closed

    def write(self, start: int, samples: NDArray[np.float32], arrived: float, wait: bool = False) -> bool:
        """Put in the next samples.

        Args:
            start: Absolute index of the first; where it lies past ``end``, the span between is lost.
            samples: Shape (n,).
            arrived: Clock reading, in seconds.
            wait: Let the writer wait until there is room, so that nothing is overwritten.

        Returns:
            False when the ring was closed meanwhile and the samples were dropped.

        Raises:
            ValueError: ``start`` lies before ``end``.
        """
        if start < self._end:
            raise ValueError(f"sample {start} comes again: the stream is at {self._end}")
        with self._condition:
            if start > self._end:
                if wait:
                    self._condition.wait_for(lambda: self._drained() or self._closed)
                self._leap(start)
            while samples.size:
                if wait:
                    self._condition.wait_for(lambda: self._room() > 0 or self._closed)
                if self._closed:
                    return False
                part = samples[: self._room() if wait else self.capacity]
                self._put(part)
                samples = samples[part.size :]
                self._arrivals.append((self._end, arrived))
                self._newest_at = arrived
                self._forget()
                self._condition.notify_all()
            return True

    def read(self, most: int, timeout: float | None = None) -> Chunk | None:
        """Take the next contiguous samples, waiting for at least one.

        Args:
            most: Take no more than this, and nothing beyond the next multiple of it, so that what a chunk
                boundary means does not depend on how the samples came.
            timeout: Seconds to wait; None for ever.

        Returns:
            None when the time passed, or when the ring is closed and empty.
        """
        with self._condition:
            self._condition.wait_for(lambda: not self._drained() or self._closed, timeout)
            first = self._first_held()
            if first >= self._end:
                return None
            lost = first - self._taken
            self._count_overwritten()
            while self._holes and self._holes[0][1] <= first:
                self._holes.popleft()
            stop = min(first - first % most + most, self._holes[0][0] if self._holes else self._end)
            samples = self._span(first, stop).copy()
            self._taken = stop
            overwritten, self._overwritten = self._overwritten, 0
            arrivals = []
            while self._arrivals and self._arrivals[0][0] <= stop:
                end, when = self._arrivals.popleft()
                if end > first:
                    arrivals.append((end, when))
            if self._arrivals and (not arrivals or arrivals[-1][0] < stop):
                arrivals.append(self._arrivals[0])
            self._condition.notify_all()
            return Chunk(first, samples, lost, overwritten, tuple(arrivals))

    def since(self, index: int, stop: int | None = None) -> Chunk:
        """A copy of the samples held from ``index`` on, without taking them; what was lost is zero.

        Args:
            index: Of the first; of those that are no longer held there is none.
            stop: Index after the last; None for all that there are.
        """
        with self._condition:
            first = min(max(index, self._end - self.capacity), self._end)
            last = self._end if stop is None else max(first, min(stop, self._end))
            return Chunk(first, self._span(first, last).copy())

    def close(self) -> None:
        """End the stream: waiting writers give up, the reader gets what is left and then None."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def _first_held(self) -> int:
        """Where the reader goes on: past what was overwritten and past holes."""
        first = max(self._taken, self._end - self.capacity)
        for begin, end in self._holes:
            if begin <= first < end:
                first = end
        return first

    def _drained(self) -> bool:
        return self._first_held() >= self._end

    def _room(self) -> int:
        """Samples that a writer who waits may write now."""
        return self._ahead if self._drained() else self._ahead - (self._end - self._taken)

    def _leap(self, start: int) -> None:
        self._holes.append((self._end, start))
        silence = np.zeros(min(start - self._end, self.capacity), np.float32)
        self._end = start - silence.size
        self._put(silence)

    def _put(self, part: NDArray[np.float32]) -> None:
        at = self._end % self.capacity
        head = min(part.size, self.capacity - at)
        for copy in (self._mirrored[: self.capacity], self._mirrored[self.capacity :]):
            copy[at : at + head] = part[:head]
            copy[: part.size - head] = part[head:]
        self._end += part.size

    def _forget(self) -> None:
        """Drop what is known of overwritten samples, lest a reader that stands still fill the memory."""
        self._count_overwritten()
        oldest = self._end - self.capacity
        while self._arrivals[0][0] <= oldest:
            self._arrivals.popleft()
        while self._holes and self._holes[0][1] <= oldest:
            self._holes.popleft()

    def _count_overwritten(self) -> None:
        """Count what is no longer held and was not taken, holes left out."""
        oldest, counted = self._end - self.capacity, max(self._taken, self._oldest)
        if oldest > counted:
            holes = sum(max(0, min(end, oldest) - max(begin, counted)) for begin, end in self._holes)
            self._overwritten += oldest - counted - holes
            self._oldest = oldest

    def _span(self, first: int, stop: int) -> NDArray[np.float32]:
        at = first % self.capacity
        return self._mirrored[at : at + stop - first]
