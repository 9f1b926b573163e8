"""``auscult bench``."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from model.card import ModelError
from monitor.bench.figure import Figure, table
from monitor.failure import CommandError

MEASUREMENTS: Mapping[str, tuple[str, str]] = {
    "hop": ("monitor.bench.hop", "measure_hop"),
    "archive": ("monitor.bench.archive", "measure_archive"),
    "screening": ("monitor.bench.screening", "measure_screening"),
    "live": ("monitor.bench.live", "measure_live"),
    "dashboard": ("monitor.bench.dashboard", "measure_dashboard"),
    "frames": ("monitor.bench.screen", "measure_frames"),
    "answers": ("monitor.bench.screen", "measure_answers"),
    "start": ("monitor.bench.dashboard", "measure_start"),
    "memory": ("monitor.bench.dashboard", "measure_memory"),
}


SUPPORTED = ("hop",)
"""Measured for a support bundle where nothing else is asked for: what takes seconds."""


def run_bench(
    json_path: Path | None,
    support: Path | None,
    only: Sequence[str],
    model: str,
    soak_hours: float | None = None,
    seed: int = 0,
) -> int:
    """Measure, print the table, write what is asked for; returns 0 if every target is met, else 1.

    Args:
        json_path: For the figures.
        support: For the support bundle.
        only: Keys of ``MEASUREMENTS``; none for all, or for what takes seconds where ``support`` is given.
        model: As ``--model``.
        soak_hours: Simulate so many hours instead of measuring anything else.
        seed: Of what is simulated.

    Raises:
        CommandError: psutil is missing, the model cannot be used, or a file cannot be written.
    """
    check_places(json_path, support)
    if support is not None and not only:
        only = SUPPORTED
    try:
        import_module("psutil")
    except ImportError:
        raise CommandError("bench needs psutil: pip install 'auscult[bench]'") from None
    try:
        if soak_hours is None:
            figures = [figure for name in only or MEASUREMENTS for figure in _measured(name, model)]
        else:
            from monitor.bench.soak import measure_soak

            click.echo(f"measuring: {soak_hours:g} h of simulated sound", err=True)
            figures = measure_soak(model, soak_hours, seed)
    except ModelError as error:
        raise CommandError(str(error)) from None
    click.echo(table(figures))
    document = measured(figures)
    if json_path:
        write_measured(json_path, document)
    if support:
        from monitor.bench.support import write_support_bundle

        try:
            write_support_bundle(support, document)
        except OSError as error:
            raise CommandError(f"{support}: cannot be written ({error.strerror})") from None
        click.echo(f"wrote {support}: no sound and no patient's name is in it, but those of your devices are")
    return status_of(figures)


def run_streams(json_path: Path | None, model: str, count: int, hop_s: float) -> int:
    """Measure many streams at once and tell it as ``run_bench`` does; returns as that.

    Args:
        json_path: For the figures.
        model: As ``--model``.
        count: Streams.
        hop_s: Between a stream's windows.

    Raises:
        CommandError: The model cannot be used, a process failed, or the file cannot be written.
    """
    from monitor.bench.streams import measure_streams

    check_places(json_path)
    click.echo(f"measuring: {count} streams at once", err=True)
    try:
        figures = measure_streams(model, count, hop_s)
    except ModelError as error:
        raise CommandError(str(error)) from None
    click.echo(table(figures))
    if json_path:
        write_measured(json_path, measured(figures))
    return status_of(figures)


def check_places(*paths: Path | None) -> None:
    """Before minutes are spent on what could not be kept.

    Raises:
        CommandError: The folder of one of these files is not there, or may not be written to.
    """
    for path in filter(None, paths):
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise CommandError(f"{path}: cannot be written; name a folder that is there and is yours")


def measured(figures: Sequence[Figure], **parts: Any) -> dict[str, Any]:
    """What the JSON file holds: the machine, the figures and further parts."""
    told = [{**asdict(figure), "met": figure.met} for figure in figures]
    return {"machine": _machine(), "figures": told, **parts}


def write_measured(path: Path, document: Mapping[str, Any]) -> None:
    """Write the JSON file.

    Raises:
        CommandError: It cannot be written.
    """
    try:
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: cannot be written ({error.strerror})") from None


def status_of(figures: Sequence[Figure]) -> int:
    """The exit status: 0 if every target is met, else 1."""
    return 0 if all(figure.met is not False for figure in figures) else 1


def _measured(name: str, model: str) -> list[Figure]:
    click.echo(f"measuring: {name}", err=True)
    module, function = MEASUREMENTS[name]
    measure: Callable[[str], list[Figure]] = getattr(import_module(module), function)
    return measure(model)


def _machine() -> dict[str, str | int | None]:
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{
            package: version(package)
            for package in ("numpy", "scipy", "torch", "PySide6-Essentials", "pyqtgraph")
        },
    }
