from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.resample import LOOK_AHEAD_S, StreamingResampler
from tests.dsp.streams import RATES, cuts, pieces

EDGE = 20  # outputs within 8 ms of an end, where the input is continued by guess
rates = st.sampled_from(RATES)


@cache
def resampler_for(rate):
    return StreamingResampler(rate)


def whole(rate, samples):
    resampler = resampler_for(rate)
    resampler.reset()
    return np.concatenate([resampler.push(samples), resampler.flush()])


def tone(frequency, rate, count, phase=0.3):
    return np.sin(2 * np.pi * frequency * np.arange(count) / rate + phase)


@settings(max_examples=60)
@given(rates, st.floats(0, 0.6), cuts)
def test_any_cutting_gives_the_same_bits(rate, seconds, at):
    samples = np.random.default_rng(3).standard_normal(int(seconds * rate))
    expected = whole(rate, samples)
    resampler = StreamingResampler(rate) if rate < 44_000 else resampler_for(rate)
    resampler.reset()
    parts = [resampler.push(part) for part in pieces(samples, at)]
    assert all(part.size % 160 == 0 for part in parts)
    assert np.concatenate([*parts, resampler.flush()]).tobytes() == expected.tobytes()


@settings(max_examples=60)
@given(rates, st.integers(0, 20_000))
def test_length_is_that_of_the_input_rounded_up(rate, count):
    assert whole(rate, np.ones(count)).size == -(-count * 2000 // rate)


@pytest.mark.parametrize("rate", RATES)
def test_a_constant_stays_a_constant_to_both_ends(rate):
    assert np.abs(whole(rate, np.full(rate // 3, 0.7)) - 0.7).max() < 1e-13


@given(st.integers(0, 2000))
def test_the_analysis_rate_passes_unchanged(count):
    samples = np.random.default_rng(count).standard_normal(count)
    assert whole(2000, samples).tobytes() == samples.tobytes()
    assert StreamingResampler(2000).look_ahead_s == 0.0


@settings(max_examples=60)
@given(rates, st.floats(0, 1), st.floats(0, 6.28))
def test_a_tone_keeps_its_amplitude_and_its_place(rate, where, phase):
    highest = min(840, rate / 2 - 158)
    frequency = 30 + where * (highest - 30)
    made = whole(rate, tone(frequency, rate, rate // 2, phase))
    expected = tone(frequency, 2000, made.size, phase)
    assert np.abs(made - expected)[EDGE:-EDGE].max() < 1e-3


@settings(max_examples=60)
@given(st.sampled_from([rate for rate in RATES if rate >= 4000]), st.floats(0, 1), st.floats(0, 6.28))
def test_what_would_fold_into_the_band_is_75_db_down(rate, where, phase):
    frequency = 1157 + where * (rate / 2 - 1157)
    samples = tone(frequency, rate, rate // 2, phase)
    made = whole(rate, samples)[EDGE:-EDGE]
    # Near half the rate a tone's samples may all be small; its amplitude is 1 all the same.
    assert np.sqrt(np.mean(made**2)) < 10 ** (-75 / 20) / np.sqrt(2)


@settings(max_examples=40)
@given(st.sampled_from([rate for rate in RATES if rate != 2000]), st.floats(0.1, 0.4))
def test_a_sample_reaches_8_ms_either_way_and_no_further(rate, second):
    samples = np.zeros(rate // 2)
    index = int(second * rate)
    samples[index] = 1.0
    time = np.flatnonzero(whole(rate, samples)) / 2000
    assert np.abs(time - index / rate).max() <= LOOK_AHEAD_S
    assert time.min() < index / rate - LOOK_AHEAD_S + 0.002
    assert time.max() > index / rate + LOOK_AHEAD_S - 0.002


@settings(max_examples=60)
@given(rates, st.integers(0, 5000), st.integers(1, 20))
def test_it_says_how_much_it_still_needs(rate, pushed, blocks):
    resampler = resampler_for(rate)
    resampler.reset()
    made = resampler.push(np.zeros(pushed)).size
    wanted = made + blocks * 160
    needed = resampler.needed_for(wanted)
    assert made + resampler.push(np.zeros(needed - 1)).size == wanted - 160
    assert resampler.push(np.zeros(1)).size == 160
    assert resampler.needed_for(wanted) == 0


@given(rates)
def test_reset_forgets(rate):
    samples = np.random.default_rng(1).standard_normal(rate // 4)
    expected = whole(rate, samples)
    resampler = resampler_for(rate)
    resampler.push(samples + 5)
    resampler.reset()
    assert np.array_equal(np.concatenate([resampler.push(samples), resampler.flush()]), expected)


@given(st.integers(max_value=999) | st.integers(min_value=192_001))
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(ValueError, match=f"^sample rate {rate} Hz is outside 1000 to 192000 Hz$"):
        StreamingResampler(rate)
