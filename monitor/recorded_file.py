"""The files that a recorder wrote, each with its place on the source's clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recordings import Recording


@dataclass(frozen=True)
class RecordedFile:
    """A file whose name is the place of its first sample.

    Attributes:
        path: Of the file.
        first: Place of its first sample on the source's clock, in samples.
    """

    path: Path
    first: int

    @classmethod
    def beginning(cls, folder: Path, first: int) -> Self:
        """The file of a folder that begins at a place; names sort as places do."""
        return cls(folder / f"{first:014d}.wav", first)

    def open(self) -> Recording:
        """Its sound.

        Raises:
            RecordingError: It cannot be read.
        """
        return Recording.open(self.path, 1)

    def blocks(self, recording: Recording, frames: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Its sound in blocks of so many frames, the last one shorter, each after its first sample's place.

        Args:
            recording: As opened.
            frames: At least 1.
        """
        place = self.first
        for block in recording.blocks(frames):
            yield place, block
            place += block.size


def recorded_files(paths: Iterable[Path]) -> list[RecordedFile]:
    """Those of the files that a recorder named, in the order of their places."""
    named = (RecordedFile(path, int(path.stem)) for path in paths if path.stem.isdecimal())
    return sorted(named, key=lambda file: file.first)
