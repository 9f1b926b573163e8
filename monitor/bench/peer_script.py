"""The same work as others do it: a program of its own, run by an interpreter that has what one of them needs.

``python peer_script.py NAME`` reads a job, one line of JSON, and says in one line which versions it works
with. Then each line that comes is the index of a recording, and is answered by one line: what the work on it
cost, and where its result lies. Beside the standard library and numpy each contestant imports what its users
would import; the usual script's network alone is this project's.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Result = Mapping[str, NDArray[Any]]

Work = Callable[[], tuple[float, Result]]
"""Does the work that is timed; gives how many hops, or seconds of sound, it was, and the result."""

Prepare = Callable[[NDArray[np.float64], int], Work]
"""From a recording's samples and rate to the work on it; not timed."""

Contestant = tuple[Callable[[Mapping[str, Any]], Prepare], tuple[str, ...]]
"""Makes itself ready for a job; and the packages whose versions matter."""

_SOUND_BAND_HZ = (20, 850)


def serve(contestants: Mapping[str, Contestant]) -> None:
    """Do jobs as the module says, until standard input ends."""
    # What libraries print must not come between the answers.
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    (name,) = sys.argv[1:]
    make, packages = contestants[name]
    job = json.loads(sys.stdin.readline())
    prepare = make(job)
    print(json.dumps({package: version(package) for package in packages}), file=told, flush=True)
    for line in sys.stdin:
        recording = job["recordings"][int(line)]
        work = prepare(np.load(recording["samples"]), recording["rate"])
        gc.collect()
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        units, result = work()
        cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
        path = str(Path(job["folder"]) / f"{name}.npz")
        np.savez(path, **result)
        answer = {"units": units, "cpu_s": cpu_s, "wall_s": wall_s, "result": path}
        print(json.dumps(answer), file=told, flush=True)


def live_hops(samples: NDArray[np.float64], rate: int, job: Mapping[str, Any]) -> list[int]:
    """Where a live stream's windows end: the indices after their last samples.

    Whoever looks ahead must have something to look at, so the recording goes on for 10 ms after the last.
    """
    first, hop = round(job["window_s"] * rate), round(job["hop_s"] * rate)
    return list(range(first, samples.size - rate // 100, hop))


def usual(job: Mapping[str, Any], denoise: bool = False) -> Prepare:
    """What is written first: everything anew for the last ten seconds, at each hop.

    Args:
        job: Whose front end and network it has, the network as it was trained.
        denoise: By soft thresholds that minimise Stein's unbiased risk estimate, also where the model leaves
            that out.
    """
    import pywt
    import torch
    from safetensors.torch import load
    from scipy.signal import butter, resample_poly, sosfiltfilt, spectrogram

    from model.classifier import calibrated
    from model.cnn import build_network
    from model.loading import check_model

    torch.set_num_threads(1)
    checked = check_model(job["model"])
    network = build_network(checked.card.network, checked.card.arguments)
    network.load_state_dict(load(checked.data))
    network.eval()
    config, bands = job["front_end"], np.load(job["bands"])
    denoise = denoise or config["wavelet"] is not None
    sos = butter(
        config["bandpass_order"] or 4,
        [config["low_hz"], config["high_hz"]],
        btype="bandpass",
        output="sos",
        fs=config["rate"],
    )

    def shrunk(detail: NDArray[np.float64]) -> NDArray[np.float64]:
        sigma = np.median(np.abs(detail)) / 0.6745
        if sigma == 0:
            return detail
        squares = np.sort((detail / sigma) ** 2)
        count = squares.size
        rank = np.arange(1, count + 1)
        risk = count - 2 * rank + np.cumsum(squares) + (count - rank) * squares
        return pywt.threshold(detail, sigma * np.sqrt(squares[np.argmin(risk)]), "soft")

    def image(window: NDArray[np.float64], rate: int) -> NDArray[np.float32]:
        if rate != config["rate"]:
            window = resample_poly(window, config["rate"], rate)
        window = sosfiltfilt(sos, window)
        if denoise:
            approximation, *details = pywt.wavedec(window, "db4", level=5)
            window = pywt.waverec([approximation, *map(shrunk, details)], "db4")
        overlap = config["frame"] - config["frame_step"]
        _, _, power = spectrogram(
            window, config["rate"], "hann", config["frame"], overlap, config["fft"], detrend=False
        )
        level = bands @ power
        level = 10 * np.log10(np.maximum(level / level.max(), 10 ** (config["floor_db"] / 10)))
        return ((level - level.mean()) / level.std()).astype(np.float32)

    def prepare(samples: NDArray[np.float64], rate: int) -> Work:
        ends, length = live_hops(samples, rate, job), round(job["window_s"] * rate)

        def work() -> tuple[float, Result]:
            p = []
            for end in ends:
                made = image(samples[end - length : end], rate)
                with torch.no_grad():
                    normal, abnormal = network(torch.from_numpy(made)[None, None])[0].tolist()
                p.append(calibrated(abnormal - normal, checked.card.calibration))
            return len(ends), {"p": np.array(p), "image": made}

        return work

    return prepare


def librosa_images(job: Mapping[str, Any]) -> Prepare:
    """Resampling, mel spectrogram and decibels by librosa, for the last ten seconds at each hop."""
    import librosa

    config = job["front_end"]

    def prepare(samples: NDArray[np.float64], rate: int) -> Work:
        ends, length = live_hops(samples, rate, job), round(job["window_s"] * rate)

        def work() -> tuple[float, Result]:
            for end in ends:
                window = librosa.resample(
                    samples[end - length : end].astype(np.float32), orig_sr=rate, target_sr=config["rate"]
                )
                # Its frames are as long as the transform, ours shorter, in the middle of it.
                power = librosa.feature.melspectrogram(
                    y=np.pad(window, (config["fft"] - config["frame"]) // 2),
                    sr=config["rate"],
                    n_fft=config["fft"],
                    win_length=config["frame"],
                    hop_length=config["frame_step"],
                    center=False,
                    n_mels=config["bands"],
                    fmin=config["low_hz"],
                    fmax=config["high_hz"],
                )
                level = librosa.power_to_db(power, ref=np.max, top_db=-config["floor_db"])
                made = (level - level.mean()) / level.std()
            return len(ends), {"image": made}

        return work

    return prepare


def pypcg_features(job: Mapping[str, Any], slow: bool) -> Prepare:
    """pyPCG-toolbox: resampled, filtered, denoised, its peaks sorted into S1 and S2, its features of both.

    Args:
        job: Whose rate and band it has.
        slow: With the Lyapunov exponent and the distance of peaks in the continuous wavelet transform.
    """
    # Its segmentation by a hidden Markov model wants a package that no registry has; nothing here uses that.
    for name, wanted in (("hsmmlearn", ""), ("emissions", "AbstractEmissions"), ("hsmm", "HSMMModel")):
        module = ModuleType(name)
        setattr(module, wanted, object)
        sys.modules[f"hsmmlearn.{name}" if wanted else name] = module
    import warnings

    import pyPCG
    from pyPCG import features, preprocessing, segment

    warnings.simplefilter("ignore")
    low_hz, high_hz = _SOUND_BAND_HZ
    path = preprocessing.process_pipeline(
        pyPCG.zero_center,
        pyPCG.unit_scale,
        {"step": preprocessing.resample, "params": {"target_fs": job["front_end"]["rate"]}},
        *(
            {"step": preprocessing.filter, "params": {"filt_ord": 4, "filt_cutfreq": hz, "filt_type": kind}}
            for hz, kind in ((high_hz, "LP"), (low_hz, "HP"))
        ),
        preprocessing.wt_denoise_sth,
    )
    of_envelope = ("ramp_time", "peak_spread", "peak_centroid", "peak_width")
    of_sound = ("time_delta", "zero_cross_rate", "max_freq", "spectral_spread", "spectral_centroid")
    of_sound += ("spectral_width", "dwt_intensity", "dwt_entropy", "katz_fd")
    # max_cwt fails by an index out of bounds on most recordings.
    of_sound += ("cwt_peakdist", "lyapunov") if slow else ()
    group = features.feature_group(
        *({"calc_fun": getattr(features, name), "name": name, "input": "env"} for name in of_envelope),
        *({"calc_fun": getattr(features, name), "name": name, "input": "raw"} for name in of_sound),
    )

    def prepare(samples: NDArray[np.float64], rate: int) -> Work:
        def work() -> tuple[float, Result]:
            sound = path.run(pyPCG.pcg_signal(samples, rate))
            envelope = preprocessing.homomorphic(sound)
            _, peaks = segment.adv_peak(envelope)
            found = {}
            for name, located in zip(("S1", "S2"), segment.peak_sort_diff(peaks), strict=True):
                spans = segment.segment_peaks(located, envelope)
                for feature, values in group.run(sound, envelope, *spans).items():
                    found[f"{name} {feature}"] = values
            return samples.size / rate, {"sound": sound.data, **found}

        return work

    return prepare


def biosppy_pcg(job: Mapping[str, Any]) -> Prepare:
    """BioSPPy's pipeline for phonocardiograms as it is."""
    from biosppy.signals.pcg import pcg

    def prepare(samples: NDArray[np.float64], rate: int) -> Work:
        def work() -> tuple[float, Result]:
            told = pcg(signal=samples, sampling_rate=rate, show=False)
            kept = ("filtered", "peaks", "heart_sounds", "heart_rate")
            return samples.size / rate, {name: np.asarray(told[name]) for name in kept}

        return work

    return prepare


CONTESTANTS: Mapping[str, Contestant] = {
    "usual": (usual, ("scipy", "PyWavelets", "torch")),
    "usual-denoising": (partial(usual, denoise=True), ("scipy", "PyWavelets", "torch")),
    "librosa": (librosa_images, ("librosa",)),
    "pypcg": (partial(pypcg_features, slow=True), ("pyPCG_toolbox",)),
    "pypcg-quick": (partial(pypcg_features, slow=False), ("pyPCG_toolbox",)),
    "biosppy": (biosppy_pcg, ("biosppy",)),
}


if __name__ == "__main__":
    serve(CONTESTANTS)
