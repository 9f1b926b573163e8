"""The images of all records of a run, made once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dsp.config import FrontEndConfig
from training.checkpoint import load_checkpoint, save_checkpoint
from training.corpora import Record
from training.fitting import Examples
from training.images import ImageSet, front_end_fingerprint, make_images

EVALUATION_HOP_S = 2.0
"""Time between the windows of a recording when it is scored, in seconds."""

Progress = Callable[[Sequence[Record], str], Iterable[Record]]


class ImageStore:
    """Images every ``EVALUATION_HOP_S``, kept in a file so that a killed run does not make them again.

    Args:
        records: All that will be asked for.
        config: The front end's numbers.
        file: Where they are kept; made anew when it is of other records or another front end.
        progress: Wraps the making of images in a progress bar, given its title.

    Raises:
        RecordingError: A recording cannot be read.
        CheckpointError: The file is damaged or cannot be written.
    """

    def __init__(
        self, records: Sequence[Record], config: FrontEndConfig, file: Path, progress: Progress
    ) -> None:
        self._place = {record.name: index for index, record in enumerate(records)}
        self._set = _kept_or_made(records, config, file, progress)
        # The windows of a record lie together, in order.
        self._first = np.searchsorted(self._set.record, np.arange(len(records) + 1))

    def windows(
        self, records: Sequence[Record], hop_s: float = EVALUATION_HOP_S
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """The windows of some records that the quality rule lets pass.

        Args:
            records: Some of the store's.
            hop_s: A multiple of ``EVALUATION_HOP_S``.

        Returns:
            Images, shape (n, 50, 121), and for each the index of its record in ``records``, shape (n,).
        """
        stride = round(hop_s / EVALUATION_HOP_S)
        places, owner = [np.empty(0, np.intp)], [np.empty(0, np.int32)]
        for index, record in enumerate(records):
            at = self._place[record.name]
            every = np.arange(self._first[at], self._first[at + 1], stride)
            passed = every[~self._set.refused[every]]
            places.append(passed)
            owner.append(np.full(passed.size, index, np.int32))
        return self._set.images[np.concatenate(places)], np.concatenate(owner)

    def examples(self, records: Sequence[Record], hop_s: float = EVALUATION_HOP_S) -> Examples:
        """The same with their labels."""
        images, owner = self.windows(records, hop_s)
        abnormal = np.array([record.abnormal for record in records], bool)
        database = np.array([record.database for record in records], str)
        return Examples(images, abnormal[owner], database[owner])


def records_digest(records: Sequence[Record], config: FrontEndConfig) -> str:
    """What images depend on, hashed: the records, their labels and the front end's arithmetic."""
    told = repr([(record.name, record.abnormal, record.path.stat().st_size) for record in records])
    return hashlib.sha256((told + front_end_fingerprint(config)).encode()).hexdigest()


def _kept_or_made(
    records: Sequence[Record], config: FrontEndConfig, file: Path, progress: Progress
) -> ImageSet:
    key = f"{records_digest(records, config)} hop {EVALUATION_HOP_S}"
    found = load_checkpoint(file)
    if found is not None and found[1].get("key") == key:
        tensors = {part: tensor.numpy() for part, tensor in found[0].items()}
        return ImageSet(tensors["images"], tensors["record"], tensors["refused"])
    made = make_images(records, config, EVALUATION_HOP_S, progress(records, "images"))
    tensors = {part: torch.from_numpy(array) for part, array in vars(made).items()}
    save_checkpoint(file, tensors, {"key": key})
    return made
