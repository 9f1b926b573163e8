"""How smoothly the dashboard moves and how soon it answers, as its own process on a screen of its own."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from monitor.bench.figure import Figure
from monitor.bench.window_process import private_screen, told_by

FRAMES_S = 45
SIZES = ((1280, 800), (1920, 1080))
ROUNDS = 6

CONDITIONS = {
    "at rest": "nothing plays",
    "opening": "a 2-hour recording opens and begins",
    "listening": "listening",
    "report": "a report is written",
    "dragging": "the past is dragged",
}
"""What ``answer_probe`` calls them, and in words."""


def measure_frames(model: str) -> list[Figure]:
    """Play a synthetic heart at real-time pace in windows of two sizes, and watch all that is painted."""
    figures = []
    for width, height in SIZES:
        with private_screen(width, height) as (environment, where):
            arguments = ("frames", FRAMES_S, model, width, height)
            last = list(told_by("monitor.dashboard.probe", arguments, environment))[-1]
        size = f"{width} x {height}"
        figures += [
            Figure(f"frames painted ({size}, {where})", last["frames_per_s"], "frames/s", least=60),
            Figure(f"from frame to frame, p95 ({size})", last["between_p95_ms"], "ms"),
            Figure(f"from frame to frame, p99 ({size})", last["between_p99_ms"], "ms"),
            Figure(f"all that changed: paint, median ({size})", last["paint_ms"], "ms", 4),
            Figure(f"all that changed: paint, p99 ({size})", last["paint_p99_ms"], "ms"),
            Figure(f"all that changed: paint, CPU, median ({size})", last["paint_used_ms"], "ms"),
            Figure(f"dashboard at 60 frames/s ({size}): CPU", last["cpu_percent"], "% of a core", 35),
        ]
    return figures


def measure_answers(model: str) -> list[Figure]:
    """Use keys and mouse, and wait each time until what they did has been painted."""
    told: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with private_screen() as (environment, where):
        for line in told_by("monitor.dashboard.answer_probe", (ROUNDS, model), environment):
            told[line["condition"]].append((line["ms"], line["used_ms"]))
    figures = []
    for condition, words in CONDITIONS.items():
        took_ms, used_ms = np.array(told[condition]).T
        figures += [
            Figure(f"answer while {words} ({where}): median", float(np.median(took_ms)), "ms"),
            Figure(f"answer while {words}: p99", float(np.percentile(took_ms, 99)), "ms", 100),
            Figure(f"answer while {words}: longest", float(took_ms.max()), "ms"),
            Figure(f"answer while {words}: CPU of the window, p99", float(np.percentile(used_ms, 99)), "ms"),
        ]
    return figures
