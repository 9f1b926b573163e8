"""A recording or a session with all that is known of it, as it is given to other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dsp.beats import HeartSound
from dsp.reading import Reading
from model.classifier import Classifier
from model.verdict import Label, RecordingTally, WindowVerdict
from monitor.json_lines import event_line, summary_line, window_object
from monitor.reading_words import reading_words
from monitor.recorded_file import recorded_files
from monitor.session_store import SessionStore, StoredSession
from monitor.snapshot import SessionEvent, Summary
from monitor.whole_recording import BLOCK_S, judge_blocks
from recordings import Annotation, Channel, Recording

NOTICE = "Research use only. Not a medical device."

BEATS_HOP_S = 0.4
"""As windows come by default, in which heart sounds are looked for."""


class Sound(Protocol):
    """Sound that can be read again and again.

    Attributes:
        rate: Samples a second.
        frames: How many there are, as far as is known.
    """

    rate: int
    frames: int

    def blocks(self) -> Iterator[NDArray[np.floating]]:
        """Its samples from the first, shape (n,) each."""


Shown = Callable[[Sound], Iterable[NDArray[np.floating]]]
"""Gives a sound's blocks, and shows how far they have been taken."""


class RecordingSound:
    """One channel of a recording.

    Raises:
        RecordingError: It cannot be read.
    """

    def __init__(self, path: Path, channel: Channel | None) -> None:
        self._path = path
        self.truncated: str | None = None
        with Recording.open(path, channel) as recording:
            self.rate, self.frames, self._channel = recording.rate, recording.frames, recording.channel

    def blocks(self) -> Iterator[NDArray[np.floating]]:
        """Its samples from the first."""
        with Recording.open(self._path, self._channel) as recording:
            yield from recording.blocks(BLOCK_S * self.rate)
            self.truncated = recording.truncated


class SessionSound:
    """What was recorded of a session, with silence for what was not between its first sample and its last.

    Raises:
        RecordingError: A file cannot be read.
        ValueError: Nothing was recorded.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = recorded_files(files)
        if not self._files:
            raise ValueError("no sound")
        self.first = self._files[0].first
        with self._files[-1].open() as last:
            self.rate, self.frames = last.rate, self._files[-1].first + last.frames - self.first

    def blocks(self) -> Iterator[NDArray[np.floating]]:
        """Its samples from the first."""
        at = self.first
        for file in self._files:
            with file.open() as recording:
                while at < file.first:
                    silence = min(file.first - at, BLOCK_S * self.rate)
                    yield np.zeros(silence)
                    at += silence
                for place, block in file.blocks(recording, BLOCK_S * self.rate):
                    at = place + block.size
                    yield block


@dataclass(frozen=True)
class Exhibit:
    """Sound and what is known of it.

    Attributes:
        title: Of the recording, or of what was listened to.
        sound: None where none was kept.
        begins_s: Place of the sound's first sample on the clock of all else, in seconds.
        begun: When that clock began; None where that is not known.
        session: Its id; None of a recording.
        model: ``NAME@hash``.
        summary: The contract's line, without its kind.
        windows: Verdicts in order, warming-up ones left out.
        beats: S1 and S2 in order; None where they were not looked for.
        events: In order.
        reading: What is heard between the heart sounds, in a sentence; None where nothing can be said.
    """

    title: str
    sound: Sound | None
    begins_s: float
    begun: datetime | None
    session: str | None
    model: str
    summary: dict[str, Any]
    windows: list[WindowVerdict]
    beats: list[HeartSound] | None
    events: list[SessionEvent]
    reading: str | None

    @property
    def sound_begun(self) -> datetime | None:
        """When the sound began, by the clock on the wall; None where that is not known."""
        return None if self.begun is None else (self.begun + timedelta(seconds=self.begins_s)).astimezone()

    def document(self) -> dict[str, Any]:
        """All but the sound, as JSON can hold it."""
        return {
            "notice": NOTICE,
            "source": self.title,
            "session": self.session,
            "begun": self.begun and self.begun.isoformat(),
            "rate": self.sound and self.sound.rate,
            "sound_begins_s": self.begins_s,
            "summary": self.summary,
            "windows": [window_object(verdict) for verdict in self.windows],
            "beats": None if self.beats is None else [asdict(sound) for sound in self.beats],
            "events": [_without_kind(event_line(event)) for event in self.events],
            "reading": self.reading,
        }

    def annotations(self) -> list[Annotation]:
        """Heart sounds, verdicts and events in the order of their beginning, on the sound's own clock."""
        told = [(beat.start_s, beat.end_s, beat.sound) for beat in self.beats or []]
        told += [(verdict.start_s, verdict.end_s, verdict_words(verdict)) for verdict in self.windows]
        told += [(event.t_s, event.t_s, _event_words(event)) for event in self.events]
        length_s = self.sound.frames / self.sound.rate if self.sound else 0.0
        placed = (
            Annotation(max(0.0, start - self.begins_s), min(end - self.begins_s, length_s), text)
            for start, end, text in sorted(told)
        )
        return [one for one in placed if one.start_s <= one.end_s]


def verdict_words(verdict: WindowVerdict) -> str:
    """A window's verdict as an annotation has it."""
    parts = [f"verdict {verdict.label}"]
    if verdict.p_abnormal is not None:
        parts.append(f"p(abnormal) {verdict.p_abnormal:.2f}")
    return ", ".join(parts + list(verdict.reasons))


def recording_exhibit(
    title: str, sound: RecordingSound, classifier: Classifier, hop_s: float, shown: Shown
) -> tuple[Exhibit, list[str]]:
    """Judge a recording.

    Args:
        title: Of it.
        sound: Its own.
        classifier: Judges it.
        hop_s: Time between windows.
        shown: Reads it.

    Returns:
        It, and what was wrong with the file and did not keep it from being judged, a clause each.

    Raises:
        RecordingError: It cannot be read.
    """
    judged = judge_blocks(shown(sound), sound.rate, classifier, hop_s, keep_windows=True)
    judged = replace(judged, truncated=sound.truncated)
    events = []
    if judged.truncated:
        events.append(SessionEvent(round(judged.duration_s, 6), "gap", judged.truncated))
    summary = summary_line(Summary(judged.verdict, 0.0, round(judged.duration_s, 6), 0), classifier.card.tag)
    exhibit = Exhibit(
        title,
        sound,
        0.0,
        None,
        None,
        classifier.card.tag,
        _without_kind(summary),
        judged.windows,
        judged.beats,
        events,
        judged.verdict.reading and reading_words(judged.verdict.reading),
    )
    return exhibit, judged.notes


def session_exhibit(
    store: SessionStore, one: StoredSession, sound: SessionSound | None, classifier: Classifier, shown: Shown
) -> Exhibit:
    """A session's verdicts as they were given, and the heart sounds in its sound, if it has any.

    Of an interrupted session, which has no summary, the windows are summed up.

    Raises:
        RecordingError: Its sound cannot be read.
        StoreError: The store cannot be read.
    """
    begins_s = sound.first / sound.rate if sound else 0.0
    judgements = list(store.judgements(one.id))
    windows = [judged.verdict for judged in judgements if judged.verdict.label is not Label.WARMING_UP]
    model = one.header.model if one.header else classifier.card.tag
    beats = None
    if sound:
        found = judge_blocks(shown(sound), sound.rate, classifier, BEATS_HOP_S, keep_windows=True).beats
        beats = (
            None
            if found is None
            else [
                HeartSound(beat.sound, round(beat.start_s + begins_s, 6), round(beat.end_s + begins_s, 6))
                for beat in found
            ]
        )
    summary = _without_kind(dict(one.summary)) if one.summary else _summed_up(windows, model, classifier)
    reading = summary.get("reading")
    return Exhibit(
        one.header.source if one.header else f"session {one.id}",
        sound,
        begins_s,
        one.begun,
        one.id,
        model,
        summary,
        windows,
        beats,
        store.events(one.id),
        reading and reading_words(Reading(**reading)),
    )


def _summed_up(windows: Sequence[WindowVerdict], model: str, classifier: Classifier) -> dict[str, Any]:
    tally = RecordingTally(classifier.card.calibration)
    tally.add(windows)
    end_s = windows[-1].end_s if windows else 0.0
    return {**_without_kind(summary_line(Summary(tally.result(), 0.0, end_s, 0), model)), "gap_s": None}


def _event_words(event: SessionEvent) -> str:
    return f"{event.event}: {event.detail}" if event.detail else event.event


def _without_kind(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "kind"}
