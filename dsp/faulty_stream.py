"""A synthetic heart heard through a device that fails as a scenario says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dsp.block_reader import BlockReader
from dsp.drift import DriftedReader, DriftingClock, DriftSpan
from dsp.scenario import FAULT_KINDS, LOST, FaultSpan, Scenario, overlapping
from dsp.synthesis import ChangeInterval, HeartBeat, HeartSoundSynthesizer, NoiseInterval, SoundInterval

Signal = NDArray[np.float64]
Spanned = TypeVar("Spanned", SoundInterval, HeartBeat, ChangeInterval, NoiseInterval)

# What is made at once, so that reading in any portions does the same arithmetic.
_BLOCK = 4096


@dataclass(frozen=True)
class Stretch:
    """Part of a stream that comes or is lost as a whole.

    Attributes:
        start: Its first sample.
        end: The sample after its last.
        lost: "dropout" or "disconnect" where its samples never come (the latter where both are), else None.
    """

    start: int
    end: int
    lost: str | None


class FaultyStream:
    """The samples of a scenario, and the truth about them.

    The same scenario gives the same samples, bit for bit, however `read` divides them.

    Args:
        scenario: What is heard and what goes wrong.

    Attributes:
        rate: Samples per second, Hz.
        samples: Length of the stream.
        faults: All that goes wrong, by start.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.rate, self.samples = scenario.heart.rate, scenario.samples
        self.faults = scenario.happened()
        self._by_kind: dict[str, list[FaultSpan]] = {kind: [] for kind in FAULT_KINDS}
        for fault in self.faults:
            self._by_kind[fault.kind].append(fault)
        drifts = [DriftSpan(span.start, span.end, span.ppm or 0.0) for span in self._by_kind["drift"]]
        self._clock = DriftingClock(drifts)
        self._heart = HeartSoundSynthesizer(scenario.heart, scenario.changes, scenario.noises)
        self.reset()

    def reset(self) -> None:
        """Goes back to the start of the stream."""
        self._heart.reset()
        self._drifted = DriftedReader(self._heart.read, self._clock)
        self._stream = BlockReader(self._next_block)
        self._made = 0

    def read(self, n: int) -> Signal:
        """Gives the next samples, beyond the stream's end without further faults.

        Args:
            n: How many, 0 or more.

        Returns:
            Shape (n,), full scale ±1, never beyond; 0 where samples are lost, NaN where they are bad.

        Raises:
            ValueError: `n` is negative.
        """
        return self._stream.read(n)

    def sounds(self) -> list[SoundInterval]:
        """Everything the heart gives off until the end, by start, at its place on the source's clock.

        Sounds in stretches that are lost are listed too; one that is cut by the end ends with it.
        """
        return self._on_the_sources_clock(self._heart.truth(self._true_end_s))

    def beats(self) -> list[HeartBeat]:
        """Every beat that is heard until the end, as `sounds` has them."""
        return self._on_the_sources_clock(self._heart.beats(self._true_end_s))

    def changes(self) -> list[ChangeInterval]:
        """Every change of the heart until the end, at the beats that it touches."""
        return self._on_the_sources_clock(self._heart.changes(self._true_end_s))

    def noises(self) -> list[NoiseInterval]:
        """Every noise until the end."""
        return self._on_the_sources_clock(self._heart.noises(self._true_end_s))

    def stretches(self) -> Iterator[Stretch]:
        """The whole stream in order, as what comes and what is lost in turn; none is empty."""
        lost = [span for span in self.faults if span.kind in LOST]
        edges = sorted({0, self.samples, *(edge for span in lost for edge in (span.start, span.end))})
        for start, end in pairwise(edges):
            reason = None
            for kind in LOST:
                if next(overlapping(self._by_kind[kind], start, end), None) is not None:
                    reason = kind
            yield Stretch(start, end, reason)

    def bad_samples(self) -> int:
        """Samples that come and are not a number."""
        return sum(
            min(stretch.end, span.end) - max(stretch.start, span.start)
            for stretch in self.stretches()
            if stretch.lost is None
            for span in overlapping(self._by_kind["nan"], stretch.start, stretch.end)
        )

    def due_s(self, index: int) -> float:
        """When the samples before ``index`` (1 or more) are all there, in true seconds since the start."""
        late = self._by_kind["late"]
        at = bisect_right(late, index - 1, key=lambda span: span.start) - 1
        if at >= 0 and index - 1 < late[at].end:
            index = late[at].end
        return self._clock.true_sample(index) / self.rate

    @property
    def _true_end_s(self) -> float:
        return self._clock.true_sample(self.samples) / self.rate

    def _on_the_sources_clock(self, intervals: Sequence[Spanned]) -> list[Spanned]:
        rate, end_s = self.rate, self.samples / self.rate
        return [
            replace(
                interval,
                start_s=self._clock.sample_at(interval.start_s * rate) / rate,
                end_s=min(self._clock.sample_at(interval.end_s * rate) / rate, end_s),
            )
            for interval in intervals
        ]

    def _next_block(self) -> Signal:
        first, end = self._made, self._made + _BLOCK
        self._made = end
        # Interpolation may pass full scale by a hair.
        block = np.clip(self._drifted.block(_BLOCK), -1, 1)
        for kind in ("fading", "silence", "clipping", "nan", *LOST):
            for span in overlapping(self._by_kind[kind], first, end):
                left, right = max(span.start, first), min(span.end, end)
                part = slice(left - first, right - first)
                if kind == "fading":
                    block[part] *= _fallen(span, np.arange(left, right), self.rate)
                elif kind == "clipping":
                    block[part] = np.clip(block[part] * 10 ** ((span.gain_db or 0.0) / 20), -1, 1)
                else:
                    block[part] = np.nan if kind == "nan" else 0.0
        return block


def _fallen(span: FaultSpan, samples: NDArray[np.int64], rate: int) -> Signal:
    """What is left of the loudness, which falls by as many decibels each second until it has fallen."""
    # Within a sample is at once.
    fall = max((span.fall_s or 0.0) * rate, 1.0)
    share = np.minimum((samples - span.start + 1) / fall, 1.0)
    return 10 ** (-(span.fall_db or 0.0) * share / 20)
