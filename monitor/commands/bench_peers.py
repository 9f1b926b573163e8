"""``auscult bench --peers``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from model.card import ModelError
from monitor.bench.figure import table
from monitor.bench.peer_environment import peer_interpreter
from monitor.bench.peers import Contest, measure_peers
from monitor.commands.bench import check_places, measured, status_of, write_measured
from monitor.failure import CommandError


def run_peers(json_path: Path | None, png: Path | None, model: str, paths: Sequence[Path]) -> int:
    """Measure, print the tables, write what is asked for; returns 0 if every target is met, else 1.

    Args:
        json_path: For the figures and every turn.
        png: For a picture of the ratios.
        model: As ``--model``.
        paths: Recordings; the packaged ones where there are none.

    Raises:
        CommandError: The peers cannot be installed, one of them failed or gave no result, a recording or the
            model cannot be used, a file cannot be written, or matplotlib is missing.
    """
    check_places(json_path, png)
    if png is not None:
        try:
            import_module("matplotlib")
        except ImportError:
            raise CommandError("a picture needs matplotlib: pip install 'auscult[evaluate]'") from None
    interpreter = peer_interpreter(lambda line: click.echo(line, err=True))
    try:
        contest = measure_peers(model, paths, interpreter)
    except ModelError as error:
        raise CommandError(str(error)) from None
    click.echo(f"{contest.table()}\n\n{table(contest.figures)}")
    if json_path is not None:
        write_measured(json_path, measured(contest.figures, contestants=contest.document()))
    if png is not None:
        _draw(png, contest)
    return status_of(contest.figures)


def _draw(path: Path, contest: Contest) -> None:
    from training.figures import ratios_figure

    shown = [figure for figure in contest.figures if figure.name.endswith(": CPU")]
    rows = [
        (figure.name.removesuffix(": CPU").replace(" / ", "\n/ "), figure.value, figure.target)
        for figure in shown
    ]
    try:
        path.write_bytes(ratios_figure("Processor time, as a ratio", rows))
    except OSError as error:
        raise CommandError(f"{path}: cannot be written ({error.strerror})") from None
