"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Let files be written elsewhere, and put them in their places when all are complete.

    Args:
        paths: Where they go, in one folder; the last one is put there last. What exists is replaced, or
            deleted where nothing was written for it.

    Yields:
        A folder for files of their names, which nobody else can look into.

    Raises:
        OSError: They cannot be written; nothing has changed then.
    """
    with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=paths[0].parent) as folder:
        yield Path(folder)
        for path in paths:
            written = Path(folder) / path.name
            if written.exists():
                written.replace(path)
            else:
                path.unlink(missing_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only the user can read, and wait until the disk has it.

    Args:
        path: Where it goes; what exists is replaced.
        data: All of it.

    Raises:
        OSError: It cannot be written; nothing has changed then.
    """
    with whole_files([path]) as folder:
        part = folder / path.name
        part.touch(0o600)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
