import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, lfilter

from dsp.bandpass import CausalBandpass
from tests.dsp.streams import cuts, heart, pieces

edges = st.tuples(st.floats(10, 100), st.floats(200, 900), st.integers(1, 6))


def magnitude(frequency, low, high, order, rate):
    """Butterworth bandpass through the bilinear transform, from the textbook formula."""
    warped = np.tan(np.pi * np.asarray(frequency) / rate)
    low, high = np.tan(np.pi * low / rate), np.tan(np.pi * high / rate)
    return 1 / np.sqrt(1 + ((warped**2 - low * high) / (warped * (high - low))) ** (2 * order))


def in_long_double(samples, low, high, order):
    """One pass in direct form, in extended precision, from rest."""

    def polynomial(roots):
        product = np.ones(1, np.clongdouble)
        for root in roots:
            product = np.convolve(product, np.array([1, -root], np.clongdouble))
        return product.real

    zeros, poles, gain = butter(order, [low, high], "bandpass", fs=2000, output="zpk")
    return lfilter(gain * polynomial(zeros), polynomial(poles), samples.astype(np.longdouble))


@settings(max_examples=40)
@given(edges)
def test_its_frequency_response_is_butterworths(band):
    low, high, order = band
    click = np.zeros(40_000)
    click[1] = 1.0  # the first sample sets the initial state
    response = np.abs(np.fft.rfft(CausalBandpass(low, high, order).push(click)))
    frequency = np.fft.rfftfreq(click.size, 1 / 2000)[1:-1]
    assert np.abs(response[1:-1] - magnitude(frequency, low, high, order, 2000)).max() < 1e-6


def test_the_default_is_20_to_850_hz_of_order_4():
    click = np.zeros(40_000)
    click[1] = 1.0
    response = np.abs(np.fft.rfft(CausalBandpass().push(click)))
    db = 20 * np.log10(response[[20 * 20, 850 * 20, 200 * 20, 10 * 20]])
    assert np.allclose(db[:2], -3.0103, atol=1e-3)
    assert abs(db[2]) < 0.01
    assert np.isclose(db[3], 20 * np.log10(magnitude(10, 20, 850, 4, 2000)), atol=1e-3)


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_it_agrees_with_one_pass_in_extended_precision(seed):
    samples = np.random.default_rng(seed).standard_normal(5000)
    samples[0] = 0.0  # from rest
    expected = in_long_double(samples, 20, 850, 4)
    assert np.abs(CausalBandpass().push(samples) - expected).max() < 1e-10


@given(cuts)
def test_any_cutting_gives_the_same_bits(at):
    samples = heart(2000, 3.0)
    bandpass = CausalBandpass()
    parts = [bandpass.push(part) for part in pieces(samples, at)]
    assert np.concatenate(parts).tobytes() == CausalBandpass().push(samples).tobytes()


@given(st.floats(-100, 100), st.integers(1, 3000))
def test_an_offset_makes_no_transient(offset, count):
    assert np.abs(CausalBandpass().push(np.full(count, offset))).max() <= 1e-11 * abs(offset) + 1e-300


@given(st.floats(-10, 10))
def test_an_offset_under_a_sound_changes_nothing(offset):
    samples = heart(2000, 3.0)
    assert np.abs(CausalBandpass().push(samples + offset) - CausalBandpass().push(samples)).max() < 1e-10


@given(st.integers(0, 1999))
def test_nothing_before_a_sample_depends_on_it(index):
    samples = np.array(heart(2000, 1.0))
    before = CausalBandpass().push(samples)
    samples[index] += 1.0
    after = CausalBandpass().push(samples)
    assert np.array_equal(after[:index], before[:index])
    assert index == 0 or after[index] != before[index]


def test_reset_forgets():
    samples = heart(2000, 1.0)
    bandpass = CausalBandpass()
    first = bandpass.push(samples)
    carried = bandpass.push(samples)
    bandpass.reset()
    assert np.array_equal(bandpass.push(samples), first)
    assert not np.array_equal(carried, first)


def test_order_zero_lets_everything_pass():
    samples = heart(4000, 1.0)
    assert CausalBandpass(order=0).push(samples).tobytes() == samples.tobytes()
