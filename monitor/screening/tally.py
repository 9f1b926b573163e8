"""What a screening's rows come to, in memory that does not grow with them but for folders and errors told."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from model.verdict import Label
from model.window_quality import DOUBTED_BELOW
from monitor.dashboard.words import GOOD_FROM
from monitor.screening.row import Row

MOST_ERRORS = 1000
"""Told with their words; of more only the number."""

MOST_ABNORMAL = 50
"""Told by name; of more only the number."""

GOOD, FAIR, POOR, UNRATED = "good", "fair", "poor", "unrated"
"""Quality, as the window tells it."""
ERROR = "error"
"""In the place of a label."""


@dataclass
class Tally:
    """Counts over the rows of a screening.

    Attributes:
        recordings: How many.
        scored: Of them have a probability.
        duration_s: Their sound, in seconds.
        labels: How many have each label, or ``ERROR``.
        folders: The same for each folder.
        qualities: How many are of ``GOOD``, ``FAIR``, ``POOR`` or ``UNRATED`` quality.
        windows: Windows judged.
        poor_windows: Of them refused.
        refused: How many recordings of which nothing could be scored have each reason.
        reasons: How many recordings have each reason at all.
        abnormal: The rows of those that are most probably abnormal, the most probable first.
        errors: Path and words of the first of those that could not be judged.
    """

    recordings: int = 0
    scored: int = 0
    duration_s: float = 0.0
    windows: int = 0
    poor_windows: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    folders: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    qualities: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    abnormal: list[Row] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Count a row."""
        path, error = str(row["path"]), row["error"]
        label = ERROR if error is not None else str(row["label"])
        self.recordings += 1
        self.labels[label] += 1
        self.folders[str(Path(path).parent)][label] += 1
        if error is not None:
            if len(self.errors) < MOST_ERRORS:
                self.errors.append((path, str(error)))
            return
        scored = row["p_abnormal"] is not None
        self.scored += scored
        self.duration_s += float(row["duration_s"] or 0)
        self.windows += int(row["windows"] or 0)
        self.poor_windows += int(row["poor_windows"] or 0)
        self.qualities[_grade(row["quality"])] += 1
        reasons = str(row["reasons"] or "").split()
        self.reasons.update(reasons)
        if not scored:
            self.refused.update(reasons)
        if label == Label.ABNORMAL:
            insort(self.abnormal, row, key=lambda one: -float(one["p_abnormal"] or 0))
            del self.abnormal[MOST_ABNORMAL:]


def _grade(quality: object) -> str:
    if not isinstance(quality, float):
        return UNRATED
    if quality < DOUBTED_BELOW:
        return POOR
    return FAIR if quality < GOOD_FROM else GOOD
