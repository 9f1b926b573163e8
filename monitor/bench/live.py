"""What the running program costs: headless, at real-time pace, as its own process."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import psutil

from monitor.bench.figure import Figure

SECONDS = 60
_SETTLED_S = 15


def measure_live(model: str) -> list[Figure]:
    """Run ``auscult monitor --source synth --headless`` for a minute and watch it from outside."""
    command = [
        sys.executable,
        "-m",
        "monitor.cli",
        "monitor",
        "--source",
        "synth",
        "--headless",
        "--model",
        model,
    ]
    command += ["--duration", str(SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watched = psutil.Process(process.pid)
        assert process.stdout
        latencies: list[float] = []
        begun: tuple[float, float] | None = None
        percent = 0.0
        for text in process.stdout:
            line = json.loads(text)
            if line["kind"] != "verdict" or line["label"] == "warming_up":
                continue
            latencies.append(line["latency_ms"])
            if line["window_end_s"] < _SETTLED_S:
                continue
            # The process is gone soon after its last line, so every line counts as the end so far.
            now, used = time.perf_counter(), sum(watched.cpu_times()[:2])
            if begun is None:
                begun = (now, used)
            elif now - begun[0] > 1:
                percent = 100 * (used - begun[1]) / (now - begun[0])
    return [
        Figure("headless at real-time pace, hop 0.4 s: CPU", percent, "% of a core", 4),
        Figure("last sample to JSON line, median", float(np.median(latencies)), "ms"),
        Figure("last sample to JSON line, p99", float(np.percentile(latencies, 99)), "ms", 60),
    ]
