"""What a listener plays: a session's newest sound, or a stretch of its past."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dsp.front_end import silenced
from dsp.listening_filter import ListeningFilter
from monitor.audio import OUTPUT_BUFFER_S, PROMPT_BUFFER_S
from monitor.recall import Recall, as_heard
from monitor.ring import Ring

PACED_LEAD_S = 0.25
"""Sound of a replayed source gathered before any is played, so that its bursts leave no holes."""

PROMPT_LEAD_S, LONGEST_LEAD_S = 0.06, 0.3
"""Likewise of a device; each time that the sound breaks off a half more is gathered, up to the longest."""

_DRIFT_S = 0.25
"""With so much more than the lead waiting to be played, playing leaps forward."""

_PAST_LEAD_S = 0.2


@dataclass(frozen=True, eq=False)
class Piece:
    """Sound to be played next.

    Attributes:
        samples: Shape (n,), float32, at the source's rate.
        begin_s: Time of the first on the source's clock, in seconds.
        tempo: Seconds of that clock per second of hearing.
        leap: It does not go on where the one before ended: what still waits is dropped.
    """

    samples: NDArray[np.float32]
    begin_s: float
    tempo: float = 1.0
    leap: bool = False


class Feed(Protocol):
    """Where a listener takes its sound from; ``band`` may be set from any thread.

    Attributes:
        rate: Samples a second.
        latency_s: Asked of the output, in seconds.
        lead_s: Gathered before any is played, in seconds.
        band: Of the listening filter.
        over: Nothing more will come.
    """

    rate: int
    latency_s: float
    lead_s: float
    band: str
    over: bool

    def take(self, waiting_s: float) -> Piece | None:
        """The next sound; None where there is none yet, or enough waits to be played already."""

    def broke_off(self) -> None:
        """The output ran out of sound."""


class NewestFeed:
    """What a session's source delivers, taken from its ring without removing it.

    Args:
        ring: Of the session.
        rate: Samples a second.
        band: Of the listening filter.
        prompt: It is a device, to be heard with as little delay as goes without holes.
    """

    over = False

    def __init__(self, ring: Ring, rate: int, band: str, prompt: bool) -> None:
        self.rate, self.band = rate, band
        self.latency_s = PROMPT_BUFFER_S if prompt else OUTPUT_BUFFER_S
        self.lead_s = PROMPT_LEAD_S if prompt else PACED_LEAD_S
        self._ring = ring
        self._filter = ListeningFilter(rate, band)
        self._next: int | None = None

    @property
    def age_s(self) -> float:
        """How long ago the newest sample came from the device, in seconds."""
        newest_at = self._ring.newest_at
        return 0.0 if newest_at is None else max(0.0, time.monotonic() - newest_at)

    def take(self, waiting_s: float) -> Piece | None:
        """All that has come; after a leap with a lead of what came before."""
        end, leap = self._ring.end, self._next is None
        if self._next is None or waiting_s + (end - self._next) / self.rate > self.lead_s + _DRIFT_S:
            leap = True
            self._next = max(0, end - round(self.lead_s * self.rate))
            self._filter.reset()
        chunk = self._ring.since(self._next)
        if not chunk.samples.size:
            return None
        self._next = chunk.end
        self._filter.choose(self.band)
        heard = np.clip(self._filter.push(silenced(chunk.samples)), -1, 1).astype(np.float32)
        return Piece(heard, chunk.start / self.rate, leap=leap)

    def broke_off(self) -> None:
        """Gather more from now on."""
        self.lead_s = max(self.lead_s, min(1.5 * self.lead_s, LONGEST_LEAD_S))


class PastFeed:
    """A stretch of the past, once or again and again.

    Args:
        recall: The stretch.
        band: Of the listening filter.
        tempo: 1 as it was, 0.5 half as fast; the pitch is kept.
        loop: Play it again after its end; may be changed at any time.
        from_s: Begin here the first time, on the source's clock, in seconds; None at its beginning.
    """

    latency_s, lead_s = OUTPUT_BUFFER_S, _PAST_LEAD_S

    def __init__(
        self, recall: Recall, band: str, tempo: float = 1.0, loop: bool = False, from_s: float | None = None
    ) -> None:
        self.recall, self.rate, self.band = recall, recall.rate, band
        self.tempo, self.loop, self.over = tempo, loop, False
        self._filter = ListeningFilter(recall.rate, band)
        self._from_s = from_s
        self._pieces = self._play()

    def take(self, waiting_s: float) -> Piece | None:
        """The next 10 ms."""
        if waiting_s > 2 * _PAST_LEAD_S:
            return None
        self._filter.choose(self.band)
        piece = next(self._pieces, None)
        self.over = piece is None
        return piece

    def broke_off(self) -> None:
        """Nothing can be gathered that is not there already."""

    def _play(self) -> Iterator[Piece]:
        samples = self.recall.samples
        first = 0 if self._from_s is None else self.recall.index(self._from_s)
        leap = True
        while samples.size > first:
            at = 0
            for block in as_heard(samples[first:], self.tempo, self._filter):
                begin_s = self.recall.begin_s + (first + at * self.tempo) / self.rate
                yield Piece(block, begin_s, self.tempo, leap)
                at, leap = at + block.size, False
            if not self.loop:
                return
            first = 0
