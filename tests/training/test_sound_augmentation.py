from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.signal import hilbert

from dsp.time_stretch import time_stretch
from tests.training.tiny import sound
from training.sound_augmentation import (
    PAPER,
    RATE,
    TRAVEL,
    SoundAugmentation,
    SoundAugmenter,
    clip,
    mix,
    pitch_shift,
)

speeds = st.floats(0.9, 1.1)
seeds = st.integers(0, 2**32)


class Hum:
    """In place of a NoiseCorpus."""

    def draw(self, length, generator):
        return np.sin(generator.uniform(0.2, 0.4) * np.arange(length))


def tone(hertz, seconds=10.0):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def dominant(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size), 8 * samples.size))
    return np.argmax(spectrum) * RATE / (8 * samples.size)


def snr_db(samples, noisy):
    return 20 * np.log10(np.std(samples) / np.std(noisy - samples))


def augmented(plan, samples, seed=0):
    return SoundAugmenter(plan, Hum())(samples, np.random.default_rng(seed))


@settings(max_examples=30)
@given(speeds, st.floats(40, 800))
def test_a_stretch_changes_the_length_and_not_the_pitch(speed, hertz):
    stretched = time_stretch(tone(hertz), speed)
    assert stretched.size == round(10 * RATE / speed)
    assert dominant(stretched) == pytest.approx(hertz, rel=0.01)
    assert np.std(stretched) == pytest.approx(np.std(tone(hertz)), rel=0.05)


@settings(max_examples=30)
@given(speeds, st.floats(40, 800))
def test_a_pitch_shift_moves_the_pitch_and_keeps_the_length(ratio, hertz):
    shifted = pitch_shift(tone(hertz), ratio)
    assert shifted.size == 10 * RATE
    assert dominant(shifted) == pytest.approx(ratio * hertz, rel=0.01)


def test_no_change_of_speed_or_pitch_changes_nothing():
    heart = 0.1 + sound(5, True, 3)
    assert time_stretch(heart, 1.0) == pytest.approx(heart, abs=1e-12)
    assert pitch_shift(heart, 1.0) == pytest.approx(heart, abs=1e-12)


def loudness(samples):
    """Envelope at 50 Hz, smoothed over 60 ms."""
    return np.convolve(np.abs(hilbert(samples)), np.hanning(120), "same")


@pytest.mark.parametrize("speed", [0.95, 0.99, 1.01, 1.05])
def test_heart_sounds_stay_where_their_time_puts_them(speed):
    heart = sound(20, False, 3)
    before, after = loudness(heart), loudness(time_stretch(heart, speed))
    expected = np.interp(np.arange(after.size) * speed, np.arange(before.size), before)
    assert np.corrcoef(expected, after)[0, 1] > 0.88
    assert np.corrcoef(before, loudness(pitch_shift(heart, speed)))[0, 1] > 0.88


@given(st.floats(-10, 40), seeds, st.floats(-0.5, 0.5))
def test_noise_is_mixed_in_at_its_level(level, seed, offset):
    heart = sound(3, True, 1) + offset
    noise = offset + 7 * np.random.default_rng(seed).standard_normal(heart.size)
    assert snr_db(heart, mix(heart, noise, level)) == pytest.approx(level, abs=0.01)


@settings(max_examples=20)
@given(st.floats(0, 40), st.floats(0, 10), seeds, st.sampled_from(["white_snr_db", "noise_snr_db"]))
def test_the_level_of_noise_is_in_its_range(low, span, seed, which):
    heart = 0.1 * sound(3, True, 1)
    plan = replace(SoundAugmentation(), **{which: (low, low + span)})
    assert low - 0.5 <= snr_db(heart, augmented(plan, heart, seed)) <= low + span + 0.5


@pytest.mark.parametrize("plan", [PAPER, TRAVEL, replace(TRAVEL, chance=1.0)])
@given(seed=seeds)
@settings(max_examples=10)
def test_a_seed_decides_everything(plan, seed):
    heart = sound(3, True, 1)
    kept = heart.copy()
    first, again = augmented(plan, heart, seed), augmented(plan, heart, seed)
    assert first.tobytes() == again.tobytes()
    assert heart.tobytes() == kept.tobytes()
    if plan.chance == 1:
        assert first.tobytes() != augmented(plan, heart, seed + 1).tobytes()


@settings(max_examples=60)
@given(
    st.sampled_from([np.float32, np.float64]).flatmap(
        lambda kind: arrays(kind, st.integers(0, 900), elements=st.floats(width=32))
    ),
    seeds,
)
def test_any_samples_become_finite_sound(samples, seed):
    plan = replace(TRAVEL, stretch=PAPER.stretch, pitch=PAPER.pitch, white_snr_db=(20, 40), chance=0.9)
    made = augmented(plan, samples, seed)
    assert made.dtype == samples.dtype
    assert np.isfinite(made).all()
    assert abs(made.size - samples.size) <= 0.06 * samples.size + 1


@pytest.mark.parametrize("gain", [-20.0, 60.0])
def test_what_was_changed_stays_below_full_scale(gain):
    made = augmented(SoundAugmentation(gain_db=(gain, gain)), sound(3, True, 1))
    assert np.max(np.abs(made)) < 0.999
    if gain < 0:
        assert made == pytest.approx(sound(3, True, 1) / 10)


def test_with_nothing_switched_on_nothing_changes():
    heart = 3 * sound(3, True, 1)
    assert augmented(SoundAugmentation(), heart).tobytes() == heart.tobytes()
    assert augmented(replace(TRAVEL, chance=0.0), heart).tobytes() == heart.tobytes()


SWITCHES = {
    "stretch": (0.01, 0.05),
    "pitch": (0.01, 0.1),
    "noise_snr_db": (0, 1),
    "low_pass_hz": (150, 850),
    "high_pass_hz": (20, 60),
    "resonances": 2,
    "equalizer_db": 6,
    "white_snr_db": (20, 40),
    "gain_db": (-20, -3),
    "clipping_percentile": (90, 99),
}


@pytest.mark.parametrize("name", SWITCHES)
def test_each_switch_does_something_of_its_own(name):
    assert set(SWITCHES) | {"chance"} == {field.name for field in fields(SoundAugmentation)}
    heart = 0.1 * sound(3, True, 1)
    made = augmented(replace(SoundAugmentation(), **{name: SWITCHES[name]}), heart)
    assert made.size != heart.size or np.max(np.abs(made - heart)) > 1e-4


def test_a_low_pass_takes_the_highs_and_a_high_pass_the_lows():
    white = 0.1 * np.random.default_rng(0).standard_normal(10 * RATE)
    share = np.square(np.abs(np.fft.rfft(white)))
    hertz = np.fft.rfftfreq(white.size, 1 / RATE)
    for name, corner, taken, kept in (
        ("low_pass_hz", (150, 150), hertz > 600, (hertz > 20) & (hertz < 100)),
        ("high_pass_hz", (60, 60), hertz < 10, hertz > 200),
    ):
        made = augmented(replace(SoundAugmentation(), **{name: corner}), white)
        ratio = np.square(np.abs(np.fft.rfft(made))) / share
        assert np.median(ratio[taken]) < 0.1 * np.median(ratio[kept])
        assert np.std(made) == pytest.approx(np.std(white), rel=1e-6)


def test_an_offset_makes_no_click_at_the_start():
    plan = SoundAugmentation(stretch=(0.05, 0.05), pitch=(0.1, 0.1), low_pass_hz=(150, 850), equalizer_db=6)
    made = augmented(plan, 0.5 + 1e-3 * tone(100))
    assert np.max(np.abs(made - np.mean(made))) < 0.01


@pytest.mark.parametrize("percentile", [80.0, 95.0, 99.9])
def test_hard_clipping_flattens_its_share(percentile):
    heart = sound(5, True, 1)
    clipped = clip(heart, percentile, hard=True)
    limit = np.max(np.abs(clipped))
    assert np.mean(np.abs(clipped) == limit) == pytest.approx(1 - percentile / 100, abs=0.002)
    inside = np.abs(heart) < limit
    assert (clipped[inside] == heart[inside]).all()
    soft = clip(heart, percentile, hard=False)
    assert np.max(np.abs(soft)) <= limit
    assert (np.sign(soft) == np.sign(heart)).all()


def test_mostly_silent_sound_is_not_clipped_to_nothing():
    samples = np.zeros(100)
    samples[7] = 1.0
    assert clip(samples, 95.0, hard=True) is samples
    assert mix(np.zeros(100), samples, 0.0).tolist() == [0.0] * 100
    assert mix(samples, np.zeros(100), 0.0) is samples


@pytest.mark.parametrize(
    "wrong",
    [
        {"stretch": (0.1, 0.05)},
        {"pitch": (0.1, 0.9)},
        {"low_pass_hz": (150, 1000)},
        {"white_snr_db": (float("nan"), 10)},
        {"chance": 1.5},
        {"resonances": -1},
        {"equalizer_db": -3.0},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SoundAugmentation(**wrong)


def test_mixing_in_noise_needs_noise():
    with pytest.raises(ValueError, match="give a NoiseCorpus"):
        SoundAugmenter(TRAVEL)
    SoundAugmenter(PAPER)
