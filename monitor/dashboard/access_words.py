"""What only a screen reader says."""

from __future__ import annotations

from collections.abc import Sequence

from dsp.beats import HeartSound
from model.verdict import Label
from monitor.dashboard.language import tr
from monitor.dashboard.words import LABELS, SHAPES, probability_words
from monitor.snapshot import Judgement

NO_SHAPE = tr("dash, no verdict")
LIVE, NOTHING_DRAWN = tr("Live, the last 10 s."), tr("Nothing is drawn yet.")
AVERAGE_PLOTS = tr("The average beat in place of the spectrogram.")
NO_TREND = tr("No trend yet.")


def plots_words(shown: str, sounds: Sequence[HeartSound], average: bool, trend: str) -> str:
    """What the plots show.

    Args:
        shown: Of when it is.
        sounds: That are marked.
        average: Whether the average beat is shown.
        trend: In words.
    """
    counts = [sum(one.sound == name for one in sounds) for name in ("S1", "S2")]
    marked = (
        tr("Marked: {first} S1, {second} S2.").format(first=counts[0], second=counts[1])
        if any(counts)
        else ""
    )
    return " ".join(filter(None, (shown, marked, AVERAGE_PLOTS if average else "", trend)))


def trend_words(history: Sequence[Judgement]) -> str:
    """How the probability went in the last minutes, and how much was refused."""
    told = [one.rolling.p_abnormal for one in history if one.rolling.p_abnormal is not None]
    if not told:
        return NO_TREND
    poor = sum(one.verdict.label is Label.POOR_SIGNAL for one in history)
    return tr(
        "Probability of abnormal {newest}, lately between {least} and {greatest}; "
        "{poor} of {windows} windows refused."
    ).format(
        newest=probability_words(told[-1]),
        least=probability_words(min(told)),
        greatest=probability_words(max(told)),
        poor=poor,
        windows=len(history),
    )


def shape_words(label: Label | None, filled: float = 0.0) -> str:
    """A verdict's shape; how far an hourglass has run, in tenths."""
    if label is None:
        return NO_SHAPE
    said = f"{SHAPES[label]}: {LABELS[label].lower()}"
    return f"{said}, {tenths_words(filled)}" if label is Label.WARMING_UP else said


def tenths_words(share: float) -> str:
    """How much is done, in tenths: what is finer changes faster than anybody listens."""
    return f"{int(share * 10) / 10:.0%}"


def new_verdict_words(word: str, reason: str) -> str:
    """A verdict that is new."""
    return f"{word.capitalize()}. {reason}"


def technical_words(title: str, message: str) -> str:
    """A technical message that is new."""
    return f"{title}: {message}"
