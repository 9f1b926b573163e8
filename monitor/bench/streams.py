"""Many streams at once in one program: is each judged in time, and what does each cost?"""

from __future__ import annotations

import heapq
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier

import numpy as np
from numpy.typing import NDArray

from dsp.front_end import FrontEnd
from model.classifier import Classifier
from model.loading import check_model
from monitor.bench.figure import Figure
from monitor.failure import CommandError
from monitor.ring import Ring
from monitor.snapshot import Judgement, Snapshot
from monitor.sources.paced import Clock
from monitor.worker import Listeners, Worker
from recordings import Recording, demo_recordings

STREAMS, HOP_S, CORES = 200, 1.04, 2
SECONDS, SECONDS_ALONE = 30.0, 20.0

_BLOCK_S = 0.1  # of which a second is made of whole ones, as a worker takes no more than that at once
_RING_S = 60
_START_S = 600.0  # a process that has not loaded its model by then will not
_SOON_S = 0.2


@dataclass(frozen=True)
class Played:
    """What a process saw of its streams.

    Attributes:
        worst_lag_s: Longest time from a window's last sample, when it was due, to its verdict.
        judged: Windows judged.
        due: Windows that should have been.
        cpu_s: Processor time of the process meanwhile.
    """

    worst_lag_s: float
    judged: int
    due: int
    cpu_s: float


class StreamGroup:
    """Live streams that one thread steps in turn, each with a session's worker, one network for all.

    A block is put into its stream's ring when it is due, the earliest first, and what waits there is analysed
    once it completes a window: nothing can be said sooner, and a step costs much the same for a second as for
    a tenth. A block counts as arrived when it was due, so that whoever comes late is seen to be late.

    Args:
        classifier: Of all.
        sounds: For each stream what it hears, again and again, and its rate.
        phases_s: For each stream when its first block is due, in seconds.
        hop_s: Between its windows.
        clock: That passes while they are waited for.
        listener: Told of every judgement and its stream.
    """

    def __init__(
        self,
        classifier: Classifier,
        sounds: Sequence[tuple[NDArray[np.float32], int]],
        phases_s: Sequence[float],
        hop_s: float,
        clock: Clock,
        listener: Callable[[int, Judgement], None] = lambda *_: None,
    ) -> None:
        self._sounds, self._phases_s, self._clock = sounds, phases_s, clock
        self._window_s, self._hop_s = classifier.config.window_s, hop_s
        self._rings = [Ring(_RING_S * rate) for _, rate in sounds]
        self._counting = False
        self._worst_lag_s, self._judged = 0.0, 0
        self._over = threading.Event()

        def listeners(stream: int) -> Listeners:
            def judged(judgement: Judgement) -> None:
                if self._counting:
                    self._judged += 1
                    self._worst_lag_s = max(self._worst_lag_s, judgement.latency_ms / 1e3)
                listener(stream, judgement)

            return Listeners(judged)

        self._front_ends = [FrontEnd(rate, hop_s, classifier.config) for _, rate in sounds]
        self._workers = [
            Worker(
                ring,
                front_end,
                classifier,
                Snapshot(f"stream {stream}", rate),
                lossless=False,
                listeners=listeners(stream),
                clock=clock.now,
            )
            for stream, (ring, front_end, (_, rate)) in enumerate(
                zip(self._rings, self._front_ends, sounds, strict=True)
            )
        ]

    def play(self, seconds: float) -> Played:
        """Let every stream go on for so long, once each is as old as a window."""
        while self._rings[0].end < self._window_s * self._sounds[0][1]:
            for stream in range(len(self._rings)):
                self._hear(stream, self._clock.now())
                self._work(stream)
        before = sum(worker.snapshot.made_windows for worker in self._workers)
        self._counting = True
        origin, used = self._clock.now() + _SOON_S, time.process_time()
        for when, stream in heapq.merge(*(self._due(stream, seconds) for stream in range(len(self._rings)))):
            if (early := origin + when - self._clock.now()) > 0:
                self._clock.wait(early, self._over)
            self._hear(stream, origin + when)
            if self._rings[stream].waiting >= self._front_ends[stream].samples_to_next_window:
                self._work(stream)
        self._counting = False
        made = sum(worker.snapshot.made_windows for worker in self._workers) - before
        return Played(self._worst_lag_s, self._judged, made, time.process_time() - used)

    def _due(self, stream: int, seconds: float) -> Iterator[tuple[float, int]]:
        """When each of a stream's blocks is due, from the beginning."""
        for block in range(round(seconds / _BLOCK_S)):
            yield self._phases_s[stream] + block * _BLOCK_S, stream

    def _hear(self, stream: int, arrived: float) -> None:
        (sound, rate), ring = self._sounds[stream], self._rings[stream]
        block = round(_BLOCK_S * rate)
        at = ring.end % (sound.size - sound.size % block)
        ring.write(ring.end, sound[at : at + block], arrived)

    def _work(self, stream: int) -> None:
        while self._rings[stream].waiting:
            self._workers[stream].step()


def measure_streams(
    model: str, count: int = STREAMS, hop_s: float = HOP_S, cores: int = CORES, seconds: float = SECONDS
) -> list[Figure]:
    """Play so many streams at once at real-time pace, a process a core, and one alone before and after.

    Each process has one network, one thread of torch and its share of the streams; none waits for another.
    The sound is the packaged recordings', and each stream begins at a time of its own within a hop, drawn by
    chance.

    Args:
        model: As ``--model``.
        count: Streams, at least 1.
        hop_s: Between a stream's windows.
        cores: Processes.
        seconds: How long they play.

    Raises:
        ModelError: The model cannot be used.
        CommandError: A process failed.
    """
    check_model(model)
    cores = min(cores, count)
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(cores)
    pool = ProcessPoolExecutor(cores, context, initializer=_load, initargs=(model, together))
    try:
        with pool:
            # One after the other, so that every process has a part in it before the one stream is timed.
            for ready in [pool.submit(_wait) for _ in range(cores)]:
                ready.result()
            alone = [pool.submit(_play, [0], hop_s, seconds).result()]
            shares = [list(range(core, count, cores)) for core in range(cores)]
            parts = [pool.submit(_play_together, share, hop_s, seconds) for share in shares]
            played = [part.result() for part in parts]
            alone.append(pool.submit(_play, [0], hop_s, seconds).result())
    except (BrokenProcessPool, threading.BrokenBarrierError) as error:
        raise CommandError(f"the streams' processes failed ({error or 'one did not start'})") from None
    return _figures(count, hop_s, seconds, played, alone)


def _figures(
    count: int, hop_s: float, seconds: float, played: Sequence[Played], alone: Sequence[Played]
) -> list[Figure]:
    each = 100 * sum(part.cpu_s for part in played) / seconds / count
    single = 100 * float(np.mean([part.cpu_s for part in alone])) / seconds
    name = f"{count} streams, hop {hop_s:g} s, {len(played)} processes"
    return [
        Figure(f"{name}: worst lag", max(part.worst_lag_s for part in played) / hop_s, "hops", 1),
        Figure(f"{name}: windows judged", sum(part.judged for part in played), "windows"),
        Figure(f"{name}: windows not judged", sum(part.due - part.judged for part in played), "windows", 0),
        Figure(f"{name}: CPU in all", each * count, "% of a core"),
        Figure(f"{name}: CPU of each", each, "% of a core"),
        Figure(f"1 stream, hop {hop_s:g} s: CPU", single, "% of a core"),
        Figure(f"{name}: CPU of each over that of 1", each / single, "times", 1),
    ]


_loaded: dict[str, Classifier] = {}
_barriers: list[Barrier] = []


def _load(model: str, together: Barrier) -> None:
    _loaded["classifier"] = Classifier.load(model)
    _barriers.append(together)


def _wait() -> None:
    _barriers[0].wait(_START_S)


def _play_together(streams: Sequence[int], hop_s: float, seconds: float) -> Played:
    _wait()
    return _play(streams, hop_s, seconds)


def _play(streams: Sequence[int], hop_s: float, seconds: float) -> Played:
    """The streams of these numbers; a stream hears and begins the same in whatever company."""
    sounds = packaged_sounds()
    phases_s = [float(np.random.default_rng(stream).uniform(0, hop_s)) for stream in streams]
    group = StreamGroup(
        _loaded["classifier"], [sounds[stream % len(sounds)] for stream in streams], phases_s, hop_s, Clock()
    )
    return group.play(seconds)


def packaged_sounds() -> list[tuple[NDArray[np.float32], int]]:
    """The packaged recordings' sound and rate."""
    sounds = []
    for one in demo_recordings():
        with Recording.open(one.path) as recording:
            blocks = [block.astype(np.float32) for block in recording.blocks(recording.rate)]
            sounds.append((np.concatenate(blocks), recording.rate))
    return sounds
