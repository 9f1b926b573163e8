"""How well what is read between the heart sounds agrees with what people have heard there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from torch import nn

from dsp.beats import sounds_and_rhythm
from dsp.config import FrontEndConfig
from dsp.reading import NONE, PARTS, RATE, SHAPES, TIMINGS, Reading, ReadingTally, read_murmur
from training.beat_scores import found_states
from training.images import recording_windows
from training.records import Murmur, Record

NOTHING = "nothing said"
"""In the place of a reading that is None."""

PITCHES = ("low", "medium", "high")
LOW_BELOW_HZ, HIGH_FROM_HZ = 115.0, 220.0
"""Where one pitch ends and the next begins; people draw no such line, and the seen half hardly tells."""

SEEN, UNSEEN = "seen", "unseen"
"""The half of the subjects that the reading's thresholds were chosen on, and the other."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "timing": TIMINGS,
    "part": PARTS,
    "shape": SHAPES,
    "pitch": PITCHES,
}


@dataclass(frozen=True)
class ReadingScore:
    """A recording as people have heard it, and as it was read.

    Attributes:
        half: ``SEEN`` or ``UNSEEN``.
        marked: What people heard.
        found: What was read; None where nothing could be said.
    """

    half: str
    marked: Murmur
    found: Murmur | None

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ReadingScore:
        """What ``to_json`` gave."""
        found = kept["found"]
        return cls(kept["half"], Murmur(**kept["marked"]), None if found is None else Murmur(**found))


def half_of(group: str) -> str:
    """Which half a subject, ``Record.group``, belongs to, by its name alone, whoever else there is."""
    odd = hashlib.sha256(f"reading {group}".encode()).digest()[0] & 1
    return UNSEEN if odd else SEEN


def score_readings(
    network: nn.Module, records: Sequence[Record], config: FrontEndConfig, hop_s: float
) -> list[ReadingScore]:
    """Read recordings as ``analyze`` does, and put beside it what people have heard.

    Args:
        network: One that finds states; set to evaluation mode.
        records: Of which those of whose site nobody says what is heard are left out.
        config: The front end's numbers.
        hop_s: Time between windows in seconds.

    Raises:
        RecordingError: A recording cannot be read.
    """
    network.eval()
    scores = []
    for record in records:
        if record.murmur is None:
            continue
        front_end, windows = recording_windows(record.path, config, hop_s)
        whole = ReadingTally()
        for window in windows:
            if window.refused:
                continue
            sounds, rhythm = sounds_and_rhythm(found_states(network, front_end, window))
            heard = window.signal[: round(window.heard_s * RATE)]
            if rhythm.rate_bpm is not None and (reading := read_murmur(heard, window.start_s, sounds)):
                whole.add(reading, window.start_s, window.end_s)
        scores.append(ReadingScore(half_of(record.group), record.murmur, _as_marked(whole.result())))
    return scores


def reading_figures(scores: Sequence[ReadingScore]) -> dict[str, Any]:
    """How often what was heard was read as what.

    Returns:
        ``records``; ``answered``: the share of them of which something was said; ``timing_right``: of those,
        the share whose timing is right, ``murmur_right``: where there is a murmur, ``silence_right``: where
        there is none; None of none. ``timing``, ``part``, ``shape`` and ``pitch``: counts by what is marked
        and by what was found; of the last three those count that are marked and whose timing is right.
    """
    answered = [score for score in scores if score.found is not None]
    located = [score for score in answered if _right(score)]
    return {
        "records": len(scores),
        "answered": len(answered) / len(scores) if scores else None,
        "timing_right": _right_share(answered),
        "murmur_right": _right_share([score for score in answered if score.marked.timing != NONE]),
        "silence_right": _right_share([score for score in answered if score.marked.timing == NONE]),
        "timing": _confusion(scores, "timing"),
        **{name: _confusion(located, name) for name in ("part", "shape", "pitch")},
    }


def pitch_of(frequency_hz: float) -> str:
    """The word of ``PITCHES`` for a frequency."""
    if frequency_hz < LOW_BELOW_HZ:
        return "low"
    return "high" if frequency_hz >= HIGH_FROM_HZ else "medium"


def _as_marked(reading: Reading | None) -> Murmur | None:
    if reading is None:
        return None
    pitch = None if reading.frequency_hz is None else pitch_of(reading.frequency_hz)
    return Murmur(reading.timing, reading.part, reading.shape, pitch)


def _right(score: ReadingScore) -> bool:
    return score.found is not None and score.found.timing == score.marked.timing


def _right_share(scores: Sequence[ReadingScore]) -> float | None:
    return sum(map(_right, scores)) / len(scores) if scores else None


def _confusion(scores: Sequence[ReadingScore], name: str) -> dict[str, dict[str, int]]:
    """By what is marked, then by what was found; what is marked nowhere has no row."""
    counts = Counter(
        (getattr(score.marked, name), NOTHING if score.found is None else getattr(score.found, name))
        for score in scores
    )
    columns = (*_WORDS[name], NOTHING) if name == "timing" else _WORDS[name]
    return {
        marked: {found: counts[marked, found] for found in columns}
        for marked in _WORDS[name]
        if any(counts[marked, found] for found in columns)
    }
