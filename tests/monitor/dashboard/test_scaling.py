"""From 100 to 200 %, and with a large system font, nothing is cut off, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import monitor

ROOT = Path(monitor.__file__).parents[1]


# What 1280 x 800 leaves at each scale, and 1920 x 1080 at 200 %.
@pytest.mark.parametrize(
    ("scale", "size"),
    [
        ("1", (1280, 800)),
        ("1.25", (1024, 640)),
        ("1.5", (853, 533)),
        ("2", (640, 400)),
        ("2", (960, 540)),
        ("2", (1280, 800)),
    ],
)
def test_nothing_is_cut_off_at_any_scale(scale, size):
    assert cut_off(size, {"QT_SCALE_FACTOR": scale}) == []


def test_nothing_is_cut_off_where_the_systems_letters_are_large():
    assert cut_off((1280, 800), {"QT_FONT_DPI": "144"}, "14") == []


def cut_off(size, environment, *more):
    command = [sys.executable, "-m", "tests.monitor.dashboard.clipped", *map(str, size), *more]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
