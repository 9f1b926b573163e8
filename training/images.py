"""Recordings -> images, through the same front end as live sound."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd, Window
from dsp.resample import StreamingResampler
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from recordings import Recording
from training.corpora import Record
from training.heart_states import UNMARKED, StateSpan, read_heart_states, states_at

_BLOCK_S = 10

Alter = Callable[[int, NDArray[np.float64]], NDArray[np.floating]]
"""Index of a record and its samples, shape (n,) at 2 kHz -> its samples changed, shape (m,) at 2 kHz."""


@dataclass(frozen=True, eq=False)
class ImageSet:
    """The images of many recordings, and which recording each is of.

    Attributes:
        images: Shape (n, bands, frames), float32.
        record: Shape (n,), index into the records.
        refused: Shape (n,), the quality rule refuses the window.
        states: Shape (n, frames), int8, the heart state at the middle of each frame, as ``states_at``.
    """

    images: NDArray[np.float32]
    record: NDArray[np.int32]
    refused: NDArray[np.bool_]
    states: NDArray[np.int8]


def recording_windows(path: Path, config: FrontEndConfig, hop_s: float) -> tuple[FrontEnd, list[Window]]:
    """All windows of a recording, as the live path makes them.

    Returns:
        The front end that makes their images, and the windows in order.

    Raises:
        RecordingError: The file cannot be read.
    """
    with Recording.open(path) as recording:
        front_end = FrontEnd(recording.rate, hop_s, config)
        windows = [
            window
            for block in recording.blocks(recording.rate * _BLOCK_S)
            for window in front_end.push(block).windows
        ]
        windows.extend(front_end.flush().windows)
    return front_end, windows


def altered_windows(
    path: Path,
    config: FrontEndConfig,
    hop_s: float,
    alter: Callable[[NDArray[np.float64]], NDArray[np.floating]],
) -> tuple[FrontEnd, list[Window]]:
    """All windows of a recording whose whole sound, at the analysis rate, was changed before the front end.

    Returns:
        As ``recording_windows``; no windows where nothing of the sound is left.

    Raises:
        RecordingError: The file cannot be read.
    """
    samples = analysis_samples(path, config)
    front_end = FrontEnd(config.rate, hop_s, config)
    windows = front_end.push(alter(samples)).windows
    return front_end, [*windows, *front_end.flush().windows]


def analysis_samples(path: Path, config: FrontEndConfig) -> NDArray[np.floating]:
    """All of a recording at the analysis rate, shape (n,), full scale 1.

    Raises:
        RecordingError: The file cannot be read.
    """
    with Recording.open(path) as recording:
        samples = np.concatenate([np.empty(0), *recording.blocks(recording.rate * _BLOCK_S)])
        rate = recording.rate
    if rate == config.rate:
        return samples
    resampler = StreamingResampler(rate, config.rate, config.step)
    return np.concatenate([resampler.push(samples), resampler.flush()])


def front_end_fingerprint(config: FrontEndConfig) -> str:
    """What the front end makes of a fixed synthetic heart, hashed.

    A change of its arithmetic shows here even where no number of its configuration changed.

    Returns:
        64 hex digits.
    """
    heart = HeartSoundSynthesizer(SynthesisConfig(condition="as", seed=1)).read(12 * SynthesisConfig.rate)
    front_end = FrontEnd(SynthesisConfig.rate, config.window_s, config)
    (window,) = front_end.push(heart).windows
    return hashlib.sha256(front_end.image(window).tobytes()).hexdigest()


def make_images(
    records: Sequence[Record],
    config: FrontEndConfig,
    hop_s: float,
    progress: Iterable[Record],
    alter: Alter | None = None,
) -> ImageSet:
    """Images of all windows of all records.

    Args:
        records: What ``ImageSet.record`` counts.
        config: The front end's numbers.
        hop_s: Time between windows in seconds.
        progress: The records again, perhaps wrapped in a progress bar.
        alter: Changes the whole sound of each record before the front end; None leaves it as it is live.

    Raises:
        RecordingError: A file cannot be read.
        CorpusError: A file of heart states cannot be read.
    """
    images, owner, refused, states = [], [], [], []
    for index, record in enumerate(progress):
        if alter is None:
            front_end, windows = recording_windows(record.path, config, hop_s)
        else:
            front_end, windows = altered_windows(record.path, config, hop_s, partial(alter, index))
        images.extend(front_end.image(window) for window in windows)
        owner.extend([index] * len(windows))
        refused.extend(bool(window.refused) for window in windows)
        # A change of tempo moves the beats away from where they were marked.
        spans = [] if record.states is None or alter else read_heart_states(record.states)
        states.extend(_states(window, spans, config) for window in windows)
    if not images:
        return ImageSet(
            np.empty((0, *config.image_shape), np.float32),
            np.empty(0, np.int32),
            np.empty(0, bool),
            np.empty((0, config.frames), np.int8),
        )
    return ImageSet(np.stack(images), np.array(owner, np.int32), np.array(refused), np.stack(states))


def _states(window: Window, spans: list[StateSpan], config: FrontEndConfig) -> NDArray[np.int8]:
    into_s = (np.arange(config.frames) * config.frame_step + config.frame / 2) / config.rate
    states = states_at(spans, window.start_s + into_s)
    states[into_s >= window.heard_s] = UNMARKED
    return states
