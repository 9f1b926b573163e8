"""What people read for the program's codes."""

from __future__ import annotations

from collections.abc import Sequence

from model.verdict import Label
from model.window_quality import DOUBTED_BELOW
from monitor.dashboard.go_back_words import GO_BACK_KEYS

RESEARCH_ONLY = "Research use only, not a medical device"
IDLE = "Space starts and stops, ? shows all keys"
NO_SOURCE, READY, LOADING, NO_VERDICT = "NO SOURCE", "READY", "LOADING", "NO VERDICT"
SEE_BELOW = "The message below says why."
DEVICE_LOST = "DEVICE LOST"
LOOKING = "Looking for it. Check the cable; listening goes on when it is back."
RECORDING, NOT_RECORDING = "recording", "not recording"
NOT_REMEMBERED = "The choice to record cannot be remembered"
NO_EVENTS = "No sound lost so far"
EMPTY = "Plug in a stethoscope, or open a recording"
ONLY_AT_PACE = "Sound plays only at normal speed"
NO_SOUND_OUTPUT = "No sound output device: playing silently"
TECHNICAL = "Technical"
PAUSED = "▮▮ paused"
CANNOT_PAUSE = "What is live cannot be paused"
NOTHING_TO_PRESENT = "Nothing to present: open recordings with Ctrl+O"
OUTLINES = (
    "Spectrogram; outlined: what moved the answer on a window towards abnormal (solid) or normal (dashed)",
    "Outlined: moved a window to abnormal (solid), normal (dashed)",
    "Outlined: towards abnormal solid, normal dashed",
)
"""What the spectrogram's outlines mean; the first that there is room for is said."""

_TREND = (
    "Probability of abnormal, hatched: uncertain, triangles: poor signal; below: quality",
    "Abnormal 0 to 1, hatched: uncertain, triangles: poor; quality",
    "Probability of abnormal, and quality",
)
TREND = (f"{_TREND[0]}. Whole session; V: last minutes", *_TREND)
LAST_MINUTES = (f"{_TREND[0]}. Last minutes; V: whole session", *_TREND)
"""What the trend shows; the first that there is room for is said."""

QUALITY_AXIS = "quality"
GAUGE_ENDS = ("normal 0", "1 abnormal")

AVERAGE = "Average of the last good beats"
TESTER = "Tester's panel; F12 closes it"
TESTER_RESTS = "Tester's panel, standing still while something is selected; Ctrl+C copies it"
NOTHING_AVERAGED = "Nothing plays, so there are no beats to average."
NO_BEATS_YET = "No heart sounds found yet. Beats are averaged from one S1 to the next."
SYSTOLE, DIASTOLE = "systole", "diastole"

_GOOD_FROM = 0.75

LABELS = {
    Label.NORMAL: "NORMAL",
    Label.ABNORMAL: "ABNORMAL",
    Label.UNCERTAIN: "UNCERTAIN",
    Label.POOR_SIGNAL: "POOR SIGNAL",
    Label.WARMING_UP: "WARMING UP",
}

STANDINGS = {
    Label.NORMAL: "The last half minute reads as normal.",
    Label.ABNORMAL: "The last half minute reads as abnormal.",
    Label.UNCERTAIN: "Between normal and abnormal. Keep listening.",
    Label.POOR_SIGNAL: "Nothing could be classified.",
}

REASONS = {
    "too_quiet": "Too quiet. Press the chest piece on, or turn the gain up.",
    "clipped": "Sound overdriven. Turn the gain down.",
    "no_heart_sound": "No heart sound heard. Move the chest piece.",
    "ambient_noise": "Talking or noise nearby. Wait for quiet.",
    "movement": "Chest piece moving. Hold it still.",
    "mains_hum": "Mains hum. Move away from power cables.",
    "gap": "Sound was lost. Listening again from the start.",
    "fading": "Heart sound fading. Check the contact with the skin.",
    "band_limited": "The source lacks high frequencies: no confident verdict.",
    "padded": "Recording shorter than 10 s: looped to fill the window.",
}

EVENTS = {
    "gap": "Sound lost",
    "overflow": "Input overflow",
    "device_lost": "Device lost",
    "device_back": "Device back",
    "clipping": "Clipping",
    "bad_samples": "Bad samples",
    "skipped": "Fell behind",
}

# Their details name them; said twice they would not fit the list.
_SAID_BY_DETAIL = ("clipping", "bad_samples", "gap", "skipped")

KEYS = (
    ("Space", "Start or stop"),
    ("R", "Record devices, or not"),
    ("S", "Sound on or off, for recordings"),
    ("W", "Outline what moved the verdict"),
    ("X", "Guided examination, or its end"),
    ("1–9 N Backspace", "In it: choose, skip, restart"),
    ("1–9 Y U", "Results: hear, agree, disagree"),
    ("Ctrl+N", "A new examination"),
    ("Ctrl+E", "Examinations that were made"),
    ("Ctrl+P", "Report of the examination shown"),
    *GO_BACK_KEYS,
    ("Del", "Messages are read; listed: delete"),
    ("A", "Average beat, or spectrogram"),
    ("V", "Trend of all, or last minutes"),
    ("T", "Light or dark theme"),
    ("F, F11", "Present, full screen; Esc leaves"),
    ("→ ← Space", "Then: next, back, pause"),
    (". B", "Then: black, and back"),
    ("Ctrl+O", "Open recordings"),
    ("Alt+O", "Choose a source"),
    ("Tab", "Next control; Enter presses it"),
    ("?", "Show or hide this list"),
    ("Esc", "Hide this list, or the panel"),
    ("F12", "Tester's panel"),
    ("Ctrl+Q", "Close the window"),
)


def reason_words(codes: Sequence[str]) -> str:
    """Sentences for reason codes, the first two of them; a code without words is shown as it is."""
    return " ".join(REASONS.get(code, code.replace("_", " ")) for code in codes[:2])


def event_words(code: str, t_s: float, detail: str) -> str:
    """One line for an event.

    Args:
        code: The event's code.
        t_s: When, in seconds.
        detail: In words.
    """
    if code in _SAID_BY_DETAIL and detail:
        return f"{clock_words(t_s)} {detail[0].upper()}{detail[1:]}"
    said = EVENTS.get(code, code.replace("_", " "))
    return f"{clock_words(t_s)} {said}" + (f": {detail}" if detail else "")


def place_words(position: int, count: int) -> str:
    """Which of how many; empty where there is but one."""
    return f"{position + 1} of {count}" if count > 1 else ""


def next_words(title: str) -> str:
    """What comes next in the playlist."""
    return f"Next: {title}" if title else ""


def skipped_words(title: str) -> str:
    """That something could not be played, without a fuss."""
    return f"{title} cannot be played, passed over"


def average_words(beats: int) -> str:
    """What the average beat shows."""
    return f"Average of {beats} good beats; shaded: one standard deviation"


def few_beats_words(good: int, wanted: int) -> str:
    """Why there is no average yet."""
    return f"Fewer than {wanted} good beats yet: {good} so far."


def milliseconds_words(seconds: float) -> str:
    """A short time, in whole milliseconds."""
    return f"{1e3 * seconds:.0f} ms"


def more_words(count: int) -> str:
    """How many messages there are beside the one that is shown."""
    return f"and {count} more" if count > 0 else ""


def lost_words(seconds: float) -> str:
    """How much sound was lost so far."""
    return f"{seconds:.2f} s of sound lost so far"


def clock_words(seconds: float) -> str:
    """Minutes and seconds, with hours where there are some."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minutes:02d}:{second:02d}"


def rate_words(rate: int) -> str:
    """Samples a second, in kHz."""
    return f"{rate / 1000:g} kHz"


def decibels_words(level_db: float) -> str:
    """A level in whole decibels with a true minus sign."""
    if level_db < -99:
        return "−∞"
    return f"{'−' if round(level_db) < 0 else ''}{abs(round(level_db))}"


def probability_words(probability: float | None) -> str:
    """A probability with two digits, or a dash."""
    return "–" if probability is None else f"{probability:.2f}"


def quality_words(quality: float | None) -> str:
    """Quality in a word, or a dash where nothing was measured."""
    if quality is None:
        return "–"
    word = "good" if quality >= _GOOD_FROM else "fair" if quality >= DOUBTED_BELOW else "poor"
    return f"{word} ({quality:.2f})"


def heart_rate_words(rate_bpm: float | None, irregular: bool | None = None) -> str:
    """Beats per minute, and that they are uneven where they are; or a dash."""
    if rate_bpm is None:
        return "–"
    return f"{rate_bpm:.0f} bpm, irregular" if irregular else f"{rate_bpm:.0f} bpm"
