"""Verdicts on a window, on the sound so far, and on a whole recording."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dsp.reading import Reading, ReadingTally
from model.card import Calibration
from model.window_quality import doubtful

_LEAST_WEIGHT = 0.01


class Label(StrEnum):
    """The words a verdict can say."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    UNCERTAIN = "uncertain"
    POOR_SIGNAL = "poor_signal"
    WARMING_UP = "warming_up"


@dataclass(frozen=True)
class WindowVerdict:
    """What is said of one window.

    Attributes:
        start_s: The window's start on the source's clock, in seconds.
        end_s: Its end.
        label: Normal, abnormal, uncertain, poor signal or warming up.
        p_abnormal: Calibrated probability, 0 to 1; None where nothing was classified.
        quality: 0 to 1; None where no rule had anything to say.
        reasons: Stable codes.
        heart_rate_bpm: Beats per minute; None where it cannot be read.
        heart_rate_confidence: How sure the beats are that it was read from, 0 to 1; None where none were
            looked for.
        irregular: The beats are uneven; None where there is no heart rate.
        reading: What is heard between the heart sounds; None where nothing can be said.
    """

    start_s: float
    end_s: float
    label: Label
    p_abnormal: float | None
    quality: float | None = None
    reasons: tuple[str, ...] = ()
    heart_rate_bpm: float | None = None
    heart_rate_confidence: float | None = None
    irregular: bool | None = None
    reading: Reading | None = None

    @property
    def scored(self) -> bool:
        """Whether the classifier saw it."""
        return self.p_abnormal is not None

    @property
    def weight(self) -> float:
        """What it counts for beside others: its quality; 1 where nothing is known of that."""
        return 1.0 if self.quality is None else max(self.quality, _LEAST_WEIGHT)


@dataclass(frozen=True)
class Standing:
    """A combined verdict: a label, and the probability behind it where there is one."""

    label: Label
    p_abnormal: float | None


class RollingVerdict:
    """The verdict on the last half minute: mean probability of its scored windows, each weighing its quality.

    A label is entered at the edge of the abstention band and left only ``MARGIN`` beyond it, so that a
    probability that wavers at an edge does not flicker. When nothing was scored for ``PATIENCE_S`` the
    standing is poor signal. A band-limited source never gets a confident standing, nor do windows of which
    the mean quality is doubtful.

    Args:
        calibration: Holds the abstention band.
    """

    MEMORY_S = 30.0
    PATIENCE_S = 10.0
    MARGIN = 0.05

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self.reset()

    def reset(self) -> None:
        """Start anew, after a gap or with another source."""
        self._scored: deque[WindowVerdict] = deque()
        self._label = Label.WARMING_UP

    def update(self, verdict: WindowVerdict) -> Standing:
        """Take the next window's verdict and say what stands now."""
        if verdict.label is Label.WARMING_UP:
            return Standing(Label.WARMING_UP, None)
        if verdict.scored:
            self._scored.append(verdict)
        while self._scored and self._scored[0].end_s <= verdict.end_s - self.MEMORY_S:
            self._scored.popleft()
        if not self._scored or self._scored[-1].end_s <= verdict.end_s - self.PATIENCE_S:
            self._label = Label.POOR_SIGNAL
            return Standing(self._label, None)
        weight = sum(past.weight for past in self._scored)
        probability = sum(past.weight * (past.p_abnormal or 0.0) for past in self._scored) / weight
        self._label = self._held(probability)
        limited = any("band_limited" in past.reasons for past in self._scored)
        if limited or doubtful(weight, len(self._scored)):
            self._label = Label.UNCERTAIN
        return Standing(self._label, probability)

    def _held(self, probability: float) -> Label:
        low, high = self._calibration.low, self._calibration.high
        if self._label is Label.ABNORMAL and probability > high - self.MARGIN:
            return Label.ABNORMAL
        if self._label is Label.NORMAL and probability < low + self.MARGIN:
            return Label.NORMAL
        return band_label(probability, self._calibration)


@dataclass(frozen=True)
class RecordingVerdict:
    """What is said of a whole recording or stream.

    Attributes:
        label: As for a window; poor signal where no window could be scored.
        p_abnormal: Mean over its scored windows, each weighing its quality; None where there was none.
        quality: Mean over its windows; None while any of them has none.
        reasons: The codes of its windows, most frequent first.
        windows: Windows judged, poor ones included.
        poor_windows: Those refused.
        heart_rate_bpm: Beats per minute, the mean over the windows in which it can be read; None where there
            is none.
        heart_rate_confidence: The mean over the windows in which beats were looked for; None where there is
            none.
        irregular: Most of the windows that have a heart rate are; None where none has one.
        reading: Of its windows together; None where nothing can be said.
    """

    label: Label
    p_abnormal: float | None
    quality: float | None
    reasons: tuple[str, ...]
    windows: int
    poor_windows: int
    heart_rate_bpm: float | None = None
    heart_rate_confidence: float | None = None
    irregular: bool | None = None
    reading: Reading | None = None


class RecordingTally:
    """Adds up window verdicts in constant memory.

    Args:
        calibration: Holds the abstention band.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._windows = self._poor = self._rated = self._timed = 0
        self._listened = self._rhythms = self._irregular = 0
        self._probability = self._weight = self._quality = self._rate_bpm = self._confidence = 0.0
        self._reading = ReadingTally()
        self._reasons: Counter[str] = Counter()

    def add(self, verdicts: Iterable[WindowVerdict]) -> None:
        """Take verdicts; warming-up ones do not count."""
        for verdict in verdicts:
            if verdict.label is Label.WARMING_UP:
                continue
            self._windows += 1
            self._reasons.update(verdict.reasons)
            if verdict.quality is not None:
                self._rated += 1
                self._quality += verdict.quality
            if verdict.heart_rate_bpm is not None:
                self._timed += 1
                self._rate_bpm += verdict.heart_rate_bpm
            if verdict.heart_rate_confidence is not None:
                self._listened += 1
                self._confidence += verdict.heart_rate_confidence
            if verdict.irregular is not None:
                self._rhythms += 1
                self._irregular += verdict.irregular
            if verdict.reading is not None:
                self._reading.add(verdict.reading, verdict.start_s, verdict.end_s)
            if verdict.p_abnormal is None:
                self._poor += 1
            else:
                self._probability += verdict.weight * verdict.p_abnormal
                self._weight += verdict.weight

    def result(self) -> RecordingVerdict:
        """The verdict so far."""
        scored = self._windows - self._poor
        probability = self._probability / self._weight if scored else None
        label = Label.POOR_SIGNAL
        if probability is not None:
            label = band_label(probability, self._calibration)
            if doubtful(self._weight, scored, self._poor) or "band_limited" in self._reasons:
                label = Label.UNCERTAIN
        return RecordingVerdict(
            label=label,
            p_abnormal=probability,
            quality=self._quality / self._windows if self._rated == self._windows > 0 else None,
            reasons=tuple(reason for reason, _ in self._reasons.most_common()),
            windows=self._windows,
            poor_windows=self._poor,
            heart_rate_bpm=self._rate_bpm / self._timed if self._timed else None,
            heart_rate_confidence=self._confidence / self._listened if self._listened else None,
            irregular=2 * self._irregular > self._rhythms if self._rhythms else None,
            reading=self._reading.result(),
        )


def band_label(probability: float, calibration: Calibration) -> Label:
    """The word for a probability: outside the abstention band normal or abnormal, inside it uncertain."""
    if probability >= calibration.high:
        return Label.ABNORMAL
    return Label.NORMAL if probability <= calibration.low else Label.UNCERTAIN
