"""Murmurs of hearts whose sounds and murmurs are known."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.bandpass import CausalBandpass
from dsp.beats import HeartSound
from dsp.reading import (
    FEWEST_BEATS,
    LOUD_DB,
    NONE,
    PARTS,
    RATE,
    SHAPES,
    TIMINGS,
    Reading,
    ReadingTally,
    read_murmur,
)
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig

SECONDS = 10
TIMING = {
    **dict.fromkeys(("normal", "s3", "s4"), "none"),
    **dict.fromkeys(("as", "mr", "mvp"), "systolic"),
    **dict.fromkeys(("ms", "ar"), "diastolic"),
}


@cache
def heart(condition, heart_rate=72.0, seed=0, **more):
    """A bandpassed stretch and its true sounds."""
    config = SynthesisConfig(
        condition=condition, heart_rate_bpm=heart_rate, seed=seed, rate=RATE, **{"snr_db": 25, **more}
    )
    source = HeartSoundSynthesizer(config)
    signal = CausalBandpass().push(source.read(SECONDS * RATE)).astype(np.float32)
    signal.flags.writeable = False
    sounds = [
        HeartSound(one.sound, one.start_s, one.end_s)
        for one in source.truth(SECONDS)
        if one.sound in ("S1", "S2")
    ]
    return signal, sounds


@pytest.mark.parametrize("condition", TIMING)
@pytest.mark.parametrize(
    ("heart_rate", "seed", "level"), [(52, 1, 0.4), (72, 2, 0.6), (98, 3, 0.8), (125, 4, 0.5)]
)
def test_a_murmur_is_heard_where_it_is(condition, heart_rate, seed, level):
    found = read_murmur(*at(heart(condition, heart_rate, seed, murmur_level=level)))
    assert found.timing == TIMING[condition]
    if found.timing == NONE:
        assert found == Reading(NONE, None, None, None, None, found.beats, 0)
    else:
        assert found.heard_in >= 0.8 * found.beats
        assert found.strength_db >= LOUD_DB


@pytest.mark.parametrize(
    ("condition", "part", "shape", "low_hz", "high_hz"),
    [
        ("as", "holo", "diamond", 100, 400),
        ("mr", "holo", "plateau", 150, 500),
        ("ar", "early", "decrescendo", 200, 600),
    ],
)
def test_its_shape_part_and_frequency_are_those_it_was_made_with(condition, part, shape, low_hz, high_hz):
    for seed in range(3):
        found = read_murmur(*at(heart(condition, 68, seed, murmur_level=0.6)))
        assert (found.part, found.shape) == (part, shape)
        assert low_hz < found.frequency_hz < high_hz


def test_a_heart_without_any_noise_is_silent_between_its_sounds():
    for condition in ("normal", "s3", "s4"):
        assert read_murmur(*at(heart(condition, 80, 5, snr_db=None))).timing == NONE


def test_a_murmur_through_the_second_sound_is_continuous():
    signal, sounds = heart("normal", 75, 6)
    time_s = np.arange(signal.size) / RATE
    envelope = sum(
        np.where(
            time_s < one.start_s,
            np.exp(-(((time_s - one.start_s) / 0.15) ** 2)),
            np.exp(-(((time_s - one.start_s) / 0.2) ** 2)),
        )
        for one in sounds
        if one.sound == "S2"
    )
    noise = CausalBandpass(100, 400, 2).push(np.random.default_rng(0).normal(size=signal.size))
    found = read_murmur((signal + 0.05 * envelope * noise / noise.std()).astype(np.float32), 0.0, sounds)
    assert (found.timing, found.part, found.shape) == ("continuous", None, None)


def test_a_noise_in_few_beats_is_no_murmur():
    signal, sounds = heart("normal", 72, 7)
    noisy = signal.copy()
    noise = CausalBandpass(100, 400, 2).push(np.random.default_rng(1).normal(size=signal.size))
    noisy[2 * RATE : 4 * RATE] += 0.2 * noise[2 * RATE : 4 * RATE].astype(np.float32)
    assert read_murmur(noisy, 0.0, sounds).timing == NONE


def at(made, start_s=0.0):
    signal, sounds = made
    return (
        signal,
        start_s,
        [replace(one, start_s=one.start_s + start_s, end_s=one.end_s + start_s) for one in sounds],
    )


conditions = st.sampled_from(list(TIMING))


@settings(max_examples=25)
@given(conditions, st.integers(-12, 12), st.booleans())
def test_neither_gain_nor_polarity_matters(condition, doublings, turned):
    signal, start_s, sounds = at(heart(condition))
    found = read_murmur(signal * np.float32(2.0**doublings * (-1 if turned else 1)), start_s, sounds)
    assert_same(found, read_murmur(signal, start_s, sounds))


@settings(max_examples=25)
@given(conditions, st.floats(0, 1e5))
def test_when_it_was_heard_does_not_matter(condition, start_s):
    assert_same(read_murmur(*at(heart(condition), start_s)), read_murmur(*at(heart(condition))))


@settings(max_examples=25)
@given(conditions, st.integers(0, 1200))
def test_where_the_stretch_begins_does_not_matter(condition, left_out):
    signal, _, sounds = at(heart(condition, murmur_level=0.6))
    found = read_murmur(signal[left_out:], left_out / RATE, sounds)
    whole = read_murmur(signal, 0.0, sounds)
    assert found.timing == whole.timing
    assert whole.beats - 2 <= found.beats <= whole.beats


def assert_same(one, other):
    assert (one.timing, one.part, one.shape, one.beats, one.heard_in) == (
        other.timing,
        other.part,
        other.shape,
        other.beats,
        other.heard_in,
    )
    assert one.strength_db == pytest.approx(other.strength_db, abs=1e-2)
    assert one.frequency_hz == pytest.approx(other.frequency_hz, abs=0.5)


def test_of_few_beats_nothing_can_be_said():
    signal, sounds = heart("as")
    assert read_murmur(signal, 0.0, []) is None
    assert read_murmur(signal, 0.0, sounds[: 2 * FEWEST_BEATS - 1]) is None
    assert read_murmur(signal, 0.0, sounds[: 2 * FEWEST_BEATS + 2]) is not None
    assert read_murmur(signal[:100], 0.0, sounds) is None
    assert read_murmur(signal, 1000.0, sounds) is None


@st.composite
def any_sounds(draw):
    edges = sorted(draw(st.lists(st.floats(-1, 12), min_size=0, max_size=80)))
    return [
        HeartSound(("S1", "S2")[draw(st.integers(0, 1))], start_s, end_s)
        for start_s, end_s in zip(edges[::2], edges[1::2], strict=False)
    ]


@settings(max_examples=60)
@given(any_sounds(), st.sampled_from([0.0, 1e-12, 1e-3, 1.0, 1e4]), st.integers(0, 20_000), st.integers(0, 9))
def test_whatever_the_sound_the_reading_is_one_or_none(sounds, gain, size, seed):
    signal = np.random.default_rng(seed).normal(size=size).astype(np.float32) * np.float32(gain)
    found = read_murmur(signal, 0.0, sounds)
    if found is None:
        return
    assert found.timing in TIMINGS
    assert found.beats >= FEWEST_BEATS
    assert 0 <= found.heard_in <= found.beats
    if found.timing == NONE:
        assert (found.part, found.shape, found.frequency_hz, found.strength_db) == (None,) * 4
    else:
        assert LOUD_DB <= found.strength_db < 1000
        assert 0 < found.frequency_hz < RATE / 2
        assert found.timing == "continuous" or (found.part in PARTS and found.shape in SHAPES)


# Of a whole recording


MURMUR = Reading("systolic", "holo", "diamond", 200.0, 20.0, 12, 11)
SILENT = Reading(NONE, None, None, None, None, 10, 0)


def tally(readings, hop_s=10.0):
    whole = ReadingTally()
    for place, reading in enumerate(readings):
        whole.add(reading, place * hop_s, place * hop_s + 10)
    return whole.result()


def test_most_windows_decide():
    assert tally([]) is None
    assert tally([SILENT] * 2) == replace(SILENT, beats=20)
    assert tally([MURMUR, SILENT]).timing == NONE  # of two equals the one that says less
    other = replace(MURMUR, shape="plateau", frequency_hz=260.0, strength_db=14.0, heard_in=12)
    assert tally([MURMUR, MURMUR, other, SILENT]) == replace(
        MURMUR, frequency_hz=220.0, strength_db=18.0, beats=46, heard_in=34
    )


def test_a_continuous_murmur_has_neither_part_nor_shape():
    whole = tally([replace(MURMUR, timing="continuous", part=None, shape=None)] * 3)
    assert (whole.timing, whole.part, whole.shape) == ("continuous", None, None)


@given(st.integers(1, 40))
def test_a_beat_is_counted_once_however_often_windows_overlap(windows):
    whole = tally([MURMUR] * windows, hop_s=2.0)
    assert whole.beats == 12 * -(-windows // 5)
    assert whole.heard_in == 11 * -(-windows // 5)
