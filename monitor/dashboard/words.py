"""What people read for the program's codes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dsp.reading import CONTINUOUS, DIASTOLIC, SYSTOLIC, Reading
from model.verdict import Label
from model.window_quality import DOUBTED_BELOW
from monitor.dashboard.go_back_words import GO_BACK_KEYS
from monitor.dashboard.language import tr
from monitor.dashboard.told_words import told_words

RESEARCH_ONLY = tr("Research use only, not a medical device")
IDLE = tr("Space starts and stops, ? shows all keys")
NO_SOURCE, READY, LOADING, NO_VERDICT = tr("NO SOURCE"), tr("READY"), tr("LOADING"), tr("NO VERDICT")
SEE_BELOW = tr("The message below says why.")
DEVICE_LOST = tr("DEVICE LOST")
LOOKING = tr("Looking for it. Check the cable; listening goes on when it is back.")
RECORDING, NOT_RECORDING = tr("recording"), tr("not recording")
NOT_REMEMBERED = tr("The choice to record cannot be remembered")
NO_EVENTS = tr("No sound lost so far")
EMPTY = tr("Plug in a stethoscope, or open a recording")
ONLY_AT_PACE = tr("Sound plays only at normal speed")
NO_SOUND_OUTPUT = tr("No sound output device: playing silently")
TECHNICAL = tr("Technical")
PAUSED = tr("▮▮ paused")
CANNOT_PAUSE = tr("What is live cannot be paused")
NOTHING_TO_PRESENT = tr("Nothing to present: open recordings with Ctrl+O")
OUTLINES = (
    tr(
        "Spectrogram; outlined: what moved the answer on a window towards abnormal (solid) or normal (dashed)"
    ),
    tr("Outlined: moved a window to abnormal (solid), normal (dashed)"),
    tr("Outlined: towards abnormal solid, normal dashed"),
)
"""What the spectrogram's outlines mean; the first that there is room for is said."""

_TREND = (
    tr("Probability of abnormal, hatched: uncertain, triangles: poor signal; below: quality"),
    tr("Abnormal 0 to 1, hatched: uncertain, triangles: poor; quality"),
    tr("Probability of abnormal, and quality"),
)
TREND = (
    tr(
        "Probability of abnormal, hatched: uncertain, triangles: poor signal; below: quality. "
        "Whole session; V: last minutes"
    ),
    *_TREND,
)
LAST_MINUTES = (
    tr(
        "Probability of abnormal, hatched: uncertain, triangles: poor signal; below: quality. "
        "Last minutes; V: whole session"
    ),
    *_TREND,
)
"""What the trend shows; the first that there is room for is said."""

QUALITY_AXIS = tr("quality")
NOW = tr("now")
WAVEFORM = tr("Waveform, bandpassed; bars: S1 solid, S2 hollow")
SPECTROGRAM = tr("Spectrogram, {low}–{high} Hz")
PLOTS_NAME = tr("Waveform, spectrogram and history of the verdict")
PEAK, RMS, CLIP = tr("peak"), tr("rms"), tr("CLIP")
PROBABILITY_OF_ABNORMAL = tr("Probability of abnormal")
HEART_RATE, QUALITY, WINDOWS = tr("Heart rate"), tr("Quality"), tr("Windows")
OPENING_SOURCE, LOADING_MODEL = tr("Opening the source…"), tr("Loading the model…")
PRESS_START = tr("Press Start, or the space bar.")
TOO_SHORT = tr("Too short: no window was heard.")

SHAPES = {
    Label.NORMAL: tr("circle"),
    Label.ABNORMAL: tr("diamond"),
    Label.UNCERTAIN: tr("dashed circle"),
    Label.POOR_SIGNAL: tr("hollow triangle"),
    Label.WARMING_UP: tr("hourglass"),
}

STATES = {
    "opening": tr("opening"),
    "loading": tr("loading"),
    "running": tr("listening"),
    "ended": tr("ended"),
    "failed": tr("failed"),
    "lost": tr("lost"),
}
GAUGE_ENDS = (tr("normal 0"), tr("1 abnormal"))

AVERAGE = tr("Average of the last good beats")
TESTER = tr("Tester's panel; F12 closes it")
TESTER_RESTS = tr("Tester's panel, standing still while something is selected; Ctrl+C copies it")
NOTHING_AVERAGED = tr("Nothing plays, so there are no beats to average.")
NO_BEATS_YET = tr("No heart sounds found yet. Beats are averaged from one S1 to the next.")
SYSTOLE, DIASTOLE = tr("systole"), tr("diastole")

GOOD_FROM = 0.75
"""Least quality that is called good."""
_QUALITIES = (tr("good", "quality"), tr("fair", "quality"), tr("poor", "quality"))

LABELS = {
    Label.NORMAL: tr("NORMAL"),
    Label.ABNORMAL: tr("ABNORMAL"),
    Label.UNCERTAIN: tr("UNCERTAIN"),
    Label.POOR_SIGNAL: tr("POOR SIGNAL"),
    Label.WARMING_UP: tr("WARMING UP"),
}

STANDINGS = {
    Label.NORMAL: tr("The last half minute reads as normal."),
    Label.ABNORMAL: tr("The last half minute reads as abnormal."),
    Label.UNCERTAIN: tr("Between normal and abnormal. Keep listening."),
    Label.POOR_SIGNAL: tr("Nothing could be classified."),
}

DIFFERS = {
    SYSTOLIC: tr("Murmur in systole, yet the network says normal: neither is a diagnosis, listen yourself."),
    DIASTOLIC: tr(
        "Murmur in diastole, yet the network says normal: neither is a diagnosis, listen yourself."
    ),
    CONTINUOUS: tr(
        "Continuous murmur, yet the network says normal: neither is a diagnosis, listen yourself."
    ),
}
"""Where a murmur is read and the verdict, which another part of the program comes to, is normal."""

REASONS = {
    "too_quiet": tr("Too quiet. Press the chest piece on, or turn the gain up."),
    "clipped": tr("Sound overdriven. Turn the gain down."),
    "no_heart_sound": tr("No heart sound heard. Move the chest piece."),
    "ambient_noise": tr("Talking or noise nearby. Wait for quiet."),
    "movement": tr("Chest piece moving. Hold it still."),
    "mains_hum": tr("Mains hum. Move away from power cables."),
    "gap": tr("Sound was lost. Listening again from the start."),
    "fading": tr("Heart sound fading. Check the contact with the skin."),
    "band_limited": tr("The source lacks high frequencies: no confident verdict."),
    "padded": tr("Recording shorter than 10 s: looped to fill the window."),
}

EVENTS = {
    "gap": tr("Sound lost"),
    "overflow": tr("Input overflow"),
    "device_lost": tr("Device lost"),
    "device_back": tr("Device back"),
    "clipping": tr("Clipping"),
    "bad_samples": tr("Bad samples"),
    "skipped": tr("Fell behind"),
}

_UNIT = re.compile(r"(\d) (?=s\b|Hz\b|dB)")

# Their details name them; said twice they would not fit the list.
_SAID_BY_DETAIL = ("clipping", "bad_samples", "gap", "skipped")

KEYS = (
    ("Space", tr("Start or stop")),
    ("R", tr("Record devices, or not")),
    ("S", tr("Sound on or off, for recordings")),
    ("W", tr("Outline what moved the verdict")),
    ("X", tr("Guided examination, or its end")),
    ("1–9 N Backspace", tr("In it: choose, skip, restart")),
    ("1–9 Y U", tr("Results: hear, agree, disagree")),
    ("Ctrl+N", tr("A new examination")),
    ("Ctrl+E", tr("Examinations that were made")),
    ("Ctrl+P", tr("Report of the examination shown")),
    *GO_BACK_KEYS,
    ("Del", tr("Messages are read; listed: delete")),
    ("A", tr("Average beat, or spectrogram")),
    ("V", tr("Trend of all, or last minutes")),
    ("T", tr("Light or dark theme")),
    ("F, F11", tr("Present, full screen; Esc leaves")),
    ("→ ← Space", tr("Then: next, back, pause")),
    (". B", tr("Then: black, and back")),
    ("Ctrl+O", tr("Open recordings")),
    ("Alt+O", tr("Choose a source")),
    ("Ctrl+Shift+E", tr("Export for other programs")),
    ("Tab", tr("Next control; Enter presses it")),
    ("?", tr("Show or hide this list")),
    ("Esc", tr("Hide this list, or the panel")),
    ("F12", tr("Tester's panel")),
    ("Ctrl+Q", tr("Close the window")),
)


def unbroken(words: str) -> str:
    """Words whose lines do not break between a number and its unit."""
    return _UNIT.sub("\\1\N{NO-BREAK SPACE}", words)


def reason_words(codes: Sequence[str]) -> str:
    """Sentences for reason codes, the first two of them; a code without words is shown as it is."""
    return " ".join(REASONS.get(code, code.replace("_", " ")) for code in codes[:2])


def differing_words(label: Label | None, reading: Reading | None) -> str:
    """That a murmur is read though the verdict is normal, and what to do; empty where they do not differ."""
    return DIFFERS.get(reading.timing, "") if label is Label.NORMAL and reading is not None else ""


def event_words(code: str, t_s: float, detail: str) -> str:
    """One line for an event.

    Args:
        code: The event's code.
        t_s: When, in seconds.
        detail: In words, as it was told.
    """
    detail = told_words(detail)
    if code in _SAID_BY_DETAIL and detail:
        return f"{clock_words(t_s)} {detail[0].upper()}{detail[1:]}"
    said = EVENTS.get(code, code.replace("_", " "))
    return f"{clock_words(t_s)} {said}" + (f": {detail}" if detail else "")


def place_words(position: int, count: int) -> str:
    """Which of how many; empty where there is but one."""
    if count <= 1:
        return ""
    return tr("{place} of {count}").format(place=position + 1, count=count)


def next_words(title: str) -> str:
    """What comes next in the playlist."""
    return tr("Next: {title}").format(title=title) if title else ""


def skipped_words(title: str) -> str:
    """That something could not be played, without a fuss."""
    return tr("{title} cannot be played, passed over").format(title=title)


def average_words(beats: int) -> str:
    """What the average beat shows."""
    return tr("Average of {beats} good beats; shaded: one standard deviation").format(beats=beats)


def few_beats_words(good: int, wanted: int) -> str:
    """Why there is no average yet."""
    return tr("Fewer than {wanted} good beats yet: {good} so far.").format(wanted=wanted, good=good)


def milliseconds_words(seconds: float) -> str:
    """A short time, in whole milliseconds."""
    return tr("{milliseconds} ms").format(milliseconds=f"{1e3 * seconds:.0f}")


def more_words(count: int) -> str:
    """How many messages there are beside the one that is shown."""
    return tr("and {count} more").format(count=count) if count > 0 else ""


def gap_words(seconds: float) -> str:
    """How much sound was lost here, on the sound itself."""
    return tr("{seconds} s lost").format(seconds=f"{seconds:.1f}")


def lost_words(seconds: float) -> str:
    """How much sound was lost so far."""
    return tr("{seconds} s of sound lost so far").format(seconds=f"{seconds:.2f}")


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
    good, fair, poor = _QUALITIES
    word = good if quality >= GOOD_FROM else fair if quality >= DOUBTED_BELOW else poor
    return f"{word} ({quality:.2f})"


def heart_rate_words(rate_bpm: float | None, irregular: bool | None = None) -> str:
    """Beats per minute, and that they are uneven where they are; or a dash."""
    if rate_bpm is None:
        return "–"
    return (tr("{rate} bpm, irregular") if irregular else tr("{rate} bpm")).format(rate=f"{rate_bpm:.0f}")


def probability_of_abnormal_words(probability: float | None) -> str:
    """A probability with what it is of."""
    return f"{PROBABILITY_OF_ABNORMAL} {probability_words(probability)}"


def gauge_words(probability: float | None, band: tuple[float, float] | None) -> str:
    """A probability with the edges of the abstention band, where they are known."""
    told = probability_words(probability)
    if band is None:
        return told
    return tr("{probability}; uncertain between {low} and {high}").format(
        probability=told, low=f"{band[0]:.2f}", high=f"{band[1]:.2f}"
    )


def level_words(peak_db: float, rms_db: float, clipping: bool) -> str:
    """The loudness, for those who do not see it."""
    told = tr("Peak {peak}, RMS {rms} dBFS, clipping") if clipping else tr("Peak {peak}, RMS {rms} dBFS")
    return told.format(peak=decibels_words(peak_db), rms=decibels_words(rms_db))


def windows_words(windows: int | None, poor: int | None) -> str:
    """How many windows were judged, and how many of them refused; or a dash."""
    if windows is None:
        return "–"
    return tr("{windows}, refused {poor}").format(windows=windows, poor=poor)


def model_words(model: str) -> str:
    """Which model judges; empty where none does yet."""
    return tr("Model {model}").format(model=model) if model else ""


def refused_words(reason: str) -> str:
    """That the last window was refused, and why."""
    return tr("The last window was refused. {reason}").format(reason=reason)


def ended_words(reason: str) -> str:
    """That a verdict is on the whole, and what was wrong with it."""
    return tr("Ended. This is the verdict on the whole. {reason}").format(reason=reason).strip()


def heard_words(heard_s: float, needed_s: float) -> str:
    """How much of the sound that a verdict needs was heard."""
    return tr("{heard} s of {needed} s heard.").format(heard=f"{heard_s:.0f}", needed=f"{needed_s:.0f}")


def source_state_words(title: str, state: str) -> str:
    """A source and how it is doing; a state without words is shown as it is."""
    return f"{title} · {STATES.get(state, state)}"


def lost_samples_words(samples: int) -> str:
    """How many samples were lost, in short."""
    return tr("lost {samples}").format(samples=samples)


def skipped_windows_words(windows: int) -> str:
    """How many windows were skipped, in short."""
    return tr("skipped {windows}").format(windows=windows)


def latency_words(latency_ms: float | None) -> str:
    """How late a verdict came, in short: in whole milliseconds, or from a second on in seconds."""
    latency = "–"
    if latency_ms is not None:
        latency = f"{latency_ms:.0f} ms" if latency_ms < 999.5 else f"{latency_ms / 1000:.1f} s"
    return tr("latency {latency}").format(latency=latency)


def seconds_words(seconds: int) -> str:
    """A time on an axis, in whole seconds."""
    return tr("{seconds} s").format(seconds=seconds)


def seconds_ago_words(seconds: int) -> str:
    """How long ago, on an axis, in whole seconds."""
    return tr("−{seconds} s").format(seconds=seconds)


def long_ago_words(seconds: int) -> str:
    """How long ago, on an axis, in whole minutes or hours; now for 0."""
    if not seconds:
        return NOW
    if seconds % 3600 == 0:
        return tr("−{hours} h").format(hours=seconds // 3600)
    return tr("−{minutes} min").format(minutes=seconds // 60)


def warning_words(warning: str) -> str:
    """What speaks against a source, and what to do."""
    return tr("{warning}. Choose another under Source.").format(warning=told_words(warning))


def lost_device_words(trouble: str) -> str:
    """What is wrong with a device that is lost, and what to do."""
    return f"{told_words(trouble)}. {LOOKING}"


def not_listed_words(problem: str) -> str:
    """That nobody knows which input devices there are, and why."""
    return tr("input devices cannot be listed: {problem}").format(problem=told_words(problem))


def no_streams_words(problem: str) -> str:
    """That nobody knows which LSL streams there are, and why."""
    return tr("LSL streams cannot be listed: {problem}").format(problem=told_words(problem))
