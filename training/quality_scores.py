"""What a quality gate is worth on recordings and noise that it has not learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.window_quality import DOUBTED_BELOW, REFUSED_BELOW, quality_of
from training.intervals import RESAMPLES, SEED, estimate, resampled_counts, weighted_auroc
from training.metrics import auroc
from training.quality_examples import ALONE, SYNTHETIC, QualityExamples
from training.records import Record

LOUD_DB = 0.0
"""Noise is as loud as the heart, or louder, up to this level of the heart over it."""


@dataclass(frozen=True, eq=False)
class GateAnswers:
    """What gates said of windows that they had not learnt from.

    Attributes:
        record: Shape (n,), int32, index among the records, or ``ALONE`` or ``SYNTHETIC``.
        kind: Shape (n,), the noise that was mixed in; empty for none.
        value: Shape (n,), the quality.
    """

    record: NDArray[np.int32]
    kind: NDArray[np.str_]
    value: NDArray[np.float64]

    @classmethod
    def of(cls, examples: QualityExamples, findings: NDArray[np.float64]) -> GateAnswers:
        """What the gate's network said, shape (n, 5), as the gate takes it."""
        value = np.array([quality_of(found).value for found in findings], float)
        return cls(examples.record, examples.kind, value)

    @classmethod
    def of_records(cls, qualities: Sequence[NDArray[np.float64]]) -> GateAnswers:
        """Of the windows of recordings as they are, one after the other; NaN where a rule refused one."""
        owner = np.repeat(np.arange(len(qualities), dtype=np.int32), [one.size for one in qualities])
        value = np.concatenate([np.empty(0), *qualities])
        passed = ~np.isnan(value)
        return cls(owner[passed], np.full(int(passed.sum()), ""), value[passed])

    @property
    def refused(self) -> NDArray[np.bool_]:
        """Shape (n,)."""
        return self.value < REFUSED_BELOW

    @property
    def doubted(self) -> NDArray[np.bool_]:
        """Shape (n,), refused ones included."""
        return self.value < DOUBTED_BELOW


def score_gate(answers: GateAnswers, records: Sequence[Record]) -> dict[str, Any]:
    """Figures as a report's data: of recordings, by database; of noise, by kind.

    Args:
        answers: Of recordings as they are, of these with noise mixed in, of noise alone and of synthetic
            hearts.
        records: That these count.
    """
    return {
        "databases": _databases(answers, records),
        "classes": _classes(answers, records),
        "mixed": _by_kind(answers, (answers.record >= 0) & (answers.kind != "")),
        "alone": _by_kind(answers, answers.record == ALONE),
        "synthetic": _by_kind(answers, answers.record == SYNTHETIC),
    }


def record_rows(answers: GateAnswers, records: Sequence[Record]) -> list[tuple[Record, int, float, float]]:
    """Of each recording that was answered: its windows, their mean quality, the share of them refused."""
    clean = (answers.record >= 0) & (answers.kind == "")
    count = np.bincount(answers.record[clean], minlength=len(records))
    total = np.bincount(answers.record[clean], answers.value[clean], len(records))
    refused = np.bincount(answers.record[clean], answers.refused[clean], len(records))
    return [
        (record, int(count[at]), float(total[at] / count[at]), float(refused[at] / count[at]))
        for at, record in enumerate(records)
        if count[at]
    ]


def _databases(answers: GateAnswers, records: Sequence[Record]) -> dict[str, Any]:
    rows = record_rows(answers, records)
    found = {}
    for name in sorted({record.database for record, *_ in rows}):
        rated = [row for row in rows if row[0].database == name and row[0].good_quality is not None]
        if not rated:
            continue
        good = np.array([row[0].good_quality for row in rated], bool)
        value = np.array([row[2] for row in rated])
        groups = [row[0].group for row in rated]
        drawn = weighted_auroc(good, value, resampled_counts(groups, RESAMPLES, [SEED, *name.encode()]))
        found[name] = {
            "good": int(good.sum()),
            "unsure": int((~good).sum()),
            "auroc": estimate(auroc(good, value), drawn, len(set(groups))).to_json(),
        }
    return found


def _classes(answers: GateAnswers, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Windows of recordings as they are: how many are refused, by database, quality and class."""
    rows: dict[tuple[str, str, str], list[int]] = {}
    for index in np.flatnonzero((answers.record >= 0) & (answers.kind == "")):
        record = records[answers.record[index]]
        quality = {True: "good", False: "unsure", None: "not rated"}[record.good_quality]
        rows.setdefault((record.database, quality, _class(record)), []).append(int(index))
    return [
        {
            "database": database,
            "quality": quality,
            "class": label,
            "windows": len(own),
            "refused": float(np.mean(answers.refused[own])),
            "doubted": float(np.mean(answers.doubted[own])),
        }
        for (database, quality, label), own in sorted(rows.items())
    ]


def _class(record: Record) -> str:
    """Normal or abnormal, and of a murmur where it lies and what shape it has, as people have heard it."""
    if not record.abnormal:
        return "normal"
    if record.murmur is None:
        return "abnormal, no murmur heard here" if record.heard is False else "abnormal"
    murmur = record.murmur
    named = " ".join(filter(None, (murmur.part, murmur.timing, "murmur")))
    return ", ".join(filter(None, ("abnormal", named, murmur.shape)))


def _by_kind(answers: GateAnswers, chosen: NDArray[np.bool_]) -> list[dict[str, Any]]:
    found = []
    for kind in sorted(set(answers.kind[chosen].tolist())):
        own = chosen & (answers.kind == kind)
        found.append(
            {
                "kind": kind,
                "windows": int(own.sum()),
                "refused": int(answers.refused[own].sum()),
                "doubted": int(answers.doubted[own].sum()),
                "greatest_quality": float(answers.value[own].max()),
            }
        )
    return found
