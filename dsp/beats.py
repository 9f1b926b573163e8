"""S1 and S2 found in heart-state probabilities, and the rhythm that they make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STATES = ("S1", "systole", "S2", "diastole")
"""In the order in which a heart goes through them, and of the rows of ``HeartStates.probability``."""

_S1, _SYSTOLE, _S2, _DIASTOLE = range(4)

# A sound is looked for where it is at least so probable; what follows decides whether it is one.
_CANDIDATE = 0.15
_SHORTEST_S = 0.03
_FAINTEST = 0.02  # of a probability: a network that is sure and wrong must not decide alone

# Mean and spread of what lies between two sounds, in seconds, and the longest that is believed.
_BETWEEN = {_S1: (0.20, 0.08, 0.6), _S2: (0.45, 0.35, 1.8)}

_FEWEST_INTERVALS = 4
_NEAR = 0.15  # of the median interval
_NEAR_COLUMNS = 2.5  # of a fast heart an interval is few columns long, and each end is off by up to one
_NEAR_SHARE, _EVEN_SHARE = 0.6, 0.85
_SURE, _VERY_SURE = 0.7, 0.9

_GRID_S = 0.032
_EDGE_S = 1.0
_SETTLED_S = 2.0
_KEPT_S = 8.0
_EVERY_S = 0.8


@dataclass(frozen=True, eq=False)
class HeartStates:
    """How probable each of the heart's states is over a stretch of time.

    Attributes:
        start_s: Time of the first column on the source's clock, in seconds.
        step_s: Between columns, in seconds.
        probability: Shape (4, n), 0 to 1, rows as in ``STATES``; a column adds up to 1.
    """

    start_s: float
    step_s: float
    probability: NDArray[np.floating]

    @property
    def end_s(self) -> float:
        """Time after the last column, in seconds."""
        return self.start_s + self.step_s * self.probability.shape[1]


@dataclass(frozen=True)
class HeartSound:
    """One S1 or S2.

    Attributes:
        sound: "S1" or "S2".
        start_s: Its onset on the source's clock, in seconds.
        end_s: Its end.
    """

    sound: str
    start_s: float
    end_s: float

    @property
    def middle_s(self) -> float:
        """Half-way between onset and end, in seconds."""
        return (self.start_s + self.end_s) / 2


@dataclass(frozen=True)
class Rhythm:
    """How fast and how evenly the heart beats.

    Attributes:
        rate_bpm: Beats per minute; None where too little was found, or what was found is not sure enough.
        confidence: Mean probability of the states that the sounds imply, 0 to 1.
        irregular: The intervals differ by more than breathing makes them; None where there is no rate.
    """

    rate_bpm: float | None
    confidence: float
    irregular: bool | None


def find_sounds(states: HeartStates) -> list[HeartSound]:
    """The alternation of S1 and S2 that the probabilities speak for most.

    Stretches in which a sound is probable are candidates. Of all ways to choose S1 and S2 in turn from them
    that is taken under which the states, diastole and systole between the sounds included, have the
    greatest likelihood, with a mild preference for intervals that hearts have (after the idea of duration
    models: Springer et al., "Logistic regression-HSMM-based heart sound segmentation", IEEE TBME 63, 2016).

    Returns:
        In order; empty where no sound was found.
    """
    return _likeliest(states)[0]


def rhythm_of(states: HeartStates) -> Rhythm:
    """Rate, confidence and evenness of a stretch, usually a window's.

    The rate is that of the intervals from S1 to S1 and from S2 to S2 that lie near their median, where most
    do: one sound missed or made up then does not count. Where many do not, as of two around an early beat,
    the heart may be irregular or the sounds wrong; only when the states are very sure is it called
    irregular, and where few intervals are alike the rate is that of all.
    """
    return sounds_and_rhythm(states)[1]


def sounds_and_rhythm(states: HeartStates) -> tuple[list[HeartSound], Rhythm]:
    """Both ``find_sounds`` and ``rhythm_of`` of a stretch, for the work of one."""
    sounds, confidence = _likeliest(states)
    return sounds, _rhythm(sounds, confidence, states.step_s)


class BeatTracker:
    """Heart sounds of a stream, from the states of windows that overlap.

    Where windows overlap their states are averaged, those near a window's edge weighing less: there the
    network has seen only one side. A sound is given once, in order, when the newest window reaches some two
    seconds beyond it, and never changed afterwards.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start anew, after a gap or with another stream."""
        self._first = 0  # the grid's index of the first kept column
        self._sum = np.zeros((4, 0))
        self._weight = np.zeros(0)
        self._given_s = self._looked_s = -np.inf

    def push(self, states: HeartStates) -> list[HeartSound]:
        """Take the states of the next window.

        Returns:
            Sounds that are settled now.
        """
        settled = []
        begin = math.ceil(states.start_s / _GRID_S - 1e-6)
        if begin > self._first + self._weight.size:
            settled = self.flush()
        if not self._weight.size:
            self._first = begin
        self._add(states, begin)
        if states.end_s - self._looked_s >= _EVERY_S:
            self._looked_s = states.end_s
            settled += self._give(states.end_s - _SETTLED_S)
            self._forget()
        return settled

    def flush(self) -> list[HeartSound]:
        """End the stream, or this stretch of it: the sounds that were not yet settled."""
        rest = self._give(np.inf)
        self._sum, self._weight = np.zeros((4, 0)), np.zeros(0)
        return rest

    def _add(self, states: HeartStates, begin: int) -> None:
        columns = states.probability.shape[1]
        last_s = states.start_s + (columns - 1) * states.step_s
        count = math.floor(last_s / _GRID_S + 1e-6) - begin + 1
        if count < 1:
            return
        place = ((begin + np.arange(count)) * _GRID_S - states.start_s) / states.step_s
        left = np.clip(place.astype(np.intp), 0, max(0, columns - 2))
        right = np.minimum(left + 1, columns - 1)
        share = place - left
        values = states.probability[:, left] * (1 - share) + states.probability[:, right] * share
        into_s = np.minimum(np.arange(count), np.arange(count)[::-1]) * _GRID_S
        weight = np.clip(into_s / _EDGE_S, _GRID_S, 1)
        late = max(0, self._first - begin)  # columns of what is settled and forgotten
        values, weight = values[:, late:], weight[late:]
        at, count = begin + late - self._first, weight.size
        missing = at + count - self._weight.size
        if missing > 0:
            self._sum = np.pad(self._sum, ((0, 0), (0, missing)))
            self._weight = np.pad(self._weight, (0, missing))
        self._sum[:, at : at + count] += weight * values
        self._weight[at : at + count] += weight

    def _give(self, until_s: float) -> list[HeartSound]:
        if not self._weight.size:
            return []
        # A column that no window reaches lies between two that just do not touch.
        mean = self._sum / np.maximum(self._weight, _GRID_S)
        found = find_sounds(HeartStates(self._first * _GRID_S, _GRID_S, mean))
        new = [one for one in found if one.start_s >= self._given_s and one.middle_s <= until_s]
        if new:
            self._given_s = new[-1].end_s
        return new

    def _forget(self) -> None:
        surplus = self._weight.size - round(_KEPT_S / _GRID_S)
        if surplus > 0:
            self._first += surplus
            self._sum, self._weight = self._sum[:, surplus:], self._weight[surplus:]


def _rhythm(sounds: Sequence[HeartSound], confidence: float, step_s: float) -> Rhythm:
    intervals = np.concatenate(
        [np.diff([one.middle_s for one in sounds if one.sound == STATES[kind]]) for kind in (_S1, _S2)]
    )
    if intervals.size < _FEWEST_INTERVALS or confidence < _SURE:
        return Rhythm(None, confidence, None)
    middle = float(np.median(intervals))
    near = intervals[np.abs(intervals - middle) <= max(_NEAR * middle, _NEAR_COLUMNS * step_s)]
    irregular = confidence >= _VERY_SURE and near.size < _EVEN_SHARE * intervals.size
    if near.size >= _NEAR_SHARE * intervals.size:
        return Rhythm(60 / float(np.mean(near)), confidence, irregular)
    if irregular:
        return Rhythm(60 / float(np.mean(intervals)), confidence, True)
    return Rhythm(None, confidence, None)


def _likeliest(states: HeartStates) -> tuple[list[HeartSound], float]:
    """The sounds, and the mean probability of the states that they imply."""
    probability = states.probability
    begin, end, kind = _candidates(probability, states.step_s)
    if not begin.size:
        return [], 0.0
    logs = np.log(np.maximum(probability, _FAINTEST))
    total = np.concatenate([np.zeros((4, 1)), np.cumsum(logs, axis=1)], axis=1)
    link = _links(begin, end, kind, total, states.step_s)
    # Before the first sound and after the last lies what goes before and after it.
    first = total[(kind - 1) % 4, begin]
    last = total[(kind + 1) % 4, -1] - total[(kind + 1) % 4, end]
    within = total[kind, end] - total[kind, begin]
    best, before = first + within, np.full(begin.size, -1)
    for index in range(1, begin.size):
        scores = best[:index] + link[:index, index]
        at = int(np.argmax(scores))
        if scores[at] > first[index]:
            best[index], before[index] = scores[at] + within[index], at
    chosen = [int(np.argmax(best + last))]
    while before[chosen[-1]] >= 0:
        chosen.append(int(before[chosen[-1]]))
    chosen.reverse()
    confidence = _agreement(probability, begin[chosen], end[chosen], kind[chosen])
    edges = states.start_s + (np.stack([begin, end]) - 0.5) * states.step_s
    sounds = [
        HeartSound(STATES[kind[one]], round(float(edges[0, one]), 6), round(float(edges[1, one]), 6))
        for one in chosen
    ]
    return sounds, confidence


def _candidates(
    probability: NDArray[np.floating], step_s: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Begin, end and kind of all stretches that may be a sound, by begin."""
    likeliest = np.argmax(probability, axis=0)
    found = []
    for kind in (_S1, _S2):
        certain = likeliest == kind
        found += [(begin, end, kind) for begin, end in _stretches(certain)]
        before = np.concatenate([[0], np.cumsum(certain)])
        for begin, end in _stretches(probability[kind] > _CANDIDATE):
            if before[begin] == before[end]:  # nowhere the likeliest, so the half that is most probable
                inside = probability[kind, begin:end]
                above = np.flatnonzero(inside >= inside.max() / 2)
                found.append((begin + int(above[0]), begin + int(above[-1]) + 1, kind))
    shortest = _SHORTEST_S / step_s
    rows = np.array(sorted(one for one in found if one[1] - one[0] >= shortest), np.intp).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _links(
    begin: NDArray[np.intp],
    end: NDArray[np.intp],
    kind: NDArray[np.intp],
    total: NDArray[np.floating],
    step_s: float,
) -> NDArray[np.floating]:
    """Log likelihood of what lies between each sound, row, and each later one, column."""
    gap_s = (begin[None, :] - end[:, None]) * step_s
    link = np.full(gap_s.shape, -np.inf)
    for one, (mean_s, spread_s, longest_s) in _BETWEEN.items():
        state = one + 1
        fits = (kind[:, None] == one) & (kind[None, :] == (one + 2) % 4) & (gap_s >= 0) & (gap_s <= longest_s)
        between = total[state, begin][None, :] - total[state, end][:, None]
        link = np.where(fits, between - 0.5 * ((gap_s - mean_s) / spread_s) ** 2, link)
    return link


def _agreement(
    probability: NDArray[np.floating],
    begin: NDArray[np.intp],
    end: NDArray[np.intp],
    kind: NDArray[np.intp],
) -> float:
    """Mean probability of the states that the chosen sounds imply."""
    edges = np.stack([begin, end], axis=1).ravel()
    lengths = np.diff(np.concatenate([[0], edges, [probability.shape[1]]]))
    states = np.concatenate([[(kind[0] - 1) % 4], np.stack([kind, (kind + 1) % 4], axis=1).ravel()])
    implied = np.repeat(states, lengths)
    return float(np.mean(probability[implied, np.arange(implied.size)]))


def _stretches(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and after-last index of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
