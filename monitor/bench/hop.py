"""What one hop costs, stage by stage."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from dsp.beats import sounds_and_rhythm
from dsp.front_end import FrontEnd, Window, WindowImage
from dsp.resample import StreamingResampler
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier
from model.window_reader import WindowReader
from monitor.attributor import Attributor
from monitor.bench.figure import Figure

HOP_S = 0.4
HOPS = 1000
WARM_UP = 50
RESAMPLED_RATE = 48_000
ATTRIBUTIONS = 30
ASKED_S = 5.0


def measure_hop(model: str) -> list[Figure]:
    """Time 1,000 hops at the default hop on a synthetic stream at the analysis rate, on one thread.

    Resampling, which such a stream does not need, and what moved a verdict, which must be asked for, are
    timed apart.

    Raises:
        ModelError: The model cannot be used.
    """
    classifier = Classifier.load(model)
    config = SynthesisConfig(condition="as", rate=2000, snr_db=20)
    source = HeartSoundSynthesizer(config)
    front_end = FrontEnd(config.rate, HOP_S, classifier.config)
    parts, reader = WindowImage(front_end.config), WindowReader()
    front_end.push(source.read(round(9.6 * config.rate)))
    blocks = [source.read(round(HOP_S * config.rate)) for _ in range(WARM_UP + HOPS)]
    rows = []
    for block in blocks:
        (window,), filter_ms = _timed(lambda block=block: front_end.push(block).windows)
        denoised, denoise_ms = _timed(lambda window=window: parts.denoised(window.signal))
        image, image_ms = _timed(lambda denoised=denoised: parts.spectrogram(denoised))
        views = classifier.views(image[None])  # a part of what is timed next but one
        _, gate_ms = _timed(lambda window=window, views=views: classifier.quality(window, views))
        _, classify_ms = _timed(lambda image=image: classifier.probability(image))
        # The network has found the states by then; judging anew, outside the clock, is how to get at them.
        judged = classifier.judge(window, lambda _, image=image: image)
        states = judged.states
        _, rhythm_ms = _timed(lambda states=states: sounds_and_rhythm(states)) if states else (None, 0.0)
        _, read_ms = _timed(lambda window=window, judged=judged: reader.read(window, judged))
        rows.append((filter_ms, denoise_ms, image_ms, classify_ms, gate_ms, rhythm_ms, read_ms))
    times = np.array(rows[WARM_UP:])
    stages = ("bandpass", "denoise", "spectrogram", "CNN", "quality gate", "heart rate")
    whole = times.sum(axis=1)
    beside = times[:, -3:].sum(axis=1)
    return [
        *(
            Figure(f"hop: {name}, median", float(np.median(times[:, i])), "ms")
            for i, name in enumerate(stages)
        ),
        # Few windows are read, so that the median hop has nothing of it.
        Figure("hop: reading, mean", float(times[:, -1].mean()), "ms", 0.5),
        # Without what a hop was first asked for less: quality, heart rate and reading have 3 ms of their own.
        Figure("hop: signal path and CNN, median", float(np.median(whole - beside)), "ms", 3.5),
        Figure("hop: whole, median", float(np.median(whole)), "ms", 6.5),
        Figure("hop: whole, p99", float(np.percentile(whole, 99)), "ms", 10),
        Figure(f"hop: resampling from {RESAMPLED_RATE} Hz, median", _resampling_ms(), "ms"),
        Figure(
            "what moved a verdict, where asked for: median",
            _attribution_ms(classifier, window, front_end),
            "ms",
        ),
        Figure(
            "what moved the verdicts, where asked for: CPU",
            _attribution_percent(classifier, window, front_end),
            "% of a core",
            10,
        ),
    ]


def _attribution_ms(classifier: Classifier, window: Window, front_end: FrontEnd) -> float:
    def work() -> None:
        classifier.attribution(window, front_end.image).finish()

    return float(np.median([_timed(work)[1] for _ in range(ATTRIBUTIONS)]))


def _attribution_percent(classifier: Classifier, window: Window, front_end: FrontEnd) -> float:
    """What a worker spends on them to whom a block of sound comes every 10 ms."""
    wanted = threading.Event()
    wanted.set()
    attributor = Attributor(classifier, front_end.image, wanted, time.monotonic)
    began, used = time.perf_counter(), time.thread_time()
    while (elapsed := time.perf_counter() - began) < ASKED_S:
        attributor.judged(window)
        attributor.step(math.inf)
        time.sleep(0.01)
    return 100 * (time.thread_time() - used) / elapsed


def _resampling_ms() -> float:
    resampler = StreamingResampler(RESAMPLED_RATE)
    block = np.random.default_rng(0).normal(size=round(HOP_S * RESAMPLED_RATE))
    return float(np.median([_timed(lambda: resampler.push(block))[1] for _ in range(WARM_UP + HOPS)]))


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - began) * 1e3
