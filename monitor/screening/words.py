"""What people read on a screening's summary, beside the words that the report of an examination has too."""

from __future__ import annotations

from monitor.dashboard.words import PROBABILITY_OF_ABNORMAL, RESEARCH_ONLY
from monitor.screening.row import Settings
from monitor.screening.tally import ERROR, FAIR, GOOD, POOR, UNRATED

TITLE = "Screening of recordings"
NOTICE = RESEARCH_ONLY
TABLE = "Table"
RECORDINGS, SCORED, SOUND, WINDOWS = "Recordings", "Scored", "Sound", "Windows"
MODEL, SHA256, HOP, CHANNEL, PROGRAM = "Model", "SHA-256", "Hop", "Channel", "Program"
VERDICTS, FOLDERS, QUALITY, ERRORS, MADE_WITH = "Verdicts", "Folders", "Quality", "Errors", "Made with"
ABNORMAL, REASONS = "Abnormal, the most probable first", "What was wrong with the sound"
LABEL, FOLDER, FILE, ERROR_WORDS, REASON, SHARE = "Verdict", "Folder", "Recording", "Error", "Reason", "Share"
PROBABILITY, HEART_RATE = PROBABILITY_OF_ABNORMAL, "Heart rate"
ALL, NOT_SCORED = "All", "Of them not scored"
NO_ABNORMAL = "No recording is."
NO_REASONS = "Nothing, in any recording."
NO_ERRORS = "Every recording could be read."
ANY_CHANNEL = "the louder one"

LABELS = {
    "normal": "normal",
    "abnormal": "abnormal",
    "uncertain": "uncertain",
    "poor_signal": "poor signal",
    ERROR: "error",
}
"""In the order in which they are told."""

QUALITIES = {
    GOOD: "good",
    FAIR: "fair",
    POOR: "poor: no confident verdict",
    UNRATED: "not rated",
}

HOW_TO_READ = (
    "Counts of verdicts are no rates of disease: how often a model is right depends on the stethoscope, the "
    "room and the people, and where it was measured its card says so. A poor signal was not judged."
)


def share_words(count: int, of: int) -> str:
    """A share in percent."""
    return f"{100 * count / of:.1f} %" if of else "–"


def length_words(seconds: float) -> str:
    """A length of sound."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min {left:02} s" if hours else f"{minutes} min {left:02} s"


def windows_words(windows: int, poor: int) -> str:
    """Windows judged."""
    return f"{windows}, {poor} of them refused"


def channel_words(settings: Settings) -> str:
    """The channel that was judged."""
    return ANY_CHANNEL if settings.channel is None else str(settings.channel)


def more_errors_words(count: int) -> str:
    """That there are more errors than are told; empty where there are not."""
    return f"{count} more have one: see the column error of the table." if count > 0 else ""


def more_abnormal_words(count: int) -> str:
    """That there are more abnormal ones than are told; empty where there are not."""
    return f"{count} more: sort the table by its column p_abnormal." if count > 0 else ""


def note_words(path: str, note: str) -> str:
    """What was wrong with a file that was judged."""
    return f"auscult: {path}: {note}"


def done_words(scored: int, recordings: int, out: str, summary: str, unreadable: int) -> str:
    """What a screening came to."""
    told = f"; {unreadable} could not be read: see the column error" if unreadable else ""
    return f"{scored} of {recordings} recordings scored, written to {out}, summary in {summary}{told}"


def stopped_words(done: int, recordings: int, out: str) -> str:
    """How to go on after Ctrl-C."""
    return f"auscult: stopped; {done} of {recordings} rows are in {out}: the same command goes on from there"
