import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save

from dsp.config import FINE_FRONT_END, FrontEndConfig
from model.card import ModelCard, ModelError, read_card
from model.cnn import AuscultCNN, PaperCNN, build_network, parameter_count
from model.loading import DEFAULT_MODEL, find_model, load_model, packaged_models, weights_folder
from tests.model.made import card_for, weights, write_model

GOOD = weights()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=10,
)


def fault(name):
    """The message of a model that cannot be used, checked for its form."""
    with pytest.raises(ModelError) as caught:
        load_model(name)
    message = str(caught.value)
    assert message.isprintable()
    assert "made" in message
    return message


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


def test_a_whole_model_loads(folder):
    network, card, config = load_model(write_model(folder))
    saved = load(GOOD)
    assert network.state_dict().keys() == saved.keys()
    assert all(torch.equal(tensor, saved[key]) for key, tensor in network.state_dict().items())
    assert not network.training
    assert config == FrontEndConfig()
    assert card.tag == f"made@{card_for(GOOD)['sha256'][:12]}"
    assert torch.get_num_threads() == 1


def test_a_card_survives_its_file(folder):
    path = Path(write_model(folder)).with_suffix(".json")
    card = read_card(path)
    path.write_text(card.to_json())
    assert read_card(path) == card
    assert isinstance(card, ModelCard)


def test_a_model_is_checked_without_torch(folder):
    """Corrupt, a pickle that its card vouches for, another front end: refused before torch is imported."""
    name = write_model(folder)
    front_end = {**FrontEndConfig().to_dict(), "rate": 4000}
    for kind in ("damaged", "pickle", "other"):
        (folder / kind).mkdir()
    wrong = {
        "damaged": write_model(folder / "damaged", GOOD[:-1], card_for(GOOD)),
        "not the weights": write_model(folder / "pickle", pickle.dumps([1])),
        "another front end": write_model(folder / "other", GOOD, card_for(GOOD, front_end=front_end)),
    }
    script = (
        "import sys\nfrom model.card import ModelError\nfrom model.loading import check_model\n"
        f"assert check_model({name!r}).card.name == 'made'\n"
        f"for fault, name in {wrong!r}.items():\n"
        " try:\n  check_model(name)\n"
        " except ModelError as error:\n  assert fault in str(error), error\n"
        " else:\n  raise SystemExit(fault)\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@settings(max_examples=60)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_one_damaged_byte_is_found(folder, index, flip):
    damaged = bytearray(GOOD)
    damaged[index] ^= flip
    assert "damaged" in fault(write_model(folder, bytes(damaged), card_for(GOOD)))


@settings(max_examples=30)
@given(st.integers(0, len(GOOD) - 1))
def test_a_truncated_file_is_found_also_where_its_card_vouches_for_it(folder, size):
    assert "damaged" in fault(write_model(folder, GOOD[:size], card_for(GOOD)))
    assert "not the weights" in fault(write_model(folder, GOOD[:size]))


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: GOOD[:8] + tail))
def test_any_bytes_are_refused(folder, data):
    assert "not the weights" in fault(write_model(folder, data))


class Trap:
    """Unpickling it leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("vouched", [True, False])
@pytest.mark.parametrize("wrap", [False, True])
def test_a_pickle_is_never_executed(tmp_path, vouched, wrap):
    sprung = tmp_path / "sprung"
    file = tmp_path / "pickle"
    if wrap:
        torch.save({"classify.bias": Trap(sprung)}, file)
    else:
        file.write_bytes(pickle.dumps(Trap(sprung)))
    name = write_model(tmp_path, file.read_bytes(), None if vouched else card_for(GOOD))
    assert ("not the weights" if vouched else "damaged") in fault(name)
    assert not sprung.exists()
    torch.load(file, weights_only=False) if wrap else pickle.loads(file.read_bytes())
    assert sprung.exists()


def test_a_missing_card_is_named(folder):
    name = write_model(folder)
    Path(name).with_suffix(".json").unlink()
    assert "card is missing" in fault(name)


def test_missing_weights_are_named(tmp_path):
    assert "no such file" in fault(str(tmp_path / "made.safetensors"))
    (tmp_path / "made.safetensors").mkdir()
    assert "no such file" in fault(str(tmp_path / "made.safetensors"))


@given(st.text(max_size=20).filter(lambda name: name not in packaged_models()))
def test_an_unknown_name_is_refused(name):
    with pytest.raises(ModelError, match=r"no model|no such file") as caught:
        find_model(name)
    assert name.endswith(".safetensors") or str(caught.value).isprintable()


@settings(max_examples=200)
@given(json_values.map(json.dumps) | st.text() | st.just("[" * 200_000))
def test_a_card_of_any_text_is_refused(folder, text):
    name = write_model(folder)
    Path(name).with_suffix(".json").write_text(text, encoding="utf-8", errors="replace")
    assert "model card" in fault(name)


def test_a_card_that_is_no_text_is_refused(folder):
    name = write_model(folder)
    Path(name).with_suffix(".json").write_bytes(b"\xff\xfe{}")
    assert "no valid JSON" in fault(name)


@settings(max_examples=150)
@given(st.data())
def test_a_card_with_any_field_changed_loads_or_is_refused(folder, data):
    card = copy.deepcopy(card_for(GOOD))
    spoilt = card
    field = data.draw(st.sampled_from(sorted(card)))
    if isinstance(card[field], dict) and card[field] and data.draw(st.booleans()):
        spoilt, field = card[field], data.draw(st.sampled_from(sorted(card[field])))
    elif data.draw(st.booleans()):
        field = data.draw(st.text(max_size=20))
    value = data.draw(json_values)
    if data.draw(st.booleans()):
        spoilt.pop(field, None)
    else:
        spoilt[field] = value
    name = write_model(folder, GOOD, card)
    try:
        network, loaded, config = load_model(name)
    except ModelError:
        fault(name)
    else:
        assert config == FrontEndConfig()
        assert network(torch.zeros(1, 1, 50, 121)).shape == (1, 2)
        assert len(loaded.tag) == len(loaded.name) + 13


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate", 4000),
        ("low_hz", 25.0),
        ("bandpass_order", 2),
        ("wavelet", None),
        ("wavelet_level", 10**9),
        ("wavelet_level", -1),
        ("floor_db", -79.0),
        ("band_spacing", "log\nlog"),
        ("another", 1),
        ("another\n", 1),
    ],
)
def test_another_front_end_is_refused(folder, field, value):
    front_end = {**FrontEndConfig().to_dict(), field: value}
    message = fault(write_model(folder, GOOD, card_for(GOOD, front_end=front_end)))
    assert "another front end" in message
    assert field.strip() in message


def test_the_fine_front_end_is_known(folder):
    torch.manual_seed(0)
    network = AuscultCNN(filters=(2, 2, 2, 2))
    data = save({name: tensor.contiguous() for name, tensor in network.state_dict().items()})
    card = card_for(data, network=AuscultCNN.name, arguments=network.arguments)
    card["front_end"] = FINE_FRONT_END.to_dict()
    _, _, config = load_model(write_model(folder, data, card))
    assert config == FINE_FRONT_END


def test_images_that_the_network_cannot_take_are_refused(folder):
    card = card_for(GOOD, front_end=FINE_FRONT_END.to_dict())
    assert "not the weights that its card describes" in fault(write_model(folder, GOOD, card))


def test_a_front_end_that_lacks_a_number_is_refused(folder):
    for field in FrontEndConfig().to_dict():
        front_end = FrontEndConfig().to_dict()
        del front_end[field]
        assert field in fault(write_model(folder, GOOD, card_for(GOOD, front_end=front_end)))


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"filters": [2, 4]},
        {"filters": [10**9, 10**9]},
        {"filters": [10**30, 1]},
        {"filters": [0, 3]},
        {"filters": [2]},
        {"filters": "ab"},
        {"kernel": 2},
        {"kernel": -1},
        {"kernel": 10**6 + 1},
        {"kernel": 5},
        {"activation": "step"},
        {"activation": ["relu"]},
        {"depth": 3},
    ],
)
def test_arguments_that_do_not_fit_the_weights_are_refused(folder, arguments):
    arguments = {**card_for(GOOD)["arguments"], **arguments} if arguments else {}
    assert "not the weights" in fault(write_model(folder, GOOD, card_for(GOOD, arguments=arguments)))


def test_an_unknown_network_is_refused(folder):
    assert "unknown network" in fault(write_model(folder, GOOD, card_for(GOOD, network="other")))


def changed(change):
    tensors = load(GOOD)
    change(tensors)
    return save(tensors)


@pytest.mark.parametrize(
    "data",
    [
        changed(lambda tensors: tensors.pop("classify.bias")),
        changed(lambda tensors: tensors.update(extra=torch.zeros(1))),
        changed(lambda tensors: tensors.update({"classify.bias": torch.zeros(3)})),
        changed(lambda tensors: tensors.update({"classify.bias": torch.zeros(2, dtype=torch.complex64)})),
        changed(lambda tensors: tensors.update({"classify.bias": torch.zeros(2, dtype=torch.float8_e4m3fn)})),
        changed(lambda tensors: tensors["classify.bias"].fill_(torch.nan)),
        changed(lambda tensors: tensors["classify.weight"][0, :1].fill_(torch.inf)),
        changed(dict.clear),
    ],
    ids=["missing", "extra", "shape", "complex", "float8", "nan", "inf", "empty"],
)
def test_other_tensors_are_refused_though_the_card_vouches_for_them(folder, data):
    assert "not the weights" in fault(write_model(folder, data))


@pytest.mark.parametrize(
    "calibration",
    [
        {"slope": float("nan")},
        {"slope": float("inf")},
        {"intercept": float("-inf")},
        {"slope": 10**400},
        {"low": 0.7},
        {"high": 1.1},
        {"low": -0.1},
        {"low": float("nan")},
        {"other": 1},
    ],
)
def test_a_calibration_that_is_none_is_refused(folder, calibration):
    calibration = {**card_for(GOOD)["calibration"], **calibration}
    assert "model card" in fault(write_model(folder, GOOD, card_for(GOOD, calibration=calibration)))


def test_a_file_beyond_all_models_is_not_read(tmp_path):
    name = write_model(tmp_path)
    with Path(name).open("r+b") as file:
        file.truncate(65 * 2**20)
    assert "too large" in fault(name)


def test_every_packaged_model_loads_and_the_default_is_among_them():
    assert DEFAULT_MODEL in packaged_models()
    for name in packaged_models():
        _, card, _ = load_model(name)
        assert card.name == name
        assert card.parameters == parameter_count(build_network(card.network, card.arguments))
        assert card.calibration.low <= 0.5 <= card.calibration.high
        lists = list(card.corpora.values())
        assert lists
        for lists_of_corpus in lists:
            parts = [set(lists_of_corpus[part]) for part in ("training", "calibration", "held_out")]
            assert parts[0] and parts[1]
            # What has seen everything is judged by its sisters.
            assert parts[2] or card.metrics["evaluations"]
            assert len(set.union(*parts)) == sum(map(len, parts))
        assert card.metrics
        assert card.notes
        assert (weights_folder() / f"{name}.json").is_file()


@given(
    st.sampled_from(["relu", "tanh", "sigmoid"]),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from([1, 3, 5]),
)
def test_a_network_of_any_size_takes_images_and_counts_its_parameters(activation, first, second, kernel):
    network = PaperCNN(activation, (first, second), kernel)
    assert network(torch.zeros(3, 1, 50, 121)).shape == (3, 2)
    expected = first * (kernel**2 + 1) + second * (first * kernel**2 + 1) + 2 * (second * 12 * 30 + 1)
    assert parameter_count(network) == expected
    assert PaperCNN(**network.arguments).arguments == network.arguments
