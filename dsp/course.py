"""How a synthetic heart changes at set times."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dsp.heart import SynthesisConfig
from dsp.ranges import require_above, require_between

LONGEST_S = 86_400.0
"""Of a stream with a script, s."""

CHANGEABLE = (
    "condition",
    "heart_rate_bpm",
    "jitter",
    "murmur_level",
    "amplitude",
    "heard",
    "murmurs",
    "sounds",
    "rhythm",
    "ectopic_chance",
    "split_ms",
    "split_variation_ms",
    "breath_depth",
)
"""Fields of `SynthesisConfig` that may change; the others are those of the patient and the stream."""


@dataclass(frozen=True)
class Change:
    """The heart becomes another at a set time: with the first beat that begins then or later.

    Attributes:
        at_s: when, 0 to 86,400 s.
        to: new values of some of the fields in `CHANGEABLE`, at least one.
        length_s: how long they hold, above 0 s; None for good. A later change of the same field goes before
            an earlier one.

    Raises:
        ValueError: a field is outside its range, unknown or missing; one line that names it.
    """

    at_s: float
    to: Mapping[str, Any]
    length_s: float | None = None

    def __post_init__(self) -> None:
        require_between("at_s", self.at_s, 0, LONGEST_S)
        if self.length_s is not None:
            require_above("length_s", self.length_s, 0, LONGEST_S)
        if not self.to:
            raise ValueError(f"nothing changes; name one of {', '.join(CHANGEABLE)}")
        for name in self.to:
            if name not in CHANGEABLE:
                raise ValueError(f"{name} cannot change; allowed are {', '.join(CHANGEABLE)}")
        replace(SynthesisConfig(rate=192_000), **self.to)

    def span(self, rate: int) -> tuple[int, int | None]:
        """The sample at which it begins, and that before which it ends, or None."""
        start = round(self.at_s * rate)
        return start, None if self.length_s is None else start + max(1, round(self.length_s * rate))


class Course:
    """The heart at every moment.

    Args:
        heart: what it is at first.
        changes: in any order; of several at once a later one in the list goes before.

    Attributes:
        changes: by start.
        starts: samples at which it becomes another; the first is 0.
        states: what it is from each of these on.

    Raises:
        ValueError: changes together make a heart that cannot be; one line that names the time.
    """

    def __init__(self, heart: SynthesisConfig, changes: Sequence[Change] = ()) -> None:
        self.changes = tuple(sorted(changes, key=lambda change: change.at_s))
        spans = [change.span(heart.rate) for change in self.changes]
        edges = {0, *(edge for span in spans for edge in span if edge is not None)}
        self.starts = sorted(edges)
        self.states = []
        for sample in self.starts:
            fields: dict[str, Any] = {}
            for change, (start, end) in zip(self.changes, spans, strict=True):
                if start <= sample and (end is None or sample < end):
                    fields.update(change.to)
            try:
                self.states.append(replace(heart, **fields) if fields else heart)
            except ValueError as error:
                raise ValueError(f"the heart as changed at {sample / heart.rate:g} s: {error}") from None

    def number_at(self, sample: int) -> int:
        """Which of the states holds at a sample, 0 or more."""
        return bisect_right(self.starts, sample) - 1

    def at(self, sample: int) -> SynthesisConfig:
        """The heart at a sample, 0 or more."""
        return self.states[self.number_at(sample)]
