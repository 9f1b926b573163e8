"""Running a protocol: fold after fold, resumable, several at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, fields, replace
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dsp.config import FrontEndConfig
from model.card import Calibration
from model.processes import end_with_parent, interrupts_held
from model.window_quality import REFUSED_BELOW
from training.beat_scores import BeatScores, score_beats
from training.calibration import probability
from training.checkpoint import load_checkpoint, save_checkpoint
from training.corpora import Record
from training.failure import TrainingError
from training.fitting import Epoch, score
from training.folds import Split
from training.held_out_quality import HeldOutQuality
from training.image_store import (
    EVALUATION_HOP_S,
    ImageFile,
    ImageStore,
    Progress,
    image_files,
    records_digest,
)
from training.outcome import Evaluation, ExampleImage, FoldOutcome
from training.protocols import Protocol, Variant
from training.reading_scores import ReadingScore, score_readings
from training.recipes import Recipe
from training.run import fit_split


class EvaluationError(TrainingError):
    """An evaluation cannot go on; one line that says what to do."""


_PLACES = ("database", "rate_database")

OnFold = Callable[[str, int, int], None]
"""Told a fold's name, how many are done and how many there are; first of all that none is."""


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
    left_out: Mapping[str, Sequence[str]],
    noise: Path | None = None,
    gate: HeldOutQuality | None = None,
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
        left_out: For each corpus the problems of the records left out, for the report.
        noise: Folder of the noise that the recipe may mix in.
        gate: What quality gates say of the windows; None leaves them out of the figures.

    Raises:
        CorpusError: A corpus that the protocol needs is missing, or a fold has one class only.
        RecordingError: A recording cannot be read.
        CheckpointError: A checkpoint is damaged, of another run, or cannot be written.
        UselessClassifierError: A network answers the same for everything, or the wrong way round.
        EvaluationError: A training process was ended from outside.
    """
    variants = protocol.plan(records, recipe, folds, seed)
    tasks = [(variant, name) for variant in variants for name in variant.folds]
    files: dict[str, list[ImageFile]] = {}
    for variant in variants:
        files[variant.name] = image_files(out, records, variant.front_end, recipe, seed, noise)
        for file in files[variant.name]:
            file.keep(progress)
    outcomes: dict[tuple[str, str], FoldOutcome] = {}
    on_fold("", 0, len(tasks))
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=end_with_parent)
    try:
        with interrupts_held():
            waiting = {
                pool.submit(_run_fold, variant, name, recipe, files[variant.name], seed, out): (
                    variant.name,
                    name,
                )
                for variant, name in tasks
            }
        for done in as_completed(waiting):
            outcome = done.result()
            outcome = outcome if gate is None else _gated(outcome, gate)
            outcomes[waiting[done]] = _patients(outcome) if protocol.by_patient else outcome
            on_fold(waiting[done][1], len(outcomes), len(tasks))
    except BrokenProcessPool:
        raise EvaluationError(
            "a training process was ended from outside, perhaps for want of memory; start again, it goes on "
            "where it was, if need be with --jobs 1"
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        # A fold that still runs would be waited for at exit; its checkpoint has what it has reached.
        for process in active_children():
            process.terminate()
    return Evaluation(
        protocol=protocol.name,
        model=recipe.name,
        question=protocol.question,
        variants={
            variant.name: [outcomes[variant.name, name] for name in variant.folds] for variant in variants
        },
        pooled=protocol.pooled,
        command=command,
        gated=gate is not None,
        by_patient=protocol.by_patient,
        left_out=left_out,
        recipe=recipe.essence(),
        examples=_examples(variants, files),
    )


def _examples(
    variants: Sequence[Variant], files: Mapping[str, Sequence[ImageFile]]
) -> dict[str, list[ExampleImage]]:
    """The first normal and the first abnormal record that a variant tests and that has a scored window.

    A variant whose images are those of one before it has none to show.
    """
    found: dict[FrontEndConfig, str] = {}
    for variant in variants:
        found.setdefault(variant.front_end, variant.name)
    examples = {}
    for variant in variants:
        if found[variant.front_end] != variant.name:
            continue
        store = ImageStore(files[variant.name][0])
        tested = [record for split in variant.folds.values() for record in split.held_out]
        firsts = [_first_example(store, tested, abnormal) for abnormal in (False, True)]
        examples[variant.name] = [example for example in firsts if example is not None]
    return examples


def _first_example(store: ImageStore, tested: Sequence[Record], abnormal: bool) -> ExampleImage | None:
    for record in tested:
        # A murmur patient's recording from where none is heard would show the label and not its reason.
        if record.abnormal is abnormal and not (abnormal and record.heard is False):
            images = store.examples([record]).images
            if images.shape[0]:
                return ExampleImage(record.name, abnormal, images[0], store.config)
    return None


def _run_fold(
    variant: Variant,
    name: str,
    recipe: Recipe,
    files: Sequence[ImageFile],
    seed: int,
    out: Path,
) -> FoldOutcome:
    split = variant.folds[name]
    folder = out / _slug(variant.name) / _slug(name)
    trained, tested = (records_digest(part, variant.front_end) for part in (split.training, split.held_out))
    copies = [file.key for file in files[1:]]
    identity = (
        f"{recipe.essence()} seed {seed} {trained} {copies} tested on {tested}, its beats and its readings"
    )
    found = load_checkpoint(folder / "outcome.safetensors")
    if found is None or found[1].get("identity") != identity:
        found = _fitted_and_tested(split, recipe, files, seed, folder)
        found[1]["identity"] = identity
        save_checkpoint(folder / "outcome.safetensors", *found)
    return _read_outcome(name, split.held_out, *found)


def _fitted_and_tested(
    split: Split, recipe: Recipe, files: Sequence[ImageFile], seed: int, folder: Path
) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    store, checkpoint = ImageStore(files[0]), folder / "checkpoint.safetensors"
    fit, fitted = fit_split(split, recipe, seed, store, files[1:], checkpoint, lambda _: None)
    tested = store.examples(split.held_out)
    tensors = {
        "window_record": torch.from_numpy(tested.record),
        "window_p": torch.from_numpy(probability(score(fit.network, tested.images), fitted)),
    }
    state: dict[str, Any] = {
        "calibration": asdict(fitted),
        "epochs": [asdict(epoch) for epoch in fit.history],
    }
    if recipe.state_weight:
        beats = score_beats(fit.network, split.held_out, store.config, EVALUATION_HOP_S)
        told, state["beat_databases"] = _told_beats(beats)
        tensors |= told
        readings = score_readings(fit.network, split.held_out, store.config, EVALUATION_HOP_S)
        state["readings"] = [score.to_json() for score in readings]
    return tensors, state


def _told_beats(beats: BeatScores) -> tuple[dict[str, torch.Tensor], list[str]]:
    """As tensors, and the names that these count in the place of databases."""
    names = sorted(set(beats.database))
    arrays = {
        part: np.searchsorted(names, array) if part in _PLACES else array
        for part, array in vars(beats).items()
    }
    return {f"beats.{part}": torch.from_numpy(array) for part, array in arrays.items()}, names


def _read_beats(tensors: Mapping[str, torch.Tensor], state: Mapping[str, Any]) -> BeatScores | None:
    names = np.array(state.get("beat_databases") or [], str)
    if not names.size:
        return None
    arrays = {item.name: tensors[f"beats.{item.name}"].numpy() for item in fields(BeatScores)}
    return BeatScores(**{part: names[array] if part in _PLACES else array for part, array in arrays.items()})


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
        beats=_read_beats(tensors, state),
        readings=[ReadingScore.from_json(kept) for kept in state.get("readings", [])],
    )


def _gated(outcome: FoldOutcome, gate: HeldOutQuality) -> FoldOutcome:
    """The outcome with the windows that the gate refuses left out, and the others' quality beside them."""
    count = len(outcome.records)
    qualities = [gate.passed(record) for record in outcome.records]
    windows = np.bincount(outcome.window_record, minlength=count)
    for record, quality, scored in zip(outcome.records, qualities, windows, strict=True):
        if quality.size != scored:
            raise EvaluationError(
                f"{record.name}: {scored} windows were scored and the gates judged {quality.size}: the rules "
                "have changed; delete the images and the outcomes and start again"
            )
    # The windows of a record follow one another, and so do the records.
    quality = np.concatenate([np.empty(0), *qualities])
    passed = quality >= REFUSED_BELOW
    return replace(
        outcome,
        window_record=outcome.window_record[passed],
        window_p=outcome.window_p[passed],
        window_quality=quality[passed],
        refused=np.bincount(outcome.window_record[~passed], minlength=count),
    )


def _patients(outcome: FoldOutcome) -> FoldOutcome:
    """One entry a patient: the highest of the recordings' mean probabilities, as its only window."""
    patients: dict[str, list[int]] = {}
    for index, record in enumerate(outcome.records):
        patients.setdefault(record.patient, []).append(index)
    # A recording of which the gate lets nothing be said with confidence says nothing of the patient.
    told = np.where(outcome.doubtful, np.nan, outcome.record_p)
    highest = np.array([np.fmax.reduce(told[own]) for own in patients.values()])
    scored = ~np.isnan(highest)
    return replace(
        outcome,
        records=[replace(outcome.records[own[0]], name=patient) for patient, own in patients.items()],
        window_record=np.flatnonzero(scored).astype(np.int32),
        window_p=highest[scored],
        window_quality=None,
        refused=None,
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())
