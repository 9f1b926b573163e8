import dataclasses
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load
from scipy.signal import correlate
from scipy.special import expit

from dsp.beats import find_sounds
from dsp.front_end import FrontEnd
from model.card import Calibration
from model.classifier import Classifier, calibrated
from model.loading import find_model
from model.verdict import Label, band_label
from recordings import Recording, demo_recordings
from tests.model.made import card_for, weights, write_model


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return Classifier.load(write_model(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def windows():
    """The windows of a demonstration recording and what makes their images."""
    with Recording.open(demo_recordings()[0].path) as recording:
        front_end = FrontEnd(recording.rate, 2.0)
        found = [window for block in recording.blocks(4000) for window in front_end.push(block).windows]
    assert len(found) > 3
    return found, front_end.image


def logits_by_numpy(image, tensors):
    """The network in plain array arithmetic."""
    maps = image[None].astype(np.float64)
    for layer in ("first", "second"):
        kernels, biases = tensors[f"{layer}.weight"], tensors[f"{layer}.bias"]
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
        maps = np.stack(
            [
                correlate(padded, kernel, mode="valid")[0] + bias
                for kernel, bias in zip(kernels, biases, strict=True)
            ]
        )
        rows, columns = maps.shape[1] // 2, maps.shape[2] // 2
        maps = maps[:, : 2 * rows, : 2 * columns].reshape(-1, rows, 2, columns, 2).max(axis=(2, 4))
        maps = np.maximum(maps, 0)
    return tensors["classify.weight"] @ maps.ravel() + tensors["classify.bias"]


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_the_probability_is_that_of_the_network_on_paper(classifier, seed):
    image = np.random.default_rng(seed).standard_normal((50, 121)).astype(np.float32)
    normal, abnormal = logits_by_numpy(image, load(weights()))
    expected = expit(0.5 * (abnormal - normal) + 0.1)
    assert classifier.probability(image) == pytest.approx(expected, abs=1e-5)


@settings(max_examples=20)
@given(st.permutations(range(6)))
def test_a_probability_depends_on_its_image_alone(classifier, order):
    images = np.random.default_rng(1).standard_normal((6, 50, 121)).astype(np.float32)
    expected = [classifier.probability(image) for image in images]
    assert len(set(expected)) == 6
    assert [classifier.probability(images[index]) for index in order] == [expected[index] for index in order]


def test_a_sound_gets_the_same_verdicts_every_time(classifier, windows):
    found, image_of = windows
    verdicts = [classifier.judge(window, image_of).verdict for window in found]
    assert verdicts == [classifier.judge(window, image_of).verdict for window in found]
    for window, verdict in zip(found, verdicts, strict=True):
        assert (verdict.start_s, verdict.end_s) == (window.start_s, window.end_s)
        assert verdict.p_abnormal == classifier.probability(image_of(window))
        assert verdict.label is band_label(verdict.p_abnormal, classifier.card.calibration)
        assert verdict.reasons == window.notes
        assert verdict.scored


def test_a_refused_window_is_not_classified(classifier, windows):
    found, _ = windows
    refused = dataclasses.replace(found[0], refused=("too_quiet", "clipped"), notes=("padded",))

    def image_of(window):
        raise AssertionError("the classifier saw it")

    judged = classifier.judge(refused, image_of)
    assert judged.states is None
    verdict = judged.verdict
    assert (verdict.label, verdict.p_abnormal, verdict.quality) == (Label.POOR_SIGNAL, None, 0.0)
    assert verdict.reasons == ("too_quiet", "clipped", "padded")
    assert not verdict.scored


@pytest.mark.parametrize("edges", [(0.0, 0.0), (1.0, 1.0)])
def test_a_band_limited_window_is_never_answered_with_confidence(tmp_path, windows, edges):
    calibration = {"slope": 1.0, "intercept": 0.0, "low": edges[0], "high": edges[1]}
    sure = Classifier(write_model(tmp_path, card=card_for(weights(), calibration=calibration)))
    found, image_of = windows
    plain = sure.judge(found[0], image_of).verdict
    limited = sure.judge(dataclasses.replace(found[0], notes=("band_limited",)), image_of).verdict
    assert plain.label is (Label.ABNORMAL if edges[1] == 0 else Label.NORMAL)
    assert limited.label is Label.UNCERTAIN
    assert limited.p_abnormal == plain.p_abnormal
    assert limited.reasons == ("band_limited",)


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.floats(-1e6, 1e6), st.floats(-100, 100), st.floats(-100, 100))
def test_calibration_is_the_logistic_function(logit, slope, intercept):
    assert calibrated(logit, Calibration(slope, intercept)) == pytest.approx(
        float(expit(slope * logit + intercept)), abs=1e-12
    )


@given(finite, finite, finite)
def test_a_probability_is_between_0_and_1_whatever_the_numbers(logit, slope, intercept):
    assert 0 <= calibrated(logit, Calibration(slope, intercept)) <= 1


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(0.01, 1), st.floats(-5, 5))
def test_more_logit_is_more_probability(one, other, slope, intercept):
    low, high = sorted((one, other))
    at = [calibrated(logit, Calibration(slope, intercept)) for logit in (low, high)]
    assert at[0] <= at[1]
    assert at[0] < at[1] or slope * (high - low) < 1e-3 or math.isclose(at[0], at[1], abs_tol=1e-12)


def sounds_of(truth):
    return [sound for sound in truth["sounds"] if sound["sound"] in ("S1", "S2")]


@pytest.fixture(scope="module")
def default():
    return Classifier.load()


@pytest.fixture(scope="module")
def chests(default):
    """Windows of hearts, of noise and refused ones, what makes their images, and what each gets alone."""
    front_end = FrontEnd(2000, 2.0, default.config)
    noise = np.random.default_rng(0).standard_normal(30_000) * 0.1
    found = front_end.push(noise).windows
    for one in demo_recordings()[:2]:
        with Recording.open(one.path) as recording:
            heard = FrontEnd(recording.rate, 4.0, default.config)
            found += [window for block in recording.blocks(4000) for window in heard.push(block).windows]
    found.append(dataclasses.replace(found[-1], refused=("clipped",)))
    alone = [default.judge(window, front_end.image) for window in found]
    # Some are refused by a rule, some by the gate.
    assert {bool(window.refused) for window in found} == {True, False}
    let_through = [one for one, window in zip(alone, found, strict=True) if not window.refused]
    assert {one.verdict.scored for one in let_through} == {True, False}
    return found, front_end.image, alone


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_windows_judged_together_get_the_verdicts_that_each_gets_alone(default, chests, data):
    found, image_of, alone = chests
    chosen = data.draw(st.lists(st.integers(0, len(found) - 1), max_size=9))
    judged = default.judge_all([found[at] for at in chosen], image_of)
    assert len(judged) == len(chosen)
    for at, one in zip(chosen, judged, strict=True):
        expected = alone[at]
        assert (one.verdict.label, one.verdict.reasons) == (expected.verdict.label, expected.verdict.reasons)
        assert one.verdict.p_abnormal == pytest.approx(expected.verdict.p_abnormal, abs=1e-5)
        assert one.verdict.quality == pytest.approx(expected.verdict.quality, abs=1e-5)
        assert (one.states is None) == (expected.states is None)
        if one.states is not None:
            assert one.states.start_s == expected.states.start_s
            np.testing.assert_allclose(one.states.probability, expected.states.probability, atol=1e-4)


@pytest.mark.parametrize("demo", demo_recordings(), ids=lambda demo: demo.path.stem)
def test_of_hearts_that_are_known_the_states_are_right_and_so_is_the_rate(default, demo):
    with Recording.open(demo.path) as recording:
        front_end = FrontEnd(recording.rate, 2.0, default.config)
        windows = [window for block in recording.blocks(4000) for window in front_end.push(block).windows]
    right = []
    for window in windows:
        judged = default.judge(window, front_end.image)
        assert judged.verdict.heart_rate_bpm == pytest.approx(demo.truth["heart_rate_bpm"], rel=0.03)
        found = find_sounds(judged.states)
        inside = [
            sound
            for sound in sounds_of(demo.truth)
            if sound["start_s"] > window.start_s + 0.2 and sound["end_s"] < window.end_s - 0.2
        ]
        for sound in inside:
            middle_s = (sound["start_s"] + sound["end_s"]) / 2
            near = min(found, key=lambda one: abs(one.middle_s - middle_s))
            right.append(near.sound == sound["sound"] and abs(near.middle_s - middle_s) <= 0.06)
    assert np.mean(right) >= 0.99


def test_of_a_short_recording_only_what_was_heard_has_states(default):
    with Recording.open(demo_recordings()[0].path) as recording:
        front_end = FrontEnd(recording.rate, 2.0, default.config)
        front_end.push(np.concatenate(list(recording.blocks(4000)))[: 6 * recording.rate])
        (window,) = front_end.flush().windows
    states = default.judge(window, front_end.image).states
    assert 6 - 0.1 < states.end_s <= 6 + states.step_s
    assert np.allclose(states.probability.sum(axis=0), 1, atol=1e-5)


def test_a_model_that_has_not_learnt_the_states_finds_none(classifier, windows, default, tmp_path):
    found, image_of = windows
    assert not classifier.finds_states
    assert classifier.judge(found[0], image_of).verdict.heart_rate_bpm is None
    card = json.loads(default.card.to_json())
    card["recipe"]["state_weight"] = 0.0
    path = shutil.copy(find_model("default"), tmp_path / "unmarked.safetensors")
    Path(path).with_suffix(".json").write_text(json.dumps(card))
    unmarked = Classifier.load(str(path))
    assert not unmarked.finds_states
    image = np.zeros(default.config.image_shape, np.float32)
    assert unmarked.probability(image) == default.probability(image)
