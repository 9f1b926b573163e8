"""Capture and playback through a real sound server."""

import json
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from scipy.signal import resample_poly

from dsp.listening_filter import ListeningFilter
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.audio import RATES, InputDevice, find_input
from monitor.json_lines import event_line
from monitor.recall import as_heard
from monitor.session_store import SessionStore
from monitor.sources.protocol import SourceError
from tests.monitor.monitor_process import LIMIT_S, MONITOR, ended, events, is_event, read_until
from tests.monitor.sound_server import Feed, until


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


@pytest.fixture
def stethoscope(sound_server):
    sound_server.add_stethoscope()
    return sound_server


def test_devices_lists_what_the_server_offers(stethoscope):
    process = stethoscope.run("-m", "monitor.cli", "devices")
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    told = dict(line[2:].split("  [") for line in out.splitlines())
    assert {"pulse", "default"} <= told.keys()
    # The server converts, so it offers all; the default comes first and once.
    offered = [int(rate) for rate in re.findall(r"\d+", told["pulse"].partition(" ch, ")[2])]
    assert offered == [44_100, *sorted(set(RATES) - {44_100})]
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


@pytest.mark.parametrize("rate", [48_000, 4_000])
def test_what_is_captured_is_what_was_played(sound_server, tmp_path, rate):
    """Opened at its default rate, to which the server converts."""
    sound_server.add_stethoscope(rate)
    with Feed(sound_server, pcm(sound(4, rate)), rate):
        process = sound_server.run("-c", CAPTURE, "pulse", str(tmp_path / "heard.npy"), "6")
        out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (0, "")
    opened, state, size, delivered = out.split()
    assert (state, int(size), int(delivered)) == ("ended", 6 * int(opened), 6 * int(opened))
    heard = np.load(tmp_path / "heard.npy").astype(float)
    played = resample_poly(sound(4, rate), int(opened), rate)
    assert best_correlation(heard, played, int(opened), within_s=2) > 0.999


def test_a_server_that_dies_for_good_is_a_lost_device(stethoscope, model_name):
    with Feed(stethoscope, pcm(sound(11))):
        process = stethoscope.run(*MONITOR, model_name, "--reconnect", "2")
        while json.loads(process.stdout.readline()).get("window_end_s", 0) < 10:
            pass
        stethoscope.end()
        began = time.monotonic()
        rest, err = ended(process)
    assert 2 < time.monotonic() - began < 10
    assert process.returncode == 1
    (lost,) = [line for line in rest if line.get("event") == "device_lost"]
    summary = rest[-1]
    assert summary["kind"] == "summary"
    assert lost["t_s"] == pytest.approx(summary["duration_s"], abs=1e-5)
    assert summary["windows"] >= 1
    assert err.startswith("auscult: ")
    assert err.count("\n") == 1


def test_a_source_that_falls_silent_and_wakes_is_listened_to_again(stethoscope, model_name):
    """A suspended source just ceases to call."""
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name)
        read_until(process, lambda line: line.get("window_end_s", 0) >= 1)
        stethoscope.control("suspend-source", "st", "1")
        began = time.monotonic()
        (*_, lost) = read_until(process, is_event("device_lost"))
        assert time.monotonic() - began < 4
        stethoscope.control("suspend-source", "st", "0")
        lines = read_until(process, lambda line: line.get("window_start_s", 0) > lost["t_s"])
        process.send_signal(signal.SIGINT)
        rest, err = ended(process)
    assert (process.returncode, err) == (130, "")
    assert events(lines) == ["gap", "device_back"]
    assert rest[-1]["gap_s"] > 1


def test_a_source_that_sleeps_from_the_start_is_waited_for(stethoscope, model_name):
    stethoscope.control("suspend-source", "st", "1")
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name)
        (*_, lost) = read_until(process, is_event("device_lost"))
        assert lost["t_s"] == 0
        stethoscope.control("suspend-source", "st", "0")
        (*_, back) = read_until(process, is_event("device_back"))
        assert 0 < back["t_s"] < 30
        process.send_signal(signal.SIGINT)
        _, err = ended(process)
    assert (process.returncode, err) == (130, "")


def test_a_device_that_is_away_for_all_the_time_left_is_not_waited_for(stethoscope, model_name):
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name, "--duration", "6")
        read_until(process, lambda line: line.get("window_end_s", 0) >= 2)
        stethoscope.control("suspend-source", "st", "1")
        lines, err = ended(process)
    assert process.returncode == 1
    assert events(lines) == ["device_lost"]
    assert 2 <= lines[-1]["duration_s"] < 6
    assert "plug it in again" in err


def test_a_stopped_server_does_not_hold_up_the_end(stethoscope, model_name):
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name)
        read_until(process, lambda line: line.get("window_end_s", 0) >= 1)
        stethoscope.process.send_signal(signal.SIGSTOP)
        read_until(process, is_event("device_lost"))
        time.sleep(1)  # until it tries to open the device again, of which it is told nothing
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        rest, err = ended(process)
        assert time.monotonic() - began < 5
        stethoscope.process.send_signal(signal.SIGCONT)
    assert (process.returncode, err) == (130, "")
    assert rest[-1]["kind"] == "summary"


INDICES = """
import sys
import numpy as np
from monitor.capture_process import Capture
rate = int(sys.argv[3])
capture = Capture("pulse", rate=rate)
capture.find()
capture.start()
kept, size = [], 0
while size < rate * int(sys.argv[2]):
    frame = capture.read()
    assert frame.index == size and frame.overflows == 0
    kept.append(frame.samples)
    size += frame.samples.size
capture.close()
capture.close()
np.save(sys.argv[1], np.concatenate(kept))
"""


@pytest.mark.parametrize("rate", [48_000, 4_000])
def test_every_sample_is_captured_once_and_in_order(sound_server, tmp_path, rate):
    """Opened at the rate that the device has, so that nothing is converted."""
    sound_server.add_stethoscope(rate)
    # Never zero, unlike the silence around it, and repeating only after 30,000 samples.
    played = (np.arange(5 * rate) % 30_000 + 1).astype("<i2")
    with Feed(sound_server, played.tobytes(), rate):
        process = sound_server.run("-c", INDICES, str(tmp_path / "heard.npy"), "7", str(rate))
        _, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (0, "")
    heard = np.round(np.load(tmp_path / "heard.npy") * 2**15).astype(int)
    (first, *_) = np.flatnonzero(heard == played[0])
    np.testing.assert_array_equal(heard[first : first + played.size], played)


FROZEN = """
import ctypes, sys, threading
import numpy as np
from monitor.ring import Ring
from monitor.sources.microphone import MicrophoneSource
source = MicrophoneSource("pulse")
ring = Ring(60 * source.rate)
events = []
source.start(ring, lambda *report: events.append(report))
kept = [ring.read(source.rate, 20).samples]
# Holds the interpreter, as a frozen screen does at its worst: no thread of this process runs.
ctypes.PyDLL(None).usleep(6_000_000)
while sum(chunk.size for chunk in kept) < source.rate * int(sys.argv[2]):
    chunk = ring.read(source.rate, 20)
    assert chunk.lost == 0
    kept.append(chunk.samples)
print(events, source.rate)
source.stop()
np.save(sys.argv[1], np.concatenate(kept))
"""


def test_a_frozen_program_loses_nothing(stethoscope, tmp_path):
    played = sound(10)
    with Feed(stethoscope, pcm(played)):
        process = stethoscope.run("-c", FROZEN, str(tmp_path / "heard.npy"), "13")
        out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("[] ")
    rate = int(out.split()[-1])
    heard = np.load(tmp_path / "heard.npy").astype(float)
    assert best_correlation(heard, resample_poly(played, rate, 48_000), rate, within_s=3) > 0.99


def test_what_is_judged_is_recorded_across_a_loss(stethoscope, model_name, tmp_path):
    """At the device's rate, the time it was away as silence."""
    folder = tmp_path / "Untersuchungen – Zürich"
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name, "--record", "--data", str(folder))
        lines = read_until(process, lambda line: line.get("window_end_s", 0) >= 4)
        stethoscope.control("suspend-source", "st", "1")
        lines += read_until(process, is_event("device_lost"))
        stethoscope.control("suspend-source", "st", "0")
        lines += read_until(process, is_event("device_back"))
        back = lines[-1]
        lines += read_until(process, lambda line: line.get("window_end_s", 0) > back["t_s"] + 1)
        process.send_signal(signal.SIGINT)
        rest, err = ended(process)
        lines += rest
    assert process.returncode == 130
    with SessionStore(folder) as store:
        (kept,) = store.sessions()
        told = [event_line(event) for event in store.events(kept.id)]
    assert err == f"kept: auscult sessions show {kept.id}\n"
    assert told == [line for line in lines if line["kind"] == "event"]
    assert kept.summary == lines[-1]
    recorded, rate = sf.read(kept.sound[0])
    assert rate == 44_100
    assert recorded.size / rate == pytest.approx(lines[-1]["duration_s"], abs=1e-3)
    assert best_correlation(recorded, resample_poly(sound(3), rate, 48_000), rate, within_s=3) > 0.99


def test_a_folder_that_cannot_be_recorded_to_is_told_before_anything_is_heard(
    stethoscope, model_name, tmp_path
):
    (tmp_path / "file").write_text("")
    with Feed(stethoscope, b""):
        process = stethoscope.run(*MONITOR, model_name, "--record", "--data", str(tmp_path / "file"))
        lines, err = ended(process)
    assert (process.returncode, lines) == (1, [])
    assert "choose another folder" in err
    assert err.count("\n") == 1


def test_what_cannot_be_kept_is_listened_to_all_the_same(stethoscope, model_name, tmp_path):
    (tmp_path / "file").write_text("")
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name, "--data", str(tmp_path / "file"), "--duration", "2")
        lines, err = ended(process)
    assert process.returncode == 0
    assert lines[-1]["kind"] == "summary"
    assert err.startswith("auscult: this session is not kept:")
    assert err.count("\n") == 1


@pytest.mark.parametrize(("channel", "share"), [("2", 1.0), ("louder", 1.0), ("mono", 0.5)])
def test_of_a_stereo_adapter_the_channel_with_the_stethoscope_is_heard(
    sound_server, model_name, tmp_path, channel, share
):
    sound_server.add_stethoscope(channels=2)
    played = sound(12)
    with Feed(sound_server, pcm(np.column_stack([0.01 * sound(12, seed=2), played]))):
        process = sound_server.run(
            *[*MONITOR, model_name, "--channel", channel, "--rate", "48000", "--duration", "9"],
            *["--record", "--data", str(tmp_path)],
        )
        ended(process)
    assert process.returncode == 0
    (path,) = tmp_path.glob("sessions/*/*.wav")
    heard, rate = sf.read(path)
    # What waits in the pipe comes faster than its pace while the louder channel is looked for.
    part = played[5 * rate : 8 * rate]
    assert best_correlation(heard, part, rate, within_s=8) > 0.98
    assert np.abs(heard).max() == pytest.approx(share * np.abs(played).max(), rel=0.1)


LIST = """
import sys
from monitor.capture_process import list_inputs
for line in sys.stdin:
    print(sorted(device.name for device in list_inputs()), flush=True)
"""


def test_the_list_of_devices_is_that_of_now(stethoscope):
    process = subprocess.Popen(
        [sys.executable, "-c", LIST],
        env=stethoscope.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def listed():
        process.stdin.write("\n")
        process.stdin.flush()
        return process.stdout.readline()

    assert "'pulse'" in listed()
    stethoscope.end()
    assert listed() == "[]\n"
    stethoscope.begin()
    stethoscope.add_stethoscope()
    assert "'pulse'" in listed()
    process.communicate()


def test_a_capture_ends_with_whoever_started_it(stethoscope):
    parent = stethoscope.run(
        "-c",
        "import os, signal; from monitor.capture_process import Capture; c = Capture('pulse'); c.find(); "
        "print(c._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)",
    )
    child = int(parent.stdout.readline())
    parent.communicate(timeout=LIMIT_S)

    def gone():
        try:
            return (Path("/proc") / str(child) / "stat").read_text().split()[2] == "Z"
        except FileNotFoundError:
            return True

    until(gone, "the capture ends")


def test_ctrl_c_ends_a_capture(stethoscope, model_name):
    with Feed(stethoscope, pcm(sound(3))):
        process = stethoscope.run(*MONITOR, model_name)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        lines, err = ended(process)
    assert (process.returncode, err) == (130, "")
    assert lines[-1]["kind"] == "summary"


def test_the_device_that_was_chosen_last_is_listened_to_again(stethoscope, model_name, tmp_path):
    """By name and interface; where it is not there another one is, with a warning."""
    stethoscope.environment["XDG_CONFIG_HOME"] = str(tmp_path)
    with Feed(stethoscope, b""):
        for source in ("mic:pulse", "mic"):
            process = stethoscope.run(
                *["-m", "monitor.cli", "monitor", "--source", source, "--headless", "--no-store"],
                *["--model", model_name, "--duration", "1"],
            )
            _, err = ended(process)
            assert (process.returncode, err) == (0, "")
            chosen = json.loads((tmp_path / "auscult" / "settings.json").read_text())["input"]
            assert chosen == "pulse [ALSA]"
        (tmp_path / "auscult" / "settings.json").write_text('{"input": "Unplugged [ALSA]"}')
        process = stethoscope.run(*MONITOR, model_name, "--duration", "1")
        _, err = ended(process)
    assert process.returncode == 0
    assert "Unplugged [ALSA], chosen last, is not there" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "words"), [("no such thing", "auscult devices lists them"), ("PULSE", None)]
)
def test_a_device_is_found_by_its_name(stethoscope, model_name, name, words):
    with Feed(stethoscope, b""):
        process = stethoscope.run(
            *["-m", "monitor.cli", "monitor", "--source", f"mic:{name}", "--headless"],
            *["--model", model_name, "--duration", "1", "--no-store"],
        )
        lines, err = ended(process)
    assert process.returncode == (1 if words else 0)
    assert (words or "") in err
    assert len(err.splitlines()) == (1 if words else 0)
    assert bool(lines) == (words is None)


ON_WINDOWS = [
    InputDevice("Microphone (USB Audio)", "MME", 2, 44_100, True, 1),
    InputDevice("Microphone Array (Realtek)", "MME", 2, 44_100, False, 2),
    InputDevice("Microphone (USB Audio)", "Windows DirectSound", 2, 44_100, False, 5),
    InputDevice("Microphone (USB Audio)", "Windows WASAPI", 1, 48_000, False, 9),
    InputDevice("Chest [left]", "Windows WASAPI", 1, 48_000, False, 10),
]


@pytest.mark.parametrize(
    ("name", "host_api", "index"),
    [
        (None, None, 1),
        ("usb audio", None, 9),
        ("USB Audio [MME]", None, 1),
        ("USB Audio) [windows directsound]", None, 5),
        ("Microphone (USB Audio)", "Windows DirectSound", 5),
        ("realtek", None, 2),
        ("Chest [left]", None, 10),
        ("chest", "Windows WASAPI", 10),
    ],
)
def test_of_the_ways_to_a_device_the_best_or_the_named_one_is_taken(monkeypatch, name, host_api, index):
    monkeypatch.setattr("monitor.audio.input_devices", lambda: ON_WINDOWS)
    assert find_input(name, host_api).index == index


@pytest.mark.parametrize(
    ("name", "host_api", "said"),
    [
        ("microphone", None, "fits several"),
        ("oboe", None, "auscult devices lists them"),
        ("Realtek", "Windows WASAPI", "auscult devices lists them"),
        ("anything", "JACK", "no input device"),
    ],
)
def test_a_device_that_is_not_there_or_not_one_is_told(monkeypatch, name, host_api, said):
    monkeypatch.setattr("monitor.audio.input_devices", lambda: ON_WINDOWS)
    with pytest.raises(SourceError, match=said):
        find_input(name, host_api)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Built-in Microphone", True),
        ("MacBook Pro Microphone", True),
        ("Microphone Array (Realtek(R) Audio)", True),
        ("HDA Intel PCH: ALC257 Analog (hw:0,0)", True),
        ("Thinklabs One", False),
        ("USB PnP Sound Device: Audio (hw:1,0)", False),
        ("default", False),
    ],
)
def test_the_computers_own_microphone_is_known_by_its_name(name, own):
    assert InputDevice(name, "any", 1, 48_000, True, 0).built_in is own


def test_a_device_that_cannot_be_opened_is_one_line(stethoscope, model_name):
    """The server lists its devices but has not the source that is asked for."""
    stethoscope.environment["PULSE_SOURCE"] = "none"
    process = stethoscope.run(*MONITOR, model_name, "--duration", "1")
    lines, err = ended(process)
    assert (process.returncode, lines) == (1, [])
    assert "cannot be opened" in err or "does not start" in err
    assert err.count("\n") == 1


@contextmanager
def recorded(server, path):
    """What its loudspeaker gets, in a file: 4 kHz, 16 bit."""
    with path.open("wb") as raw:
        recorder = subprocess.Popen(
            ["parec", "--device=out.monitor", "--rate=4000", "--channels=1", "--format=s16le", "--raw"],
            env=server.environment,
            stdout=raw,
        )
    try:
        until(server.captured, "the recorder listens")
        yield
    finally:
        recorder.terminate()
        recorder.wait()


LISTEN = """
import sys, time
from pathlib import Path
from model.classifier import Classifier
from monitor.feeds import NewestFeed
from monitor.listener import Listener
from monitor.session import Session
from monitor.sources.recording import RecordingSource
session = Session(RecordingSource(Path(sys.argv[1]), 1.0), 0.4, Classifier.load(sys.argv[2]))
session.start()
listener = Listener()
print(listener.heard_s)
listener.play(NewestFeed(session.ring, session.source.rate, "wide", prompt=False))
heard, deadline = [], time.monotonic() + 30
while (listener.heard_s or 0) < float(sys.argv[3]) and not listener.failure and time.monotonic() < deadline:
    heard.append(listener.heard_s or 0.0)
    session.wait(0.005)
print(listener.failure.partition(" (")[0])
ordered = all(before <= after for before, after in zip(heard, heard[1:]))
print(ordered, max(heard, default=-1), session.ring.end / session.source.rate)
listener.close()
print(listener.heard_s)
session.stop()
"""


def test_a_replay_is_heard_and_the_listener_knows_how_far(sound_server, model_name, tmp_path):
    sound_server.add_loudspeaker()
    played = sound(6, rate=4000)
    sf.write(tmp_path / "heart.wav", played, 4000)
    with recorded(sound_server, tmp_path / "heard.raw"):
        process = sound_server.run("-c", LISTEN, str(tmp_path / "heart.wav"), model_name, "5.3")
        out, err = process.communicate(timeout=LIMIT_S)
    assert err == ""
    before, failure, monotonic, after = out.splitlines()
    assert (before, failure, after) == ("None", "", "None")
    ordered, furthest, delivered = monotonic.split()
    assert ordered == "True"
    assert 5.3 - 0.5 < float(furthest) <= float(delivered)
    heard = np.frombuffer((tmp_path / "heard.raw").read_bytes(), "<i2") / 2**15
    played = ListeningFilter(4000).push(played)
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
    assert done.stdout.splitlines()[:2] == ["None", "no output device"], done.stderr
    assert done.stdout.splitlines()[-1] == "None"


RECALLED = """
import sys, time
import numpy as np
import soundfile as sf
from monitor.feeds import PastFeed
from monitor.listener import Listener
from monitor.recall import Recall
from monitor.ring import Ring
sound, rate = sf.read(sys.argv[1], dtype="float32")
ring = Ring(60 * rate)
ring.write(0, sound, 0.0)
listener = Listener()
feed = PastFeed(Recall(ring, rate, 0.5, 2.5), "bell", 0.5)
listener.play(feed)
deadline = time.monotonic() + 30
while listener.feed is not None and time.monotonic() < deadline:
    time.sleep(0.02)
time.sleep(1)
print(listener.failure, feed.over)
listener.close()
"""


def test_the_past_is_heard_slowly_through_the_bell(sound_server, tmp_path):
    sound_server.add_loudspeaker()
    played = sound(3, rate=4000)
    sf.write(tmp_path / "heart.wav", played, 4000, "FLOAT")
    with recorded(sound_server, tmp_path / "heard.raw"):
        process = sound_server.run("-c", RECALLED, str(tmp_path / "heart.wav"))
        out, err = process.communicate(timeout=LIMIT_S)
    assert (out.split(), err) == (["True"], "")
    heard = np.frombuffer((tmp_path / "heard.raw").read_bytes(), "<i2") / 2**15
    expected = np.concatenate(list(as_heard(played[2000:10_000], 0.5, ListeningFilter(4000, "bell"))))
    parts = [expected[first : first + 2000].astype(float) for first in range(0, 16_000, 2000)]
    alike = [best_correlation(heard, part, 4000, within_s=60) for part in parts]
    assert np.median(alike) > 0.98, alike
