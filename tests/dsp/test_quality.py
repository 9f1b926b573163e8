import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.quality import (
    CLIPPED_FRACTION,
    FULL_SCALE,
    LEAST_HEARD_S,
    QUIET_FRACTION,
    QUIET_RMS,
    ClippingCounter,
    fall_db,
    longest_silence,
    quiet_fraction,
    refusals,
    step_power,
)
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from tests.dsp.streams import cuts, hear, heart, pieces

WHOLE_STEPS = (1000, 2000, 4000, 8000, 11025, 44100, 48000)  # 80 ms are a whole number of samples
STEP_S = 160 / 2000


@given(
    st.sampled_from(WHOLE_STEPS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 300)), max_size=10),
    cuts,
    st.integers(0, 6),
    st.integers(1, 5),
)
def test_the_clipped_share_equals_a_direct_count(rate, bursts, at, first, steps):
    step = rate * 160 // 2000
    samples = np.zeros(12 * step)
    for where, length in bursts:
        begin = int(where * samples.size)
        samples[begin : begin + length] = [1.0, -1.0, FULL_SCALE, -FULL_SCALE][length % 4]
    counter = ClippingCounter(rate, 2000, 160)
    told = sum(counter.push(part) for part in pieces(samples, at))
    assert told == np.count_nonzero(np.abs(samples) >= FULL_SCALE)
    counter.forget_before(first)
    window = np.abs(samples[first * step : (first + steps) * step])
    assert counter.fraction(first, steps) == pytest.approx(np.mean(window >= FULL_SCALE), abs=1e-12)


@given(st.sampled_from(WHOLE_STEPS), st.integers(1, 5000))
def test_a_short_stream_is_judged_by_what_arrived(rate, count):
    samples = np.where(np.arange(count) % 3 == 0, 1.0, 0.0)
    counter = ClippingCounter(rate, 2000, 160)
    counter.push(samples)
    steps = -(-count * 2000 // (rate * 160))
    assert counter.fraction(0, steps) == pytest.approx(samples.mean(), abs=1e-12)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30), st.integers(0, 40))
def test_forgetting_at_any_time_loses_nothing_that_is_still_to_come(sizes, ahead):
    """The next window may begin after what has been heard, where the hop is longer than the window."""
    samples = np.random.default_rng(0).choice([0.0, 1.0], sum(sizes), p=[0.7, 0.3])
    counter, heard = ClippingCounter(2000, 2000, 160), 0
    for size in sizes:
        counter.push(samples[heard : heard + size])
        heard += size
        counter.forget_before(ahead)
    later = samples[ahead * 160 :]
    assert counter.fraction(ahead, 10_000) == pytest.approx(later.mean() if later.size else 0.0, abs=1e-12)


# A level at the very limit would be decided by rounding.
levels_about_the_limit = st.floats(0, 3e-4).filter(lambda level: abs(level / QUIET_RMS - 1) > 1e-6)


@given(st.lists(levels_about_the_limit, min_size=1, max_size=40), st.integers(0, 159))
def test_the_quiet_share_equals_a_direct_count(levels, more):
    sign = np.where(np.arange(160) % 2, 1, -1)
    signal = np.concatenate([level * sign for level in levels] + [np.full(more, 0.5)])
    expected = np.mean([np.sqrt(np.mean((level * sign) ** 2)) < QUIET_RMS for level in levels])
    assert quiet_fraction(step_power(signal, 160)) == pytest.approx(expected)


@given(st.integers(1, 159), levels_about_the_limit)
def test_less_than_a_step_is_judged_as_one(count, level):
    quiet = quiet_fraction(step_power(np.full(count, level), 160))
    assert quiet == float(np.sqrt(np.mean(np.full(count, level) ** 2)) < QUIET_RMS)


def test_no_sound_at_all_is_quiet():
    assert quiet_fraction(step_power(np.empty(0), 160)) == 1.0


@given(st.lists(st.booleans(), max_size=60))
def test_the_longest_silence_is_the_longest_run(sounding):
    power = np.where(sounding, 1e-4, 0.0)
    runs = "".join("x" if one else " " for one in sounding).split("x")
    assert longest_silence(power) == max(map(len, runs))


@given(st.floats(0, 1), st.floats(0, 10))
def test_reasons_follow_the_limits_on_clipping_and_length(clipped, heard_s):
    expected = [("clipped", clipped > CLIPPED_FRACTION), ("no_heart_sound", heard_s < LEAST_HEARD_S)]
    sound = np.full(125, 1e-3)
    told = refusals(sound, 12.5, clipped, heard_s)
    assert told == tuple(reason for reason, holds in expected if holds)


def test_at_a_limit_a_window_still_passes():
    half = np.repeat([1e-3, 0.0], 62)[np.arange(124) % 2 * 62]
    assert quiet_fraction(half) == QUIET_FRACTION
    assert refusals(half, 12.5, CLIPPED_FRACTION, LEAST_HEARD_S) == ()
    above, below = np.nextafter(CLIPPED_FRACTION, 1), np.nextafter(LEAST_HEARD_S, 0)
    assert refusals(np.append(half, 0.0), 12.5, above, below) == ("too_quiet", "clipped", "no_heart_sound")


@pytest.mark.parametrize(("hole_s", "refused"), [(1.2, ()), (1.9, ("gap",)), (3.0, ("gap",))])
def test_a_hole_in_the_sound_is_told_and_the_slowest_hearts_pause_is_none(hole_s, refused):
    sound = heart(4000, 10.0).copy()
    sound[16000 : 16000 + round(hole_s * 4000)] = 0
    assert [w.refused for w in hear(4000, [sound], images=False).windows] == [refused]


@pytest.mark.parametrize("condition", ["normal", "mr", "s3"])
@pytest.mark.parametrize("rate_bpm", [35, 60, 180])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_heart_without_noise_neither_fades_nor_has_holes(condition, rate_bpm, seed):
    config = SynthesisConfig(
        condition, heart_rate_bpm=rate_bpm, jitter=0.1, snr_db=None, rate=2000, seed=seed
    )
    sound = HeartSoundSynthesizer(config).read(20_000)
    (window,) = hear(2000, [sound], images=False).windows
    assert not {"gap", "fading"} & set(window.refused)


@given(st.floats(-60, 60), st.floats(-100, 0))
def test_a_steady_fall_is_measured(fall, level_db):
    steps = np.arange(125) / 125
    power = 10 ** ((level_db + 140 - fall * steps) / 10)
    assert fall_db(power, 12.5) == pytest.approx(max(0.0, fall), abs=0.05 * abs(fall) + 1e-6)


def test_noise_suppression_that_eats_the_heart_is_told():
    sound = heart(4000, 10.0)
    eaten = sound * 10 ** (-2.5 * np.arange(sound.size) / 4000 / 20)
    assert [w.refused for w in hear(4000, [eaten], images=False).windows] == [("fading",)]
    louder = sound * 10 ** (2.5 * (np.arange(sound.size) / 4000 - 10) / 20)
    assert [w.refused for w in hear(4000, [louder], images=False).windows] == [()]


@pytest.mark.parametrize("rate", WHOLE_STEPS)
@pytest.mark.parametrize(
    ("seconds", "refused"), [(0.24, ("no_heart_sound",)), (0.99, ("no_heart_sound",)), (1.0, ()), (3.0, ())]
)
def test_less_than_a_heart_cycle_is_refused_and_says_that_it_was_looped(rate, seconds, refused):
    (window,) = hear(rate, [heart(rate, 10.0)[: round(seconds * rate)]], images=False).windows
    assert window.refused == refused
    assert "padded" in window.notes


@pytest.mark.parametrize("rate", [1000, 2000, 4000, 44100])
def test_silence_is_refused_and_a_heart_sound_is_not(rate):
    assert [w.refused for w in hear(rate, [np.zeros(10 * rate)], images=False).windows] == [("too_quiet",)]
    assert [w.refused for w in hear(rate, [heart(rate, 10.0)], images=False).windows] == [()]


@given(st.floats(-1, 1))
def test_an_offset_is_silence(offset):
    refused = hear(2000, [np.full(20_000, offset)], images=False).windows[0].refused
    assert "too_quiet" in refused
    assert ("clipped" in refused) == (abs(np.float32(offset)) >= FULL_SCALE)


@pytest.mark.parametrize(("loud_s", "refused"), [(4.0, ("too_quiet",)), (6.0, ("gap",)), (9.0, ())])
def test_a_window_that_ends_in_silence_is_refused(loud_s, refused):
    samples = np.array(heart(2000, 10.0))
    samples[int(loud_s * 2000) :] = 0
    assert hear(2000, [samples], images=False).windows[0].refused == refused


@settings(max_examples=40)
@given(
    st.sampled_from([1000, 2000, 4000, 11025]),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.12) | st.floats(0, 3)), max_size=6),
    cuts,
    st.sampled_from([0.4, 2.0, 10.0, 12.0, 20.0]),
)
def test_a_window_is_refused_by_its_own_clipped_samples_however_the_sound_is_cut(rate, bursts, at, hop_s):
    samples = np.array(heart(rate, 31.0))
    for where, seconds in bursts:
        begin = int(where * samples.size)
        samples[begin : begin + int(seconds * rate)] = 1.0
    heard = hear(rate, pieces(samples, at), hop_s, images=False)
    assert heard.clipped_samples == np.count_nonzero(np.abs(samples) >= FULL_SCALE)
    assert [window.start_s for window in heard.windows] == pytest.approx(np.arange(0, 21.001, hop_s))
    for window in heard.windows:
        inside = samples[round(window.start_s * rate) : round(window.end_s * rate)]
        clipped = np.mean(np.abs(inside) >= FULL_SCALE)
        assert ("clipped" in window.refused) == (clipped > CLIPPED_FRACTION)
