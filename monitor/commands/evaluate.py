"""``auscult evaluate``."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from tqdm import tqdm

from monitor.failure import CommandError
from recordings import RecordingError
from training.checkpoint import CheckpointError
from training.corpora import CorpusError, Record
from training.evaluation import evaluate
from training.metrics import UselessClassifierError
from training.protocols import PROTOCOLS
from training.recipes import RECIPES
from training.run import load_records


def run_evaluation(
    protocol: str,
    model: str,
    folders: dict[str, Path],
    out: Path,
    seed: int,
    folds: int,
    epochs: int | None,
    jobs: int,
    allow_missing: bool,
) -> None:
    """Run a protocol and write its report.

    Raises:
        CommandError: In one line, or one line a problem.
    """
    try:
        from training.report import write_report
    except ImportError as error:
        raise CommandError(f"the report needs {error.name}: pip install '.[evaluate]'") from None
    recipe = RECIPES[model] if epochs is None else RECIPES[model].with_epochs(epochs)

    def progress(records: Sequence[Record], title: str) -> Iterable[Record]:
        return tqdm(records, desc=title, unit="record", disable=None)

    bar = tqdm(desc="folds", unit="fold", disable=None)

    def on_fold(name: str, done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if bar.disable:
            click.echo(f"{name}: done, {done} of {total} folds", err=True)

    command = ["auscult", "evaluate", "--protocol", protocol, "--model", model]
    command += [word for corpus in folders for word in ("--corpus", f"{corpus}=DIR")]
    command += ["--folds", str(folds), "--seed", str(seed)]
    if epochs is not None:
        command += ["--epochs", str(epochs)]
    try:
        records, _ = load_records(folders, allow_missing)
        evaluation = evaluate(
            PROTOCOLS[protocol],
            recipe,
            records,
            seed,
            folds,
            out,
            jobs,
            progress,
            on_fold,
            shlex.join(command),
        )
        write_report(out, evaluation)
    except (CorpusError, RecordingError, CheckpointError, UselessClassifierError) as error:
        raise CommandError(str(error)) from None
    finally:
        bar.close()
    click.echo(f"wrote {out / 'report.md'}, metrics.json, predictions.csv and figures beside it")
