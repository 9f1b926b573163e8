"""One training run from corpora to weights with their card."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save

from model.card import Calibration, ModelCard
from model.cnn import parameter_count
from training.balance import balance_weights
from training.calibration import MOST_ABSTAINED, STATED_RISK, calibrate, prior_penalty, probability
from training.checkpoint import write_whole
from training.columns import joined
from training.corpora import CorpusError, Record, load_corpus
from training.evidence import read_evidence
from training.fitting import Epoch, Examples, Fit, score
from training.folds import Split, split_records
from training.image_store import (
    EVALUATION_HOP_S,
    ImageFile,
    ImageStore,
    Progress,
    image_files,
    records_digest,
)
from training.intervals import RESAMPLES, SEED, draws, estimate, resampled_counts
from training.metrics import Figures, figures, figures_by_database, mean_by_record, refuse_constant
from training.model_card import model_card_text
from training.process_group import ALONE, ProcessGroup
from training.recipes import Recipe

THRESHOLD = 0.5
"""Fixed beforehand: the probability is calibrated at even odds."""


def train(
    folders: Mapping[str, Path],
    recipe: Recipe,
    seed: int,
    out: Path,
    name: str,
    progress: Progress,
    on_epoch: Callable[[Epoch], None],
    allow_missing: bool = False,
    noise: Path | None = None,
    evidence: Sequence[Path] = (),
    group: ProcessGroup = ALONE,
) -> Path:
    """Train, calibrate, evaluate on the held-out records and write the weights with their card.

    Killed at any moment and started again with the same arguments, it goes on where it was. The same
    arguments give the same weights on the same machine.

    Args:
        folders: Folder of each corpus.
        recipe: How.
        seed: Of everything random.
        out: Folder for checkpoints and results.
        name: The model's name.
        progress: Wraps the making of images in a progress bar, given its title.
        on_epoch: Told of each epoch.
        allow_missing: Train without the records that have a problem, and list them in the card.
        noise: Folder of the noise that the recipe may mix in.
        evidence: Folders of evaluations of the same recipe, whose figures the card shall hold.
        group: The processes that train together, all with the same arguments; the first alone makes the
            images, evaluates and writes.

    Returns:
        The weights file; its card lies beside it, as JSON and as a text to read. Where this process is not
        the first, they are yet to come.

    Raises:
        CorpusError: A corpus is not what it should be.
        RecordingError: A recording cannot be read.
        CheckpointError: A checkpoint is damaged, of another run, or cannot be written.
        EvidenceError: A folder holds no evaluation of this recipe.
        UselessClassifierError: The network answers the same for everything, or the wrong way round.
        ProcessGroupError: Another process has ended.
    """
    evaluations = read_evidence(evidence, recipe)
    records, left_out = load_records(folders, allow_missing)
    split = split_records(
        records, recipe.calibration_share, seed, lambda record: record.held_out and recipe.holds_out
    )
    if recipe.holds_out and not split.held_out:
        raise CorpusError("no record of the corpora is on its publishers' test list: nothing to test on")
    files = image_files(out, records, recipe.front_end, recipe, seed, noise)
    if group.is_first:
        for file in files:
            file.keep(progress)
    group.barrier()
    store = ImageStore(files[0])
    checkpoint, weights = out / "checkpoint.safetensors", out / f"{name}.safetensors"
    fit, fitted = fit_split(split, recipe, seed, store, files[1:], checkpoint, on_epoch, group)
    if not group.is_first:
        return weights
    metrics = {
        "threshold": THRESHOLD,
        "window_hop_s": EVALUATION_HOP_S,
        "calibration": _evaluate(fit, fitted, split.calibration, store),
        "held_out": _evaluate(fit, fitted, split.held_out, store) if split.held_out else None,
        "evaluations": evaluations,
        "epochs": [_told(epoch) for epoch in fit.history],
    }
    data = save({key: tensor.contiguous() for key, tensor in fit.network.state_dict().items()})
    card = ModelCard(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        network=recipe.network,
        arguments=dict(recipe.arguments),
        parameters=parameter_count(fit.network),
        front_end=recipe.front_end.to_dict(),
        calibration=fitted,
        recipe=recipe.to_dict(),
        seed=seed,
        corpora=_lists(folders, split, left_out),
        metrics=metrics,
        notes=_notes(held_out=bool(split.held_out)),
        versions={
            "python": platform.python_version(),
            **{package: version(package) for package in ("numpy", "scipy", "PyWavelets", "torch")},
        },
    )
    write_whole(weights, data)
    write_whole(weights.with_suffix(".json"), card.to_json().encode())
    write_whole(weights.with_suffix(".md"), model_card_text(card).encode())
    return weights


def fit_split(
    split: Split,
    recipe: Recipe,
    seed: int,
    store: ImageStore,
    copies: Sequence[ImageFile],
    checkpoint: Path,
    on_epoch: Callable[[Epoch], None],
    group: ProcessGroup = ALONE,
) -> tuple[Fit, Calibration]:
    """Fit a network on a split's training records and calibrate it on its calibration records.

    Args:
        split: Who trains and who calibrates.
        recipe: How.
        seed: Of weights, order and image augmentation.
        store: The images of the records as they are.
        copies: Files of altered copies, of which only those of the training records are used.
        checkpoint: Where the state is kept after each epoch.
        on_epoch: Told of each epoch.
        group: The processes that train together.

    Raises:
        CorpusError: The records leave only one class to train or to calibrate on.
        CheckpointError: The checkpoint is damaged, of another run, or cannot be written.
        UselessClassifierError: The network answers the same for everything, or the wrong way round.
        ProcessGroupError: Another process has ended.
    """
    learning = _plainly_labelled(split.training)
    parts = [store.examples(learning, recipe.hop_s)]
    parts += [ImageStore(file).examples(learning) for file in copies]
    learnt = joined(parts)
    watching = _plainly_labelled(split.calibration)
    watched = store.examples(watching)
    _need_both_classes("train on", learnt)
    _need_both_classes("calibrate on", watched)
    identity = [records_digest(split.training, store.config), *(file.key for file in copies)]
    fit = Fit(recipe, seed, checkpoint, " ".join(identity), group)
    for epoch in fit.epochs(learnt, watched):
        on_epoch(epoch)
    weight = _record_weights(watching, watched.record)
    subjects = np.array([f"{record.database} {record.group}" for record in watching])[watched.record]
    _, subject = np.unique(subjects, return_inverse=True)
    penalty = prior_penalty(recipe.calibration_spread, np.bincount(subject, weight))
    return fit, calibrate(score(fit.network, watched.images), watched.abnormal, weight, penalty)


def _plainly_labelled(records: Sequence[Record]) -> list[Record]:
    """Without the murmur patients' recordings from where no murmur is heard: no label holds for those."""
    return [record for record in records if not (record.abnormal and record.heard is False)]


def _record_weights(records: Sequence[Record], owner: NDArray[np.int32]) -> NDArray[np.float64]:
    """A weight for each window: records of a class of a database weigh the same, however long they are."""
    windows = np.bincount(owner, minlength=len(records))
    present = np.flatnonzero(windows)
    abnormal = np.array([records[index].abnormal for index in present], bool)
    database = np.array([records[index].database for index in present], str)
    weight = np.zeros(len(records))
    weight[present] = balance_weights("database and class", abnormal, database) / windows[present]
    return weight[owner]


def load_records(
    folders: Mapping[str, Path], allow_missing: bool
) -> tuple[list[Record], dict[str, list[str]]]:
    """Read the corpora.

    Returns:
        All records, and for each corpus the problems of those left out.

    Raises:
        CorpusError: A corpus is not what it should be, or has problems that were not allowed.
    """
    records: list[Record] = []
    problems: dict[str, list[str]] = {}
    for corpus, folder in folders.items():
        found, problems[corpus] = load_corpus(corpus, folder)
        records.extend(found)
    if any(problems.values()) and not allow_missing:
        told = [line for lines in problems.values() for line in lines]
        raise CorpusError(
            "\n".join([*told, "mend the folder, or train without these records by --allow-missing"])
        )
    for abnormal in (False, True):
        if not any(record.abnormal is abnormal and not record.held_out for record in records):
            raise CorpusError("the corpora hold only one class to train on: nothing can be learnt")
    return records, problems


def _need_both_classes(purpose: str, examples: Examples) -> None:
    if examples.abnormal.all() or not examples.abnormal.any():
        raise CorpusError(f"the corpora leave windows of only one class to {purpose}: give more recordings")


def _evaluate(
    fit: Fit, calibration: Calibration, records: Sequence[Record], store: ImageStore
) -> dict[str, Any]:
    """Figures at window and record level, and inside each database."""
    windows = store.examples(records)
    p_window = probability(score(fit.network, windows.images), calibration)
    p_record = mean_by_record(p_window, windows.record, len(records))
    scored = ~np.isnan(p_record)
    abnormal = np.array([record.abnormal for record in records])
    database = np.array([record.database for record in records])
    group = np.array([f"{record.database}\n{record.group}" for record in records])
    refuse_constant(p_record[scored], THRESHOLD)
    return {
        "records_without_a_scored_window": [
            record.name for record, has in zip(records, scored, strict=True) if not has
        ],
        "window": _rounded(figures(windows.abnormal, p_window, THRESHOLD)),
        "window_by_database": _by_database(windows.abnormal, p_window, windows.database),
        "record": _rounded(figures(abnormal[scored], p_record[scored], THRESHOLD)),
        "record_by_database": _by_database(abnormal[scored], p_record[scored], database[scored]),
        "record_intervals": _intervals(abnormal[scored], p_record[scored], group[scored], ""),
        "record_by_database_intervals": {
            str(name): _intervals(
                *(values[scored & (database == name)] for values in (abnormal, p_record, group)), str(name)
            )
            for name in np.unique(database[scored])
        },
        "record_answered": _answered(abnormal[scored], p_record[scored], calibration),
    }


def _answered(
    abnormal: NDArray[np.bool_], p: NDArray[np.float64], calibration: Calibration
) -> dict[str, Any]:
    """Figures of the records outside the abstention band, and how many those are."""
    kept = (p <= calibration.low) | (p >= calibration.high)
    return {"coverage": _round(float(kept.mean())), **_rounded(figures(abnormal[kept], p[kept], THRESHOLD))}


def _intervals(
    abnormal: NDArray[np.bool_], p: NDArray[np.float64], group: NDArray[np.str_], name: str
) -> dict[str, list[float] | None]:
    """Bootstrap intervals of record figures over subjects; None where there is none."""
    found = figures(abnormal, p, THRESHOLD)
    drawn = draws(abnormal, p, THRESHOLD, resampled_counts(group, RESAMPLES, [SEED, *name.encode()]))
    estimates = {figure: estimate(found[figure], values, len(set(group))) for figure, values in drawn.items()}
    return {
        figure: None if one.low is None or one.high is None else [_round(one.low), _round(one.high)]
        for figure, one in estimates.items()
    }


def _by_database(
    abnormal: NDArray[np.bool_], p: NDArray[np.float64], database: NDArray[np.str_]
) -> dict[str, Figures]:
    found = figures_by_database(abnormal, p, THRESHOLD, database)
    return {name: _rounded(inside) for name, inside in found.items()}


def _rounded(found: Figures) -> Figures:
    return {name: _round(value) for name, value in found.items()}


def _round(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _told(epoch: Epoch) -> dict[str, Any]:
    """Without its time, so that the same run makes the same card."""
    return {name: _round(value) for name, value in asdict(epoch).items() if name != "seconds"}


def _lists(
    folders: Mapping[str, Path], split: Split, left_out: Mapping[str, list[str]]
) -> dict[str, dict[str, list[str]]]:
    def of(records: Sequence[Record], corpus: str) -> list[str]:
        return [record.name for record in records if record.database.startswith(corpus)]

    return {
        corpus: {
            "training": of(split.training, corpus),
            "calibration": of(split.calibration, corpus),
            "held_out": of(split.held_out, corpus),
            "left_out": left_out[corpus],
        }
        for corpus in folders
    }


def _notes(held_out: bool) -> list[str]:
    whom = (
        "The held-out list is the publishers'. It shares subjects with the training records in databases "
        "a, b and e, so its figures flatter."
        if held_out
        else "Nothing was held out: the weights' own figures are of the records that calibrated them, and "
        "only sister models, trained the same way on folds, can tell what they are worth."
    )
    return [
        "Research use only, not a medical device.",
        "Abnormal means what the corpora's publishers labelled so: pathology confirmed or referred, "
        "not one disease.",
        "The database is nearly the label: judge the model by the figures inside each database, "
        "not by the pooled ones.",
        whom,
        "The probability is calibrated on recordings that trained nothing, each class of each database "
        "weighing the same. By that weight the abstention band aims at an error of "
        f"{STATED_RISK:.0%} outside it and holds at most {MOST_ABSTAINED:.0%}. Threshold and epochs were "
        "fixed beforehand.",
    ]
