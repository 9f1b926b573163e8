"""A capture process that goes mad is a device that fails, and nothing worse."""

import json
import struct
import subprocess
import time
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor import capture_process
from monitor.audio import InputDevice
from monitor.capture_process import Capture, list_inputs
from monitor.ring import Ring
from monitor.sources import microphone
from monitor.sources.microphone import MicrophoneSource
from monitor.sources.protocol import SourceError
from tests.fuzz.mutations import damaged

DEVICE = InputDevice("made", "ALSA", 1, 4000, True, 0)
LONGEST_S = 10.0


def frame(index, count, overflows=0, arrived=None):
    arrived = time.monotonic() if arrived is None else arrived
    return struct.pack("<qIId", index, count, overflows, arrived) + np.ones(count, "<f4").tobytes()


HEAD = b"".join(json.dumps(line).encode() + b"\n" for line in ({"device": asdict(DEVICE)}, {"started": True}))
FRAMES = b"".join(frame(index, 100) for index in range(0, 400, 100))
SAID = damaged(HEAD + FRAMES) | damaged(FRAMES).map(lambda frames: HEAD + frames) | st.binary(max_size=300)


@pytest.fixture
def says(monkeypatch, tmp_path):
    """Lets a process that writes some bytes stand in the capture's place; it stays where it is told to."""
    path = tmp_path / "said"

    def say(data, stays=False):
        path.write_bytes(data)
        words = ["tail", "-c", "+1", "-f", str(path)] if stays else ["cat", str(path)]
        monkeypatch.setattr(
            capture_process,
            "_started",
            lambda _request: subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE),
        )

    return say


each_time = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_what_is_in_order_is_taken(says):
    says(HEAD + FRAMES)
    capture = Capture(None)
    capture.find()
    capture.start()
    assert capture.device == DEVICE
    assert [capture.read().index for _ in range(4)] == [0, 100, 200, 300]
    assert capture.read() is None
    capture.close()


@each_time
@given(SAID)
def test_whatever_it_says_is_frames_in_order_or_an_error_in_one_line(says, data):
    says(data)
    capture = Capture(None)
    try:
        capture.find()
        capture.start()
    except SourceError as error:
        assert "\n" not in str(error)
    else:
        end = 0
        while (taken := capture.read()) is not None:
            assert taken.index >= end
            assert np.isfinite(taken.arrived)
            end = taken.index + taken.samples.size
    finally:
        capture.close()


@pytest.mark.parametrize(
    "bad",
    [
        frame(-5, 100),
        frame(2**62, 100),
        frame(500, 0),
        frame(400, 100, arrived=float("nan")),
        frame(400, 100, arrived=float("inf")),
        frame(400, 100, arrived=0.0),
        struct.pack("<qIId", 400, 2**32 - 1, 0, 0.0),
        frame(300, 100),
    ],
    ids=["before", "beyond", "empty", "nan", "never", "long ago", "huge", "again"],
)
def test_a_frame_that_cannot_be_ends_it_though_the_process_lives_on(says, bad):
    says(HEAD + b"".join(frame(index, 100, 1) for index in range(0, 400, 100)) + bad, stays=True)
    capture = Capture(None)
    capture.find()
    capture.start()
    began = time.monotonic()
    assert [capture.read().index for _ in range(4)] == [0, 100, 200, 300]
    assert capture.read() is None
    capture.close()
    assert time.monotonic() - began < LONGEST_S


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damaged(FRAMES))
def test_a_source_whose_capture_goes_mad_loses_its_device_and_ends(says, monkeypatch, frames):
    monkeypatch.setattr(microphone, "RETRY_S", 0.01)
    says(HEAD + frames)
    source = MicrophoneSource(patience_s=0.0)
    ring, events = Ring(60 * source.rate), []
    source.start(ring, lambda event, _t_s, _detail: events.append(event))
    began = time.monotonic()
    while ring.read(source.rate, LONGEST_S) is not None:
        assert time.monotonic() - began < LONGEST_S
    source.stop()
    assert ring.closed
    assert source.health().state == "failed"
    assert "device_lost" in events


@each_time
@given(
    st.sampled_from([b"5", b"null", b"[]", b'"error"', b"{}", b'{"devices": 3}', b'{"devices": [3]}'])
    | st.just(b"[" * 100_000)
    | st.fixed_dictionaries({"error": st.text() | st.integers() | st.none()}).map(
        lambda o: json.dumps(o).encode()
    )
    | st.sampled_from(sorted(asdict(DEVICE))).map(
        lambda name: json.dumps({"devices": [{**asdict(DEVICE), name: {}}]}).encode()
    )
    | st.binary(max_size=200)
)
def test_a_list_that_is_none_is_an_error_in_one_line(says, data):
    says(data + b"\n")
    with pytest.raises(SourceError) as caught:
        list_inputs()
    assert "\n" not in str(caught.value)


def test_devices_that_do_not_say_their_rates_are_listed_without_them(says):
    says(json.dumps({"devices": [asdict(DEVICE)] * 2}).encode() + b'\n{"rates": [4000]}\n', stays=True)
    began = time.monotonic()
    assert [device.rates for device in list_inputs(rates=True)] == [(4000,), ()]
    assert capture_process.RATES_S <= time.monotonic() - began < LONGEST_S
