import hashlib

import pytest
import torch
from safetensors.torch import save

from dsp.config import FrontEndConfig
from model.card import Calibration, ModelCard
from model.classifier import Classifier
from model.cnn import PaperCNN, parameter_count, use_one_thread
from tests.monitor.sound_server import SoundServer, missing_program


@pytest.fixture(scope="session")
def model_name(tmp_path_factory):
    """Path of random weights with their card: verdicts that mean nothing, but differ by window."""
    return write_model(
        tmp_path_factory.mktemp("model"), Calibration(slope=5, intercept=0, low=0.35, high=0.65)
    )


@pytest.fixture(scope="session")
def decided_model(tmp_path_factory):
    """The same weights with no abstention band: uncertain only where something forbids confidence."""
    return write_model(
        tmp_path_factory.mktemp("decided"), Calibration(slope=5, intercept=0, low=0.5, high=0.5)
    )


def write_model(folder, calibration):
    use_one_thread()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = PaperCNN("relu", (4, 8), 5)
    data = save({name: value.contiguous() for name, value in network.state_dict().items()})
    (folder / "random.safetensors").write_bytes(data)
    card = ModelCard(
        name="random",
        sha256=hashlib.sha256(data).hexdigest(),
        network=PaperCNN.name,
        arguments=network.arguments,
        parameters=parameter_count(network),
        front_end=FrontEndConfig().to_dict(),
        calibration=calibration,
        recipe={},
        seed=0,
        corpora={},
        metrics={},
    )
    (folder / "random.json").write_text(card.to_json(), encoding="utf-8")
    return str(folder / "random.safetensors")


@pytest.fixture(scope="session")
def classifier(model_name):
    return Classifier.load(model_name)


@pytest.fixture
def sound_server(tmp_path_factory):
    """A private PulseAudio daemon of this test's own."""
    if program := missing_program():
        pytest.skip(
            f"no {program}: apt-get install pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"
        )
    # Its socket's path must be short.
    with SoundServer(tmp_path_factory.mktemp("pa")) as server:
        yield server
