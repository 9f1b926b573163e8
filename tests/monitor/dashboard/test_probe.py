"""What the bench measures must run: nothing else starts these processes."""

import json
import os
import subprocess
import sys

import pytest

from monitor.bench.screen import CONDITIONS

SOON = """
import sys
import monitor.dashboard.probe as probe
probe._SETTLE_S = 2.0
probe.main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
"""
"""Where figures need not be right: it does not wait until all is as it usually is."""


@pytest.mark.parametrize(
    ("mode", "seconds", "field"),
    [
        ("start", 0, "painted_at"),
        ("cost", 4, "paint_ms"),
        ("frames", 4, "frames_per_s"),
        ("memory", 20, "rss"),
    ],
)
def test_each_mode_tells_its_figures(model_name, mode, seconds, field):
    begin = ("-c", SOON) if seconds else ("-m", "monitor.dashboard.probe")
    told = run(*begin, mode, seconds, model_name)
    assert told[-1][field] > 0


@pytest.mark.timeout(180)
def test_the_window_answers_in_every_condition(model_name):
    told = run("-m", "monitor.dashboard.answer_probe", 1, model_name)
    assert {line["condition"] for line in told} == set(CONDITIONS)
    assert all(line["ms"] > 0 and line["used_ms"] > 0 for line in told)


def run(*words):
    """What a probe tells."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, *map(str, words)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=170, env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]
