"""Judging a whole recording at once, without threads, for ``screen`` and ``analyze``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.beats import BeatTracker, HeartSound
from dsp.front_end import FrontEnd, Window
from model.classifier import Classifier
from model.verdict import RecordingTally, RecordingVerdict, WindowVerdict
from model.window_reader import WindowReader
from recordings import Channel, Recording

BLOCK_S = 10

TOGETHER = 5
"""Windows that are judged at once: so many cost a fifth less each, more no less."""


@dataclass(frozen=True)
class JudgedRecording:
    """A recording's verdicts.

    Attributes:
        verdict: On the whole.
        windows: On each window; empty unless asked for.
        beats: S1 and S2 in order, likewise; None of a model that does not find them.
        duration_s: Seconds of sound read.
        truncated: What its header promised and it lacks; None for nothing.
        bad_samples: Samples that were not finite and were replaced.
    """

    verdict: RecordingVerdict
    windows: list[WindowVerdict]
    beats: list[HeartSound] | None
    duration_s: float
    truncated: str | None
    bad_samples: int

    @property
    def notes(self) -> list[str]:
        """What was wrong with the file and did not keep it from being judged, a clause each."""
        notes = [f"{self.truncated}; what is there was used"] if self.truncated else []
        if self.bad_samples:
            notes.append(f"bad samples replaced: {self.bad_samples}")
        return notes


def judge_recording(
    path: Path,
    classifier: Classifier,
    hop_s: float,
    channel: Channel | None = None,
    keep_windows: bool = False,
) -> JudgedRecording:
    """Read and judge a recording in constant memory (but for windows and beats, if kept).

    Raises:
        RecordingError: It cannot be read.
    """
    with Recording.open(path, channel) as recording:
        blocks = recording.blocks(BLOCK_S * recording.rate)
        judged = judge_blocks(blocks, recording.rate, classifier, hop_s, keep_windows)
        return replace(judged, truncated=recording.truncated)


def together(windows: Iterator[Window]) -> Iterator[list[Window]]:
    """Windows by as many as are judged at once, the last ones fewer."""
    while some := list(islice(windows, TOGETHER)):
        yield some


def judge_blocks(
    blocks: Iterable[NDArray[np.floating]],
    rate: int,
    classifier: Classifier,
    hop_s: float,
    keep_windows: bool = False,
) -> JudgedRecording:
    """Judge sound that comes in blocks, shape (n,) each, at a rate in hertz."""
    tally = RecordingTally(classifier.card.calibration)
    kept: list[WindowVerdict] = []
    beats: list[HeartSound] = []
    tracker, reader = BeatTracker(), WindowReader()
    heard = bad = 0
    front_end = FrontEnd(rate, hop_s, classifier.config)

    def made() -> Iterator[Window]:
        nonlocal heard, bad
        for block in blocks:
            processed = front_end.push(block)
            heard += block.size
            bad += processed.bad_samples
            yield from processed.windows
        yield from front_end.flush().windows

    for windows in together(made()):
        answered = classifier.judge_all(windows, front_end.image)
        judged = [reader.read(window, one) for window, one in zip(windows, answered, strict=True)]
        tally.add(one.verdict for one in judged)
        if keep_windows:
            kept.extend(one.verdict for one in judged)
            beats.extend(
                sound for one in judged if one.states is not None for sound in tracker.push(one.states)
            )
    beats.extend(tracker.flush())
    found = beats if classifier.finds_states else None
    return JudgedRecording(tally.result(), kept, found, heard / rate, None, bad)
