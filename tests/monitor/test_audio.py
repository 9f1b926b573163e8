"""Capture and playback through a real sound server."""

import json
import signal
import subprocess
import sys
import time

import jsonschema
import numpy as np
import pytest
import soundfile as sf
from scipy.signal import resample_poly

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.json_lines import read_schema
from tests.monitor.sound_server import Feed, until

VALIDATOR = jsonschema.Draft202012Validator(read_schema())
LIMIT_S = 60
MONITOR = ("-m", "monitor.cli", "monitor", "--source", "mic", "--headless", "--model")


def sound(seconds, rate=48_000, seed=1):
    return HeartSoundSynthesizer(SynthesisConfig(condition="as", rate=rate, seed=seed)).read(seconds * rate)


def pcm(samples):
    return (samples * 32_767).astype("<i2").tobytes()


def best_correlation(heard, played, rate, within_s):
    """Greatest correlation of ``played`` with a stretch of ``heard`` that starts within the first seconds."""
    length, lags = played.size, min(int(within_s * rate), heard.size - played.size)
    spectrum = np.fft.rfft(heard, 1 << (heard.size + length).bit_length())
    other = np.fft.rfft(played, 1 << (heard.size + length).bit_length())
    product = np.fft.irfft(spectrum * np.conj(other))[: lags + 1]
    energy = np.concatenate([[0], np.cumsum(heard**2)])
    norm = np.sqrt((energy[length:] - energy[:-length])[: lags + 1] * np.sum(played**2))
    return float(np.max(product / np.maximum(norm, 1e-9)))


def ended(process):
    out, err = process.communicate(timeout=LIMIT_S)
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    return lines, err


@pytest.fixture
def stethoscope(sound_server):
    sound_server.add_stethoscope()
    return sound_server


def test_devices_lists_what_the_server_offers(stethoscope):
    process = stethoscope.run("-m", "monitor.cli", "devices")
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    names = [line[2:].split("  [")[0] for line in out.splitlines()]
    assert {"pulse", "default"} <= set(names)
    assert [line[0] for line in out.splitlines()].count("*") == 1
    assert err.count("\n") == 1


def test_a_heart_in_the_stethoscope_is_judged(stethoscope, model_name):
    with Feed(stethoscope, pcm(sound(16))):
        process = stethoscope.run(*MONITOR, model_name, "--duration", "12")
        lines, err = ended(process)
    assert (process.returncode, err) == (0, "")
    assert [line["window_end_s"] for line in lines[:9]] == list(range(1, 10))
    judged = [line for line in lines if line["kind"] == "verdict" and line["p_abnormal"] is not None]
    assert judged
    assert judged[-1]["window_end_s"] == 12.0
    summary = lines[-1]
    assert (summary["kind"], summary["duration_s"], summary["gap_s"]) == ("summary", 12.0, 0.0)


CAPTURE = """
import sys, time
import numpy as np
from monitor.ring import Ring
from monitor.sources.microphone import MicrophoneSource
source = MicrophoneSource(sys.argv[1], duration_s=float(sys.argv[3]))
ring = Ring(60 * source.rate)
source.start(ring, lambda *report: print(*report, file=sys.stderr))
chunks = []
while (chunk := ring.read(source.rate, 20)) is not None:
    chunks.append(chunk.samples)
source.stop()
print(source.rate, source.health().state, sum(chunk.size for chunk in chunks), source.health().delivered)
np.save(sys.argv[2], np.concatenate(chunks))
"""


def test_what_is_captured_is_what_was_played(stethoscope, tmp_path):
    with Feed(stethoscope, pcm(sound(4))):
        process = stethoscope.run("-c", CAPTURE, "pulse", str(tmp_path / "heard.npy"), "6")
        out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (0, "")
    rate, state, size, delivered = out.split()
    assert (state, int(size), int(delivered)) == ("ended", 6 * int(rate), 6 * int(rate))
    heard = np.load(tmp_path / "heard.npy").astype(float)
    played = resample_poly(sound(4), int(rate), 48_000)
    assert best_correlation(heard, played, int(rate), within_s=2) > 0.99


def test_a_server_that_dies_is_a_lost_device(stethoscope, model_name):
    with Feed(stethoscope, pcm(sound(11))):
        process = stethoscope.run(*MONITOR, model_name)
        while json.loads(process.stdout.readline()).get("window_end_s", 0) < 10:
            pass
        stethoscope.end()
        began = time.monotonic()
        rest, err = ended(process)
    assert time.monotonic() - began < 8
    assert process.returncode == 1
    (lost,) = [line for line in rest if line.get("event") == "device_lost"]
    summary = rest[-1]
    assert summary["kind"] == "summary"
    assert lost["t_s"] == pytest.approx(summary["duration_s"], abs=1e-5)
    assert summary["windows"] >= 1
    assert err.startswith("auscult: ")
    assert err.count("\n") == 1


def test_a_device_that_falls_silent_is_lost_too(stethoscope, model_name):
    """A suspended source just ceases to call."""
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name)
        process.stdout.readline()
        stethoscope.control("suspend-source", "st", "1")
        began = time.monotonic()
        lines, err = ended(process)
    assert time.monotonic() - began < 10
    assert process.returncode == 1
    assert [line["event"] for line in lines if line["kind"] == "event"] == ["device_lost"]
    assert lines[-1]["kind"] == "summary"
    assert err.startswith("auscult: ")
    assert err.count("\n") == 1


def test_ctrl_c_ends_a_capture(stethoscope, model_name):
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        lines, err = ended(process)
    assert (process.returncode, err) == (130, "")
    assert lines[-1]["kind"] == "summary"


@pytest.mark.parametrize(
    ("name", "words"), [("no such thing", "auscult devices lists them"), ("PULSE", None)]
)
def test_a_device_is_found_by_its_name(stethoscope, model_name, name, words):
    with Feed(stethoscope, b""):
        process = stethoscope.run(
            *["-m", "monitor.cli", "monitor", "--source", f"mic:{name}", "--headless"],
            *["--model", model_name, "--duration", "1"],
        )
        lines, err = ended(process)
    assert process.returncode == (1 if words else 0)
    assert (words or "") in err
    assert len(err.splitlines()) == (1 if words else 0)
    assert bool(lines) == (words is None)


def test_a_device_that_cannot_be_opened_is_one_line(stethoscope, model_name):
    """The server lists its devices but has not the source that is asked for."""
    stethoscope.environment["PULSE_SOURCE"] = "none"
    process = stethoscope.run(*MONITOR, model_name, "--duration", "1")
    lines, err = ended(process)
    assert (process.returncode, lines) == (1, [])
    assert "cannot be opened" in err or "does not start" in err
    assert err.count("\n") == 1


LISTEN = """
import sys, time
from pathlib import Path
from monitor.listener import Listener
from monitor.session import Session
from monitor.sources.recording import RecordingSource
from model.classifier import Classifier
session = Session(RecordingSource(Path(sys.argv[1]), 1.0), 0.4, Classifier.load(sys.argv[2]))
session.start()
listener = Listener(session)
print(listener.heard_s)
print(listener.start(), flush=True)
heard, deadline = [], time.monotonic() + 30
while listener.heard_s is not None and listener.heard_s < float(sys.argv[3]) and time.monotonic() < deadline:
    heard.append(listener.heard_s)
    session.wait(0.005)
ordered = all(before <= after for before, after in zip(heard, heard[1:]))
print(ordered, max(heard, default=-1), session.ring.end / session.source.rate)
listener.stop()
listener.stop()
print(listener.heard_s)
session.stop()
"""


def test_a_replay_is_heard_and_the_listener_knows_how_far(sound_server, model_name, tmp_path):
    sound_server.add_loudspeaker()
    played = sound(6, rate=4000)
    sf.write(tmp_path / "heart.wav", played, 4000)
    with (tmp_path / "heard.raw").open("wb") as raw:
        recorder = subprocess.Popen(
            ["parec", "--device=out.monitor", "--rate=4000", "--channels=1", "--format=s16le", "--raw"],
            env=sound_server.environment,
            stdout=raw,
        )
    try:
        until(sound_server.captured, "the recorder listens")
        process = sound_server.run("-c", LISTEN, str(tmp_path / "heart.wav"), model_name, "5.3")
        out, err = process.communicate(timeout=LIMIT_S)
    finally:
        recorder.terminate()
        recorder.wait()
    assert err == ""
    before, started, monotonic, after = out.splitlines()
    assert (before, started, after) == ("None", "True", "None")
    ordered, furthest, delivered = monotonic.split()
    assert ordered == "True"
    assert 5.3 - 0.5 < float(furthest) <= float(delivered)
    heard = np.frombuffer((tmp_path / "heard.raw").read_bytes(), "<i2") / 2**15
    # In pieces, as a machine that is too busy to play leaves a hole between two of them.
    pieces = [played[first : first + 2000] for first in range(2000, 18_000, 2000)]
    alike = [best_correlation(heard, piece, 4000, within_s=60) for piece in pieces]
    assert np.median(alike) > 0.98
    assert np.mean(np.array(alike) > 0.95) >= 0.75, alike


def test_without_an_output_there_is_nothing_to_hear(stethoscope, model_name, tmp_path):
    sf.write(tmp_path / "heart.wav", sound(1, rate=4000), 4000)
    environment = {**stethoscope.environment, "PULSE_SERVER": "unix:/nowhere"}
    done = subprocess.run(
        [sys.executable, "-c", LISTEN, str(tmp_path / "heart.wav"), model_name, "0.5"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.stdout.splitlines()[:2] == ["None", "False"], done.stderr
    assert done.stdout.splitlines()[-1] == "None"
