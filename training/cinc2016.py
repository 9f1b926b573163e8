"""The PhysioNet/CinC Challenge 2016 training set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from training.records import CorpusError, Record, audio_files, list_rows, table_rows

APPENDIX = "annotations/Online_Appendix_training_set.csv"
HAND_CORRECTED = "annotations/hand_corrected"
_APPENDIX_COLUMNS = (
    "Challenge record name",
    "Original record name",
    "Diagnosis",
    "Subject ID",
    "# Raw record",
)
_SUBJECT_PREFIX = "b:"


def load_cinc2016(folder: Path) -> tuple[list[Record], list[str]]:
    """The PhysioNet/CinC 2016 training set: ``training-a`` … ``training-e`` with ``REFERENCE.csv`` in each.

    Subject groups are those of the online appendix, where the folder has it: database b has real subject
    numbers, a has recording groups in its original names, e is grouped by diagnosis and raw record.
    Signal quality is that of ``REFERENCE_withSQI.csv``, where a database has it, and heart states are the
    hand-corrected ones, where the folder has them.

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
    groups = _groups(folder / APPENDIX)
    validation = folder / "RECORDS-validation"
    if not validation.is_file():
        raise CorpusError(f"{validation} is missing: without it no record can be held out")
    held_out = {row[0] for row in list_rows(validation) if row and row[0]}
    records: dict[str, Record] = {}
    listed: dict[str, str] = {}
    problems: list[str] = []
    for database in databases:
        for record in _records(database, listed, problems):
            group = groups.get(record.name, record.name)
            records[record.name] = replace(
                record,
                group=group,
                held_out=record.name in held_out,
                patient=group if group.startswith(_SUBJECT_PREFIX) else "",
            )
    unknown = sorted(held_out - listed.keys())
    problems.extend(f"{name}: in RECORDS-validation but in no REFERENCE.csv" for name in unknown)
    return [records[name] for name in sorted(records)], problems


def _records(database: Path, listed: dict[str, str], problems: list[str]) -> Iterator[Record]:
    """The records of a database that can be used; the others are told.

    Args:
        database: Its folder.
        listed: The list that each record so far was first found in; extended.
        problems: Extended.
    """
    reference = database / "REFERENCE.csv"
    if not reference.is_file():
        raise CorpusError(f"{reference} is missing: a database needs its labels")
    quality = _quality(database / "REFERENCE_withSQI.csv", problems)
    audio = audio_files(database)
    marked = database.parent / HAND_CORRECTED / f"{database.name}_StateAns"
    seen: set[str] = set()
    for row in list_rows(reference):
        if not any(row):
            continue
        name, label = row[0], row[1] if len(row) > 1 else ""
        first = listed.setdefault(name, database.name)
        if label not in ("1", "-1"):
            problems.append(f"{name}: label {label!r} in {reference} is neither 1 nor -1")
        elif first != database.name:
            problems.append(f"{name}: in the lists of both {first} and {database.name}")
        elif name in seen:
            problems.append(f"{name}: listed twice")
        elif name not in audio:
            problems.append(f"{name}: no audio file in {database}")
        else:
            seen.add(name)
            states = marked / f"{name}_StateAns.mat"
            yield Record(
                name,
                f"cinc2016-{database.name[-1]}",
                audio[name],
                label == "1",
                name,
                good_quality=quality.get(name),
                states=states if states.is_file() else None,
            )


def _quality(path: Path, problems: list[str]) -> dict[str, bool]:
    if not path.is_file():
        return {}
    found = {}
    for row in list_rows(path):
        if not any(row):
            continue
        name, word = row[0], row[2] if len(row) > 2 else ""
        if word in ("0", "1"):
            found[name] = word == "1"
        else:
            problems.append(f"{name}: signal quality {word!r} in {path} is neither 0 nor 1")
    return found


def _groups(appendix: Path) -> dict[str, str]:
    if not appendix.is_file():
        return {}
    groups = {}
    for name, original, diagnosis, subject, raw in table_rows(appendix, _APPENDIX_COLUMNS):
        match name[:1]:
            case "a" if "S" in original:
                groups[name] = "a:" + original.split("S")[0]
            case "b" if subject:
                groups[name] = _SUBJECT_PREFIX + subject
            case "e" if raw:
                groups[name] = f"e:{diagnosis}:{raw}"
    return groups
