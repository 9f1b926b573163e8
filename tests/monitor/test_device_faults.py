"""What can happen to a device in the middle of an examination, done to a real sound server."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tests.monitor.monitor_process import LIMIT_S, MONITOR, ended, is_event, is_past, read_until
from tests.monitor.sound_server import LiveFeed, until

TOLD_WITHIN_S = 2.0
CLOSED_WITHIN_S = 5.0
CLOCK_WITHIN_S = 0.25
LATE_S = 0.1
HELD_UP_S = 0.15


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
    starved: "delivers nothing more",
    moved_to_another: "was given another input",
    killed: "gives no more sound",
    stopped: "delivers nothing more",
}


@pytest.mark.parametrize("rate", [48_000, 4_000])
def test_each_fault_is_told_within_two_seconds_and_listening_goes_on_after_it(
    sound_server, model_name, tmp_path, rate
):
    """One examination that lives through all of them; what it recorded is compared with what was played."""
    losses = []
    sound_server.add_stethoscope(rate)
    with LiveFeed(sound_server, rate) as feed:
        process = sound_server.run(
            *MONITOR, model_name, "--rate", str(rate), "--record", "--data", str(tmp_path)
        )
        read_until(process, is_past(1))
        for fault, reason in SAYS.items():
            happening = fault(sound_server, feed, rate)
            began = time.monotonic()
            next(happening)
            (*_, lost) = read_until(process, is_event("device_lost"))
            assert time.monotonic() - began < TOLD_WITHIN_S, fault
            assert reason in lost["detail"], fault
            next(happening, None)
            (*_, back) = read_until(process, is_event("device_back"))
            read_until(process, is_past(back["t_s"] + 1))
            losses.append((fault, round(lost["t_s"] * rate), round(back["t_s"] * rate)))
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        (*_, summary), _ = ended(process)
        assert time.monotonic() - began < CLOSED_WITHIN_S
    assert process.returncode == 130
    away = sum(back - lost for _, lost, back in losses) / rate
    assert summary["gap_s"] == pytest.approx(away, abs=0.1 * len(losses))
    (path,) = tmp_path.glob("sessions/*/*.wav")
    recorded, recorded_rate = sf.read(path)
    assert recorded_rate == rate
    values, start = np.round(recorded * 2**15).astype(int), 0
    for fault, lost, back in losses:
        assert not values[lost:back].any(), fault
        # What another input gave until that was noticed.
        foreign = rate / 2 if fault is moved_to_another else 1
        heard = np.trim_zeros(values[start:lost], "b")
        assert lost - start - heard.size < foreign, fault
        assert np.all(np.diff(heard) % LiveFeed.PERIOD == 1), fault
        if fault is not stopped:  # whose pipe overflows, and gives first what waited in it
            off = (values[back] - heard[-1] - (back - start - heard.size + 1)) % LiveFeed.PERIOD
            assert min(off, LiveFeed.PERIOD - off) / rate < CLOCK_WITHIN_S, fault
        start = back


LISTEN = """
import signal, sys
from monitor.ring import Ring
from monitor.sources.microphone import MicrophoneSource
source = MicrophoneSource(sys.argv[1])
ring = Ring(60 * source.rate)
signal.signal(signal.SIGTERM, lambda *_: ring.close())
source.start(ring, lambda event, _t_s, detail: print(event, detail, flush=True))
while ring.read(source.rate // 2, 60) is not None:
    print("heard", flush=True)
source.stop()
"""


def line_until(process, beginning):
    """The first line that begins so."""
    while not (line := process.stdout.readline()).startswith(beginning):
        assert line, process.stderr.read()
    return line


def test_who_listens_to_no_certain_input_is_given_the_one_that_is_left(sound_server):
    """The system's default: the person is told, and what comes from now on is another input's."""
    sound_server.add_stethoscope()
    sound_server.add_other_input()
    sound_server.control("set-default-source", "st")
    del sound_server.environment["PULSE_SOURCE"]
    with LiveFeed(sound_server, 48_000):
        process = sound_server.run("-c", LISTEN, "pulse")
        line_until(process, "heard")
        sound_server.pull_stethoscope()
        began = time.monotonic()
        assert SAYS[moved_to_another] in line_until(process, "device_lost")
        assert time.monotonic() - began < TOLD_WITHIN_S
        line_until(process, "device_back")
        line_until(process, "heard")
    close(process)


def close(process):
    """Ctrl-C must not take longer than somebody waits."""
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    _, err = process.communicate(timeout=LIMIT_S)
    assert time.monotonic() - began < CLOSED_WITHIN_S
    assert (process.returncode, err) == (0, "")


def capture_of(process):
    """Number of the process that captures for another."""
    children = Path("/proc", str(process.pid), "task", str(process.pid), "children")
    (child,) = until(lambda: children.read_text().split(), "a process captures")
    return int(child)


def test_sound_that_jack_dropped_is_an_overflow_and_a_gap(jack_server, model_name, tmp_path):
    """A capture that is held up for a moment, shorter than what is told by the pause alone."""
    rate = jack_server.rate
    with jack_server.playing():
        process = jack_server.run(
            *["-m", "monitor.cli", "monitor", "--source", "mic:PortAudio", "--headless"],
            *["--model", model_name, "--record", "--data", str(tmp_path)],
        )
        read_until(process, is_past(1.5))
        capture = capture_of(process)
        began = time.monotonic()
        os.kill(capture, signal.SIGSTOP)
        time.sleep(HELD_UP_S)
        os.kill(capture, signal.SIGCONT)
        (*_, overflow) = read_until(process, is_event("overflow"))
        (*_, gap) = read_until(process, is_event("gap"))
        assert time.monotonic() - began < TOLD_WITHIN_S
        read_until(process, is_past(gap["t_s"] + 1))
        process.send_signal(signal.SIGINT)
        (*_, summary), _ = ended(process)
    assert process.returncode == 130
    assert overflow["t_s"] > 1
    (path,) = tmp_path.glob("sessions/*/*.wav")
    recorded, _ = sf.read(path)
    values = np.round(recorded * 2**15).astype(int)
    # JACK itself gives a cycle of zeros where the player comes late.
    assert -1e-3 < np.count_nonzero(values == 0) / rate - summary["gap_s"] < LATE_S
    heard, half = values[values != 0], LiveFeed.PERIOD // 2
    jumps = (np.diff(heard) - 1 + half) % LiveFeed.PERIOD - half
    # Where the machine is busy JACK gives a cycle twice, or holds the player up too, which then plays less.
    assert np.mean(jumps == 0) > 0.99
    assert summary["gap_s"] > HELD_UP_S / 2
    assert jumps.sum() / rate < summary["gap_s"] + LATE_S


@pytest.mark.parametrize("jack_server", [48_000], indirect=True)
def test_a_jack_server_that_is_killed_is_told_and_listened_to_again(jack_server):
    """It does not call its listeners, and closing hangs."""
    process = jack_server.run("-c", LISTEN, "system")
    line_until(process, "heard")
    jack_server.process.kill()
    began = time.monotonic()
    jack_server.process.wait()
    line_until(process, "device_lost")
    assert time.monotonic() - began < TOLD_WITHIN_S
    jack_server.begin()
    line_until(process, "device_back")
    line_until(process, "heard")
    close(process)
