"""Scripts of what goes wrong with a synthetic stream: faults at set times and faults drawn by the seed.

All times are on the source's own clock, lost samples included: a fault at 12 s begins at sample
round(12 x rate) of the stream, whatever happened before.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from dsp.synthesis import SynthesisConfig

SHORTEST_S = 0.1
LONGEST_S = 86_400.0
MOST_PER_HOUR = 3_600.0

# Apart from the purposes for which the heart draws by the same seed.
_FAULTS = 100


@dataclass(frozen=True)
class FaultKind:
    """What is allowed of a kind of fault.

    Attributes:
        longest_s: Longest that one may be, s.
        parameters: Least and greatest value of each further number that it needs.
    """

    longest_s: float
    parameters: Mapping[str, tuple[float, float]] = field(default_factory=dict)


FAULT_KINDS: Mapping[str, FaultKind] = {
    "dropout": FaultKind(3_600),
    # What comes at once when it is over must not fill the ring of 60 s.
    "late": FaultKind(30),
    "clipping": FaultKind(LONGEST_S, {"gain_db": (0, 80)}),
    "nan": FaultKind(3_600),
    "drift": FaultKind(LONGEST_S, {"ppm": (-200, 200)}),
    "disconnect": FaultKind(3_600),
}
"""Samples lost; blocks held back until it is over; sound amplified and cut at full scale; samples that are
not a number; a clock that runs fast (ppm above 0) or slow; a device lost and back, its samples lost."""

LOST = ("dropout", "disconnect")
"""Kinds whose samples never come."""


@dataclass(frozen=True)
class Fault:
    """One fault at a set time.

    Attributes:
        kind: A key of `FAULT_KINDS`.
        at_s: When it begins, 0 to 86,400 s.
        length_s: How long it lasts, above 0 s; at least one sample is hit.
        gain_db: Of clipping alone: amplification, 0 to 80 dB.
        ppm: Of drift alone: how much too fast the clock runs, -200 to 200 millionths.

    Raises:
        ValueError: A field is outside its range, missing or too many; one line that names it.
    """

    kind: str
    at_s: float
    length_s: float
    gain_db: float | None = None
    ppm: float | None = None

    def __post_init__(self) -> None:
        _require_kind(self.kind)
        _require_range("at_s", self.at_s, 0, LONGEST_S)
        _require_length(self.kind, self.length_s)
        for name in ("gain_db", "ppm"):
            _require_parameter(self.kind, name, getattr(self, name))


@dataclass(frozen=True)
class RandomFaults:
    """Faults of one kind at random times.

    Attributes:
        kind: A key of `FAULT_KINDS`.
        per_hour: Mean number in an hour, above 0 to 3,600; one that would overlap another fault of its kind
            is left out.
        length_s: Least and greatest length, s; each in between is as likely.
        gain_db: Of clipping alone: least and greatest amplification, dB.
        ppm: Of drift alone: least and greatest.

    Raises:
        ValueError: A field is outside its range, missing or too many; one line that names it.
    """

    kind: str
    per_hour: float
    length_s: tuple[float, float]
    gain_db: tuple[float, float] | None = None
    ppm: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        _require_kind(self.kind)
        if not 0 < self.per_hour <= MOST_PER_HOUR:
            raise ValueError(f"per_hour must be above 0, at most {MOST_PER_HOUR:g}, not {self.per_hour:g}")
        for length in self.length_s:
            _require_length(self.kind, length)
        for name in ("gain_db", "ppm"):
            for value in getattr(self, name) or (None,):
                _require_parameter(self.kind, name, value)
        for name in ("length_s", "gain_db", "ppm"):
            low, high = getattr(self, name) or (0, 0)
            if low > high:
                raise ValueError(f"{name} must be least and greatest, not [{low:g}, {high:g}]")


@dataclass(frozen=True)
class FaultSpan:
    """A fault as it happened.

    Attributes:
        kind: A key of `FAULT_KINDS`.
        start: Its first sample on the source's clock.
        end: The sample after its last; no later than the stream's end.
        gain_db: Of clipping alone, dB.
        ppm: Of drift alone, millionths.
    """

    kind: str
    start: int
    end: int
    gain_db: float | None = None
    ppm: float | None = None


@dataclass(frozen=True)
class Scenario:
    """A synthetic heart, how long it is heard, and what goes wrong meanwhile.

    Attributes:
        heart: What is synthesised; its seed also draws the random faults.
        duration_s: Length of the stream on the source's clock, 0.1 to 86,400 s. The faults of a shorter one
            are the first of a longer one.
        faults: At set times; what lies beyond the end does not happen.
        random: Drawn by the seed.

    Raises:
        ValueError: The duration is outside its range, two faults of one kind overlap, or the random ones are
            more than 3,600 in an hour together; one line.
    """

    heart: SynthesisConfig = field(default_factory=SynthesisConfig)
    duration_s: float = 60.0
    faults: tuple[Fault, ...] = ()
    random: tuple[RandomFaults, ...] = ()

    def __post_init__(self) -> None:
        _require_range("duration_s", self.duration_s, SHORTEST_S, LONGEST_S)
        for kind in FAULT_KINDS:
            spans = sorted(self._scripted(kind), key=_start)
            for before, after in pairwise(spans):
                if after.start < before.end:
                    raise ValueError(
                        f"two faults of the kind {kind} overlap at {after.start / self.heart.rate:g} s; "
                        "let one end before the other begins"
                    )
        per_hour = sum(entry.per_hour for entry in self.random)
        if per_hour > MOST_PER_HOUR:
            raise ValueError(
                f"the random faults are {per_hour:g} in an hour together; at most {MOST_PER_HOUR:g} can be"
            )

    @property
    def samples(self) -> int:
        """Length of the stream in samples."""
        return round(self.duration_s * self.heart.rate)

    def happened(self) -> list[FaultSpan]:
        """All that goes wrong, by start: the same for the same scenario."""
        return sorted(
            (span for kind in FAULT_KINDS for span in self._of(kind)),
            key=lambda span: (span.start, span.kind),
        )

    def _of(self, kind: str) -> list[FaultSpan]:
        spans = sorted(self._scripted(kind), key=_start)
        for index, entry in enumerate(self.random):
            if entry.kind == kind:
                for span in self._drawn(entry, index):
                    _insert(span, spans)
        end = self.samples
        return [
            FaultSpan(kind, span.start, min(span.end, end), span.gain_db, span.ppm)
            for span in spans
            if span.start < end
        ]

    def _scripted(self, kind: str) -> Iterator[FaultSpan]:
        for fault in self.faults:
            if fault.kind == kind:
                yield self._span(kind, fault.at_s, fault.length_s, fault.gain_db, fault.ppm)

    def _drawn(self, entry: RandomFaults, index: int) -> Iterator[FaultSpan]:
        rng = np.random.default_rng([self.heart.seed, _FAULTS, index])
        at_s = 0.0
        while True:
            at_s += float(rng.exponential(3_600 / entry.per_hour))
            # Two, whether they are needed or not, so that what one kind needs never shifts the others.
            share, other = rng.random(2)
            if at_s >= self.duration_s:
                return
            yield self._span(
                entry.kind,
                at_s,
                _between(entry.length_s, share),
                None if entry.gain_db is None else _between(entry.gain_db, other),
                None if entry.ppm is None else _between(entry.ppm, other),
            )

    def _span(
        self, kind: str, at_s: float, length_s: float, gain_db: float | None, ppm: float | None
    ) -> FaultSpan:
        start = round(at_s * self.heart.rate)
        return FaultSpan(kind, start, start + max(1, round(length_s * self.heart.rate)), gain_db, ppm)


def overlapping(spans: Sequence[FaultSpan], first: int, end: int) -> Iterator[FaultSpan]:
    """Those of one kind's spans, by start, that hold any of the samples from ``first`` to before ``end``."""
    for index in range(bisect_right(spans, first, key=_end), len(spans)):
        if spans[index].start >= end:
            return
        yield spans[index]


def _insert(span: FaultSpan, spans: list[FaultSpan]) -> None:
    """Put a span in its place unless it overlaps one that is there."""
    if next(overlapping(spans, span.start, span.end), None) is None:
        insort(spans, span, key=_start)


def _start(span: FaultSpan) -> int:
    return span.start


def _end(span: FaultSpan) -> int:
    return span.end


def _between(bounds: tuple[float, float], share: float) -> float:
    low, high = bounds
    return low + (high - low) * float(share)


def _require_kind(kind: str) -> None:
    if kind not in FAULT_KINDS:
        raise ValueError(f"kind must be one of {', '.join(FAULT_KINDS)}, not {kind!r}")


def _require_length(kind: str, length_s: float) -> None:
    longest_s = FAULT_KINDS[kind].longest_s
    # Written so that NaN fails too.
    if not 0 < length_s <= longest_s:
        raise ValueError(f"length_s of {kind} must be above 0, at most {longest_s:g}, not {length_s:g}")


def _require_parameter(kind: str, name: str, value: float | None) -> None:
    bounds = FAULT_KINDS[kind].parameters.get(name)
    if bounds is None and value is not None:
        raise ValueError(f"{name} is not for {kind}; leave it out")
    if bounds is not None and value is None:
        raise ValueError(f"{name} is missing; {kind} needs it, {bounds[0]:g} to {bounds[1]:g}")
    if bounds is not None and value is not None:
        _require_range(name, value, *bounds)


def _require_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must be {low:g} to {high:g}, not {value:g}")
