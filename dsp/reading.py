"""What is heard between the heart sounds: where in the cycle a murmur lies, its shape and its frequency.

Every systole and every diastole is laid on a grid of points that stretches with it. At each point and in each
of four bands the lower end of the beats counts, which is what nearly all of them have in common: a word or a
cough is in few. What stands out of the quietest part of the cycle there, in two neighbouring bands and for
longer than a click or a third sound lasts, is called a murmur. The thresholds were chosen on synthetic
hearts, on normal recordings of PhysioNet/CinC 2016, and on that half of the CirCor DigiScope patients which
``training.reading_scores`` tells apart from the half that they are scored on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from dsp.beats import HeartSound

NONE, SYSTOLIC, DIASTOLIC, CONTINUOUS = TIMINGS = ("none", "systolic", "diastolic", "continuous")
"""Where in the cycle a murmur lies. Continuous: through the second sound, from systole into diastole."""

EARLY, MID, LATE, HOLO = PARTS = ("early", "mid", "late", "holo")
"""What it takes of systole or diastole. Holo: nearly all."""

CRESCENDO, DECRESCENDO, DIAMOND, PLATEAU = SHAPES = ("crescendo", "decrescendo", "diamond", "plateau")
"""How its loudness goes."""

RATE = 2000
"""Samples a second of what is read."""

FEWEST_BEATS = 4
"""With fewer systoles, or fewer diastoles, nothing can be said."""

LOUD_DB = 5.5
"""So far a murmur stands out of the quietest part of the cycle."""

_FRAME, _STEP = 64, 32
_BIN_HZ = RATE / _FRAME
_WINDOW = np.hanning(_FRAME + 2)[1:-1].astype(np.float32)
# 109-172, 172-297, 297-484 and 484-672 Hz. Lower down lie third and fourth sounds, and what rings on.
_EDGES = (4, 6, 10, 16, 22)
_HZ = np.arange(_EDGES[-1]) * _BIN_HZ

_POINTS = {"S1": 12, "S2": 20}
# A sound rings on, and where it begins and ends is some 20 ms unsure.
_AFTER_S, _BEFORE_S, _SHORTEST_S = 0.015, 0.01, 0.04

_SHARED = 0.2  # quantile over the beats
_QUIET_POINTS = 12
# Clicks, snaps, third and fourth sounds are shorter.
_SPAN_SHARE, _SPAN_S = 0.35, 0.1
# Below the first sound: what is fainter nobody hears, however silent the rest.
_FAINTEST_DB = 60.0
_SILENCE = 1e-20

# A murmur goes on where it is at most so much weaker than at its loudest, and stands out at all.
_FADED_DB, _LEAST_DB = 12.0, 3.0
_NEAR_SHARE = 0.2

# Loudness over five fifths of a murmur. The rise of a diamond is in part hidden by the first sound.
_TEMPLATES = {
    CRESCENDO: (0.3, 0.3, 0.5, 0.8, 1.0),
    DECRESCENDO: (1.0, 0.8, 0.56, 0.37, 0.2),
    DIAMOND: (0.6, 0.95, 1.0, 0.7, 0.3),
    PLATEAU: (1.0, 1.0, 1.0, 1.0, 1.0),
}
_FIFTHS = (np.arange(5) + 0.5) / 5


@dataclass(frozen=True)
class Reading:
    """What is heard between the sounds of a stretch.

    Attributes:
        timing: One of ``TIMINGS``.
        part: One of ``PARTS``; None of no murmur, and of a continuous one.
        shape: One of ``SHAPES``; None likewise.
        frequency_hz: Half of the murmur's power lies below it, 15 to 672; None of no murmur.
        strength_db: By how much its loudest part stands out of the quietest part of the cycle; None of no
            murmur.
        beats: Systoles that were looked at, or of a diastolic murmur diastoles.
        heard_in: Those of them in which it is heard.
    """

    timing: str
    part: str | None
    shape: str | None
    frequency_hz: float | None
    strength_db: float | None
    beats: int
    heard_in: int


def read_murmur(signal: NDArray[np.floating], start_s: float, sounds: Sequence[HeartSound]) -> Reading | None:
    """Listen between the sounds of a stretch.

    Neither gain nor polarity matters.

    Args:
        signal: Shape (n,), bandpassed, at ``RATE``.
        start_s: Time of its first sample on the source's clock, in seconds.
        sounds: S1 and S2 in order, on the same clock; those beyond the stretch are left out.

    Returns:
        None where there are too few beats to say anything.
    """
    if signal.size < 2 * _FRAME:
        return None
    power = _power(signal)
    spans = [_spans(sounds, start_s, kind, power.shape[0]) for kind in _POINTS]
    if min(len(each) for each in spans) < FEWEST_BEATS:
        return None
    systole, diastole = (
        _Phase.of(power, each, points) for each, points in zip(spans, _POINTS.values(), strict=True)
    )
    quiet = _Quiet.of(systole, diastole, _loudness_db(power, sounds, start_s))
    first, second = _loudest(systole, quiet), _loudest(diastole, quiet)
    murmur, timing = (first, SYSTOLIC) if first.strength_db >= second.strength_db else (second, DIASTOLIC)
    if murmur.strength_db < LOUD_DB:
        return Reading(NONE, None, None, None, None, len(systole.power), 0)
    continuous = first.lasts_to_end and second.lasts_from_start
    return Reading(
        timing=CONTINUOUS if continuous else timing,
        part=None if continuous else murmur.part,
        shape=None if continuous else murmur.shape,
        frequency_hz=murmur.frequency_hz(quiet),
        strength_db=murmur.strength_db,
        beats=len(murmur.phase.power),
        heard_in=murmur.heard_in(quiet),
    )


class ReadingTally:
    """What the readings of a stream's windows say together, in constant memory.

    The timing is that of most windows; part and shape are those of most windows of that timing, frequency and
    strength their means. Beats are counted in windows that do not overlap.
    """

    def __init__(self) -> None:
        self._readings: Counter[str] = Counter()
        self._parts: Counter[tuple[str, str | None]] = Counter()
        self._shapes: Counter[tuple[str, str | None]] = Counter()
        self._heard_in: Counter[str] = Counter()
        self._frequency = dict.fromkeys(TIMINGS, 0.0)
        self._strength = dict.fromkeys(TIMINGS, 0.0)
        self._beats = 0
        self._counted_to_s = -np.inf

    def add(self, reading: Reading, start_s: float, end_s: float) -> None:
        """Take the reading of the next window.

        Args:
            reading: Its own.
            start_s: The window's start on the source's clock, in seconds.
            end_s: Its end.
        """
        timing = reading.timing
        self._readings[timing] += 1
        self._parts[timing, reading.part] += 1
        self._shapes[timing, reading.shape] += 1
        self._frequency[timing] += reading.frequency_hz or 0.0
        self._strength[timing] += reading.strength_db or 0.0
        if start_s >= self._counted_to_s:
            self._counted_to_s = end_s
            self._beats += reading.beats
            self._heard_in[timing] += reading.heard_in

    def result(self) -> Reading | None:
        """The reading so far; None where nothing could be said of any window."""
        if not self._readings:
            return None
        # Of two that are equally frequent the one that says less.
        timing = max(TIMINGS, key=lambda one: self._readings[one])
        if timing == NONE:
            return Reading(NONE, None, None, None, None, self._beats, 0)
        windows = self._readings[timing]
        return Reading(
            timing,
            _commonest(self._parts, timing, PARTS),
            _commonest(self._shapes, timing, SHAPES),
            self._frequency[timing] / windows,
            self._strength[timing] / windows,
            self._beats,
            self._heard_in[timing],
        )


def _commonest(counts: Counter[tuple[str, str | None]], timing: str, names: Sequence[str]) -> str | None:
    found = max(names, key=lambda name: counts[timing, name])
    return found if counts[timing, found] else None


@dataclass(frozen=True, eq=False)
class _Phase:
    """All systoles or all diastoles of a stretch, on their grid.

    Attributes:
        power: Shape (beats, points, bins).
        level_db: Shape (beats, points, bands).
        shared_db: Shape (points, bands), what nearly all beats have at least.
        length_s: That of the median one.
    """

    power: NDArray[np.floating]
    level_db: NDArray[np.floating]
    shared_db: NDArray[np.floating]
    length_s: float

    @classmethod
    def of(cls, power: NDArray[np.floating], spans: NDArray[np.floating], points: int) -> _Phase:
        """Of a spectrogram, shape (columns, bins), and the spans' first and last columns, shape (n, 2)."""
        begin, end = spans[:, :1], spans[:, 1:]
        column = begin + (np.arange(points) + 0.5) / points * (end - begin)
        left = np.minimum(column.astype(np.intp), power.shape[0] - 2)
        share = (column - left)[..., None].astype(np.float32)
        laid = power[left] * (1 - share) + power[left + 1] * share
        bands = np.add.reduceat(laid, _EDGES[:-1], axis=2)
        level = 10 * np.log10(bands + _SILENCE)
        place = int(_SHARED * (level.shape[0] - 1))
        length_s = float(np.median(end - begin)) * _STEP / RATE
        return cls(laid, level, np.partition(level, place, axis=0)[place], length_s)


@dataclass(frozen=True, eq=False)
class _Quiet:
    """The quietest part of the cycle.

    Attributes:
        level_db: Shape (bands,).
        phases: Systole and diastole.
        points: The points of each that are quietest.
    """

    level_db: NDArray[np.floating]
    phases: tuple[_Phase, _Phase]
    points: tuple[NDArray[np.intp], NDArray[np.intp]]

    @classmethod
    def of(cls, systole: _Phase, diastole: _Phase, loudness_db: float) -> _Quiet:
        shared = np.concatenate([systole.shared_db, diastole.shared_db])
        level = np.partition(shared, _QUIET_POINTS, axis=0)[:_QUIET_POINTS].mean(axis=0)
        points = np.argpartition(shared.sum(axis=1), _QUIET_POINTS)[:_QUIET_POINTS]
        later = points >= systole.shared_db.shape[0]
        return cls(
            np.maximum(level, loudness_db - _FAINTEST_DB),
            (systole, diastole),
            (points[~later], points[later] - systole.shared_db.shape[0]),
        )

    def spectrum(self) -> NDArray[np.float64]:
        """Power by bin, shape (bins,)."""
        parts = [
            points.size * np.median(phase.power[:, points].mean(axis=1), axis=0)
            for phase, points in zip(self.phases, self.points, strict=True)
            if points.size
        ]
        return np.sum(parts, axis=0) / _QUIET_POINTS


@dataclass(frozen=True, eq=False)
class _Murmur:
    """What stands out most of systole or diastole; whether it is a murmur its strength must say.

    Attributes:
        phase: Where it was looked for.
        strength_db: Mean over its loudest points, ``first`` to before ``stop``.
        first: Point.
        stop: Point.
        band: The lower of its two bands.
        course_db: Shape (points,), by how much these stand out at every point.
    """

    phase: _Phase
    strength_db: float
    first: int
    stop: int
    band: int
    course_db: NDArray[np.floating]

    @property
    def lasts_from_start(self) -> bool:
        """It is a murmur, and begins with the phase."""
        return min(self.strength_db, float(np.min(self.course_db[: self.course_db.size // 4]))) >= LOUD_DB

    @property
    def lasts_to_end(self) -> bool:
        """It is a murmur, and ends with the phase."""
        return min(self.strength_db, float(np.min(self.course_db[-(self.course_db.size // 4) :]))) >= LOUD_DB

    @property
    def extent(self) -> tuple[int, int]:
        """Its first point and the one after its last, with what fades in and out."""
        loud = self.course_db >= max(_LEAST_DB, self.strength_db - _FADED_DB)
        begin, end = self.first, self.stop
        while begin > 0 and loud[begin - 1]:
            begin -= 1
        while end < loud.size and loud[end]:
            end += 1
        return begin, end

    @property
    def part(self) -> str:
        """One of ``PARTS``, by whether it reaches near both ends."""
        begin, end = self.extent
        from_start = begin <= _NEAR_SHARE * self.course_db.size
        to_end = end >= (1 - _NEAR_SHARE) * self.course_db.size
        if from_start:
            return HOLO if to_end else EARLY
        return LATE if to_end else MID

    @property
    def shape(self) -> str:
        begin, end = self.extent
        place = begin + _FIFTHS * (end - begin) - 0.5
        loudness = 10 ** (np.interp(place, np.arange(self.course_db.size), self.course_db) / 20)
        likeness = {
            name: float(np.dot(loudness, template) / np.linalg.norm(template))
            for name, template in _TEMPLATES.items()
        }
        return max(likeness, key=lambda name: likeness[name])

    def frequency_hz(self, quiet: _Quiet) -> float:
        begin, end = self.extent
        own = np.median(self.phase.power[:, begin:end].mean(axis=1), axis=0)
        share = np.cumsum(np.maximum(own[1:] - quiet.spectrum()[1:], 0), dtype=np.float64)
        return float(np.interp(share[-1] / 2, [0.0, *share], _HZ + _BIN_HZ / 2))

    def heard_in(self, quiet: _Quiet) -> int:
        bands = slice(self.band, self.band + 2)
        level = self.phase.level_db[:, self.first : self.stop, bands] - quiet.level_db[bands]
        return int(np.count_nonzero(level.mean(axis=(1, 2)) >= LOUD_DB))


def _loudest(phase: _Phase, quiet: _Quiet) -> _Murmur:
    excess = phase.shared_db - quiet.level_db
    courses = (excess[:, :-1] + excess[:, 1:]) / 2
    points = courses.shape[0]
    width = int(np.ceil(points * min(1.0, max(_SPAN_SHARE, _SPAN_S / max(phase.length_s, _SHORTEST_S)))))
    total = np.concatenate([np.zeros((1, courses.shape[1])), np.cumsum(courses, axis=0)])
    means = (total[width:] - total[:-width]) / width
    first, band = divmod(int(np.argmax(means)), means.shape[1])
    return _Murmur(phase, float(means[first, band]), first, first + width, band, courses[:, band])


def _power(signal: NDArray[np.floating]) -> NDArray[np.floating]:
    """Shape (columns, bins)."""
    frames = np.lib.stride_tricks.sliding_window_view(signal, _FRAME)[::_STEP]
    spectrum = rfft(frames * _WINDOW, axis=1)[:, : _EDGES[-1]]
    return np.square(spectrum.real) + np.square(spectrum.imag)


def _column(time_s: NDArray[np.floating]) -> NDArray[np.floating]:
    """Where a time since the stretch's start lies among the columns."""
    return (time_s * RATE - _FRAME / 2) / _STEP


def _spans(sounds: Sequence[HeartSound], start_s: float, kind: str, columns: int) -> NDArray[np.float64]:
    """First and last column between each sound of a kind and the next of the other, shape (n, 2)."""
    found = [
        (one.end_s + _AFTER_S, max(other.start_s - _BEFORE_S, one.end_s + _AFTER_S + _SHORTEST_S))
        for one, other in pairwise(sounds)
        if one.sound == kind != other.sound
    ]
    spans = _column(np.array(found, np.float64).reshape(-1, 2) - start_s)
    return spans[(spans[:, 0] >= 0) & (spans[:, 1] <= columns - 1)]


def _loudness_db(power: NDArray[np.floating], sounds: Sequence[HeartSound], start_s: float) -> float:
    """Level of the median first sound."""
    total = power.sum(axis=1)
    edges = np.array([(one.start_s, one.end_s) for one in sounds if one.sound == "S1"], np.float64)
    columns = np.rint(_column(edges.reshape(-1, 2) - start_s)).astype(np.intp)
    peaks = [float(total[begin : end + 1].max()) for begin, end in columns if 0 <= begin <= end < total.size]
    return 10 * float(np.log10(np.median(peaks) + _SILENCE)) if peaks else -np.inf
