"""The process's standard error, which belongs to the program and not to the libraries below it."""

from __future__ import annotations

import os
import sys

_DESCRIPTOR = 2


def keep_standard_error() -> None:
    """Take standard error from the libraries below, and keep it for Python. Harmless when done before.

    When a sound server dies PortAudio reports every failed call there, without end in some drivers; of a
    damaged MP3 libmpg123 reports every frame. The program says such things itself, in a line.
    """
    try:
        if sys.stderr is None or sys.stderr.fileno() != _DESCRIPTOR:
            return
    except (OSError, ValueError):
        return
    sys.stderr.flush()
    sys.stderr = os.fdopen(os.dup(_DESCRIPTOR), "w", buffering=1, errors="backslashreplace")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, _DESCRIPTOR)
    os.close(null)
