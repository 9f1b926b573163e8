"""A heart that changes at set times."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.course import CHANGEABLE, Change, Course
from dsp.murmur import Murmur
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from tests.dsp.scenarios import changes

calm = settings(max_examples=40, deadline=None)


def intervals(synthesizer, from_s, to_s):
    onsets = [beat.start_s for beat in synthesizer.beats(to_s) if beat.start_s >= from_s]
    return np.diff(onsets)


def test_the_rate_is_another_from_the_first_beat_after_its_time():
    synthesizer = HeartSoundSynthesizer(
        SynthesisConfig(jitter=0.0), (Change(20, {"heart_rate_bpm": 120}), Change(40, {"heart_rate_bpm": 50}))
    )
    told = synthesizer.changes(60.0)
    assert [change.change.at_s for change in told] == [20, 40]
    for change, rate in zip(told, (120, 50), strict=True):
        assert 0 <= change.start_s - change.change.at_s < 60 / 50 + 0.01
        assert 60 / intervals(synthesizer, change.start_s, change.start_s + 18) == pytest.approx(
            rate, rel=0.01
        )
    assert 60 / intervals(synthesizer, 0, told[0].start_s) == pytest.approx(72, rel=0.01)


def test_a_change_with_a_length_goes_back():
    config = SynthesisConfig(snr_db=None)
    murmur = Change(4, {"murmurs": (Murmur("holosystolic", grade=4),)}, 4)
    synthesizer = HeartSoundSynthesizer(config, (murmur,))
    samples, plain = synthesizer.read(12 * 4000), HeartSoundSynthesizer(config).read(12 * 4000)
    (told,) = synthesizer.changes(12.0)
    first, end = round(told.start_s * 4000), round(told.end_s * 4000)
    assert np.array_equal(samples[:first], plain[:first])
    assert np.array_equal(samples[end:], plain[end:])
    loud = [sound for sound in synthesizer.truth(12.0) if sound.sound == "systolic_murmur"]
    assert all(told.start_s <= sound.start_s < sound.end_s <= told.end_s for sound in loud)
    assert len(loud) == len([beat for beat in synthesizer.beats(12.0) if first <= beat.start_s * 4000 < end])


def test_a_stethoscope_off_the_chest_hears_no_heart():
    config = SynthesisConfig(snr_db=None)
    synthesizer = HeartSoundSynthesizer(config, (Change(3, {"heard": False}, 3),))
    samples, (told,) = synthesizer.read(10 * 4000), synthesizer.changes(10.0)
    assert not samples[round(told.start_s * 4000) : round(told.end_s * 4000)].any()
    # The heart goes on meanwhile.
    plain = HeartSoundSynthesizer(config)
    kept = [s for s in plain.truth(10.0) if not told.start_s <= s.start_s < told.end_s]
    assert synthesizer.truth(10.0) == kept


@calm
@given(st.lists(changes, max_size=4), st.integers(0, 2**40), st.floats(0, 10))
def test_the_heart_at_any_time_is_what_the_changes_say(listed, seed, at_s):
    heart = SynthesisConfig(rate=1000, seed=seed)
    sample, expected = round(at_s * 1000), heart
    for change in sorted(listed, key=lambda change: change.at_s):
        start, end = change.span(1000)
        if start <= sample and (end is None or sample < end):
            expected = dataclasses.replace(expected, **change.to)
    assert Course(heart, listed).at(sample) == expected


@calm
@given(st.lists(changes, max_size=4), st.integers(0, 2**40))
def test_beats_follow_one_another_through_any_changes(listed, seed):
    synthesizer = HeartSoundSynthesizer(SynthesisConfig(rate=1000, seed=seed), listed)
    beats = synthesizer.beats(12.0)
    assert all(before.end_s <= after.start_s + 1e-9 for before, after in pairwise(beats))
    onsets = [sound.start_s for sound in synthesizer.truth(12.0) if sound.sound == "S1"]
    assert onsets == [beat.start_s for beat in beats]
    for told in synthesizer.changes(12.0):
        assert told.change.at_s - 0.001 <= told.start_s < told.end_s <= 12.0


@calm
@given(st.lists(changes, max_size=3), st.floats(1, 5))
def test_what_comes_later_moves_nothing_before(listed, from_s):
    later = [dataclasses.replace(change, at_s=change.at_s + from_s) for change in listed]
    n = round(from_s * 1000)
    config = SynthesisConfig(rate=1000)
    changed = HeartSoundSynthesizer(config, later).read(n)
    assert np.array_equal(changed, HeartSoundSynthesizer(config).read(n))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Change(-1, {"heard": False}), "at_s must be 0 to 86400, not -1"),
        (lambda: Change(0, {"heard": False}, 0), "length_s must be above 0, at most 86400, not 0"),
        (lambda: Change(0, {}), "nothing changes; name one of condition, heart_rate_bpm"),
        (lambda: Change(0, {"rate": 8000}), "rate cannot change; allowed are condition"),
        (lambda: Change(0, {"heart_rate_bpm": 300}), "heart_rate_bpm must be 35 to 200, not 300"),
        (
            lambda: Course(SynthesisConfig("s4"), (Change(2.5, {"rhythm": "fibrillation"}),)),
            "the heart as changed at 2.5 s: rhythm cannot be fibrillation with an S4",
        ),
    ],
)
def test_what_is_not_allowed_is_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_what_may_change_are_fields_of_the_heart():
    fields = {field.name for field in dataclasses.fields(SynthesisConfig)}
    assert fields - set(CHANGEABLE) == {"snr_db", "rate", "seed", "breath_rate_per_min"}
    assert set(CHANGEABLE) < fields
