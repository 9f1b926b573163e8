from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.beat_average import BIN_HZ, RATE, STEP_S, BeatAverage
from dsp.beats import HeartSound
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig

SECONDS = 20


@cache
def heart(condition="as", seconds=SECONDS, **more):
    source = HeartSoundSynthesizer(
        SynthesisConfig(condition=condition, rate=RATE, seed=3, **{"snr_db": 15, "jitter": 0.02, **more})
    )
    signal = source.read(seconds * RATE)
    signal.flags.writeable = False
    sounds = [
        HeartSound(one.sound, one.start_s, one.end_s)
        for one in source.truth(seconds)
        if one.sound in ("S1", "S2")
    ]
    return signal, tuple(sounds)


def averaged(signal, sounds, **more):
    average = BeatAverage(**more)
    average.push(signal, sounds)
    return average.average()


def test_an_average_of_noisy_beats_is_nearer_to_the_clean_one_than_a_beat_is():
    noisy, sounds = heart("normal", snr_db=3)
    clean, _ = heart("normal", snr_db=None)
    wanted = averaged(clean, sounds, beats=16).waveform[:1400]
    found = averaged(noisy, sounds, beats=16)
    single = averaged(noisy[: 4 * RATE], sounds, beats=1)
    assert found.beats == 16

    def error(beat):
        return np.sqrt(np.mean(np.square(beat.waveform[:1400] - wanted)))

    assert error(found) < error(single) / 2


def test_the_variation_is_that_of_the_beats_about_their_mean():
    noisy, sounds = heart("normal", snr_db=3)
    clean, _ = heart("normal", snr_db=None)
    found = averaged(noisy, sounds)
    assert found.variation.shape == found.waveform.shape
    # Late in diastole there is nothing but the noise.
    noise = np.std(noisy - clean)
    late = found.variation[round(0.6 * RATE) : round(0.7 * RATE)]
    assert np.sqrt(np.mean(np.square(late))) == pytest.approx(noise, rel=0.2)
    assert not averaged(clean, sounds, beats=1).variation.any()
    intervals = np.diff([one.start_s for one in sounds if one.sound == "S1"])
    assert found.interval_s == pytest.approx(np.mean(intervals[-found.beats :]), abs=0.02)


def test_it_begins_with_the_first_sound_and_holds_the_murmur_before_the_second():
    beat = averaged(*heart("as", murmur_level=0.6, snr_db=25))
    rows = (np.arange(65) * BIN_HZ >= 250) & (np.arange(65) * BIN_HZ <= 450)
    loud_s = STEP_S * np.argmax(beat.spectrogram_db[rows].mean(axis=0))
    assert 0.1 < loud_s < beat.second_sound_s
    assert 0.28 < beat.second_sound_s < 0.4
    early = np.abs(beat.waveform[: round(0.1 * RATE)]).max()
    assert early > 2 * np.abs(beat.waveform[round(0.6 * RATE) :]).max()
    assert beat.spectrogram_db.shape == (65, -(-beat.waveform.size // 32))
    assert np.isfinite(beat.spectrogram_db).all()


@settings(max_examples=20)
@given(st.lists(st.integers(0, 7000), min_size=1, max_size=12), st.floats(0, 2.5), st.floats(0, 1e4))
def test_a_stream_gives_what_the_whole_does_however_it_is_cut(sizes, late_s, origin_s):
    signal, sounds = heart()
    whole = averaged(signal, sounds)
    moved = [HeartSound(one.sound, one.start_s + origin_s, one.end_s + origin_s) for one in sounds]
    stream = BeatAverage()
    stream.reset(origin_s)
    done = told = 0
    for size in [*sizes, *[RATE] * SECONDS]:
        begin, done = done, min(done + size, signal.size)
        settled = [one for one in moved if one.end_s <= origin_s + done / RATE - late_s]
        stream.push(signal[begin:done], settled[told:])
        told = len(settled)
    stream.push(signal[:0], moved[told:])
    found = stream.average()
    assert found.beats == whole.beats
    np.testing.assert_allclose(found.waveform, whole.waveform, atol=1e-6)
    np.testing.assert_allclose(found.spectrogram_db, whole.spectrogram_db, atol=1e-3)


def test_what_is_unlike_the_others_is_left_out():
    signal, sounds = heart("normal")
    onsets = [one.start_s for one in sounds if one.sound == "S1"]
    spoilt = signal.copy()
    begin = round(onsets[10] * RATE)
    spoilt[begin : begin + 1500] += np.random.default_rng(0).normal(0, 0.3, 1500)
    whole, found = BeatAverage(100), BeatAverage(100)
    assert found.push(spoilt, sounds) <= whole.push(signal, sounds) - 1
    # An early beat and the pause after it.
    early = [
        HeartSound(one.sound, one.start_s - 0.3, one.end_s - 0.3)
        if onsets[8] <= one.start_s < onsets[9]
        else one
        for one in sounds
    ]
    assert BeatAverage(100).push(signal, early) <= whole.average().beats - 2


def test_when_the_sound_has_changed_for_good_the_old_beats_are_forgotten():
    signal, sounds = heart("normal", seconds=40)
    quieter = signal.copy()
    quieter[15 * RATE :] *= 0.1
    beat = averaged(quieter, sounds, beats=8)
    assert np.abs(beat.waveform).max() < 0.2 * np.abs(averaged(signal, sounds, beats=8).waveform).max()


def test_it_keeps_so_many_beats_and_starts_anew_when_told():
    signal, sounds = heart("normal", seconds=40)
    average = BeatAverage(5)
    assert average.average() is None
    assert average.push(signal, sounds) > 30
    assert average.average().beats == 5
    average.reset()
    assert average.average() is None
    with pytest.raises(ValueError, match="at least 1"):
        BeatAverage(0)


def test_without_sounds_memory_stays_the_same():
    average = BeatAverage()
    for _ in range(60):
        average.push(np.zeros(RATE))
    assert average._history.end == 60 * RATE
    assert average._history._buffer.size <= 24 * RATE
    late = [HeartSound("S1", 1.0, 1.1), HeartSound("S2", 1.3, 1.4), HeartSound("S1", 1.8, 1.9)]
    assert average.push(np.zeros(RATE), late) == 0


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["S1", "S2"]), st.floats(0, 12)), max_size=40),
    st.integers(0, 20_000),
    st.integers(0, 9),
)
def test_whatever_sounds_it_is_told_it_averages_or_does_not(told, size, seed):
    sounds = [HeartSound(kind, at, at + 0.1) for kind, at in sorted(told, key=lambda one: one[1])]
    average = BeatAverage()
    good = average.push(np.random.default_rng(seed).normal(size=size), sounds)
    beat = average.average()
    assert (beat is None) == (good == 0)
    if beat is not None:
        assert np.isfinite(beat.waveform).all()
        assert np.isfinite(beat.spectrogram_db).all()
        assert 0.2 * RATE < beat.waveform.size <= 2.4 * RATE
