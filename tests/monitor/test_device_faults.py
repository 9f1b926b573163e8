"""What can happen to a device in the middle of an examination, done to a real sound server."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile as sf

from tests.monitor.monitor_process import MONITOR, ended, events, is_event, is_past, read_until
from tests.monitor.sound_server import LiveFeed

TOLD_WITHIN_S = 2.0
CLOSED_WITHIN_S = 5.0
CLOCK_WITHIN_S = 0.25


def pulled_out(server, feed, rate):
    server.pull_stethoscope()
    yield
    server.add_stethoscope(rate)


def moved_to_another(server, feed, rate):
    """PulseAudio does that in silence, and into silence, without any pause."""
    server.add_other_input()
    yield from pulled_out(server, feed, rate)


def starved(server, feed, rate):
    feed.starve()
    yield
    feed.go_on()


def killed(server, feed, rate):
    server.end()
    yield
    server.begin()
    server.add_stethoscope(rate)


def stopped(server, feed, rate):
    server.process.send_signal(signal.SIGSTOP)
    yield
    time.sleep(1)  # until it is tried to open the device again, which hangs
    server.process.send_signal(signal.SIGCONT)


SAYS = {
    pulled_out: "gives no more sound",
    moved_to_another: "was given another input",
    starved: "delivers nothing more",
    killed: "gives no more sound",
    stopped: "delivers nothing more",
}


@pytest.mark.parametrize("fault", SAYS)
def test_a_fault_is_told_within_two_seconds_and_listening_goes_on_after_it(
    two_sound_servers, model_name, tmp_path, fault
):
    with ThreadPoolExecutor() as threads:
        examinations = [
            threads.submit(examine, server, model_name, tmp_path / str(rate), fault, rate)
            for server, rate in zip(two_sound_servers, (48_000, 4_000), strict=True)
        ]
    for examination in examinations:
        examination.result()


def examine(server, model_name, folder, fault, rate):
    """Listen through a fault and compare what was recorded with what was played."""
    server.add_stethoscope(rate)
    with LiveFeed(server, rate) as feed:
        process = server.run(*MONITOR, model_name, "--rate", str(rate), "--record", str(folder))
        read_until(process, is_past(1.5))
        happening = fault(server, feed, rate)
        began = time.monotonic()
        next(happening)
        (*_, lost) = read_until(process, is_event("device_lost"))
        told_s = time.monotonic() - began
        next(happening, None)
        (*_, back) = read_until(process, is_event("device_back"))
        read_until(process, is_past(back["t_s"] + 1))
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        (*_, summary), _ = ended(process)
        assert time.monotonic() - began < CLOSED_WITHIN_S
    assert process.returncode == 130
    assert told_s < TOLD_WITHIN_S
    assert SAYS[fault] in lost["detail"]
    assert summary["gap_s"] == pytest.approx(back["t_s"] - lost["t_s"], abs=0.1)
    (path,) = folder.glob("*.wav")
    recorded, recorded_rate = sf.read(path)
    assert recorded_rate == rate
    values = np.round(recorded * 2**15).astype(int)
    lost_at, back_at = round(lost["t_s"] * rate), round(back["t_s"] * rate)
    before, away, after = np.split(values, [lost_at, back_at])
    assert not away.any()
    heard = np.trim_zeros(before, "b")
    # What the other input gave until that was noticed.
    assert before.size - heard.size < (rate / 2 if fault is moved_to_another else 1)
    for part in (heard, after):
        assert np.all(np.diff(part) % LiveFeed.PERIOD == 1)
    if fault is not stopped:  # when what waits in the pipe comes late
        passed = back_at - heard.size + 1
        off = (after[0] - heard[-1] - passed) % LiveFeed.PERIOD
        off_s = min(off, LiveFeed.PERIOD - off) / rate
        print("OFF", off_s, told_s)
        assert off_s < CLOCK_WITHIN_S


def test_who_listens_to_no_certain_input_is_given_the_one_that_is_left(sound_server, model_name):
    """The system's default: the person is told, and what comes from now on is another input's."""
    sound_server.add_stethoscope()
    sound_server.add_other_input()
    sound_server.control("set-default-source", "st")
    del sound_server.environment["PULSE_SOURCE"]
    with LiveFeed(sound_server, 48_000):
        process = sound_server.run(*MONITOR, model_name)
        read_until(process, is_past(1))
        sound_server.pull_stethoscope()
        began = time.monotonic()
        (*_, lost) = read_until(process, is_event("device_lost"))
        assert time.monotonic() - began < TOLD_WITHIN_S
        assert SAYS[moved_to_another] in lost["detail"]
        (*_, back) = read_until(process, is_event("device_back"))
        (*_, verdict) = read_until(process, is_past(back["t_s"] + 1))
        process.send_signal(signal.SIGINT)
        _, err = ended(process)
    assert (process.returncode, err) == (130, "")


OVERFLOWN = """
import os, signal, sys, threading
from monitor.ring import Ring
from monitor.sources.microphone import MicrophoneSource
source = MicrophoneSource("system")
ring = Ring(60 * source.rate)
source.start(ring, lambda *report: print(*report, flush=True))
print(source.rate, source._capture._process.pid, flush=True)
threading.Thread(target=lambda: [line for line in sys.stdin], daemon=True).start()
"""


def test_sound_that_jack_dropped_is_an_overflow_and_a_gap(jack_server):
    pass
