"""What the bench measures must run: nothing else starts these processes."""

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("mode", "seconds", "field"),
    [("start", 0, "painted_at"), ("cost", 17, "paint_ms"), ("memory", 60, "rss")],
)
def test_each_mode_tells_its_figures(model_name, mode, seconds, field):
    command = [sys.executable, "-m", "monitor.dashboard.probe", mode, str(seconds), model_name]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=90, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1])[field] > 0
