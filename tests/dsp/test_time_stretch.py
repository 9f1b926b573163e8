import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.signal import hilbert

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from dsp.time_stretch import slowed, time_stretch

tempos = st.sampled_from([0.25, 0.5])


def slow(samples, speed, rate):
    return np.concatenate([np.empty(0), *slowed(samples, speed, rate)])


def dominant(samples, rate):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size), 4 * samples.size))
    return np.argmax(spectrum) * rate / (4 * samples.size)


@settings(max_examples=15)
@given(tempos, st.floats(40, 450), st.sampled_from([1_000, 4_000, 11_025]))
def test_a_slowed_tone_lasts_longer_and_keeps_its_pitch(speed, hertz, rate):
    tone = 0.5 * np.sin(2 * np.pi * hertz * np.arange(3 * rate) / rate)
    heard = slow(tone, speed, rate)
    assert heard.size == round(tone.size / speed)
    assert dominant(heard, rate) == pytest.approx(hertz, rel=0.01)


def loudness(samples, rate, smooth_s):
    taps = np.hanning(round(smooth_s * rate))
    return np.convolve(np.abs(hilbert(samples)), taps / taps.sum(), "same")


@pytest.mark.parametrize(("rate", "condition"), [(2_000, "normal"), (48_000, "as")])
@pytest.mark.parametrize("speed", [0.5, 0.25])
def test_beats_stay_in_place(rate, speed, condition):
    synthesizer = HeartSoundSynthesizer(SynthesisConfig(condition=condition, rate=rate, seed=3))
    heart = synthesizer.read(12 * rate)
    before, after = loudness(heart, rate, 0.04), loudness(slow(heart, speed, rate), rate, 0.04 / speed)

    def onset_s(envelope, begin_s, span_s):
        """When the envelope first comes to half of its greatest."""
        begin = round(begin_s * rate)
        part = envelope[begin : begin + round(span_s * rate)]
        return (begin + np.argmax(part > part.max() / 2)) / rate

    truth = [sound.start_s for sound in synthesizer.truth(11) if sound.sound == "S1" and sound.start_s > 0.1]
    assert len(truth) > 8
    late = [
        speed * onset_s(after, (at - 0.05) / speed, 0.17 / speed) - onset_s(before, at - 0.05, 0.17)
        for at in truth
    ]
    assert abs(np.mean(late)) < 0.004
    assert np.abs(late).max() < 0.012
    expected = np.interp(np.arange(after.size) * speed, np.arange(before.size), before)
    assert np.corrcoef(expected, after)[0, 1] > 0.95


@settings(max_examples=30)
@given(arrays(np.float64, st.integers(0, 600), elements=st.floats(-1, 1)), st.sampled_from([0.25, 0.5, 0.9]))
def test_nothing_gets_louder_than_it_was(samples, speed):
    heard = slow(samples, speed, 8_000)
    assert heard.size == (max(1, round(samples.size / speed)) if samples.size else 0)
    if samples.size:
        assert np.abs(heard - samples.mean()).max() <= np.abs(samples - samples.mean()).max() + 1e-12


def test_at_its_own_speed_a_sound_is_left_as_it_is():
    samples = np.random.default_rng(0).normal(size=12_345)
    assert np.array_equal(slow(samples, 1.0, 4_000), samples)


@pytest.mark.parametrize("speed", [0.2, 2.1, float("nan")])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(ValueError, match="outside"):
        time_stretch(np.ones(10), speed)
