"""Labelled corpora in their publishers' own folder layout."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from recordings import AUDIO_SUFFIXES

APPENDIX = "annotations/Online_Appendix_training_set.csv"
_APPENDIX_COLUMNS = (
    "Challenge record name",
    "Original record name",
    "Diagnosis",
    "Subject ID",
    "# Raw record",
)


class CorpusError(Exception):
    """A corpus folder is not what it should be; one line a problem."""


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
    """

    name: str
    database: str
    path: Path
    abnormal: bool
    group: str
    held_out: bool = False


def load_cinc2016(folder: Path) -> tuple[list[Record], list[str]]:
    """The PhysioNet/CinC 2016 training set: ``training-a`` … ``training-e`` with ``REFERENCE.csv`` in each.

    Subject groups are those of the online appendix, where the folder has it: database b has real subject
    numbers, a has recording groups in its original names, e is grouped by diagnosis and raw record.

    Args:
        folder: Holds the ``training-*`` folders, ``RECORDS-validation`` and, optionally, ``annotations``.

    Returns:
        The records, sorted by name, and a line for each problem found with one of them.

    Raises:
        CorpusError: The folder holds no such corpus.
    """
    databases = sorted(path for path in folder.glob("training-?") if path.is_dir())
    if not databases:
        raise CorpusError(
            f"{folder}: no folders training-a … training-e here; give the folder that holds them"
        )
    groups = _cinc2016_groups(folder / APPENDIX)
    validation = folder / "RECORDS-validation"
    if not validation.is_file():
        raise CorpusError(f"{validation} is missing: without it no record can be held out")
    held_out = {row[0] for row in _rows(validation) if row and row[0]}
    records: dict[str, Record] = {}
    problems: list[str] = []
    for database in databases:
        reference = database / "REFERENCE.csv"
        if not reference.is_file():
            raise CorpusError(f"{reference} is missing: a database needs its labels")
        for record in _cinc2016_database(database, reference, problems):
            if record.name in records:
                problems.append(f"{record.name}: listed twice")
                continue
            records[record.name] = replace(
                record,
                group=groups.get(record.name, record.name),
                held_out=record.name in held_out,
            )
    unknown = sorted(held_out - records.keys())
    problems.extend(f"{name}: in RECORDS-validation but in no REFERENCE.csv" for name in unknown)
    return [records[name] for name in sorted(records)], problems


def _cinc2016_database(database: Path, reference: Path, problems: list[str]) -> Iterator[Record]:
    for row in _rows(reference):
        if not any(row):
            continue
        name, label = row[0], row[1] if len(row) > 1 else ""
        if label not in ("1", "-1"):
            problems.append(f"{name}: label {label!r} in {reference} is neither 1 nor -1")
            continue
        audio = _audio_file(database, name)
        if audio is None:
            problems.append(f"{name}: no audio file in {database}")
            continue
        yield Record(name, f"cinc2016-{database.name[-1]}", audio, label == "1", name)


def _cinc2016_groups(appendix: Path) -> dict[str, str]:
    if not appendix.is_file():
        return {}
    rows = _rows(appendix)
    header = next(rows, [])
    missing = [column for column in _APPENDIX_COLUMNS if column not in header]
    if missing:
        raise CorpusError(f"{appendix}: has no column {missing[0]!r}; fetch it again")
    where = [header.index(column) for column in _APPENDIX_COLUMNS]
    groups = {}
    for row in rows:
        name, original, diagnosis, subject, raw = (row[at] if at < len(row) else "" for at in where)
        match name[:1]:
            case "a" if "S" in original:
                groups[name] = "a:" + original.split("S")[0]
            case "b" if subject:
                groups[name] = "b:" + subject
            case "e" if raw:
                groups[name] = f"e:{diagnosis}:{raw}"
    return groups


def _rows(path: Path) -> Iterator[list[str]]:
    """The rows of a list, of which only the appendix holds more than ASCII, in an encoding of its own."""
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as lines:
            for row in csv.reader(lines):
                cells = [cell.strip() for cell in row]
                yield [cell if cell.isprintable() else repr(cell) for cell in cells]
    except (OSError, csv.Error) as error:
        raise CorpusError(f"{path}: cannot be read ({error}); fetch it again") from None


def _audio_file(folder: Path, name: str) -> Path | None:
    for suffix in (".wav", ".flac", *sorted(AUDIO_SUFFIXES)):
        path = folder / (name + suffix)
        if path.is_file():
            return path
    return None


CORPORA: Mapping[str, Callable[[Path], tuple[list[Record], list[str]]]] = {"cinc2016": load_cinc2016}


def load_corpus(name: str, folder: Path) -> tuple[list[Record], list[str]]:
    """Read a corpus by name; see the loaders for what comes back.

    Raises:
        CorpusError: Unknown name, or the folder does not hold it.
    """
    if name not in CORPORA:
        raise CorpusError(f"unknown corpus {name!r}; known: {', '.join(CORPORA)}")
    if not folder.is_dir():
        raise CorpusError(f"{folder}: no such folder; give the folder of corpus {name}")
    return CORPORA[name](folder)
