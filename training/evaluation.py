"""Running a protocol: fold after fold, resumable, several at a time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model.card import Calibration
from training.calibration import probability
from training.checkpoint import load_checkpoint, save_checkpoint
from training.corpora import Record
from training.fitting import Epoch, score
from training.folds import Split
from training.image_store import ImageStore, Progress, records_digest
from training.outcome import Evaluation, FoldOutcome
from training.protocols import Protocol, Variant
from training.recipes import Recipe
from training.run import fit_split

OnFold = Callable[[str, int, int], None]
"""Told a fold's name, how many are done and how many there are."""


def evaluate(
    protocol: Protocol,
    recipe: Recipe,
    records: Sequence[Record],
    seed: int,
    folds: int,
    out: Path,
    jobs: int,
    progress: Progress,
    on_fold: OnFold,
    command: str,
) -> Evaluation:
    """Train and test every fold of a protocol.

    A fold that is done is not done again; one that was killed goes on at its last epoch.

    Args:
        protocol: Who trains and who is tested.
        recipe: How.
        records: Of all corpora given.
        seed: Of everything random.
        folds: How many, where the protocol crosses.
        out: Folder for images, checkpoints and outcomes.
        jobs: Folds trained side by side, each in a process with one thread.
        progress: Wraps the making of images in a progress bar.
        on_fold: Told of each fold that is done.
        command: The command line, for the report.

    Raises:
        CorpusError: A corpus that the protocol needs is missing, or a fold has one class only.
        RecordingError: A recording cannot be read.
        CheckpointError: A checkpoint is damaged, of another run, or cannot be written.
        ConstantClassifierError: A network answers the same for everything.
    """
    variants = protocol.plan(records, recipe, folds, seed)
    tasks = [(variant, name) for variant in variants for name in variant.folds]
    for variant in variants:
        # Made here once, so that the processes find them.
        ImageStore(records, variant.front_end, _images_of(out, variant), progress)
    outcomes: dict[tuple[str, str], FoldOutcome] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = {
            pool.submit(_run_fold, variant, name, recipe, records, seed, out, protocol.by_patient): (
                variant.name,
                name,
            )
            for variant, name in tasks
        }
        try:
            for done in as_completed(waiting):
                outcomes[waiting[done]] = done.result()
                on_fold(waiting[done][1], len(outcomes), len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Evaluation(
        protocol=protocol.name,
        model=recipe.name,
        question=protocol.question,
        variants={
            variant.name: [outcomes[variant.name, name] for name in variant.folds] for variant in variants
        },
        pooled=protocol.pooled,
        command=command,
        by_patient=protocol.by_patient,
    )


def _run_fold(
    variant: Variant,
    name: str,
    recipe: Recipe,
    records: Sequence[Record],
    seed: int,
    out: Path,
    by_patient: bool,
) -> FoldOutcome:
    split = variant.folds[name]
    folder = out / _slug(variant.name) / _slug(name)
    identity = (
        f"{recipe.essence()} seed {seed} {records_digest(split.training, variant.front_end)} "
        f"tested on {records_digest(split.held_out, variant.front_end)}"
    )
    found = load_checkpoint(folder / "outcome.safetensors")
    if found is None or found[1].get("identity") != identity:
        found = _fitted_and_tested(variant, split, recipe, records, seed, out, folder)
        found[1]["identity"] = identity
        save_checkpoint(folder / "outcome.safetensors", *found)
    outcome = _read_outcome(name, split.held_out, *found)
    return _patients(outcome) if by_patient else outcome


def _fitted_and_tested(
    variant: Variant,
    split: Split,
    recipe: Recipe,
    records: Sequence[Record],
    seed: int,
    out: Path,
    folder: Path,
) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    store = ImageStore(records, variant.front_end, _images_of(out, variant), lambda found, _: found)
    checkpoint = folder / "checkpoint.safetensors"
    fit, fitted = fit_split(split, recipe, seed, store, checkpoint, variant.front_end, lambda _: None)
    images, owner = store.windows(split.held_out)
    tensors = {
        "window_record": torch.from_numpy(owner),
        "window_p": torch.from_numpy(probability(score(fit.network, images), fitted)),
    }
    return tensors, {"calibration": asdict(fitted), "epochs": [asdict(epoch) for epoch in fit.history]}


def _read_outcome(
    name: str, records: Sequence[Record], tensors: dict[str, torch.Tensor], state: dict[str, Any]
) -> FoldOutcome:
    return FoldOutcome(
        name=name,
        records=records,
        window_record=tensors["window_record"].numpy(),
        window_p=tensors["window_p"].numpy(),
        calibration=Calibration(**state["calibration"]),
        epochs=[Epoch(**epoch) for epoch in state["epochs"]],
    )


def _patients(outcome: FoldOutcome) -> FoldOutcome:
    """One entry a patient: the highest of the recordings' mean probabilities."""
    p = outcome.record_p
    highest: dict[str, tuple[Record, float]] = {}
    for record, mean in zip(outcome.records, p, strict=True):
        if not np.isnan(mean) and mean > highest.get(record.patient, (record, -1.0))[1]:
            highest[record.patient] = record, float(mean)
    return replace(
        outcome,
        records=[replace(record, name=patient) for patient, (record, _) in highest.items()],
        window_record=np.arange(len(highest), dtype=np.int32),
        window_p=np.array([mean for _, mean in highest.values()]),
    )


def _images_of(out: Path, variant: Variant) -> Path:
    digest = hashlib.sha256(repr(variant.front_end).encode()).hexdigest()
    return out / f"images-{digest[:8]}.safetensors"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())
