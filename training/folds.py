"""Who trains, who calibrates and who is tested."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from training.corpora import Record


@dataclass(frozen=True)
class Split:
    """One training and its test: no record in two of the parts.

    Attributes:
        training: Learnt from.
        calibration: Fit the probability and watch the training; share no known subject with ``training``.
        held_out: Tested on, once.
    """

    training: list[Record]
    calibration: list[Record]
    held_out: list[Record]


def split_records(
    records: Sequence[Record],
    calibration_share: float,
    seed: int,
    tested: Callable[[Record], bool] = lambda record: record.held_out,
) -> Split:
    """Hold out what is tested; keep a share of the other subject groups to calibrate.

    The share is drawn in each database among its mostly normal and its mostly abnormal groups alike.

    Args:
        records: All.
        calibration_share: Of the groups, 0 to 1.
        seed: Draws them.
        tested: Which records are held out; by default the publishers' own test list.
    """
    held_out = [record for record in records if tested(record)]
    rest = [record for record in records if not tested(record)]
    generator = np.random.default_rng(seed)
    chosen: set[tuple[str, str]] = set()
    for groups in _strata(rest):
        count = round(calibration_share * len(groups))
        chosen.update(groups[index] for index in generator.permutation(len(groups))[:count])
    calibration = [record for record in rest if (record.database, record.group) in chosen]
    training = [record for record in rest if (record.database, record.group) not in chosen]
    return Split(training, calibration, held_out)


def folds_by_record(records: Sequence[Record], count: int, seed: int) -> list[set[str]]:
    """Names of the records of each fold, each class of each database spread evenly, subjects not minded."""
    return _dealt(records, lambda record: record.name, count, seed)


def folds_by_group(records: Sequence[Record], count: int, seed: int) -> list[set[str]]:
    """The same with every subject group whole in one fold."""
    return _dealt(records, lambda record: (record.database, record.group), count, seed)


def _dealt(
    records: Sequence[Record], unit: Callable[[Record], Hashable], count: int, seed: int
) -> list[set[str]]:
    """Deal units, the largest first, to the fold that has the fewest records of their stratum so far."""
    units: dict[Hashable, list[Record]] = {}
    for record in records:
        units.setdefault(unit(record), []).append(record)
    generator = np.random.default_rng(seed)
    keys = list(units)
    shuffled = [keys[index] for index in generator.permutation(len(keys))]
    folds: list[set[str]] = [set() for _ in range(count)]
    held: dict[tuple[str, bool], list[int]] = {}
    for key in sorted(shuffled, key=lambda key: -len(units[key])):
        members = units[key]
        stratum = (members[0].database, 2 * sum(record.abnormal for record in members) > len(members))
        counts = held.setdefault(stratum, [0] * count)
        fewest = min(range(count), key=lambda index: (counts[index], len(folds[index])))
        counts[fewest] += len(members)
        folds[fewest].update(record.name for record in members)
    return folds


def _strata(records: Sequence[Record]) -> list[list[tuple[str, str]]]:
    """The (database, group) pairs, apart by database and by which class most of the group's records have."""
    labels: dict[tuple[str, str], list[bool]] = {}
    for record in records:
        labels.setdefault((record.database, record.group), []).append(record.abnormal)
    strata: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for (database, group), abnormal in sorted(labels.items()):
        strata.setdefault((database, 2 * sum(abnormal) > len(abnormal)), []).append((database, group))
    return [strata[key] for key in sorted(strata)]
