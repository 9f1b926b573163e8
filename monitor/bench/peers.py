"""What a user would pick instead, on the same recordings, in turns with this program's own path."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dsp.config import FrontEndConfig
from dsp.spectrogram import band_matrix
from model.loading import check_model
from monitor.bench import peer_script
from monitor.bench.contestant import Contestant, Result, at_work
from monitor.bench.figure import Figure
from monitor.bench.peer_environment import runs, runs_here
from monitor.bench.peer_results import likeness, require_like_ours, require_result
from monitor.failure import CommandError
from recordings import Recording, RecordingError, demo_recordings

HOP_S = 0.4
SHORTEST_S, LONGEST_S = 12.0, 30.0
"""Of a recording: it must give some hops, and no more of it is used."""
TURNS = 16
"""At least; each recording is used equally often."""


@dataclass
class Score:
    """What a contestant's turns cost.

    Attributes:
        contestant: Whose.
        versions: Of what it works with.
        cpu_ms: For each turn, per unit.
        wall_ms: Likewise.
    """

    contestant: Contestant
    versions: Mapping[str, str]
    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Contest:
    """The outcome.

    Attributes:
        scores: By the contestants' keys.
        figures: The ratios.
    """

    scores: Mapping[str, Score]
    figures: list[Figure]

    def table(self) -> str:
        """Everybody's cost as text, and what each does not do."""
        scores = self.scores.values()
        width = max(len(score.contestant.title) for score in scores)
        lines = [f"{'contestant':<{width}}  {'CPU':>9}  {'wall':>9}  per   does not do"]
        for score in scores:
            cpu, wall = np.median(score.cpu_ms), np.median(score.wall_ms)
            one = score.contestant
            lines.append(
                f"{one.title:<{width}}  {cpu:>6.3f} ms  {wall:>6.3f} ms  {one.unit:<4}  {one.lacks or '–'}"
            )
        return "\n".join(lines)

    def document(self) -> list[dict[str, Any]]:
        """Everybody's turns, for JSON."""
        return [
            {
                **{key: value for key, value in asdict(score.contestant).items() if key != "command"},
                "versions": dict(score.versions),
                "cpu_ms": float(np.median(score.cpu_ms)),
                "wall_ms": float(np.median(score.wall_ms)),
                "turns": {"cpu_ms": score.cpu_ms, "wall_ms": score.wall_ms},
            }
            for score in self.scores.values()
        ]


@dataclass(frozen=True)
class Comparison:
    """A ratio: this program's cost over another's.

    Attributes:
        own: Key of this program's contestant.
        other: Key of the other.
        target: Greatest CPU ratio that meets the target; None where it only informs.
    """

    own: str
    other: str
    target: float | None = None


COMPARISONS = (
    Comparison("live", "usual-denoising", 0.5),
    Comparison("live", "usual", 0.5),
    Comparison("live", "floor", 1.3),
    Comparison("signal", "librosa"),
    Comparison("archive", "pypcg", 0.1),
    Comparison("archive", "pypcg-quick"),
    Comparison("archive-whole", "biosppy"),
)


def contestants(interpreter: Path | None, config: FrontEndConfig) -> list[Contestant]:
    """Who takes part.

    Args:
        interpreter: Of the peers' environment; None leaves out those who need it.
        config: The model's; one that denoises leaves out the script that does so unasked.
    """

    def own(key: str, title: str, unit: str, lacks: str) -> Contestant:
        return Contestant(key, title, unit, lacks, tuple(runs_here("monitor.bench.own_path", key)))

    def usual(key: str, title: str) -> Contestant:
        lacks = "beats, quality, reading, a verdict over time; looks ahead"
        return Contestant(key, title, "hop", lacks, tuple(runs_here("monitor.bench.peer_script", key)))

    def peer(key: str, title: str, unit: str, lacks: str) -> Contestant:
        command = runs(interpreter, Path(peer_script.__file__), key) if interpreter else []
        return Contestant(key, title, unit, lacks, tuple(command))

    known = [
        own("live", "auscult: signal path and network", "hop", "here: beats, quality, reading"),
        own("floor", "floor: its bare calls", "hop", "state, checks, any result"),
        usual("usual", "usual script: the model's own steps"),
        usual("usual-denoising", "usual script: with SURE denoising"),
        own("signal", "auscult: signal path", "hop", "here: network, beats, quality, reading"),
        peer("librosa", "librosa: mel image", "hop", "bandpass, denoising, network, beats, quality, reading"),
        own("archive", "auscult: signal path and network, hop 5.04 s", "s", "here: beats, quality, reading"),
        own("archive-whole", "auscult: with beats, quality and reading, hop 5.04 s", "s", ""),
        peer("pypcg", "pyPCG-toolbox: filter, denoise, features", "s", "verdict, quality, reading"),
        peer(
            "pypcg-quick",
            "pyPCG-toolbox: without its slowest two features",
            "s",
            "verdict, quality, reading",
        ),
        peer("biosppy", "BioSPPy: its PCG pipeline", "s", "verdict, quality, reading, murmurs (25–400 Hz)"),
    ]
    left_out = {"usual-denoising"} if config.wavelet else set()
    return [one for one in known if one.command and one.key not in left_out]


def measure_peers(
    model: str,
    paths: Sequence[Path] = (),
    interpreter: Path | None = None,
    turns: int = TURNS,
    entered: Sequence[Contestant] | None = None,
) -> Contest:
    """Let everybody work on the recordings in turns, so that a slow minute of the machine hits all alike.

    A ratio is the median over the turns of the ratios within each. Each result is looked at: a contestant
    that gives none has not won but ends the contest.

    Args:
        model: As ``--model``.
        paths: Recordings; the packaged ones where there are none.
        interpreter: Of the peers' environment; None leaves out those who need it.
        turns: At least so many for each.
        entered: Instead of ``contestants``.

    Raises:
        ModelError: The model cannot be used.
        CommandError: A recording cannot be used, or a contestant failed.
        NoResultError: A contestant's result is none.
    """
    config = check_model(model).config
    entered = contestants(interpreter, config) if entered is None else entered
    paths = paths or [recording.path for recording in demo_recordings()]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="auscult-peers-")))
        np.save(folder / "bands.npy", band_matrix(config))
        job = {
            "folder": str(folder),
            "recordings": [_laid_out(path, folder / f"{index}.npy") for index, path in enumerate(paths)],
            "hop_s": HOP_S,
            "window_s": config.window_s,
            "front_end": config.to_dict(),
            "bands": str(folder / "bands.npy"),
            "model": model,
        }
        programs = {one.key: stack.enter_context(at_work(one, job)) for one in entered}
        scores = {one.key: Score(one, programs[one.key].versions) for one in entered}
        rounds = -(-turns // len(paths)) * len(paths)
        compared = scores.keys() & {"usual", "usual-denoising", "librosa"} if "live" in scores else set()
        likenesses: dict[str, list[tuple[float, float]]] = {key: [] for key in compared}
        for turn in tqdm(range(-1, rounds), desc="taking turns", unit="turn", disable=None):
            at = max(turn, 0) % len(paths)
            results: dict[str, Result] = {}
            for key, program in programs.items():
                answer = program.take(at)
                results[key] = answer.result
                require_result(scores[key].contestant, answer, config, job["recordings"][at], HOP_S)
                # The first turn warms up.
                if turn >= 0:
                    scores[key].cpu_ms.append(1e3 * answer.cpu_s / answer.units)
                    scores[key].wall_ms.append(1e3 * answer.wall_s / answer.units)
            for key, told in likenesses.items():
                told.append(likeness(key, results))
        for key, told in likenesses.items():
            require_like_ours(scores[key].contestant, told)
    return Contest(scores, _ratios(scores))


def _ratios(scores: Mapping[str, Score]) -> list[Figure]:
    figures = []
    for one in COMPARISONS:
        if not {one.own, one.other} <= scores.keys():
            continue
        own, other = scores[one.own], scores[one.other]
        # The script that its users write denoises; where one stands apart, the target is its.
        target = None if one.other == "usual" and "usual-denoising" in scores else one.target
        name = f"{own.contestant.title} / {other.contestant.title}"
        figures += [
            Figure(f"{name}: CPU", _median_ratio(own.cpu_ms, other.cpu_ms), "times", target),
            Figure(f"{name}: wall", _median_ratio(own.wall_ms, other.wall_ms), "times"),
        ]
    return figures


def _median_ratio(own: Sequence[float], other: Sequence[float]) -> float:
    return float(np.median(np.divide(own, other)))


def _laid_out(path: Path, samples: Path) -> dict[str, Any]:
    """Write a recording's beginning as an array."""
    try:
        with Recording.open(path) as recording:
            rate = recording.rate
            block = next(iter(recording.blocks(round(LONGEST_S * rate))), np.empty(0))
    except RecordingError as error:
        raise CommandError(str(error)) from None
    if block.size < SHORTEST_S * rate:
        raise CommandError(f"{path}: shorter than {SHORTEST_S:g} s; give recordings that give some windows")
    np.save(samples, np.nan_to_num(block, posinf=0.0, neginf=0.0))
    return {"samples": str(samples), "rate": rate, "size": block.size}
