import os
import shutil
import subprocess
import threading
from contextlib import suppress

import pytest

from model.classifier import Classifier
from tests.model.made import card_for, weights, write_model
from tests.monitor.outputs import Outputs
from tests.monitor.sound_server import JackServer, SoundServer, missing_program, until


@pytest.fixture(scope="session")
def model_name(tmp_path_factory):
    """Path of random weights with their card: verdicts that mean nothing, but differ by window."""
    return banded_model(tmp_path_factory.mktemp("model"), low=0.35, high=0.65)


@pytest.fixture(scope="session")
def decided_model(tmp_path_factory):
    """The same weights with no abstention band: uncertain only where something forbids confidence."""
    return banded_model(tmp_path_factory.mktemp("decided"), low=0.5, high=0.5)


def banded_model(folder, low, high):
    data = weights()
    calibration = {"slope": 5.0, "intercept": 0.0, "low": low, "high": high}
    return write_model(folder, data, card_for(data, calibration=calibration), name="random")


@pytest.fixture(scope="session")
def classifier(model_name):
    return Classifier.load(model_name)


def need(packages, *programs):
    """Skip a test that lacks a program; where CI is set, which installs them all, fail it."""
    if program := missing_program(*programs):
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"no {program}: apt-get install {packages}")


@pytest.fixture
def outputs(monkeypatch):
    """What listeners open in place of devices."""
    opened = Outputs()
    monkeypatch.setattr("monitor.listener.open_output", opened.open)
    return opened


@pytest.fixture
def sound_server(tmp_path_factory):
    """A private PulseAudio daemon of this test's own."""
    need("pulseaudio pulseaudio-utils libasound2-plugins libportaudio2", "pulseaudio", "pactl", "parec")
    # Its socket's path must be short.
    with SoundServer(tmp_path_factory.mktemp("pa")) as server:
        yield server


@pytest.fixture(params=[48_000, 4_000])
def jack_server(request):
    """A private JACK server of this test's own, at each rate."""
    need("jackd2 libportaudio2", "jackd", "jack_wait")
    with JackServer(f"auscult-{os.getpid()}", request.param) as server:
        yield server


@pytest.fixture
def session_bus(tmp_path, monkeypatch):
    """A private D-Bus with a desktop's power manager and screen saver on it; gives the calls that it gets."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("no dbus-daemon: apt-get install dbus-daemon")
    from jeepney import HeaderFields, MessageType, message_bus, new_method_return
    from jeepney.io.blocking import open_dbus_connection

    address = f"unix:path={tmp_path}/bus"
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"])
    until((tmp_path / "bus").exists, "the bus is there")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    connection = open_dbus_connection(bus=address)
    for name in ("org.freedesktop.PowerManagement", "org.freedesktop.ScreenSaver"):
        connection.send_and_get_reply(message_bus.RequestName(name))
    calls = []

    def serve():
        with suppress(ConnectionResetError, OSError):
            while True:
                call = connection.receive()
                if call.header.message_type is MessageType.method_call:
                    calls.append((call.header.fields[HeaderFields.member], call.body))
                    connection.send(new_method_return(call, "u", (7,)))

    serving = threading.Thread(target=serve)
    serving.start()
    yield calls
    bus.kill()
    bus.wait()
    serving.join()
    connection.close()
