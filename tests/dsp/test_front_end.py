import pickle
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.bandpass import CausalBandpass
from dsp.front_end import LARGEST_SAMPLE, FrontEnd
from dsp.resample import StreamingResampler
from recordings import Recording, demo_recordings
from tests.dsp.streams import RATES, cuts, hear, heart, pieces

rates = st.sampled_from(RATES)
BAD = (np.nan, np.inf, -np.inf, 1e300, -1e300, 3.4e38, 2.0**33)


@cache
def eventful(rate):
    """11.5 s with all that can befall a sound: clipping, silence, samples that are no numbers."""
    samples = np.array(heart(rate, 11.5))
    rng = np.random.default_rng(rate)
    samples[: rate // 5] = 0
    samples[5 * rate : 5 * rate + rate // 4] = 1.0
    samples[rng.integers(0, samples.size, 50)] = rng.choice(BAD, 50)
    samples[0] = np.nan
    samples.flags.writeable = False
    return samples


@cache
def in_one_piece(rate):
    return hear(rate, [eventful(rate)])


@settings(max_examples=40)
@given(rates, cuts)
def test_any_cutting_gives_the_same_bits(rate, at):
    heard, expected = hear(rate, pieces(eventful(rate), at)), in_one_piece(rate)
    assert heard.facts() == expected.facts()
    assert heard.bits() == expected.bits()
    assert heard.bad_samples > 0
    assert heard.clipped_samples > 0
    assert [window.start_s for window in heard.windows] == [0.0, 0.4, 0.8, 1.2]


@pytest.mark.parametrize("size", [1, 7, 160, 333])
def test_blocks_of_one_size_give_the_same_bits(size):
    samples = eventful(4000)[:40_500]
    blocks = [samples[begin : begin + size] for begin in range(0, samples.size, size)]
    assert hear(4000, blocks).bits() == hear(4000, [samples]).bits()


@pytest.mark.parametrize("recording", demo_recordings(), ids=lambda recording: recording.name)
def test_a_recording_gives_the_same_bits_in_any_blocks(recording):
    def heard(frames):
        with Recording.open(recording.path) as sound:
            return hear(sound.rate, list(sound.blocks(frames)), 2.0)

    assert heard(1000).bits() == heard(20_011).bits()


def test_a_stethoscopes_recording_gives_the_same_bits_in_any_blocks(corpora):
    for name in ("a/a0001", "b/b0001", "e/e00001"):
        with Recording.open(corpora / "cinc2016" / f"training-{name}.flac") as sound:
            samples = np.concatenate(list(sound.blocks(4096)))
        assert hear(2000, pieces(samples, [0.1, 0.1003, 0.77])).bits() == hear(2000, [samples]).bits()


@settings(max_examples=20)
@given(rates, st.floats(0.1, 2.5))
def test_the_signal_is_the_bandpassed_resampled_input(rate, seconds):
    samples = heart(rate, 3.0)[: int(seconds * rate)]
    resampler = StreamingResampler(rate)
    expected = CausalBandpass().push(np.concatenate([resampler.push(samples), resampler.flush()]))
    assert np.array_equal(hear(rate, [samples], images=False).filtered, expected)


@settings(max_examples=20)
@given(st.sampled_from([1000, 2000, 4000, 11025]), st.integers(1, 300))
def test_windows_are_cut_from_the_continuous_signal(rate, hop_steps):
    heard = hear(rate, [heart(rate, 35.0)], hop_steps * 160 / 2000, images=False)
    starts = np.arange(0, 70_000 - 20_000 + 1, hop_steps * 160)
    assert len(heard.windows) == starts.size
    for start, window in zip(starts, heard.windows, strict=True):
        assert window.start_s == pytest.approx(start / 2000, abs=1e-6)
        assert window.end_s == pytest.approx(start / 2000 + 10, abs=1e-6)
        assert window.heard_s == 10.0
        assert np.array_equal(window.signal, heard.filtered[start : start + 20_000].astype(np.float32))
        with pytest.raises(ValueError, match="read-only"):
            window.signal[0] = 1.0


@settings(max_examples=40)
@given(rates, st.floats(-0.4, 0.9), st.floats(0, 1))
def test_a_window_depends_on_nothing_later_than_its_look_ahead(rate, after_s, kind):
    """Changed from `after_s` past the end of the first window on."""
    samples = np.array(heart(rate, 11.0))
    index = int((10.0 + after_s) * rate) + 1
    samples[index:] = np.nan if kind < 0.3 else 0.9 * kind
    look_ahead_s = FrontEnd(rate).look_ahead_s
    windows = hear(rate, [samples], images=False).windows
    for window, before in zip(windows, untouched(rate), strict=True):
        if index / rate > window.end_s + look_ahead_s:
            assert np.array_equal(window.signal, before.signal)
        if index / rate < window.end_s + look_ahead_s - 0.004:
            assert not np.array_equal(window.signal, before.signal)


@cache
def untouched(rate):
    return hear(rate, [heart(rate, 11.0)], images=False).windows


@pytest.mark.parametrize("rate", [rate for rate in RATES if rate != 2000])
def test_the_look_ahead_is_used_to_its_end(rate):
    samples = np.array(heart(rate, 11.0))
    inside = int((9.9995 + 0.007) * rate)
    samples[inside:] += 1.0
    changed = hear(rate, [samples], images=False).windows[0].signal != untouched(rate)[0].signal
    assert changed[-1]
    assert FrontEnd(rate).look_ahead_s == 0.008


@settings(max_examples=25)
@given(rates, cuts, st.sampled_from([0.08, 0.4, 12.0]))
def test_it_says_how_many_samples_complete_the_next_window(rate, at, hop_s):
    samples = heart(rate, 11.0)
    front_end = FrontEnd(rate, hop_s)
    for part in pieces(samples, at):
        front_end.push(part)
    needed = front_end.samples_to_next_window
    assert not front_end.push(np.zeros(needed - 1)).windows
    assert len(front_end.push(np.zeros(1)).windows) == 1


@settings(max_examples=40)
@given(st.sampled_from([1000, 2000, 4000]), st.integers(0, 12_000), st.data())
def test_what_is_no_sample_is_replaced_by_the_last_good_one(rate, first, data):
    samples = np.array(heart(rate, 13.0))
    spans = data.draw(st.lists(st.tuples(st.integers(0, samples.size - 1), st.integers(1, 500)), max_size=6))
    spoilt = samples.copy()
    spoilt[:first] = data.draw(st.sampled_from(BAD))
    for begin, length in spans:
        spoilt[begin : begin + length] = data.draw(st.sampled_from(BAD))
    clean, last = spoilt.copy(), 0.0
    for index in np.flatnonzero(np.isnan(spoilt) | (np.abs(spoilt) > LARGEST_SAMPLE)):
        last = clean[index - 1] if index else 0.0
        clean[index] = last
    at = data.draw(cuts)
    heard, expected = hear(rate, pieces(spoilt, at)), hear(rate, [clean])
    assert heard.bits() == expected.bits()
    assert heard.facts()[0] == expected.facts()[0]
    assert heard.bad_samples == np.count_nonzero(spoilt != samples)
    assert expected.bad_samples == 0


def test_the_largest_sample_is_good_and_single_precision_is_enough():
    largest = np.full(10, LARGEST_SAMPLE)
    assert FrontEnd(2000).push(largest).bad_samples == 0
    assert (
        FrontEnd(2000)
        .push(np.nextafter(np.float32(LARGEST_SAMPLE), np.float32(np.inf)) * largest)
        .bad_samples
    )
    doubles = np.random.default_rng(0).standard_normal(25_000)
    singles = doubles.astype(np.float32)
    assert hear(2000, [doubles]).bits() == hear(2000, [singles]).bits()


def test_the_callers_samples_are_left_alone():
    samples = np.array(eventful(4000))
    before = samples.tobytes()
    hear(4000, [samples])
    assert samples.tobytes() == before


@settings(max_examples=30)
@given(rates, st.floats(0.05, 9.99))
def test_a_short_stream_gives_one_padded_window(rate, seconds):
    samples = heart(rate, 10.0)[: int(seconds * rate)]
    heard = hear(rate, [samples])
    (window,) = heard.windows
    assert (window.start_s, window.end_s) == (0.0, 10.0)
    assert window.heard_s == pytest.approx(seconds, abs=0.0011)
    assert "padded" in window.notes
    made = heard.filtered.size
    assert made == -(-samples.size * 2000 // rate)
    real = made - min(200, made // 4)
    assert np.array_equal(window.signal[:real], heard.filtered[:real].astype(np.float32))
    assert window.signal[made:].any()
    assert heard.images[0].shape == (50, 121)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("seconds", "padded"), [(10.0, False), (9.99, True)])
def test_ten_seconds_are_a_window_and_less_is_padded(rate, seconds, padded):
    windows = hear(rate, [heart(rate, 10.0)[: round(seconds * rate)]], images=False).windows
    assert [(w.start_s, w.end_s, "padded" in w.notes) for w in windows] == [(0.0, 10.0, padded)]
    assert windows[0].heard_s == pytest.approx(seconds, abs=0.0006)


@pytest.mark.parametrize("rate", RATES)
def test_no_sound_gives_no_window(rate):
    assert hear(rate, []).windows == []


def test_the_looped_part_says_nothing_about_quality():
    """3 s of which 1.8 s sound: silent for 40 %; in the loop the fades would make it less."""
    samples = np.array(heart(2000, 3.0))
    samples[3200:] = 0
    assert hear(2000, [samples]).windows[0].refused == ()
    samples[2400:] = 0
    assert hear(2000, [samples]).windows[0].refused == ("too_quiet",)
    clipped = np.array(heart(2000, 3.0))
    clipped[1000:1100] = 1.0  # 1.7 % of 3 s, 0.5 % of 10 s
    assert hear(2000, [clipped]).windows[0].refused == ("clipped",)


@pytest.mark.parametrize(("rate", "limited"), [(1000, True), (1699, True), (1700, False), (4000, False)])
def test_only_a_rate_below_1700_limits_the_band(rate, limited):
    (window,) = hear(rate, [heart(rate, 0.5)], images=False).windows
    assert window.notes == (("band_limited", "padded") if limited else ("padded",))
    assert hear(rate, [heart(rate, 10.0)], images=False).windows[0].notes == (
        ("band_limited",) if limited else ()
    )


@settings(max_examples=20)
@given(st.sampled_from([2000, 4000, 11025]), st.floats(0, 1e6), st.floats(0.2, 12))
def test_after_a_gap_it_is_a_new_stream_at_another_time(rate, origin_s, before_s):
    samples = np.array(heart(rate, 11.0))
    samples[:3] = np.nan
    front_end = FrontEnd(rate)
    front_end.push(np.ones(int(before_s * rate)))
    front_end.reset(origin_s)
    assert front_end.origin_s == origin_s
    assert front_end.heard_s == 0.0
    processed = front_end.push(samples)
    fresh = FrontEnd(rate).push(samples)
    assert processed.start == 0
    assert processed.bad_samples == fresh.bad_samples
    assert np.array_equal(processed.filtered, fresh.filtered)
    for window, expected in zip(processed.windows, fresh.windows, strict=True):
        assert np.array_equal(window.signal, expected.signal)
        assert window.start_s == pytest.approx(origin_s + expected.start_s, abs=1e-6)
        assert (window.refused, window.notes) == (expected.refused, expected.notes)


@settings(max_examples=20)
@given(st.sampled_from([2000, 4000]), st.integers(2, 250))
def test_windows_of_a_longer_hop_are_some_of_those_of_a_shorter_one(rate, factor):
    samples = heart(rate, 31.0)
    every = {window.start_s: window for window in hear(rate, [samples], 0.08, images=False).windows}
    for window in hear(rate, [samples], factor * 0.08, images=False).windows:
        assert np.array_equal(window.signal, every[window.start_s].signal)


@pytest.mark.parametrize("hop_s", [0.4, 40.0])
def test_a_stream_without_end_takes_no_more_memory(hop_s):
    front_end, block = FrontEnd(2000, hop_s), np.array(heart(2000, 1.0))
    block[:40] = 1.0
    sizes = set()
    for _ in range(3):
        # The same place between two windows each time.
        for _ in range(120):
            front_end.push(block)
        sizes.add(len(pickle.dumps(front_end)))
    assert len(sizes) == 1
