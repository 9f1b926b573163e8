"""``auscult train``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
from tqdm import tqdm

from monitor.commands.record_progress import record_progress
from monitor.failure import CommandError
from recordings import RecordingError
from training.failure import TrainingError
from training.fitting import Epoch
from training.process_group import joined_processes
from training.quality_fitting import QualityRecipe
from training.quality_run import FOLDS, train_quality
from training.recipes import recipe_named
from training.run import train


def run_training(
    folders: dict[str, Path],
    recipe_name: str,
    seed: int,
    out: Path,
    name: str,
    epochs: int | None,
    allow_missing: bool,
    noise: Path | None,
    evidence: tuple[Path, ...],
) -> None:
    """Train and say where the weights are and what they are worth.

    Under torchrun the first process alone speaks.

    Raises:
        CommandError: In one line, or one line a problem.
    """
    recipe = recipe_named(recipe_name, epochs)

    try:
        with joined_processes() as group:
            # Of the first alone: None turns it off where nobody watches.
            bar = tqdm(
                total=recipe.epochs, desc="training", unit="epoch", disable=None if group.is_first else True
            )

            def on_epoch(epoch: Epoch) -> None:
                if not group.is_first:
                    return
                bar.update(epoch.number - bar.n)
                auroc = "–" if epoch.watched_auroc is None else f"{epoch.watched_auroc:.3f}"
                bar.set_postfix_str(f"loss {epoch.loss:.4f}, calibration records' AUROC {auroc}")
                if bar.disable:
                    click.echo(
                        f"epoch {epoch.number}/{recipe.epochs}: loss {epoch.loss:.4f}, "
                        f"calibration records' AUROC {auroc}, {epoch.seconds:.1f} s",
                        err=True,
                    )

            try:
                weights = train(
                    folders,
                    recipe,
                    seed,
                    out,
                    name,
                    record_progress,
                    on_epoch,
                    allow_missing,
                    noise,
                    evidence,
                    group,
                )
            finally:
                bar.close()
    except (TrainingError, RecordingError) as error:
        raise CommandError(str(error)) from None
    if group.is_first:
        click.echo(
            f"wrote {weights}, its card {weights.with_suffix('.json')} and what that says as a text, "
            f"{weights.with_suffix('.md')}; use it by --model {weights}"
        )


def run_quality_training(
    folders: dict[str, Path],
    seed: int,
    out: Path,
    epochs: int | None,
    allow_missing: bool,
    noise: Path | None,
) -> None:
    """Train the quality gate and say where its weights and its report are.

    Raises:
        CommandError: In one line, or one line a problem.
        click.UsageError: There is no noise.
    """
    if noise is None:
        raise click.UsageError("recipe quality learns from noise: give its folder by --noise DIR")
    recipe = QualityRecipe() if epochs is None else QualityRecipe(epochs=epochs)
    command = ["auscult", "train", "--recipe", "quality"]
    command += [word for corpus in folders for word in ("--corpus", f"{corpus}=DIR")]
    command += ["--noise", "DIR", "--seed", str(seed)]
    command += [] if epochs is None else ["--epochs", str(epochs)]

    total = (FOLDS + 1) * recipe.epochs
    with tqdm(total=total, desc="training", unit="epoch", disable=None) as bar:

        def on_epoch(done: int, loss: float) -> None:
            bar.update(done - bar.n)
            bar.set_postfix_str(f"loss {loss:.3f}")
            if bar.disable:
                click.echo(f"epoch {done}/{total}: loss {loss:.3f}", err=True)

        try:
            weights = train_quality(
                folders,
                recipe,
                seed,
                out,
                noise,
                record_progress,
                on_epoch,
                shlex.join(command),
                allow_missing,
            )
        except (TrainingError, RecordingError) as error:
            raise CommandError(str(error)) from None
    click.echo(f"wrote {weights}, its card {weights.with_suffix('.json')} and {weights.with_suffix('.md')}")
