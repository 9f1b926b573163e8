"""``auscult evaluate``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click
from tqdm import tqdm

from monitor.commands.record_progress import record_progress
from monitor.failure import CommandError
from recordings import RecordingError
from training.evaluation import evaluate
from training.failure import TrainingError
from training.held_out_quality import HeldOutQuality
from training.protocols import PROTOCOLS
from training.recipes import RecipeError, recipe_named
from training.run import load_records


def run_evaluation(
    protocol: str,
    recipe_name: str,
    folders: dict[str, Path],
    out: Path,
    seed: int,
    folds: int,
    epochs: int | None,
    jobs: int,
    allow_missing: bool,
    noise: Path | None,
    without: Sequence[str],
    gate: Path | None,
) -> None:
    """Run a protocol and write its report.

    Raises:
        CommandError: In one line, or one line a problem.
    """
    try:
        from training.report import write_report
    except ImportError as error:
        raise CommandError(f"the report needs {error.name}: pip install '.[evaluate]'") from None
    try:
        recipe = recipe_named(recipe_name, epochs, without)
    except RecipeError as error:
        raise click.UsageError(str(error)) from None

    bars = []

    def on_fold(name: str, done: int, total: int) -> None:
        # Not before: the images have bars of their own.
        bar = bars[0] if bars else tqdm(total=total, desc="folds", unit="fold", disable=None)
        bars[:] = [bar]
        bar.update(done - bar.n)
        if bar.disable and done:
            click.echo(f"{name}: done, {done} of {total} folds", err=True)

    command = ["auscult", "evaluate", "--protocol", protocol, "--model", recipe_name]
    command += [word for corpus in folders for word in ("--corpus", f"{corpus}=DIR")]
    command += ["--noise", "DIR"] if noise else []
    command += ["--folds", str(folds), "--seed", str(seed)]
    command += [word for part in without for word in ("--without", part)]
    command += ["--gate", "DIR"] if gate else []
    if epochs is not None:
        command += ["--epochs", str(epochs)]
    try:
        records, left_out = load_records(folders, allow_missing)
        evaluation = evaluate(
            PROTOCOLS[protocol],
            recipe,
            records,
            seed,
            folds,
            out,
            jobs,
            record_progress,
            on_fold,
            shlex.join(command),
            left_out,
            noise,
            HeldOutQuality(gate) if gate else None,
        )
        write_report(out, evaluation)
    except (TrainingError, RecordingError) as error:
        raise CommandError(str(error)) from None
    finally:
        for bar in bars:
            bar.close()
    click.echo(f"wrote {out / 'report.md'}, metrics.json, predictions.csv and figures beside it")
