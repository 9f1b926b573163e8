"""What ``auscult screen`` costs as its own process: on one short recording, and by one job and by two."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from model.loading import check_model
from monitor.bench.figure import Figure
from recordings import write_recording

SHORT_S = 12
STARTS = 5
RECORDINGS = 128
SECONDS = 30
ROUNDS = 2
_DIFFERENT = 16
_RATE = 2000


def measure_screening(model: str) -> list[Figure]:
    """Screen one short recording beside a bare ``import torch``, and an archive by one job and by two.

    They take turns, so that each meets what else the machine does. Of the archive the quicker round counts.

    Raises:
        ModelError: The model cannot be used.
        CalledProcessError: A screening failed.
    """
    check_model(model)
    with TemporaryDirectory() as folder:
        short, archive = Path(folder, "short.flac"), Path(folder, "archive")
        _write(short, SHORT_S, 0)
        beyond_s = [
            _screening(short, model).used_s - _cost("-c", "import torch").used_s for _ in range(STARTS + 1)
        ]
        _write_archive(archive)
        took_s: dict[str, list[float]] = {"1": [], "2": []}
        for jobs in ROUNDS * list(took_s):
            took_s[jobs].append(_screening(archive, model, "--jobs", jobs).took_s)
    return [
        # The first was for the files, which are warm from then on.
        Figure(
            f"screening a recording of {SHORT_S} s: CPU beyond import torch", median(beyond_s[1:]), "s", 1.2
        ),
        Figure(
            f"screening {RECORDINGS} recordings of {SECONDS} s: --jobs 2 over --jobs 1",
            min(took_s["1"]) / min(took_s["2"]),
            "times as fast",
            least=1.8,
        ),
    ]


@dataclass(frozen=True)
class _Cost:
    """Of a process and those that it started, in seconds."""

    took_s: float
    used_s: float


def _screening(what: Path, model: str, *words: str) -> _Cost:
    with TemporaryDirectory() as folder:
        out = str(Path(folder, "out.csv"))
        return _cost("-m", "monitor.cli", "screen", str(what), "--out", out, "--model", model, *words)


def _cost(*words: str) -> _Cost:
    began, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, *words], stderr=subprocess.DEVNULL, check=True)
    took_s, after = time.perf_counter() - began, os.times()
    used_s = after.children_user + after.children_system - before.children_user - before.children_system
    return _Cost(took_s, used_s)


def _write_archive(folder: Path) -> None:
    folder.mkdir()
    for place in range(RECORDINGS):
        path = folder / f"{place:02}.flac"
        if place < _DIFFERENT:
            _write(path, SECONDS, place)
        else:
            os.link(folder / f"{place % _DIFFERENT:02}.flac", path)


def _write(path: Path, seconds: int, place: int) -> None:
    config = SynthesisConfig(condition=CONDITIONS[place % len(CONDITIONS)], rate=_RATE, seed=place)
    write_recording(path, [HeartSoundSynthesizer(config).read(seconds * _RATE)], _RATE)
