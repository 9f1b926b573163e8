"""The protocols of evaluation: for each, who trains and who is tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dsp.config import FrontEndConfig
from training.corpora import CorpusError, Record
from training.folds import Split, folds_by_group, folds_by_record, split_records
from training.recipes import Recipe

REFERENCE = "cinc2016"
CIRCOR = "circor2022"


@dataclass(frozen=True)
class Variant:
    """One way of training that a protocol compares with others.

    Attributes:
        name: In the report.
        folds: The splits by their names.
        front_end: The numbers of the images.
    """

    name: str
    folds: Mapping[str, Split]
    front_end: FrontEndConfig


@dataclass(frozen=True)
class Protocol:
    """A question asked of a way of training.

    Attributes:
        name: On the command line.
        question: In a sentence or two.
        pooled: Whether a figure over all databases together means something.
        by_patient: Whether a patient's recordings are judged together, by the highest of their means.
        plan: Makes the variants of records, recipe, number of folds and seed.
    """

    name: str
    question: str
    pooled: bool
    by_patient: bool
    plan: Callable[[Sequence[Record], Recipe, int, int], list[Variant]]


def _of(records: Sequence[Record], corpus: str) -> list[Record]:
    found = [record for record in records if record.database.startswith(corpus)]
    if not found:
        raise CorpusError(f"this protocol is scored on {corpus}: give its folder by --corpus {corpus}=DIR")
    return found


def _crossed(
    records: Sequence[Record], folds: Sequence[set[str]], recipe: Recipe, seed: int
) -> dict[str, Split]:
    return {
        f"fold {index + 1}": split_records(
            records, recipe.calibration_share, seed, lambda record, fold=fold: record.name in fold
        )
        for index, fold in enumerate(folds)
    }


def _paper(records: Sequence[Record], recipe: Recipe, count: int, seed: int) -> list[Variant]:
    folds = _crossed(records, folds_by_record(_of(records, REFERENCE), count, seed), recipe, seed)
    prepared = Variant("with preprocessing", folds, recipe.front_end)
    if recipe.name != "paper":
        return [prepared]
    return [
        prepared,
        Variant("without preprocessing", folds, replace(recipe.front_end, bandpass_order=0, wavelet=None)),
    ]


def _grouped(records: Sequence[Record], recipe: Recipe, count: int, seed: int) -> list[Variant]:
    folds = folds_by_group(_of(records, REFERENCE), count, seed)
    return [Variant("by subject", _crossed(records, folds, recipe, seed), recipe.front_end)]


def _validation(records: Sequence[Record], recipe: Recipe, count: int, seed: int) -> list[Variant]:
    tested = [record for record in _of(records, REFERENCE) if record.held_out]
    if not tested:
        raise CorpusError("no record is on the publishers' validation list: nothing to test on")
    groups = {(record.database, record.group) for record in tested}
    strangers = [
        record for record in records if record.held_out or (record.database, record.group) not in groups
    ]
    pools = {"validation list": strangers}
    if len(strangers) < len(records):
        # As most published figures are made: what shared subjects add to them can be told.
        pools["validation list, subjects shared"] = list(records)
    return [
        Variant(name, {name: split_records(pool, recipe.calibration_share, seed)}, recipe.front_end)
        for name, pool in pools.items()
    ]


def _lodo(records: Sequence[Record], recipe: Recipe, count: int, seed: int) -> list[Variant]:
    reference = _of(records, REFERENCE)
    pools = {f"without {CIRCOR}": reference}
    if len(records) > len(reference):
        pools[f"with {CIRCOR}"] = list(records)
    return [
        Variant(
            name,
            {
                f"without {database}": split_records(
                    pool,
                    recipe.calibration_share,
                    seed,
                    lambda record, one=database: record.database == one,
                )
                for database in sorted({record.database for record in reference})
            },
            recipe.front_end,
        )
        for name, pool in pools.items()
    ]


def _circor(records: Sequence[Record], recipe: Recipe, count: int, seed: int) -> list[Variant]:
    folds = folds_by_group(_of(records, CIRCOR), count, seed)
    return [Variant("by patient", _crossed(records, folds, recipe, seed), recipe.front_end)]


def _front_end(records: Sequence[Record], recipe: Recipe, count: int, seed: int) -> list[Variant]:
    """On records that no other figure is made of."""
    allowed = [record for record in records if not record.held_out]
    folds = _crossed(allowed, folds_by_group(_of(allowed, REFERENCE), count, seed), recipe, seed)
    chosen = recipe.front_end
    compared = {
        "filter order 2": replace(chosen, bandpass_order=2),
        "filter order 6": replace(chosen, bandpass_order=6),
        "wavelet db2": replace(chosen, wavelet="db2"),
        "wavelet db4": replace(chosen, wavelet="db4"),
        "wavelet sym8": replace(chosen, wavelet="sym8"),
        "no denoising": replace(chosen, wavelet=None),
        "linear bands": replace(chosen, band_spacing="linear"),
        "mel bands": replace(chosen, band_spacing="mel"),
    }
    others = [Variant(name, folds, config) for name, config in compared.items() if config != chosen]
    return [Variant("as chosen", folds, chosen), *others]


PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            "paper",
            "Cross-validation by record, as the paper does it: a subject's recordings lie on both sides.",
            True,
            False,
            _paper,
        ),
        Protocol(
            "grouped",
            "Cross-validation in which all recordings of a subject or raw record lie on one side.",
            True,
            False,
            _grouped,
        ),
        Protocol(
            "validation",
            "The publishers' validation list; what shares a subject group with it is left out of training. "
            "With subjects shared, as most published figures are made, only the list itself is left out.",
            True,
            False,
            _validation,
        ),
        Protocol(
            "lodo",
            "Each database in turn is tested by a model that has never seen its site.",
            False,
            False,
            _lodo,
        ),
        Protocol(
            "front-end",
            "What the paper leaves open, compared by subject on records off the validation list.",
            True,
            False,
            _front_end,
        ),
        Protocol(
            "circor",
            "Cross-validation by patient on circor2022: murmur present or absent. A patient's probability is "
            "the highest among the recording sites.",
            True,
            True,
            _circor,
        ),
    )
}
