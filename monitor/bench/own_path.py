"""This project's own part in the comparison with its peers, by the same rules: a program of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pywt
import torch
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal import butter, sosfilt, sosfilt_zi
from torch.overrides import TorchFunctionMode

from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd, Window
from dsp.resample import LOOK_AHEAD_S
from model.classifier import Classifier
from model.window_reader import WindowReader
from monitor.bench.peer_script import Contestant, Prepare, Result, Work, live_hops, serve

ARCHIVE_HOP_S = 5.04
_BLOCK_S = 10


def live(job: Mapping[str, Any], classified: bool) -> Prepare:
    """The live path, hop by hop; the stream is ten seconds old when the clock starts.

    Args:
        job: Whose hop and model it has.
        classified: With the network's answer; else the image alone.
    """
    classifier = Classifier.load(job["model"])

    def prepare(samples: NDArray[np.float64], rate: int) -> Work:
        front_end = FrontEnd(rate, job["hop_s"], classifier.config)
        ends = live_hops(samples, rate, job)
        # A window is complete when the resampler has looked as far past its end as it must.
        ahead = round(front_end.look_ahead_s * rate) + 1
        starts = [ends[0] - round(job["hop_s"] * rate), *ends[:-1]]
        front_end.push(samples[: starts[0] + ahead])
        blocks = [samples[start + ahead : end + ahead] for start, end in zip(starts, ends, strict=True)]

        def work() -> tuple[float, Result]:
            p = []
            for block in blocks:
                for window in front_end.push(block).windows:
                    image = front_end.image(window)
                    if classified:
                        p.append(classifier.probability(image))
                    else:
                        p.append(np.nan)
            return len(p), {"p": np.array(p), "image": image}

        return work

    return prepare


def archive(job: Mapping[str, Any], whole: bool) -> Prepare:
    """A recording as ``screen`` has it, at its usual long hop, in a stream that has begun ten seconds before.

    Args:
        job: Whose model it has.
        whole: With quality, beats, heart rate and reading; else the signal path and the network alone.
    """
    classifier = Classifier.load(job["model"])

    def prepare(samples: NDArray[np.float64], rate: int) -> Work:
        front_end = FrontEnd(rate, ARCHIVE_HOP_S, classifier.config)
        # Else a short recording would have fewer windows for its length than a long one.
        front_end.push(samples[: round(job["window_s"] * rate)])
        reader = WindowReader()

        def judged(window: Window) -> float:
            if not whole:
                return classifier.probability(front_end.image(window))
            p = reader.read(window, classifier.judge(window, front_end.image)).verdict.p_abnormal
            return np.nan if p is None else p

        def work() -> tuple[float, Result]:
            p = []
            for start in range(0, samples.size, _BLOCK_S * rate):
                p += map(judged, front_end.push(samples[start : start + _BLOCK_S * rate]).windows)
            return samples.size / rate, {"p": np.array(p)}

        return work

    return prepare


def floor(job: Mapping[str, Any]) -> Prepare:
    """The live path's bare calls of numpy, scipy, PyWavelets and torch, on arrays that are there already.

    No state, no checks, no objects: less than that no arrangement of the same calls can cost. What torch is
    called with is recorded from one run of the network.
    """
    classifier = Classifier.load(job["model"])
    recorded = _Recorded()
    with recorded:
        classifier.probability(
            np.random.default_rng(0).standard_normal(classifier.config.image_shape).astype(np.float32)
        )

    def prepare(samples: NDArray[np.float64], rate: int) -> Work:
        path = _bare_path(classifier.config, samples, rate, job["hop_s"])
        hops = len(live_hops(samples, rate, job))

        def work() -> tuple[float, Result]:
            for _ in range(hops):
                image = path()
                with torch.inference_mode():
                    for function, arguments, named in recorded.calls:
                        function(*arguments, **named)
            return hops, {"image": image}

        return work

    return prepare


class _Recorded(TorchFunctionMode):
    """Keeps every call of torch with what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        # A look at a tensor's shape is no work.
        if getattr(func, "__name__", "") != "__get__":
            self.calls.append((func, args, kwargs or {}))
        return func(*args, **(kwargs or {}))


def _bare_path(
    config: FrontEndConfig, samples: NDArray[np.float64], rate: int, hop_s: float
) -> Callable[[], NDArray[np.float32]]:
    """One hop from samples to image."""
    made = round(hop_s * config.rate)
    block = samples[: made + 1].copy()
    taps = 2 * int(LOOK_AHEAD_S * rate) + 1
    view = np.lib.stride_tricks.sliding_window_view(samples, taps)
    times, rest = divmod(rate, config.rate)
    reach = round(config.step * rate / config.rate)
    offsets = np.sort(np.random.default_rng(0).integers(0, reach, config.step))
    kernel, resampled = np.full((config.step, taps), 1 / taps), np.empty(config.step)
    edges = [config.low_hz, config.high_hz]
    sos = butter(config.bandpass_order or 4, edges, btype="bandpass", output="sos", fs=config.rate)
    state = sosfilt_zi(sos)
    window = np.resize(samples, config.window).astype(np.float32)
    scaled, magnitude = np.empty_like(window), np.empty_like(window)
    wavelet = pywt.Wavelet(config.wavelet) if config.wavelet else None
    frames = np.lib.stride_tricks.sliding_window_view(scaled, config.frame)[:: config.frame_step]
    taper = np.hanning(config.frame).astype(np.float32)
    padded = np.zeros((config.frames, config.fft), np.float32)
    bins = config.fft // 2 + 1
    low, high = (round(hz * config.fft / config.rate) for hz in edges)
    squares = np.empty((config.frames, 2 * (high - low)), np.float32)
    weights = np.full((squares.shape[1], config.bands), 1 / bins, np.float32)
    power = np.empty((config.frames, config.bands), np.float32)
    level = np.empty((config.frames, config.bands))
    image = np.empty(config.image_shape, np.float32)

    def shrink(detail: NDArray[np.float32]) -> NDArray[np.float32]:
        size = np.abs(detail)
        ascending = np.sort(size)
        squared = np.square(ascending)
        np.argmin(np.cumsum(squared))
        np.maximum(size, 0, out=size)
        return np.copysign(size, detail, out=size)

    def path() -> NDArray[np.float32]:
        if rate != config.rate:
            for _ in range(made // config.step):
                if rest:
                    np.einsum("nk,nk->n", view[offsets], kernel, out=resampled)
                else:
                    np.einsum("nk,k->n", view[:reach:times], kernel[0], out=resampled)
        sosfilt(sos, block[:made], zi=state)
        np.abs(window, out=magnitude)
        np.divide(window, magnitude.max(), out=scaled)
        if wavelet:
            approximation, *details = pywt.wavedec(scaled, wavelet, "symmetric", config.wavelet_level)
            np.copyto(scaled, pywt.waverec([approximation, *map(shrink, details)], wavelet, "symmetric"))
        np.multiply(frames, taper, out=padded[:, : config.frame])
        spectrum = rfft(padded).view(np.float32)
        np.square(spectrum[:, 2 * low : 2 * high], out=squares)
        np.matmul(squares, weights, out=power)
        np.divide(power, power.max(), out=level)
        np.maximum(level, 1e-8, out=level)
        np.log10(level, out=level)
        np.subtract(level, level.mean(), out=level)
        np.divide(level, level.std(), out=level)
        np.copyto(image, level.T, casting="same_kind")
        return image

    return path


CONTESTANTS: Mapping[str, Contestant] = {
    "live": (partial(live, classified=True), ("auscult",)),
    "signal": (partial(live, classified=False), ("auscult",)),
    "floor": (floor, ("numpy", "scipy", "PyWavelets", "torch")),
    "archive": (partial(archive, whole=False), ("auscult",)),
    "archive-whole": (partial(archive, whole=True), ("auscult",)),
}


if __name__ == "__main__":
    serve(CONTESTANTS)
