"""How well a network's heart sounds and heart rates agree with those that people have marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from dsp.beats import STATES, BeatTracker, HeartSound, HeartStates, rhythm_of
from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd, Window
from model.heart_states import window_states
from training.heart_states import StateSpan, marked_share, read_heart_states
from training.images import recording_windows
from training.records import Record

TOLERANCE_S = 0.06
"""Between the middles of a marked and a found sound that are one."""

CLOSE_BPM = 5.0
"""A rate this near is called right."""

MARKED_SHARE = 0.9
"""A window of which at least this is marked is marked nearly throughout."""

SOUNDS = ("S1", "S2")

_FEWEST_MARKED = 3


@dataclass(frozen=True, eq=False)
class BeatScores:
    """Sounds of recordings and rates of their windows, marked and found.

    Attributes:
        database: Shape (n,), where each recording was made.
        sounds: Shape (n, 2, 3), of S1 and S2 how many were matched, marked and found. What was found where
            nothing is marked, as in noise, does not count.
        rate_database: Shape (m,), of each window that is marked nearly throughout, in a recording whose
            publishers do not call the signal unsure.
        rate_marked: Shape (m,), beats per minute, by the marked S1.
        rate_found: Shape (m,), as the network has it; NaN where it has none.
    """

    database: NDArray[np.str_]
    sounds: NDArray[np.int32]
    rate_database: NDArray[np.str_]
    rate_marked: NDArray[np.float64]
    rate_found: NDArray[np.float64]

    def of(self, database: str) -> BeatScores:
        """Those made in one place."""
        recordings, windows = self.database == database, self.rate_database == database
        return BeatScores(
            self.database[recordings],
            self.sounds[recordings],
            self.rate_database[windows],
            self.rate_marked[windows],
            self.rate_found[windows],
        )


def score_beats(
    network: nn.Module, records: Sequence[Record], config: FrontEndConfig, hop_s: float
) -> BeatScores:
    """Find the heart sounds of recordings as a live stream's are found, and compare them with the marks.

    Args:
        network: One that finds states; set to evaluation mode.
        records: Of which those that nobody has marked are left out.
        config: The front end's numbers.
        hop_s: Time between windows in seconds.

    Raises:
        RecordingError: A recording cannot be read.
        CorpusError: Heart states cannot be read.
    """
    network.eval()
    marked = [(record, read_heart_states(record.states)) for record in records if record.states]
    marked = [(record, spans) for record, spans in marked if spans]
    sounds, places, rates = [], [], []
    for record, spans in marked:
        front_end, windows = recording_windows(record.path, config, hop_s)
        tracker, found = BeatTracker(), []
        for window in windows:
            if window.refused:
                continue
            states = found_states(network, front_end, window)
            found += tracker.push(states)
            rate = None if record.good_quality is False else _marked_rate(spans, window)
            if rate is not None:
                places.append(record.database)
                rates.append((rate, rhythm_of(states).rate_bpm or np.nan))
        found += tracker.flush()
        sounds.append([_matched(spans, found, sound) for sound in SOUNDS])
    pairs = np.array(rates, np.float64).reshape(-1, 2)
    return BeatScores(
        np.array([record.database for record, _ in marked], str),
        np.array(sounds, np.int32).reshape(-1, 2, 3),
        np.array(places, str),
        pairs[:, 0],
        pairs[:, 1],
    )


def found_states(network: nn.Module, front_end: FrontEnd, window: Window) -> HeartStates:
    """The heart states of a window, as a network in evaluation mode has them."""
    image = torch.from_numpy(front_end.image(window))[None, None]
    with torch.inference_mode():
        _, states = network.with_states(image)
        share = torch.softmax(states[0].float(), dim=0).numpy()
    return window_states(share, window, front_end.config, network.column_step)


def beat_figures(scores: BeatScores) -> dict[str, float | int | None]:
    """The figures of some recordings; None for what is undefined.

    Returns:
        ``records``; ``f1``: the mean over recordings of the F1 of both sounds together; ``f1_s1`` and
        ``f1_s2``: of all their sounds together; ``rate_windows``: windows of good quality; ``rate_answered``:
        the share of them that has a rate; ``rate_error_bpm``: the mean error of those; ``rate_close``: the
        share of those within ``CLOSE_BPM``.
    """
    both = scores.sounds.sum(axis=1)
    both = both[both[:, 1] > 0]
    answered = ~np.isnan(scores.rate_found)
    error = np.abs(scores.rate_found - scores.rate_marked)[answered]
    return {
        "records": len(both),
        "f1": float(np.mean(_f1(both))) if len(both) else None,
        **{
            f"f1_{sound.lower()}": float(_f1(scores.sounds[:, place].sum(axis=0)[None])[0])
            if scores.sounds[:, place, 1].sum()
            else None
            for place, sound in enumerate(SOUNDS)
        },
        "rate_windows": answered.size,
        "rate_answered": float(answered.mean()) if answered.size else None,
        "rate_error_bpm": float(error.mean()) if error.size else None,
        "rate_close": float((error <= CLOSE_BPM).mean()) if error.size else None,
    }


def _matched(spans: Sequence[StateSpan], found: Sequence[HeartSound], sound: str) -> tuple[int, int, int]:
    """Matched, marked and found; each mark takes the nearest found sound that no other has taken."""
    marks = [(span.start_s + span.end_s) / 2 for span in spans if STATES[span.state] == sound]
    heard = [one.middle_s for one in found if one.sound == sound]
    matched = {at for _, at in _pairs(marks, heard)}
    # At an edge of what is marked a sound may be right and its middle a little outside.
    counted = sum(at in matched or _is_marked(spans, at) for at in heard)
    return len(matched), len(marks), counted


def _pairs(marks: Sequence[float], heard: Sequence[float]) -> Iterator[tuple[float, float]]:
    """In order of time: sounds of one kind lie far further apart than the tolerance."""
    place = 0
    for mark in marks:
        while place < len(heard) and heard[place] < mark - TOLERANCE_S:
            place += 1
        if place < len(heard) and heard[place] <= mark + TOLERANCE_S:
            yield mark, heard[place]
            place += 1


def _is_marked(spans: Sequence[StateSpan], at_s: float) -> bool:
    starts = [span.start_s for span in spans]
    before = int(np.searchsorted(starts, at_s, side="right")) - 1
    return before >= 0 and at_s < spans[before].end_s


def _marked_rate(spans: Sequence[StateSpan], window: Window) -> float | None:
    """By the onsets of S1 in a window; None where too little of it is marked."""
    end_s = window.start_s + window.heard_s
    onsets = [
        span.start_s
        for span in spans
        if STATES[span.state] == "S1" and window.start_s <= span.start_s < end_s
    ]
    if len(onsets) < _FEWEST_MARKED or marked_share(spans, window.start_s, end_s) < MARKED_SHARE:
        return None
    intervals = np.diff(onsets)
    # Not across what is not marked.
    return 60 / float(np.mean(intervals[intervals <= 1.5 * np.median(intervals)]))


def _f1(counts: NDArray[np.int32]) -> NDArray[np.float64]:
    """Of rows of matched, marked and found."""
    return 2 * counts[:, 0] / np.maximum(counts[:, 1] + counts[:, 2], 1)
