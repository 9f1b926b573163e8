"""What an archive costs: how much faster than real time one core is, and memory over many recordings."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from dsp.front_end import FrontEnd
from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier
from monitor.bench.figure import Figure
from monitor.whole_recording import BLOCK_S, judge_recording, together
from recordings import Recording, write_recording

HOP_S = 5.04
RECORDINGS = 16
SECONDS = 30
LONG_S = 600
MANY = 10_000
_TINY_S = 0.2
_RATE = 2000
_LOOK_S = 0.2


def measure_archive(model: str) -> list[Figure]:
    """Judge synthetic recordings at the hop of an archive, and screen ten thousand tiny ones.

    Raises:
        ModelError: The model cannot be used.
    """
    classifier = Classifier.load(model)
    with TemporaryDirectory() as folder:
        short = [_written(Path(folder, f"{place}.flac"), SECONDS, place) for place in range(RECORDINGS)]
        # Of a long one there is a window every hop, of a short one fewer for its length.
        long = [_written(Path(folder, "long.flac"), LONG_S, 0)]
        return [
            *_costs(f"recordings of {SECONDS} s", short, SECONDS, classifier),
            *_costs(f"a recording of {LONG_S / 60:g} min", long, LONG_S, classifier),
            Figure(f"screening {MANY} recordings: memory that grew", _grown_mb(model, MANY), "MB", 30),
        ]


def _written(path: Path, seconds: int, place: int) -> Path:
    config = SynthesisConfig(condition=CONDITIONS[place % len(CONDITIONS)], rate=_RATE, seed=place)
    write_recording(path, [HeartSoundSynthesizer(config).read(seconds * _RATE)], _RATE)
    return path


def _costs(what: str, paths: list[Path], seconds: int, classifier: Classifier) -> list[Figure]:
    whole = _times_real_time(paths, seconds, lambda path: judge_recording(path, classifier, HOP_S))
    road = _times_real_time(paths, seconds, lambda path: _classify(path, classifier))
    return [
        Figure(f"{what}, hop 5.04 s: signal path and CNN", road, "times real time", least=2000),
        Figure(f"{what}, hop 5.04 s: all that is judged", whole, "times real time", least=800),
    ]


def _classify(path: Path, classifier: Classifier) -> None:
    with Recording.open(path) as recording:
        front_end = FrontEnd(recording.rate, HOP_S, classifier.config)
        blocks = recording.blocks(BLOCK_S * recording.rate)
        for windows in together(window for block in blocks for window in front_end.push(block).windows):
            classifier.probabilities([front_end.image(one) for one in windows])


def _times_real_time(paths: list[Path], seconds: int, judge: Callable[[Path], object]) -> float:
    """Sound over processor time."""
    judge(paths[0])
    began = time.process_time()
    for path in paths:
        judge(path)
    return len(paths) * seconds / (time.process_time() - began)


def _grown_mb(model: str, count: int) -> float:
    """From the first tenth of the rows to the end, the program and its processes together."""
    with TemporaryDirectory() as folder:
        archive, out = Path(folder, "archive"), Path(folder, "out.csv")
        archive.mkdir()
        config = SynthesisConfig(rate=_RATE)
        first = archive / "00000.wav"
        write_recording(first, [HeartSoundSynthesizer(config).read(round(_TINY_S * _RATE))], _RATE)
        for place in range(1, count):
            os.link(first, archive / f"{place:05}.wav")
        words = ["screen", str(archive), "--out", str(out), "--model", model]
        with subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", *words], stderr=subprocess.DEVNULL
        ) as run:
            watched = psutil.Process(run.pid)
            while run.poll() is None and (not out.exists() or _rows(out) < count / 10):
                time.sleep(_LOOK_S)
            begun = most = _memory(watched)
            while run.poll() is None:
                most = max(most, _memory(watched))
                time.sleep(_LOOK_S)
    return (most - begun) / 2**20


def _rows(out: Path) -> int:
    return out.read_bytes().count(b"\n")


def _memory(watched: psutil.Process) -> int:
    try:
        return sum(one.memory_info().rss for one in (watched, *watched.children(recursive=True)))
    except psutil.Error:
        return 0
