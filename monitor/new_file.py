"""Files that replace none, under names that every system takes."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

_LONGEST = 60
_NUMBERED = " ({})"
_BLOCK = 65536


def plain_name(words: str) -> str:
    """What of some words can stand in a file's name, on every system; empty where nothing can."""
    plain = "".join(letter if letter.isalnum() or letter in " -_.,()" else " " for letter in words)
    return " ".join(plain.split())[:_LONGEST].strip(" .")


def unused(path: Path, beside: Sequence[str] = (), numbered: str = _NUMBERED) -> Path:
    """The path, or with a number in its name where there is a file already.

    Args:
        path: Wanted.
        beside: Suffixes of the files that come beside it, of which there is to be none either.
        numbered: How a number is put behind the name.
    """
    return next(
        name
        for name in _names(path, numbered)
        if not any(one.exists() for one in (name, *map(name.with_suffix, beside)))
    )


def new_file(path: Path) -> tuple[Path, int]:
    """Make a file that only the user can read, with a number in its name where there is one already.

    Args:
        path: Wanted.

    Returns:
        Its path, and a descriptor to read and write it.

    Raises:
        OSError: It cannot be made.
    """
    for name in _names(path):
        try:
            return name, os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            continue
    raise AssertionError("numbers do not end")


def write_error(error: Exception, folder: Path) -> OSError:
    """The system's error where libsndfile could not write, which keeps to itself what that was.

    Args:
        error: What soundfile raised.
        folder: Of the file.
    """
    with suppress(OSError):
        if shutil.disk_usage(folder).free < _BLOCK:
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return OSError(str(error) or "no space left")


def _names(path: Path, numbered: str = _NUMBERED) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_stem(path.stem + numbered.format(number))
