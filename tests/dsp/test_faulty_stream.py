import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.faulty_stream import FaultyStream
from dsp.scenario import FAULT_KINDS, LOST, Fault, Scenario
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from tests.dsp.scenarios import heart_of, scenarios

calm = settings(max_examples=30, deadline=None)
TRUE_TO_TIME = tuple(kind for kind in FAULT_KINDS if kind != "drift")


def whole(scenario):
    return FaultyStream(scenario).read(scenario.samples)


def mask(stream, *kinds):
    inside = np.zeros(stream.samples, bool)
    for span in stream.faults:
        if span.kind in kinds:
            inside[span.start : span.end] = True
    return inside


@calm
@given(scenarios(), st.lists(st.integers(0, 30_000), min_size=1, max_size=6))
def test_any_division_of_reading_gives_the_same_samples(scenario, sizes):
    stream = FaultyStream(scenario)
    parts = [stream.read(size) for size in sizes]
    assert [part.size for part in parts] == sizes
    together = np.concatenate(parts)
    assert np.array_equal(together, FaultyStream(scenario).read(sum(sizes)), equal_nan=True)
    stream.reset()
    assert np.array_equal(together, stream.read(sum(sizes)), equal_nan=True)


@calm
@given(scenarios(kinds=TRUE_TO_TIME))
def test_each_fault_is_where_the_truth_says_and_the_rest_is_the_heart(scenario):
    stream, samples = FaultyStream(scenario), whole(scenario)
    heart = heart_of(scenario).read(scenario.samples)
    lost, bad, clipped = mask(stream, *LOST), mask(stream, "nan"), mask(stream, "clipping")
    assert not samples[lost].any()
    assert np.isnan(samples[bad & ~lost]).all()
    fallen = np.ones(samples.size)
    for span in stream.faults:
        if span.kind == "fading":
            since = np.arange(span.end - span.start)
            share = np.minimum((since + 1) / max(span.fall_s * stream.rate, 1), 1)
            fallen[span.start : span.end] = 10 ** (-span.fall_db * share / 20)
    heart = heart * fallen * ~mask(stream, "silence")
    sound = ~lost & ~bad
    np.testing.assert_allclose(samples[sound & ~clipped], heart[sound & ~clipped], rtol=1e-9)
    for span in stream.faults:
        if span.kind == "clipping":
            loud = np.clip(heart[span.start : span.end] * 10 ** (span.gain_db / 20), -1, 1)
            heard = sound[span.start : span.end]
            np.testing.assert_allclose(samples[span.start : span.end][heard], loud[heard], rtol=1e-9)
    assert stream.bad_samples() == np.count_nonzero(np.isnan(samples)) == np.count_nonzero(bad & ~lost)


@calm
@given(scenarios(kinds=("dropout", "disconnect", "nan")))
def test_stretches_are_the_whole_stream_in_turn(scenario):
    stream = FaultyStream(scenario)
    edge, lost = 0, np.zeros(stream.samples, bool)
    away = mask(stream, "disconnect")
    for stretch in stream.stretches():
        assert stretch.start == edge < stretch.end
        lost[stretch.start : stretch.end] = stretch.lost is not None
        assert (away[stretch.start : stretch.end] == (stretch.lost == "disconnect")).all()
        edge = stretch.end
    assert edge == stream.samples
    assert np.array_equal(lost, mask(stream, *LOST))


@calm
@given(scenarios())
def test_what_comes_is_within_full_scale(scenario):
    samples = whole(scenario)
    assert np.abs(samples[~np.isnan(samples)]).max(initial=0) <= 1


@calm
@given(scenarios(kinds=TRUE_TO_TIME))
def test_without_drift_the_truth_is_the_hearts(scenario):
    heart, stream = heart_of(scenario), FaultyStream(scenario)
    end_s = scenario.samples / scenario.heart.rate
    for ours, theirs in (
        (stream.sounds(), heart.truth(end_s)),
        (stream.beats(), heart.beats(end_s)),
        (stream.changes(), heart.changes(end_s)),
        (stream.noises(), heart.noises(end_s)),
    ):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert (one.start_s, one.end_s) == pytest.approx((other.start_s, other.end_s), abs=1e-9)
            assert dataclasses.replace(one, start_s=other.start_s, end_s=other.end_s) == other


@pytest.mark.parametrize("ppm", [-200, -37, 150, 200])
def test_drift_moves_the_beats_by_so_many_millionths(ppm):
    heart = SynthesisConfig(condition="normal", snr_db=None, seed=5)
    true = HeartSoundSynthesizer(heart)
    samples, truth = true.read(190 * heart.rate), true.truth(190)
    scenario = Scenario(heart, 180.0, (Fault("drift", 0, 180, ppm=ppm),))
    drifted, sounds = whole(scenario), FaultyStream(scenario).sounds()
    onsets = {sound.start_s for sound in truth if sound.sound == "S1"}
    moved = [sound for sound in sounds if sound.sound == "S1"]
    assert len(moved) > 150
    for sound, onset in zip(moved, sorted(onsets), strict=False):
        assert sound.start_s == pytest.approx(onset * (1 + ppm * 1e-6), abs=1e-9)
    # And so does the sound itself: the lag at which it fits the true one best, to a fraction of a sample.
    for sound, onset in list(zip(moved, sorted(onsets), strict=False))[20:-2:20]:
        at, n = round(onset * heart.rate) - 100, 800
        lags = np.arange(-200, 201)
        shift = round(onset * ppm * 1e-6 * heart.rate)
        fit = [drifted[at + shift + lag : at + shift + lag + n] @ samples[at : at + n] for lag in lags]
        best = int(np.argmax(fit))
        before, peak, after = fit[best - 1 : best + 2]
        measured = shift + lags[best] + 0.5 * (before - after) / (before - 2 * peak + after)
        assert measured == pytest.approx((sound.start_s - onset) * heart.rate, abs=0.05)


def test_lost_time_goes_on_in_the_heart():
    """A device that is away misses what the heart does; it is not handed over later."""
    heart = SynthesisConfig(seed=2)
    samples = whole(Scenario(heart, 10.0, (Fault("disconnect", 2, 3),)))
    assert np.array_equal(samples[20_000:], HeartSoundSynthesizer(heart).read(40_000)[20_000:])


@calm
@given(scenarios(kinds=("late", "drift")))
def test_samples_are_due_in_order_and_never_early(scenario):
    stream = FaultyStream(scenario)
    indices = np.unique(np.linspace(1, stream.samples, 200).astype(int))
    due = [stream.due_s(int(index)) for index in indices]
    assert due == sorted(due)
    late = mask(stream, "late")
    drift = any(span.kind == "drift" for span in stream.faults)
    for index, when in zip(indices, due, strict=True):
        on_time = index / stream.rate
        if late[index - 1]:
            (span,) = [one for one in stream.faults if one.kind == "late" and one.start < index <= one.end]
            on_time = span.end / stream.rate
        assert when == pytest.approx(on_time, rel=201e-6 if drift else 1e-12)


def test_a_negative_number_of_samples_is_no_reading():
    with pytest.raises(ValueError, match="n must be 0 or more"):
        FaultyStream(Scenario()).read(-1)
