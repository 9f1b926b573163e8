"""What a person reads on standard error is the program's own."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile as sf


@pytest.fixture(scope="module")
def noisy_mp3(tmp_path_factory):
    """A recording of whose damage the library that decodes it prints a line for each frame."""
    path = tmp_path_factory.mktemp("damaged") / "damaged.mp3"
    sf.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, 96_000), 8000)
    data = bytearray(path.read_bytes())
    data[400::701] = bytes(value ^ 0xFF for value in data[400::701])
    path.write_bytes(data)
    printed = subprocess.run(
        [sys.executable, "-c", f"import soundfile; soundfile.read({str(path)!r})"], capture_output=True
    )
    assert b"libmpg123" in printed.stderr
    return path


@pytest.mark.parametrize("command", ["replay", "analyze", "screen"])
def test_a_library_below_prints_nothing(noisy_mp3, model_name, tmp_path, command):
    words = {
        "replay": ["replay", str(noisy_mp3), "--headless", "--pace", "max"],
        "analyze": ["analyze", str(noisy_mp3)],
        "screen": ["screen", str(noisy_mp3), "--out", str(tmp_path / "out.csv")],
    }[command]
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", *words, "--model", model_name], capture_output=True, text=True
    )
    # Of noise nothing is scored, which to screen for nothing is a failure.
    assert done.returncode == (1 if command == "screen" else 0), done.stderr
    assert "libmpg123" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1, done.stderr


def test_what_the_program_says_is_still_read(tmp_path):
    path = tmp_path / "damaged.mp3"
    path.write_bytes(b"\xff\xfb" + bytes(range(256)) * 4)
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", "analyze", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"auscult: {path}: ")
    assert "does not exist" not in line
