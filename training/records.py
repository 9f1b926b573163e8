"""Labelled recordings, and the reading of the folders and lists that publishers give them in."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recordings import AUDIO_SUFFIXES
from training.failure import TrainingError

_SUFFIXES = (".wav", ".flac", *sorted(AUDIO_SUFFIXES - {".wav", ".flac"}))


class CorpusError(TrainingError):
    """A corpus folder is not what it should be; one line a problem."""


@dataclass(frozen=True)
class Murmur:
    """A murmur, in the words of ``dsp.reading``, or that there is none.

    Attributes:
        timing: "none", "systolic", "diastolic" or "continuous".
        part: "early", "mid", "late" or "holo"; None where nobody says.
        shape: "crescendo", "decrescendo", "diamond" or "plateau"; likewise.
        pitch: "low", "medium" or "high"; likewise.
    """

    timing: str
    part: str | None = None
    shape: str | None = None
    pitch: str | None = None


@dataclass(frozen=True)
class Record:
    """One labelled recording.

    Attributes:
        name: Record name, unique in its corpus.
        database: Where it was recorded; abnormal is so unequally frequent that figures go by it.
        path: The audio file.
        abnormal: The label.
        group: Records with equal group share a subject as far as is known.
        held_out: It belongs to the publishers' own test list.
        patient: The subject, where the corpus knows it; else empty.
        heard: A murmur is heard at this very site of the chest; None where the corpus does not say.
            ``abnormal`` is the patient's label, so that a site may be abnormal with nothing to hear.
        good_quality: The publishers' word on the signal; None where they have none.
        states: Where its heart states are marked; None where nobody has done so.
        murmur: What people heard between the sounds of this very recording's site; None where the corpus
            does not say.
    """

    name: str
    database: str
    path: Path
    abnormal: bool
    group: str
    held_out: bool = False
    patient: str = ""
    heard: bool | None = None
    good_quality: bool | None = None
    states: Path | None = None
    murmur: Murmur | None = None


def list_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a publisher's list: cells stripped and printable.

    Only free text in such lists is not ASCII, in whatever encoding; it is not needed.

    Raises:
        CorpusError: The file cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as lines:
            for row in csv.reader(lines):
                cells = [cell.strip() for cell in row]
                yield [cell if cell.isprintable() else repr(cell) for cell in cells]
    except (OSError, csv.Error) as error:
        raise CorpusError(f"{path}: cannot be read ({error}); fetch it again") from None


def table_rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[list[str]]:
    """These columns of a list that begins with a header; a cell that a row lacks is empty.

    Args:
        path: The list.
        columns: Must be there.
        optional: Come after them; one that is not there is empty throughout.

    Raises:
        CorpusError: The file cannot be read or has no such column.
    """
    rows = list_rows(path)
    header = next(rows, [])
    missing = [column for column in columns if column not in header]
    if missing:
        raise CorpusError(f"{path}: has no column {missing[0]!r}; fetch it again")
    where: list[int | None] = [header.index(column) for column in columns]
    where += [header.index(column) if column in header else None for column in optional]
    for row in rows:
        if any(row):
            yield [row[at] if at is not None and at < len(row) else "" for at in where]


def audio_files(folder: Path) -> dict[str, Path]:
    """The audio files in a folder by name without suffix; of several, WAV first, then FLAC.

    Raises:
        CorpusError: The folder cannot be listed.
    """
    try:
        files = [path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file()]
    except OSError as error:
        raise CorpusError(f"{folder}: cannot be listed ({error}); check its permissions") from None
    files.sort(key=lambda path: _SUFFIXES.index(path.suffix), reverse=True)
    return {path.stem: path for path in files}
