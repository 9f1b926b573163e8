"""One training run from corpora to weights with their card."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save

from dsp.config import FrontEndConfig
from model.card import Calibration, ModelCard
from model.cnn import parameter_count
from training.balance import balance_weights
from training.calibration import MOST_ABSTAINED, STATED_RISK, calibrate, probability
from training.checkpoint import load_checkpoint, save_checkpoint, write_whole
from training.corpora import CorpusError, Record, load_corpus
from training.fitting import Epoch, Examples, Fit, score
from training.images import ImageSet, front_end_fingerprint, make_images
from training.metrics import Figures, figures, figures_by_database, mean_by_record, refuse_constant
from training.recipes import Recipe

EVALUATION_HOP_S = 2.0
"""Time between the windows of a recording when it is scored, in seconds."""

THRESHOLD = 0.5
"""Fixed beforehand: the probability is calibrated at even odds."""

Progress = Callable[[Sequence[Record], str], Iterable[Record]]


@dataclass(frozen=True)
class Split:
    """Who trains, who calibrates, who is tested: no record in two of them.

    Attributes:
        training: Learnt from.
        calibration: Fit the probability and watch the training; share no known subject with ``training``.
        held_out: Tested on, once.
    """

    training: list[Record]
    calibration: list[Record]
    held_out: list[Record]


def split_records(records: Sequence[Record], calibration_share: float, seed: int) -> Split:
    """Hold out the publishers' test list; keep a share of the other subject groups to calibrate.

    The share is drawn in each database among its mostly normal and its mostly abnormal groups alike.

    Args:
        records: All.
        calibration_share: Of the groups, 0 to 1.
        seed: Draws them.
    """
    held_out = [record for record in records if record.held_out]
    rest = [record for record in records if not record.held_out]
    generator = np.random.default_rng(seed)
    chosen: set[tuple[str, str]] = set()
    for groups in _strata(rest):
        count = round(calibration_share * len(groups))
        chosen.update(groups[index] for index in generator.permutation(len(groups))[:count])
    calibration = [record for record in rest if (record.database, record.group) in chosen]
    training = [record for record in rest if (record.database, record.group) not in chosen]
    return Split(training, calibration, held_out)


def _strata(records: Sequence[Record]) -> list[list[tuple[str, str]]]:
    """The (database, group) pairs, apart by database and by which class most of the group's records have."""
    labels: dict[tuple[str, str], list[bool]] = {}
    for record in records:
        labels.setdefault((record.database, record.group), []).append(record.abnormal)
    strata: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for (database, group), abnormal in sorted(labels.items()):
        strata.setdefault((database, 2 * sum(abnormal) > len(abnormal)), []).append((database, group))
    return [strata[key] for key in sorted(strata)]


def train(
    folders: Mapping[str, Path],
    recipe: Recipe,
    seed: int,
    out: Path,
    name: str,
    progress: Progress,
    on_epoch: Callable[[Epoch], None],
    allow_missing: bool = False,
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

    Returns:
        The weights file; its card lies beside it.

    Raises:
        CorpusError: A corpus is not what it should be.
        RecordingError: A recording cannot be read.
        CheckpointError: A checkpoint is damaged, of another run, or cannot be written.
        ConstantClassifierError: The network answers the same for everything.
    """
    records, left_out = _load(folders, allow_missing)
    split = split_records(records, recipe.calibration_share, seed)
    if not split.held_out:
        raise CorpusError("no record of the corpora is on its publishers' test list: nothing to test on")
    config = FrontEndConfig()
    training = _images(split.training, config, recipe.hop_s, out, "training", progress)
    calibration = _images(split.calibration, config, EVALUATION_HOP_S, out, "calibration", progress)
    held_out = _images(split.held_out, config, EVALUATION_HOP_S, out, "held-out", progress)

    learnt, watched = _examples(split.training, training), _examples(split.calibration, calibration)
    _need_both_classes("train on", learnt)
    _need_both_classes("calibrate on", watched)
    fit = Fit(recipe, seed, out / "checkpoint.safetensors", _digest(split.training, config))
    for epoch in fit.epochs(learnt, watched):
        on_epoch(epoch)

    weight = balance_weights("database and class", watched.abnormal, watched.database)
    fitted = calibrate(score(fit.network, watched.images), watched.abnormal, weight)
    metrics = {
        "threshold": THRESHOLD,
        "window_hop_s": EVALUATION_HOP_S,
        "calibration": _evaluate(fit, fitted, split.calibration, calibration),
        "held_out": _evaluate(fit, fitted, split.held_out, held_out),
        "epochs": [{key: _round(value) for key, value in asdict(epoch).items()} for epoch in fit.history],
    }
    data = save({key: tensor.contiguous() for key, tensor in fit.network.state_dict().items()})
    card = ModelCard(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        network=recipe.network,
        arguments=dict(recipe.arguments),
        parameters=parameter_count(fit.network),
        front_end=config.to_dict(),
        calibration=fitted,
        recipe=recipe.to_dict(),
        seed=seed,
        corpora=_lists(folders, split, left_out),
        metrics=metrics,
        notes=_notes(),
        versions={
            "python": platform.python_version(),
            **{package: version(package) for package in ("numpy", "scipy", "PyWavelets", "torch")},
        },
    )
    weights = out / f"{name}.safetensors"
    write_whole(weights, data)
    write_whole(weights.with_suffix(".json"), card.to_json().encode())
    return weights


def _load(folders: Mapping[str, Path], allow_missing: bool) -> tuple[list[Record], list[str]]:
    records: list[Record] = []
    problems: list[str] = []
    for corpus, folder in folders.items():
        found, wrong = load_corpus(corpus, folder)
        records.extend(found)
        problems.extend(wrong)
    if problems and not allow_missing:
        raise CorpusError(
            "\n".join([*problems, "mend the folder, or train without these records by --allow-missing"])
        )
    for abnormal in (False, True):
        if not any(record.abnormal is abnormal and not record.held_out for record in records):
            raise CorpusError("the corpora hold only one class to train on: nothing can be learnt")
    return records, problems


def _images(
    records: Sequence[Record], config: FrontEndConfig, hop_s: float, out: Path, title: str, progress: Progress
) -> ImageSet:
    """The images, from the run's folder if they were made before a kill."""
    cache = out / f"images-{title}.safetensors"
    key = f"{_digest(records, config)} hop {hop_s}"
    found = load_checkpoint(cache)
    if found is not None and found[1].get("key") == key:
        tensors = {part: tensor.numpy() for part, tensor in found[0].items()}
        return ImageSet(tensors["images"], tensors["record"], tensors["refused"])
    made = make_images(records, config, hop_s, progress(records, f"{title} images"))
    tensors = {part: torch.from_numpy(array) for part, array in vars(made).items()}
    save_checkpoint(cache, tensors, {"key": key})
    return made


def _examples(records: Sequence[Record], images: ImageSet) -> Examples:
    """What the classifier would see: the windows that the quality rule lets pass."""
    abnormal = np.array([record.abnormal for record in records])
    passed = ~images.refused
    database = np.array([record.database for record in records])
    owner = images.record[passed]
    return Examples(images.images[passed], abnormal[owner], database[owner])


def _need_both_classes(purpose: str, examples: Examples) -> None:
    if examples.abnormal.all() or not examples.abnormal.any():
        raise CorpusError(f"the corpora leave windows of only one class to {purpose}: give more recordings")


def _evaluate(
    fit: Fit, calibration: Calibration, records: Sequence[Record], images: ImageSet
) -> dict[str, Any]:
    """Figures at window and record level, and inside each database."""
    passed = ~images.refused
    owner = images.record[passed]
    p_window = probability(score(fit.network, images.images[passed]), calibration)
    p_record = mean_by_record(p_window, owner, len(records))
    scored = ~np.isnan(p_record)
    abnormal = np.array([record.abnormal for record in records])
    database = np.array([record.database for record in records])
    refuse_constant(p_record[scored], THRESHOLD)
    return {
        "records_without_a_scored_window": [
            record.name for record, has in zip(records, scored, strict=True) if not has
        ],
        "window": _rounded(figures(abnormal[owner], p_window, THRESHOLD)),
        "window_by_database": _by_database(abnormal[owner], p_window, database[owner]),
        "record": _rounded(figures(abnormal[scored], p_record[scored], THRESHOLD)),
        "record_by_database": _by_database(abnormal[scored], p_record[scored], database[scored]),
        "record_answered": _answered(abnormal[scored], p_record[scored], calibration),
    }


def _answered(
    abnormal: NDArray[np.bool_], p: NDArray[np.float64], calibration: Calibration
) -> dict[str, Any]:
    """Figures of the records outside the abstention band, and how many those are."""
    kept = (p <= calibration.low) | (p >= calibration.high)
    return {"coverage": _round(float(kept.mean())), **_rounded(figures(abnormal[kept], p[kept], THRESHOLD))}


def _by_database(
    abnormal: NDArray[np.bool_], p: NDArray[np.float64], database: NDArray[np.str_]
) -> dict[str, Figures]:
    found = figures_by_database(abnormal, p, THRESHOLD, database)
    return {name: _rounded(inside) for name, inside in found.items()}


def _rounded(found: Figures) -> Figures:
    return {name: _round(value) for name, value in found.items()}


def _round(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _digest(records: Sequence[Record], config: FrontEndConfig) -> str:
    told = repr([(record.name, record.abnormal, record.path.stat().st_size) for record in records])
    return hashlib.sha256((told + front_end_fingerprint(config)).encode()).hexdigest()


def _lists(folders: Mapping[str, Path], split: Split, left_out: list[str]) -> dict[str, dict[str, list[str]]]:
    def of(records: Sequence[Record], corpus: str) -> list[str]:
        return [record.name for record in records if record.database.startswith(corpus)]

    return {
        corpus: {
            "training": of(split.training, corpus),
            "calibration": of(split.calibration, corpus),
            "held_out": of(split.held_out, corpus),
            "left_out": left_out,
        }
        for corpus in folders
    }


def _notes() -> list[str]:
    return [
        "Research use only, not a medical device.",
        "Abnormal means what the corpora's publishers labelled so: pathology confirmed or referred, "
        "not one disease.",
        "The database is nearly the label: judge the model by the figures inside each database, "
        "not by the pooled ones.",
        "The held-out list is the publishers'. It shares subjects with the training records in databases "
        "a, b and e, so its figures flatter.",
        "The probability is calibrated on recordings that trained nothing, each class of each database "
        "weighing the same. By that weight the abstention band aims at an error of "
        f"{STATED_RISK:.0%} outside it and holds at most {MOST_ABSTAINED:.0%}. Threshold and epochs were "
        "fixed beforehand.",
        "Band spacing and floor were chosen by short runs watched on recordings that are not held out; "
        "filter order and wavelet are customary ones, not yet compared.",
    ]
