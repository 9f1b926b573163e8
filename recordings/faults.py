"""How reading and writing a recording fails."""

from __future__ import annotations

from pathlib import Path


class RecordingError(Exception):
    """A recording cannot be read or written; the message is one line: the file, the fault, the remedy."""


def recording_error(path: Path, fault: str) -> RecordingError:
    """A fault of a file, in one printable line, whatever its name holds."""
    return RecordingError(f"{printable(str(path))}: {fault}")


def missing_library(path: Path, library: str, extra: str) -> RecordingError:
    """What to install for a format that is not among the plain ones."""
    return recording_error(
        path, f"needs the Python package {library}: install it by pip install 'auscult[{extra}]'"
    )


def printable(text: str) -> str:
    """Text with what would break its line written out: line ends, bytes that are no text."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text
    )


def reason(error: BaseException) -> str:
    """What a library says of its failure, short and in brackets; empty where that is nothing."""
    text = "".join(sign for sign in " ".join(str(error).split()) if sign.isprintable()).rstrip(".")
    return f" ({text[:80]})" if text else ""
