"""The verdict and the signal quality over a whole session, however long, in constant memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.verdict import Label
from monitor.snapshot import Judgement

BINS = 2048
"""Most bins kept; where they do not suffice, two become one."""

FIRST_BIN_S = 0.4
"""Length of a bin at first, in seconds; it doubles."""

_LEAST, _SUM, _GREATEST, _COUNT, _QUALITY, _QUALITIES, _WINDOWS, _POOR, _LOST_S = range(9)
_ROUNDING = 1e-6  # of a bin: a window's end is a decimal


@dataclass(frozen=True, eq=False)
class TrendView:
    """A trend at one moment. Bin k holds what was judged at (k, k + 1) times ``bin_s`` on the source's clock.

    Attributes:
        bin_s: Length of a bin in seconds.
        least: Shape (n,), least rolling probability of abnormal in each bin; NaN where there was none.
        mean: Shape (n,), its mean.
        greatest: Shape (n,), its greatest.
        quality: Shape (n,), mean quality of the windows, 0 to 1; NaN where none was measured.
        windows: Shape (n,), windows that were judged.
        poor: Shape (n,), those of them that were refused.
        lost_s: Shape (n,), seconds of sound that were lost.
    """

    bin_s: float
    least: NDArray[np.float64]
    mean: NDArray[np.float64]
    greatest: NDArray[np.float64]
    quality: NDArray[np.float64]
    windows: NDArray[np.float64]
    poor: NDArray[np.float64]
    lost_s: NDArray[np.float64]


class Trend:
    """Takes judgements and losses, in order, into bins that double in length when they do not suffice.

    No minute of a session weighs more than another, and none is forgotten. What a bin says does not depend on
    when bins were joined.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin a session anew."""
        self._bin_s = FIRST_BIN_S
        self._bins = _empty(BINS)
        self._used = 0
        self._view: TrendView | None = None

    def add(self, judgement: Judgement) -> None:
        """Take the next judgement; warming-up ones say nothing."""
        verdict, probability = judgement.verdict, judgement.rolling.p_abnormal
        if verdict.label is Label.WARMING_UP:
            return
        index = self._reach(verdict.end_s)
        column = self._bins[:, index]
        column[_WINDOWS] += 1
        column[_POOR] += verdict.label is Label.POOR_SIGNAL
        if probability is not None:
            column[_LEAST] = min(column[_LEAST], probability)
            column[_GREATEST] = max(column[_GREATEST], probability)
            column[_SUM] += probability
            column[_COUNT] += 1
        if verdict.quality is not None:
            column[_QUALITY] += verdict.quality
            column[_QUALITIES] += 1

    def lose(self, begin_s: float, end_s: float) -> None:
        """Note that sound was lost, from one time to another on the source's clock, in seconds."""
        last = self._reach(end_s)
        first = min(last, max(0, math.floor(begin_s / self._bin_s)))
        edges = np.arange(first, last + 2) * self._bin_s
        self._bins[_LOST_S, first : last + 1] += np.diff(np.clip(edges, begin_s, end_s))

    def view(self) -> TrendView:
        """The trend now; the same object while nothing is added."""
        if self._view is None:
            bins = self._bins[:, : self._used].copy()
            bins.setflags(write=False)
            with np.errstate(invalid="ignore"):
                mean, quality = bins[_SUM] / bins[_COUNT], bins[_QUALITY] / bins[_QUALITIES]
            heard = bins[_COUNT] > 0
            self._view = TrendView(
                self._bin_s,
                np.where(heard, bins[_LEAST], np.nan),
                mean,
                np.where(heard, bins[_GREATEST], np.nan),
                quality,
                bins[_WINDOWS],
                bins[_POOR],
                bins[_LOST_S],
            )
        return self._view

    def _reach(self, at_s: float) -> int:
        """The bin that a time falls into, after joining as many as that takes."""
        self._view = None
        while (index := max(0, math.floor(at_s / self._bin_s + _ROUNDING))) >= BINS:
            self._join()
        self._used = max(self._used, index + 1)
        return index

    def _join(self) -> None:
        pairs = self._bins.reshape(len(self._bins), BINS // 2, 2)
        joined = pairs.sum(axis=2)
        joined[_LEAST], joined[_GREATEST] = pairs[_LEAST].min(axis=1), pairs[_GREATEST].max(axis=1)
        self._bins = _empty(BINS)
        self._bins[:, : BINS // 2] = joined
        self._used = (self._used + 1) // 2
        self._bin_s *= 2


def _empty(count: int) -> NDArray[np.float64]:
    bins = np.zeros((9, count))
    bins[_LEAST], bins[_GREATEST] = np.inf, -np.inf
    return bins
