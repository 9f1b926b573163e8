"""Models made for tests: small, random weights, whole files."""

import hashlib
import json

import torch
from safetensors.torch import save

from dsp.config import FrontEndConfig
from model.card import Calibration, ModelCard
from model.cnn import PaperCNN, parameter_count

ARGUMENTS = {"activation": "relu", "filters": [2, 3], "kernel": 3}


def weights(seed=0, arguments=ARGUMENTS):
    torch.manual_seed(seed)
    return save({name: tensor.contiguous() for name, tensor in PaperCNN(**arguments).state_dict().items()})


def card_for(data, **changes):
    """A card for a weights file, as the fields of its JSON."""
    card = ModelCard(
        name="made",
        sha256=hashlib.sha256(data).hexdigest(),
        network=PaperCNN.name,
        arguments=ARGUMENTS,
        parameters=parameter_count(PaperCNN(**ARGUMENTS)),
        front_end=FrontEndConfig().to_dict(),
        calibration=Calibration(slope=0.5, intercept=0.1, low=0.4, high=0.6),
        recipe={},
        seed=0,
        corpora={},
        metrics={},
    )
    return {**json.loads(card.to_json()), **changes}


def write_model(folder, data=None, card=None, name="made"):
    """Writes both files; gives the name that loads them."""
    data = weights() if data is None else data
    path = folder / f"{name}.safetensors"
    path.write_bytes(data)
    path.with_suffix(".json").write_text(json.dumps(card_for(data) if card is None else card))
    return str(path)
