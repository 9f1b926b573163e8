"""How long the steps of the analysis take, of the last minute, in constant memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

STAGES = ("front end", "image", "gate", "CNN", "reading")
"""In the order of the work: filters, a window's image, its quality, its probability, what is heard in it."""

OVER_S = 60.0
"""Seconds over which they are summed up."""

_KEPT = 1024  # more than a live stream makes in that time


@dataclass(frozen=True)
class StageFigures:
    """Of one stage, in milliseconds.

    Attributes:
        stage: One of ``STAGES``.
        last: The newest.
        median: Of the last minute.
        p99: What one in a hundred of them exceeds.
        count: How many those are.
    """

    stage: str
    last: float
    median: float
    p99: float
    count: int


class StageTimings:
    """Written by the thread that works, read by any.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # A row of times and one of durations; as arrays they can be copied while they are written.
        self._kept = {stage: np.full((2, _KEPT), -np.inf) for stage in STAGES}
        self._count = dict.fromkeys(STAGES, 0)

    def add(self, stage: str, seconds: float) -> None:
        """A stage has taken so long."""
        at = self._count[stage] % _KEPT
        self._kept[stage][:, at] = self._clock(), seconds
        self._count[stage] += 1

    def figures(self) -> list[StageFigures]:
        """Of all stages that took any time in the last minute, in order."""
        told = []
        for stage in STAGES:
            count = self._count[stage]
            at, took = self._kept[stage].copy()
            lately = 1e3 * took[at >= self._clock() - OVER_S]
            if lately.size:
                median, p99 = np.percentile(lately, (50, 99))
                last = 1e3 * took[(count - 1) % _KEPT]
                told.append(StageFigures(stage, float(last), float(median), float(p99), lately.size))
        return told
