"""The CirCor DigiScope Phonocardiogram Dataset (2022)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.records import CorpusError, Murmur, Record, audio_files, table_rows

_COLUMNS = ("Patient ID", "Locations", "Murmur", "Murmur locations", "Additional ID")
_PHASES = ("systolic", "diastolic")
_MARKS = tuple(
    f"{phase.capitalize()} murmur {mark}" for phase in _PHASES for mark in ("timing", "shape", "pitch")
)
_MURMURS = ("Present", "Absent", "Unknown")
_EMPTY = ("", "nan")
# A table that pandas has written again shows a number beside empty cells with a fraction.
_NUMBER = re.compile(r"([0-9]{1,18})(?:\.0)?")


@dataclass(frozen=True)
class _Patient:
    number: str
    other: str
    locations: Sequence[str]
    murmur: str
    heard_at: Sequence[str] | None
    marks: Murmur | None

    def murmur_at(self, site: str) -> Murmur | None:
        """What is heard at a site; None where that cannot be told."""
        if self.murmur == "Absent":
            return Murmur("none")
        return self.marks if self.heard_at is not None and site in self.heard_at else None


def load_circor2022(folder: Path) -> tuple[list[Record], list[str]]:
    """The CirCor set: ``training_data.csv``, a row a patient, and ``training_data`` with their recordings.

    A recording is abnormal where its patient has a murmur, wherever on the chest it is heard. Patients of
    whom the publishers could not say are left out. Patients whom ``Additional ID`` links were one person in
    two campaigns and make one group.

    Args:
        folder: Holds both.

    Returns:
        The records, sorted by name, and a line for each problem found with one of them or with a patient.

    Raises:
        CorpusError: The folder holds no such corpus.
    """
    table, sounds = folder / "training_data.csv", folder / "training_data"
    if not table.is_file():
        raise CorpusError(f"{table} is missing: give the folder that holds it, with the labels")
    if not sounds.is_dir():
        raise CorpusError(f"{sounds} is missing: give the folder that holds it, with the recordings")
    problems: list[str] = []
    patients = _patients(table, problems)
    groups = _groups(patients)
    recordings = _recordings(audio_files(sounds))
    records = []
    for patient in patients:
        if patient.murmur == "Unknown":
            continue
        for site in patient.locations:
            found = recordings.get((patient.number, site), [])
            if not found:
                problems.append(f"{patient.number}_{site}: no audio file in {sounds}")
            records.extend(
                Record(
                    name=path.stem,
                    database="circor2022",
                    path=path,
                    abnormal=patient.murmur == "Present",
                    group=groups[patient.number],
                    patient=patient.number,
                    heard=None if patient.heard_at is None else site in patient.heard_at,
                    states=states if (states := path.with_suffix(".tsv")).is_file() else None,
                    murmur=patient.murmur_at(site),
                )
                for path in found
            )
    return sorted(records, key=lambda record: record.name), problems


def _patients(table: Path, problems: list[str]) -> list[_Patient]:
    patients: dict[str, _Patient] = {}
    for number, locations, murmur, murmur_locations, other, *marks in table_rows(table, _COLUMNS, _MARKS):
        own, linked = _number(number), "" if other in _EMPTY else _number(other)
        if own is None:
            problems.append(f"patient {number!r} in {table} is not a number")
        elif linked is None:
            problems.append(f"{own}: additional patient {other!r} in {table} is not a number")
        elif murmur not in _MURMURS:
            problems.append(f"{own}: murmur {murmur!r} in {table} is none of {', '.join(_MURMURS)}")
        elif own in patients:
            problems.append(f"{own}: listed twice")
        elif locations in _EMPTY:
            problems.append(f"{own}: no location in {table}")
        else:
            heard_at = () if murmur == "Absent" else _split(murmur_locations)
            patients[own] = _Patient(own, linked, _split(locations) or (), murmur, heard_at, _murmur(marks))
    return list(patients.values())


def _murmur(marks: Sequence[str]) -> Murmur | None:
    """What is said of a murmur; None where nothing is, or of two at once."""
    phases = {
        phase: [mark.lower() for mark in marks[at : at + 3]]
        for phase, at in zip(_PHASES, (0, 3), strict=True)
        if marks[at] not in _EMPTY
    }
    if len(phases) != 1:
        return None
    ((phase, (timing, shape, pitch)),) = phases.items()
    part = timing.removesuffix(phase).rstrip("-")
    return Murmur(phase, *(None if mark in _EMPTY else mark for mark in (part, shape, pitch)))


def _number(text: str) -> str | None:
    match = _NUMBER.fullmatch(text)
    return match[1] if match else None


def _split(locations: str) -> Sequence[str] | None:
    """The sites of a list such as ``AV+PV``, each once; None where it is empty."""
    return None if locations in _EMPTY else list(dict.fromkeys(locations.split("+")))


def _groups(patients: Sequence[_Patient]) -> dict[str, str]:
    """The group of each patient: everybody reached over additional numbers, named by the lowest of them."""
    leader: dict[str, str] = {}

    def find(number: str) -> str:
        while (above := leader.setdefault(number, number)) != number:
            number = above
        return number

    for patient in patients:
        one, other = find(patient.number), find(patient.other or patient.number)
        low, high = sorted((one, other), key=int)
        leader[high] = low
    return {number: f"circor2022:{find(number)}" for number in list(leader)}


def _recordings(audio: Mapping[str, Path]) -> dict[tuple[str, str], list[Path]]:
    """The recordings of each patient and site; several of one site are numbered."""
    found: dict[tuple[str, str], list[Path]] = {}
    for name, path in sorted(audio.items()):
        match name.split("_"):
            case [number, site]:
                found.setdefault((number, site), []).append(path)
            case [number, site, index] if index.isdecimal():
                found.setdefault((number, site), []).append(path)
    return found
