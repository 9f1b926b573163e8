"""What the bench measures must run: nothing else starts these processes."""

import json
import os
import subprocess
import sys

import pytest

from monitor.bench.screen import CONDITIONS


@pytest.mark.parametrize(
    ("mode", "seconds", "field"),
    [
        ("start", 0, "painted_at"),
        ("cost", 17, "paint_ms"),
        ("frames", 17, "frames_per_s"),
        ("memory", 60, "rss"),
    ],
)
def test_each_mode_tells_its_figures(model_name, mode, seconds, field):
    command = [sys.executable, "-m", "monitor.dashboard.probe", mode, str(seconds), model_name]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=90, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1])[field] > 0


@pytest.mark.timeout(180)
def test_the_window_answers_in_every_condition(model_name):
    command = [sys.executable, "-m", "monitor.dashboard.answer_probe", "1", model_name]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=170, env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {line["condition"] for line in told} == set(CONDITIONS)
    assert all(line["ms"] > 0 and line["used_ms"] > 0 for line in told)
