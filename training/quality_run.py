"""Training the quality gate, and telling what it is worth on what it did not learn from."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save

from dsp.config import FINE_FRONT_END
from model.card import Calibration, ModelCard
from model.cnn import parameter_count
from model.quality_network import QualityCNN
from recordings import find_recordings
from training.checkpoint import load_checkpoint, save_checkpoint, write_whole
from training.columns import joined, rows
from training.corpora import Record
from training.folds import folds_by_group
from training.held_out_quality import judge_records, keep_qualities
from training.image_store import Progress, records_digest
from training.noise import NoiseCorpus
from training.quality_examples import (
    NoiseKind,
    QualityExamples,
    held_back_kinds,
    noise_examples,
    record_examples,
    synthetic_examples,
    training_kinds,
)
from training.quality_fitting import QualityRecipe, fit_quality, score_quality
from training.quality_report import write_quality_report
from training.quality_scores import LOUD_DB, GateAnswers, score_gate
from training.run import load_records

FOLDS = 5

_QUIETEST_DB = -15.0
# Apart from every seed that somebody would train with.
_TESTED = 2**40

OnEpoch = Callable[[int, float], None]
"""Told how many epochs of all are done, and the newest one's loss."""


def train_quality(
    folders: Mapping[str, Path],
    recipe: QualityRecipe,
    seed: int,
    out: Path,
    noise: Path,
    progress: Progress,
    on_epoch: OnEpoch,
    command: str,
    allow_missing: bool = False,
) -> Path:
    """Train and score a gate for each fold of subjects, then train the one to be used on everything.

    Killed and started again with the same arguments, it goes on after the last gate that was done.

    Args:
        folders: Folder of each corpus.
        recipe: How.
        seed: Of everything random.
        out: Folder for checkpoints, report and weights.
        noise: Holds ``esc10`` and ``fsdd``.
        progress: Wraps the making of examples in a progress bar.
        on_epoch: Told of each epoch.
        command: The command line, for the report.
        allow_missing: Train without the records that have a problem.

    Returns:
        The weights file; its card lies beside it.

    Raises:
        CorpusError: A corpus or the noise is not what it should be.
        RecordingError: A recording cannot be read.
        CheckpointError: A checkpoint is damaged or cannot be written.
    """
    records, left_out = load_records(folders, allow_missing)
    rated = hashlib.sha256(repr([record.good_quality for record in records]).encode()).hexdigest()
    mixed = sorted(path.name for path in find_recordings(noise))
    identity = f"{recipe} seed {seed} {records_digest(records, FINE_FRONT_END)} rated {rated} {mixed}"

    @cache
    def examples() -> QualityExamples:
        return _examples(records, recipe, NoiseCorpus(noise), seed, progress)

    done = 0

    def told(_: int, loss: float) -> None:
        nonlocal done
        done += 1
        on_epoch(done, loss)

    def fitted(name: str, tested: NDArray[np.bool_]) -> QualityCNN:
        nonlocal done
        path = out / f"{name}.safetensors"
        found = load_checkpoint(path)
        if found is not None and found[1].get("identity") == identity:
            done += recipe.epochs
            network = QualityCNN()
            network.load_state_dict(found[0])
            return network.eval()
        # What is of nobody has a negative index, and all gates learn from it.
        learnt = ~np.append(tested, [False, False])[examples().record]
        network = fit_quality(recipe, rows(examples(), learnt), records, seed, told)
        save_checkpoint(path, network.state_dict(), {"identity": identity})
        return network

    qualities: list[NDArray[np.float64]] = [np.empty(0)] * len(records)
    kinds, answers = held_back_kinds(NoiseCorpus(noise, "held back")), []
    for number, fold in enumerate(folds_by_group(records, FOLDS, seed), 1):
        tested = np.array([record.name in fold for record in records])
        gate = fitted(f"fold-{number}", tested)
        places = np.flatnonzero(tested)
        strangers = [records[place] for place in places]
        judged = judge_records(gate, progress(strangers, f"fold {number}"))
        for place, quality in zip(places, judged, strict=True):
            qualities[place] = quality
        noisy = _noisy(strangers, places, kinds, progress(strangers, f"fold {number} in noise"))
        alone = noise_examples(recipe.alone_tested // FOLDS, FINE_FRONT_END, kinds, _TESTED + number)
        hearts = synthetic_examples(
            recipe.synthetic_tested // FOLDS, FINE_FRONT_END, kinds, _TESTED + number, mixed=False
        )
        answers += [GateAnswers.of(part, score_quality(gate, part)) for part in (noisy, alone, hearts)]
    answers.append(GateAnswers.of_records(qualities))
    keep_qualities(out, records, qualities)
    gate = fitted("whole", np.zeros(len(records), bool))
    every = joined(answers)
    metrics = {"command": command, "folds": FOLDS, "left_out": left_out, **score_gate(every, records)}
    write_quality_report(out, metrics, every, records)
    return _write_weights(out, gate, recipe, seed, records, metrics)


def _examples(
    records: Sequence[Record], recipe: QualityRecipe, noise: NoiseCorpus, seed: int, progress: Progress
) -> QualityExamples:
    kinds = training_kinds(noise)
    of_records = record_examples(records, FINE_FRONT_END, kinds, seed, progress(records, "examples"))
    alone = noise_examples(recipe.alone, FINE_FRONT_END, kinds, seed)
    hearts = synthetic_examples(recipe.synthetic, FINE_FRONT_END, kinds, seed)
    return joined([of_records, alone, hearts])


def _noisy(
    records: Sequence[Record],
    places: NDArray[np.intp],
    kinds: Mapping[str, NoiseKind],
    progress: Iterable[Record],
) -> QualityExamples:
    """Held-out records in noise as loud as they are, or louder."""
    levels = (_QUIETEST_DB, LOUD_DB)
    made = record_examples(records, FINE_FRONT_END, kinds, _TESTED, progress, levels, clean=0, mixed=1)
    return replace(made, record=places.astype(np.int32)[made.record])


def _write_weights(
    out: Path, gate: QualityCNN, recipe: QualityRecipe, seed: int, records: Sequence[Record], metrics: dict
) -> Path:
    weights = out / "quality.safetensors"
    data = save({key: tensor.contiguous() for key, tensor in gate.state_dict().items()})
    corpora: dict[str, dict[str, list[str]]] = {}
    for record in records:
        corpus = corpora.setdefault(record.database.partition("-")[0], {"training": []})
        corpus["training"].append(record.name)
    card = ModelCard(
        name="quality",
        sha256=hashlib.sha256(data).hexdigest(),
        network=gate.name,
        arguments=gate.arguments,
        parameters=parameter_count(gate),
        front_end=FINE_FRONT_END.to_dict(),
        calibration=Calibration(),
        recipe=asdict(recipe),
        seed=seed,
        corpora=corpora,
        metrics=metrics,
        notes=[
            "Research use only, not a medical device.",
            "The figures are of sister gates, trained the same way, on subjects they had not learnt from; "
            "these weights have learnt from all.",
        ],
        versions={
            "python": platform.python_version(),
            **{package: version(package) for package in ("numpy", "scipy", "torch")},
        },
    )
    write_whole(weights, data)
    write_whole(weights.with_suffix(".json"), card.to_json().encode())
    return weights
