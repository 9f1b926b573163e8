"""The images of all records of a run, made once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch

from dsp.config import FrontEndConfig
from training.checkpoint import CheckpointError, load_checkpoint, load_state, save_checkpoint
from training.corpora import Record
from training.fitting import Examples
from training.images import front_end_fingerprint, make_images

EVALUATION_HOP_S = 2.0
"""Time between the windows of a recording when it is scored, in seconds."""

Progress = Callable[[Sequence[Record], str], Iterable[Record]]


def keep_images(records: Sequence[Record], config: FrontEndConfig, file: Path, progress: Progress) -> None:
    """Make the images of records every ``EVALUATION_HOP_S``, unless the file holds just these already.

    Args:
        records: All that an ``ImageStore`` will be asked for.
        config: The front end's numbers.
        file: Where they are kept, so that a killed run does not make them again.
        progress: Wraps the making of images in a progress bar, given its title.

    Raises:
        RecordingError: A recording cannot be read.
        CheckpointError: The file is damaged or cannot be written.
    """
    key = _key(records, config)
    state = load_state(file)
    if state is not None and state.get("key") == key:
        return
    made = make_images(records, config, EVALUATION_HOP_S, progress(records, "images"))
    save_checkpoint(file, {part: torch.from_numpy(array) for part, array in vars(made).items()}, {"key": key})


class ImageStore:
    """The images that ``keep_images`` has put into a file.

    Args:
        records: The same as there.
        config: The same as there.
        file: The same as there.

    Raises:
        CheckpointError: The file is damaged, missing, or of other records or another front end.
    """

    def __init__(self, records: Sequence[Record], config: FrontEndConfig, file: Path) -> None:
        found = load_checkpoint(file)
        if found is None or found[1].get("key") != _key(records, config):
            raise CheckpointError(f"{file}: holds no images of these recordings; start again to make them")
        images, owner, refused = (found[0][part].numpy() for part in ("images", "record", "refused"))
        self._images, self._refused = images, refused
        self._place = {record.name: index for index, record in enumerate(records)}
        # The windows of a record lie together, in order.
        self._first = np.searchsorted(owner, np.arange(len(records) + 1))

    def examples(self, records: Sequence[Record], hop_s: float = EVALUATION_HOP_S) -> Examples:
        """The windows of some records that the quality rule lets pass.

        Args:
            records: Some of the store's.
            hop_s: A multiple of ``EVALUATION_HOP_S``.

        Raises:
            ValueError: ``hop_s`` is not such a multiple.
        """
        stride = round(hop_s / EVALUATION_HOP_S)
        if stride < 1 or abs(stride * EVALUATION_HOP_S - hop_s) > 1e-9:
            raise ValueError(f"hop {hop_s:g} s is not a multiple of {EVALUATION_HOP_S:g} s")
        places, owner = [np.empty(0, np.intp)], [np.empty(0, np.int32)]
        for index, record in enumerate(records):
            at = self._place[record.name]
            every = np.arange(self._first[at], self._first[at + 1], stride)
            passed = every[~self._refused[every]]
            places.append(passed)
            owner.append(np.full(passed.size, index, np.int32))
        owners = np.concatenate(owner)
        abnormal = np.array([record.abnormal for record in records], bool)
        database = np.array([record.database for record in records], str)
        images = self._images[np.concatenate(places)]
        return Examples(images, owners, abnormal[owners], database[owners])


def records_digest(records: Sequence[Record], config: FrontEndConfig) -> str:
    """What images depend on, hashed: the records, their labels and the front end's arithmetic."""
    told = repr([(record.name, record.abnormal, record.path.stat().st_size) for record in records])
    return hashlib.sha256((told + front_end_fingerprint(config)).encode()).hexdigest()


def _key(records: Sequence[Record], config: FrontEndConfig) -> str:
    return f"{records_digest(records, config)} hop {EVALUATION_HOP_S}"
