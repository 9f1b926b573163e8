"""Damaged models are refused in one line, and nothing is opened but the two files of a model."""

import copy
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.card import ModelError
from model.loading import load_model
from tests.fuzz.mutations import damaged
from tests.model.made import card_for, weights, write_model

GOOD = weights()
CARD = card_for(GOOD, notes=["a note"], corpora={"cinc2016": {"training": ["a0001"]}})
TRICKS = st.sampled_from(
    [
        "../x",
        "../../etc/passwd",
        "/etc/passwd",
        "..\\x",
        "a\0b",
        "~/x",
        "$HOME",
        "file:///etc/passwd",
        "\ud800",
    ]
)
VALUES = (
    TRICKS
    | st.sampled_from([None, True, -1, 10**400, float("nan"), float("inf"), -0.0, "", "x" * 10_000, [], {}])
    | st.integers(1, 400).map(lambda depth: json.loads("[" * depth + "]" * depth))
)
OPENED = []
WATCHING = False


def note_opening(event, arguments):
    if WATCHING and event == "open" and isinstance(arguments[0], str | bytes):
        OPENED.append(Path(str(arguments[0])))


sys.addaudithook(note_opening)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    load_model(write_model(folder))  # which imports what it needs
    return folder


def load_or_refuse(name):
    global WATCHING
    OPENED.clear()
    WATCHING = True
    try:
        load_model(name)
    except ModelError as error:
        assert str(error).isprintable()
        assert "made" in str(error)
    finally:
        WATCHING = False
    assert set(OPENED) <= {Path(name), Path(name).with_suffix(".json")}


def places(value, path=()):
    """Where something stands in a card, itself included."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


@settings(max_examples=200)
@given(st.sampled_from([place for place in places(CARD) if place]), VALUES, st.booleans())
def test_any_value_anywhere_in_a_card_loads_or_is_refused(folder, place, value, as_key):
    card = copy.deepcopy(CARD)
    holder = card
    for key in place[:-1]:
        holder = holder[key]
    if as_key and isinstance(holder, dict) and isinstance(value, str):
        holder[value] = holder.pop(place[-1])
    else:
        holder[place[-1]] = value
    load_or_refuse(write_model(folder, GOOD, card))


@settings(max_examples=200)
@given(damaged(json.dumps(CARD).encode()))
def test_a_damaged_card_loads_or_is_refused(folder, data):
    name = write_model(folder, GOOD, CARD)
    Path(name).with_suffix(".json").write_bytes(data)
    load_or_refuse(name)


@settings(max_examples=200)
@given(damaged(GOOD))
def test_damaged_weights_that_their_card_vouches_for_load_or_are_refused(folder, data):
    load_or_refuse(write_model(folder, data))
