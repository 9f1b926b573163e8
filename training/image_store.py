"""The images of all records of a run, made once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dsp.config import FrontEndConfig
from recordings import find_recordings
from training.checkpoint import CheckpointError, load_checkpoint, load_state, save_checkpoint
from training.corpora import CorpusError, Record
from training.fitting import Examples
from training.images import Alter, front_end_fingerprint, make_images
from training.noise import NoiseCorpus
from training.recipes import Recipe
from training.sound_augmentation import SoundAugmentation, SoundAugmenter

EVALUATION_HOP_S = 2.0
"""Time between the windows of a recording when it is scored, in seconds."""

Progress = Callable[[Sequence[Record], str], Iterable[Record]]


@dataclass(frozen=True)
class ImageFile:
    """What a file of images holds.

    Attributes:
        path: Where it is.
        records: Whose images.
        config: The front end's numbers.
        hop_s: Time between windows in seconds.
        copy: 0 for the sound as it is, 1 and more for altered copies of it.
        augmentation: What was done to the sound of a copy; None for the sound as it is.
        seed: Of what was done.
        noise: Folder that noise was mixed in from.
    """

    path: Path
    records: Sequence[Record]
    config: FrontEndConfig
    hop_s: float = EVALUATION_HOP_S
    copy: int = 0
    augmentation: SoundAugmentation | None = None
    seed: int = 0
    noise: Path | None = None

    @property
    def key(self) -> str:
        """Of files with equal keys the images are equal."""
        told = f"{records_digest(self.records, self.config)} hop {self.hop_s}"
        if self.augmentation is None:
            return told
        mixed = sorted(path.name for path in find_recordings(self.noise)) if self.noise else []
        return f"{told} copy {self.copy} seed {self.seed} {self.augmentation} {mixed}"

    def keep(self, progress: Progress) -> None:
        """Make the images, unless the file holds just these already.

        Args:
            progress: Wraps the making of images in a progress bar, given its title.

        Raises:
            RecordingError: A recording cannot be read.
            CorpusError: There is no such noise, or heart states cannot be read.
            CheckpointError: The file is damaged or cannot be written.
        """
        key = self.key
        state = load_state(self.path)
        if state is not None and state.get("key") == key:
            return
        title = f"images, altered copy {self.copy}" if self.copy else "images"
        made = make_images(
            self.records, self.config, self.hop_s, progress(self.records, title), self._alteration()
        )
        tensors = {part: torch.from_numpy(array) for part, array in vars(made).items()}
        save_checkpoint(self.path, tensors, {"key": key})

    def _alteration(self) -> Alter | None:
        if self.augmentation is None:
            return None
        augment = SoundAugmenter(self.augmentation, NoiseCorpus(self.noise) if self.noise else None)

        def alter(index: int, samples: NDArray[np.float64]) -> NDArray[np.floating]:
            # By name: a record sounds the same whichever others there are.
            name = self.records[index].name.encode()
            return augment(samples, np.random.default_rng([self.seed, self.copy, *name]))

        return alter


def image_files(
    folder: Path,
    records: Sequence[Record],
    config: FrontEndConfig,
    recipe: Recipe,
    seed: int,
    noise: Path | None,
) -> list[ImageFile]:
    """The files that a recipe needs: the records as they are, then their altered copies.

    Args:
        folder: Where they are kept.
        records: Whose images.
        config: The front end's numbers.
        recipe: Says how many copies are altered, and how.
        seed: Of the alterations.
        noise: Holds ``esc10`` and ``fsdd``.

    Raises:
        CorpusError: The recipe mixes in noise and there is none.
    """
    name = f"images-{hashlib.sha256(repr(config).encode()).hexdigest()[:8]}"
    if recipe.sound is None or recipe.sound.noise_snr_db is None:
        noise = None
    elif noise is None:
        raise CorpusError(f"recipe {recipe.name} mixes in noise: give its folder by --noise DIR")
    copies = [
        ImageFile(
            folder / f"{name}-copy-{copy}.safetensors",
            records,
            config,
            recipe.hop_s,
            copy,
            recipe.sound,
            seed,
            noise,
        )
        for copy in range(1, recipe.altered_copies + 1)
    ]
    return [ImageFile(folder / f"{name}.safetensors", records, config), *copies]


class ImageStore:
    """The images in a file.

    Args:
        file: What it holds; ``keep`` has made it.

    Attributes:
        config: The front end's numbers.

    Raises:
        CheckpointError: The file is damaged, missing, or holds something else.
    """

    def __init__(self, file: ImageFile) -> None:
        found = load_checkpoint(file.path)
        if found is None or found[1].get("key") != file.key:
            raise CheckpointError(f"{file.path}: holds no images of these records; start again to make them")
        self._images, owner, self._refused, self._states = (
            found[0][part].numpy() for part in ("images", "record", "refused", "states")
        )
        self._hop_s = file.hop_s
        self.config = file.config
        self._place = {record.name: index for index, record in enumerate(file.records)}
        # The windows of a record lie together, in order.
        self._first = np.searchsorted(owner, np.arange(len(file.records) + 1))

    def examples(self, records: Sequence[Record], hop_s: float | None = None) -> Examples:
        """The windows of some records that the quality rule lets pass.

        Args:
            records: Some of the store's.
            hop_s: Time between the windows; a multiple of the store's, which it is where None.

        Raises:
            ValueError: ``hop_s`` is not such a multiple.
        """
        hop_s = hop_s or self._hop_s
        stride = round(hop_s / self._hop_s)
        if stride < 1 or abs(stride * self._hop_s - hop_s) > 1e-9:
            raise ValueError(f"hop {hop_s:g} s is not a multiple of {self._hop_s:g} s")
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
        chosen = np.concatenate(places)
        return Examples(
            self._images[chosen], owners, abnormal[owners], database[owners], self._states[chosen]
        )


def records_digest(records: Sequence[Record], config: FrontEndConfig) -> str:
    """What images depend on, hashed: the records, their labels, their states, the front end's arithmetic."""
    told = repr([(record.name, record.abnormal, *_sizes(record)) for record in records])
    return hashlib.sha256((told + front_end_fingerprint(config)).encode()).hexdigest()


def _sizes(record: Record) -> tuple[int, ...]:
    files = (record.path, record.states)
    return tuple(0 if path is None else path.stat().st_size for path in files)
