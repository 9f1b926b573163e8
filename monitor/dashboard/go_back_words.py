"""What people read where they go back and listen again."""

from __future__ import annotations

from monitor.dashboard.language import tr
from monitor.new_file import plain_name

LIVE, ENDED, NOTHING = tr("Live"), tr("The end"), tr("Nothing heard yet")
MARKING = tr("marking, M ends it")
BANDS = {"wide": tr("Wide"), "bell": tr("Bell"), "diaphragm": tr("Diaphragm")}
_EDGES = {"wide": "20–1000 Hz", "bell": "20–200 Hz", "diaphragm": "100–500 Hz"}
SOUND_GONE = tr("The sound output is gone: sound is off")
NOTHING_TO_PLAY = tr("There is nothing to go back to yet")
FEEDBACK = {
    "headphones": tr("Headphones on"),
    "loudspeaker": tr("Sound on the computer's loudspeaker: it will howl. Plug headphones in"),
    "unknown": tr("Use headphones: a loudspeaker would howl"),
}
HEADPHONES_OFF = tr("Headphones off")
SAVE, SAVE_AS_HEARD = tr("Save raw sound"), tr("Save sound as heard")
WAV = tr("WAV, 24 bit (*.wav)")

GO_BACK_KEYS = (
    ("← →", tr("5 s back, forward")),
    ("Home End", tr("Oldest, now")),
    ("M", tr("Mark start, then end")),
    ("P", tr("Play what is marked or shown")),
    ("L", tr("Play it in a loop")),
    ("- +", tr("Slower, faster")),
    ("Ctrl+S", tr("Save it")),
    ("Ctrl+Shift+S", tr("Save it as heard")),
    ("B D", tr("Bell, diaphragm; again: wide")),
    ("H", tr("Headphones, for devices")),
)


def ago_words(seconds: float, ended: bool = False) -> str:
    """How long ago the right edge of what is shown was."""
    told = tr("{seconds} s before the end") if ended else tr("{seconds} s ago")
    return told.format(seconds=f"{max(0.0, seconds):.0f}")


def past_words(seconds: float, ended: bool = False) -> str:
    """The same over the plots, where nothing else says that it is the past."""
    return tr("Past: {ago}").format(ago=ago_words(seconds, ended))


def band_words(band: str) -> str:
    """A listening filter with its edges."""
    return f"{BANDS[band]} {_EDGES[band]}"


def tempo_words(tempo: float) -> str:
    """How fast the past is played."""
    return f"{tempo:g}×"


def marked_words(seconds: float) -> str:
    """How much is marked."""
    return tr("{seconds} s marked").format(seconds=f"{seconds:.1f}")


def delay_words(delay_s: float) -> str:
    """How late a device is heard, to 10 ms."""
    return tr("delay {delay} ms").format(delay=f"{round(delay_s, 2) * 1000:.0f}")


def saved_words(path: object) -> str:
    """Where sound was saved."""
    return tr("Saved: {file}").format(file=path)


def not_saved_words(path: object, reason: str) -> str:
    """That it was not, and why."""
    return tr("{file} cannot be written ({reason}): choose another place").format(file=path, reason=reason)


def file_words(title: str, when: str, manner: str = "") -> str:
    """A file's name that every system takes."""
    return " ".join(filter(None, (plain_name(title) or "auscult", when, manner))) + ".wav"


def chosen_band_words(band: str) -> str:
    """The filter that is chosen, for those who do not see the button."""
    return tr("Listening filter: {filter}").format(filter=band_words(band))


def chosen_tempo_words(tempo: float) -> str:
    """Likewise the tempo."""
    return tr("Tempo {tempo}").format(tempo=tempo_words(tempo))
