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

import click

from model.card import ModelError
from monitor.bench.figure import Figure, table
from monitor.failure import CommandError

MEASUREMENTS: Mapping[str, tuple[str, str]] = {
    "hop": ("monitor.bench.hop", "measure_hop"),
    "live": ("monitor.bench.live", "measure_live"),
    "dashboard": ("monitor.bench.dashboard", "measure_dashboard"),
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
    document = {
        "machine": _machine(),
        "figures": [{**asdict(figure), "met": figure.met} for figure in figures],
    }
    try:
        if json_path:
            json_path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        if support:
            from monitor.bench.support import write_support_bundle

            write_support_bundle(support, document)
    except OSError as error:
        named = json_path if error.filename == str(json_path) else support
        raise CommandError(f"{named}: cannot be written ({error.strerror})") from None
    if support:
        click.echo(f"wrote {support}: no sound and no patient's name is in it, but those of your devices are")
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
