import os

import pytest

from model.classifier import Classifier
from tests.model.made import card_for, weights, write_model
from tests.monitor.sound_server import JackServer, SoundServer, missing_program


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


@pytest.fixture
def sound_server(tmp_path_factory):
    """A private PulseAudio daemon of this test's own."""
    with new_sound_server(tmp_path_factory) as server:
        yield server


@pytest.fixture
def two_sound_servers(tmp_path_factory):
    """Two of them, for two machines at once."""
    with new_sound_server(tmp_path_factory) as one, new_sound_server(tmp_path_factory) as other:
        yield one, other


def new_sound_server(tmp_path_factory):
    if program := missing_program("pulseaudio", "pactl", "parec"):
        pytest.skip(
            f"no {program}: apt-get install pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"
        )
    # Its socket's path must be short.
    return SoundServer(tmp_path_factory.mktemp("pa"))


@pytest.fixture(params=[48_000, 4_000])
def jack_server(request):
    """A private JACK server of this test's own, at each rate."""
    if program := missing_program("jackd", "jack_wait"):
        pytest.skip(f"no {program}: apt-get install jackd2 libportaudio2")
    with JackServer(f"auscult-{os.getpid()}", request.param) as server:
        yield server
