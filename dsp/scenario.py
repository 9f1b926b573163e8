"""Scripts of a synthetic stream: what is heard when, and what goes wrong, at set times or drawn by the seed.

Times of faults are on the source's own clock, lost samples included: a fault at 12 s begins at sample
round(12 x rate) of the stream, whatever happened before. Times of changes and noises are true ones, from
which that clock departs only where it drifts.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from dsp.course import LONGEST_S, Change, Course
from dsp.draws import Purpose, draws
from dsp.heart import SynthesisConfig
from dsp.noise_kinds import Noise
from dsp.ranges import require_above, require_between, require_one_of

SHORTEST_S = 0.1
MOST_PER_HOUR = 3_600.0
MOST_ENTRIES = 1_000
"""Changes, or noises, in one script."""


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
    "fading": FaultKind(LONGEST_S, {"fall_db": (0, 80), "fall_s": (0, LONGEST_S)}),
    "silence": FaultKind(LONGEST_S),
}
"""Samples lost; blocks held back until it is over; sound amplified and cut at full scale; samples that are
not a number; a clock that runs fast (ppm above 0) or slow; a device lost and back, its samples lost; loudness
that falls away and stays low until it is over; samples that are 0."""

PARAMETERS = ("gain_db", "ppm", "fall_db", "fall_s")
"""Further numbers that some kind of fault needs."""

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
        fall_db: Of fading alone: how far loudness falls, 0 to 80 dB.
        fall_s: Of fading alone: in how long it does, 0 to 86,400 s.

    Raises:
        ValueError: A field is outside its range, missing or too many; one line that names it.
    """

    kind: str
    at_s: float
    length_s: float
    gain_db: float | None = None
    ppm: float | None = None
    fall_db: float | None = None
    fall_s: float | None = None

    def __post_init__(self) -> None:
        require_one_of("kind", self.kind, FAULT_KINDS)
        require_between("at_s", self.at_s, 0, LONGEST_S)
        _require_length(self.kind, self.length_s)
        for name in PARAMETERS:
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
        fall_db: Of fading alone: least and greatest, dB.
        fall_s: Of fading alone: least and greatest, s.

    Raises:
        ValueError: A field is outside its range, missing or too many; one line that names it.
    """

    kind: str
    per_hour: float
    length_s: tuple[float, float]
    gain_db: tuple[float, float] | None = None
    ppm: tuple[float, float] | None = None
    fall_db: tuple[float, float] | None = None
    fall_s: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        require_one_of("kind", self.kind, FAULT_KINDS)
        require_above("per_hour", self.per_hour, 0, MOST_PER_HOUR)
        for length in self.length_s:
            _require_length(self.kind, length)
        for name in PARAMETERS:
            for value in getattr(self, name) or (None,):
                _require_parameter(self.kind, name, value)
        for name in ("length_s", *PARAMETERS):
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
        fall_db: Of fading alone, dB.
        fall_s: Of fading alone, s.
    """

    kind: str
    start: int
    end: int
    gain_db: float | None = None
    ppm: float | None = None
    fall_db: float | None = None
    fall_s: float | None = None


@dataclass(frozen=True)
class Scenario:
    """A synthetic heart, how long it is listened to, what becomes of it and what goes wrong meanwhile.

    Attributes:
        heart: What is synthesised; its seed also draws the random faults.
        duration_s: Length of the stream on the source's clock, 0.1 to 86,400 s. The faults of a shorter one
            are the first of a longer one.
        faults: At set times; what lies beyond the end does not happen.
        random: Drawn by the seed.
        changes: Of the heart; at most 1,000.
        noises: Mixed in before anything goes wrong; at most 1,000.

    Raises:
        ValueError: The duration is outside its range, two faults of one kind overlap, the random ones are
            more than 3,600 in an hour together, changes together make a heart that cannot be, or there are
            too many; one line.
    """

    heart: SynthesisConfig = field(default_factory=SynthesisConfig)
    duration_s: float = 60.0
    faults: tuple[Fault, ...] = ()
    random: tuple[RandomFaults, ...] = ()
    changes: tuple[Change, ...] = ()
    noises: tuple[Noise, ...] = ()

    def __post_init__(self) -> None:
        require_between("duration_s", self.duration_s, SHORTEST_S, LONGEST_S)
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
        for name, entries in (("changes", self.changes), ("noises", self.noises)):
            if len(entries) > MOST_ENTRIES:
                raise ValueError(f"{name} must be at most {MOST_ENTRIES}, not {len(entries)}")
        Course(self.heart, self.changes)

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
        return [replace(span, end=min(span.end, end)) for span in spans if span.start < end]

    def _scripted(self, kind: str) -> Iterator[FaultSpan]:
        for fault in self.faults:
            if fault.kind == kind:
                values = {name: getattr(fault, name) for name in PARAMETERS}
                yield self._span(kind, fault.at_s, fault.length_s, values)

    def _drawn(self, entry: RandomFaults, index: int) -> Iterator[FaultSpan]:
        rng = draws(self.heart.seed, Purpose.FAULT, index)
        further = draws(self.heart.seed, Purpose.FAULT_DEPTH, index)
        at_s = 0.0
        while True:
            at_s += float(rng.exponential(3_600 / entry.per_hour))
            # Whether they are needed or not, so that what one kind needs never shifts the others.
            share, other = rng.random(2)
            shares = dict.fromkeys(PARAMETERS, other) | {"fall_db": further.random()}
            if at_s >= self.duration_s:
                return
            values = {
                name: None if (bounds := getattr(entry, name)) is None else _between(bounds, shares[name])
                for name in PARAMETERS
            }
            yield self._span(entry.kind, at_s, _between(entry.length_s, share), values)

    def _span(self, kind: str, at_s: float, length_s: float, values: Mapping[str, float | None]) -> FaultSpan:
        start = round(at_s * self.heart.rate)
        return FaultSpan(kind, start, start + max(1, round(length_s * self.heart.rate)), **values)


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


def _require_length(kind: str, length_s: float) -> None:
    require_above(f"length_s of {kind}", length_s, 0, FAULT_KINDS[kind].longest_s)


def _require_parameter(kind: str, name: str, value: float | None) -> None:
    bounds = FAULT_KINDS[kind].parameters.get(name)
    if bounds is None and value is not None:
        raise ValueError(f"{name} is not for {kind}; leave it out")
    if bounds is not None and value is None:
        raise ValueError(f"{name} is missing; {kind} needs it, {bounds[0]:g} to {bounds[1]:g}")
    if bounds is not None and value is not None:
        require_between(name, value, *bounds)
