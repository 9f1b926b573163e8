"""What the dashboard costs, as its own process on a screen of its own."""

from __future__ import annotations

import time

from monitor.bench.figure import Figure
from monitor.bench.window_process import private_screen, told_by

PROBE = "monitor.dashboard.probe"
COST_S = 60
LONG_S = 28_800
STARTS = 5

_FLAT_MIB = 8
_MIB = 2**20


def measure_start(model: str) -> list[Figure]:
    """Time from the start of the process to the first painted window; the median of five, the files warm."""
    times = []
    with private_screen() as (environment, where):
        for _ in range(STARTS + 1):
            began = time.time()
            told = list(told_by(PROBE, ["start", 0, model], environment))
            times.append(told[-1]["painted_at"] - began)
    return [
        Figure(f"process start to first painted window ({where})", sorted(times[1:])[STARTS // 2], "s", 3)
    ]


def measure_dashboard(model: str) -> list[Figure]:
    """Play a synthetic heart for a minute at real-time pace."""
    with private_screen() as (environment, where):
        last = list(told_by(PROBE, ["cost", COST_S, model], environment))[-1]
    return [
        Figure(f"dashboard at 60 frames/s ({where}): CPU", last["cpu_percent"], "% of a core", 35),
        Figure("waveform and spectrogram: paint, median", last["paint_ms"], "ms", 6),
        Figure("dashboard: resident memory", last["rss"] / _MIB, "MiB", 500),
    ]


def measure_memory(model: str) -> list[Figure]:
    """Play eight hours of sound with faults as fast as can be, and use the window all along.

    Flat means level after the first twelfth.
    """
    with private_screen() as (environment, where):
        told = [
            line for line in told_by(PROBE, ["memory", LONG_S, model], environment) if line["sound_s"] > 0
        ]
    settled = [line["rss"] for line in told if line["sound_s"] >= LONG_S / 12]
    head, tail = settled[: len(settled) // 4 or 1], settled[-(len(settled) // 4 or 1) :]
    growth = sorted(tail)[len(tail) // 2] - sorted(head)[len(head) // 2]
    return [
        Figure(
            f"8 hours at --pace max ({where}): peak memory",
            max(line["rss"] for line in told) / _MIB,
            "MiB",
            500,
        ),
        Figure("8 hours at --pace max: growth, first to last quarter", growth / _MIB, "MiB", _FLAT_MIB),
    ]
