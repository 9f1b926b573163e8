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


def run_bench(json_path: Path | None, only: Sequence[str], model: str) -> int:
    """Measure, print the table, write the JSON; returns 0 if every target is met, else 1.

    Raises:
        CommandError: psutil is missing, the model cannot be used, or the JSON cannot be written.
    """
    try:
        import_module("psutil")
    except ImportError:
        raise CommandError("bench needs psutil: pip install 'auscult[bench]'") from None
    figures: list[Figure] = []
    for name in only or MEASUREMENTS:
        click.echo(f"measuring: {name}", err=True)
        module, function = MEASUREMENTS[name]
        measure: Callable[[str], list[Figure]] = getattr(import_module(module), function)
        try:
            figures.extend(measure(model))
        except ModelError as error:
            raise CommandError(str(error)) from None
    click.echo(table(figures))
    if json_path:
        document = {
            "machine": _machine(),
            "figures": [{**asdict(figure), "met": figure.met} for figure in figures],
        }
        try:
            json_path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{json_path}: cannot be written ({error.strerror})") from None
    return 0 if all(figure.met is not False for figure in figures) else 1


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
