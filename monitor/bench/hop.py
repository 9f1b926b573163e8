"""What one hop costs, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from dsp.front_end import FrontEnd, WindowImage
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier
from monitor.bench.figure import Figure

HOP_S = 0.4
HOPS = 1000
WARM_UP = 50


def measure_hop(model: str) -> list[Figure]:
    """Time 1,000 hops at the default hop on a 4 kHz synthetic stream, on one thread.

    Raises:
        ModelError: The model cannot be used.
    """
    classifier = Classifier.load(model)
    config = SynthesisConfig(condition="as", rate=4000, snr_db=20)
    source = HeartSoundSynthesizer(config)
    front_end = FrontEnd(config.rate, HOP_S)
    parts = WindowImage(front_end.config)
    front_end.push(source.read(round(9.8 * config.rate)))
    rows = []
    for _ in range(WARM_UP + HOPS):
        block = source.read(round(HOP_S * config.rate))
        (window,), filter_ms = _timed(lambda block=block: front_end.push(block).windows)
        denoised, denoise_ms = _timed(
            lambda window=window: parts.denoise(window.signal) if parts.denoise else window.signal
        )
        image, image_ms = _timed(lambda denoised=denoised: parts.spectrogram(denoised))
        _, classify_ms = _timed(lambda image=image: classifier.probability(image))
        rows.append((filter_ms, denoise_ms, image_ms, classify_ms))
    times = np.array(rows[WARM_UP:])
    stages = ("resample and bandpass", "denoise", "spectrogram", "CNN")
    whole = times.sum(axis=1)
    return [
        *(
            Figure(f"hop: {name}, median", float(np.median(times[:, i])), "ms")
            for i, name in enumerate(stages)
        ),
        Figure("hop: whole, median", float(np.median(whole)), "ms", 3.5),
        Figure("hop: whole, p99", float(np.percentile(whole, 99)), "ms", 10),
    ]


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - began) * 1e3
