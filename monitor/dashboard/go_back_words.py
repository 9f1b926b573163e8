"""What people read where they go back and listen again."""

from __future__ import annotations

from monitor.new_file import plain_name

LIVE, ENDED, NOTHING = "Live", "The end", "Nothing heard yet"
MARKING, MARKED = "marking, M ends it", "marked"
BANDS = {"wide": "Wide", "bell": "Bell", "diaphragm": "Diaphragm"}
_EDGES = {"wide": "20–1000 Hz", "bell": "20–200 Hz", "diaphragm": "100–500 Hz"}
SOUND_GONE = "The sound output is gone: sound is off"
NOTHING_TO_PLAY = "There is nothing to go back to yet"
FEEDBACK = {
    "headphones": "Headphones on",
    "loudspeaker": "Sound on the computer's loudspeaker: it will howl. Plug headphones in",
    "unknown": "Use headphones: a loudspeaker would howl",
}
HEADPHONES_OFF = "Headphones off"
SAVE, SAVE_AS_HEARD = "Save raw sound", "Save sound as heard"
WAV = "WAV, 24 bit (*.wav)"

GO_BACK_KEYS = (
    ("← →", "5 s back, forward"),
    ("Home End", "Oldest, now"),
    ("M", "Mark begin, then end"),
    ("P", "Play what is marked or shown"),
    ("L", "Play it in a loop"),
    ("- +", "Slower, faster"),
    ("Ctrl+S", "Save it"),
    ("Ctrl+Shift+S", "Save it as heard"),
    ("B D", "Bell, diaphragm; again: wide"),
    ("H", "Headphones, for devices"),
)


def ago_words(seconds: float, ended: bool = False) -> str:
    """How long ago the right edge of what is shown was."""
    return f"{max(0.0, seconds):.0f} s " + ("before the end" if ended else "ago")


def past_words(seconds: float, ended: bool = False) -> str:
    """The same over the plots, where nothing else says that it is the past."""
    return f"Past: {ago_words(seconds, ended)}"


def band_words(band: str) -> str:
    """A listening filter with its edges."""
    return f"{BANDS[band]} {_EDGES[band]}"


def tempo_words(tempo: float) -> str:
    """How fast the past is played."""
    return f"{tempo:g}×"


def delay_words(delay_s: float) -> str:
    """How late a device is heard, to 10 ms."""
    return f"delay {round(delay_s, 2) * 1000:.0f} ms"


def saved_words(path: object) -> str:
    """Where sound was saved."""
    return f"Saved: {path}"


def not_saved_words(path: object, reason: str) -> str:
    """That it was not, and why."""
    return f"{path} cannot be written ({reason}): choose another place"


def file_words(title: str, when: str, manner: str = "") -> str:
    """A file's name that every system takes."""
    return " ".join(filter(None, (plain_name(title) or "auscult", when, manner))) + ".wav"
