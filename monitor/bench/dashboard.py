"""What the dashboard costs, as its own process on a screen of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from monitor.bench.figure import Figure

COST_S = 60
LONG_S = 7200
STARTS = 5

_FLAT_MIB = 16
_MIB = 2**20


def measure_start(model: str) -> list[Figure]:
    """Time from the start of the process to the first painted window; the median of five, the files warm."""
    times = []
    with _screen() as (environment, where):
        for _ in range(STARTS + 1):
            began = time.time()
            told = list(_probe(["start", "0", model], environment))
            times.append(told[-1]["painted_at"] - began)
    return [
        Figure(f"process start to first painted window ({where})", sorted(times[1:])[STARTS // 2], "s", 3)
    ]


def measure_dashboard(model: str) -> list[Figure]:
    """Play a synthetic heart for a minute at real-time pace."""
    with _screen() as (environment, where):
        last = list(_probe(["cost", str(COST_S), model], environment))[-1]
    return [
        Figure(f"dashboard at 30 frames/s ({where}): CPU", last["cpu_percent"], "% of a core", 35),
        Figure("waveform and spectrogram: paint, median", last["paint_ms"], "ms", 6),
        Figure("dashboard: resident memory", last["rss"] / _MIB, "MiB", 500),
    ]


def measure_memory(model: str) -> list[Figure]:
    """Play two hours of sound as fast as can be; flat means level after the first ten minutes."""
    with _screen() as (environment, where):
        told = [line for line in _probe(["memory", str(LONG_S), model], environment) if line["sound_s"] > 0]
    settled = [line["rss"] for line in told if line["sound_s"] >= LONG_S / 12]
    head, tail = settled[: len(settled) // 4 or 1], settled[-(len(settled) // 4 or 1) :]
    growth = sorted(tail)[len(tail) // 2] - sorted(head)[len(head) // 2]
    return [
        Figure(
            f"2 hours at --pace max ({where}): peak memory",
            max(line["rss"] for line in told) / _MIB,
            "MiB",
            500,
        ),
        Figure("2 hours at --pace max: growth, first to last quarter", growth / _MIB, "MiB", _FLAT_MIB),
    ]


def _probe(arguments: list[str], environment: dict[str, str]) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "monitor.dashboard.probe", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")


@contextmanager
def _screen() -> Iterator[tuple[dict[str, str], str]]:
    """A private Xvfb where there is one, else Qt's off-screen platform; and what to call it."""
    server = shutil.which("Xvfb")
    if server is None:
        yield {**os.environ, "QT_QPA_PLATFORM": "offscreen"}, "off screen"
        return
    read, write = os.pipe()
    command = [server, "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as process:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        environment = {**os.environ, "DISPLAY": f":{number}"}
        environment.pop("QT_QPA_PLATFORM", None)
        environment.pop("WAYLAND_DISPLAY", None)
        try:
            yield environment, "Xvfb"
        finally:
            process.terminate()
