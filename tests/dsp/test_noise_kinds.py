"""Noises at stated levels over stated spans."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import find_peaks

from dsp.heartbeats import heart_power
from dsp.murmur import Murmur
from dsp.noise_kinds import NOISE_KINDS, Noise
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig

# Of finite noise of a continuous spectrum the power is a random number itself.
EXACT = ("talking", "crying", "movement", "tapping", "hum")


def alone(noise, seconds, rate=4000, seed=0, **fields):
    """What a noise adds to a heart, and the synthesizer."""
    config = SynthesisConfig(rate=rate, seed=seed, snr_db=None, amplitude=0.01, **fields)
    synthesizer = HeartSoundSynthesizer(config, (), (noise,))
    n = round(seconds * rate)
    return synthesizer.read(n) - HeartSoundSynthesizer(config).read(n), synthesizer


def spectrum(samples, rate=4000):
    return np.fft.rfftfreq(samples.size, 1 / rate), np.square(np.abs(np.fft.rfft(samples)))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(list(NOISE_KINDS)),
    st.floats(0, 3),
    st.floats(1, 8),
    st.floats(-5, 30),
    st.sampled_from([1000, 4000]),
    st.integers(0, 2**63 - 1),
)
def test_a_noise_has_its_power_in_its_span_and_none_outside(kind, at_s, length_s, snr_db, rate, seed):
    noise = Noise(kind, at_s, length_s, snr_db=snr_db)
    samples, synthesizer = alone(noise, 12, rate, seed)
    (told,) = synthesizer.noises(12.0)
    first, end = round(told.start_s * rate), round(told.end_s * rate)
    assert abs(told.start_s - at_s) <= 1 / rate
    assert abs(told.end_s - told.start_s - length_s) <= 2 / rate
    assert not samples[:first].any()
    assert not samples[end:].any()
    heart = heart_power(synthesizer.config)
    measured = 10 * np.log10(heart / np.mean(samples[first:end] ** 2))
    assert measured == pytest.approx(snr_db, abs=0.15 if kind in EXACT else 1.5)


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_a_noise_without_end_has_its_power_in_the_long_run(kind):
    samples, synthesizer = alone(Noise(kind, 5.0, level_db=-40), 65)
    assert 10 * np.log10(np.mean(samples[20_000:] ** 2)) == pytest.approx(-40, abs=0.35)
    assert synthesizer.noises(65.0)[0].end_s == 65.0


def test_the_level_counts_from_the_heart_when_the_noise_begins():
    murmur = Murmur("continuous", grade=6)
    loud = SynthesisConfig(snr_db=None, amplitude=0.01, murmurs=(murmur,))
    assert heart_power(loud) > 10 * heart_power(SynthesisConfig(snr_db=None, amplitude=0.01))
    samples, _ = alone(Noise("hum", snr_db=0), 10, murmurs=(murmur,))
    assert np.mean(samples**2) == pytest.approx(heart_power(loud), rel=0.01)


def test_a_heart_that_is_not_heard_leaves_the_noise_as_it_was():
    heard, _ = alone(Noise("talking", 1.0, 5.0, snr_db=0), 10)
    config = SynthesisConfig(snr_db=None, amplitude=0.01, heard=False)
    synthesizer = HeartSoundSynthesizer(config, (), (Noise("talking", 1.0, 5.0, snr_db=0),))
    assert np.abs(synthesizer.read(40_000) - heard).max() < 1e-12
    assert synthesizer.truth(10.0) == synthesizer.beats(10.0) == []


def test_two_noises_of_a_kind_differ_and_one_does_not_shift_another():
    config = SynthesisConfig(snr_db=None, amplitude=0.01)
    talk, cry = Noise("talking", level_db=-30), Noise("crying", level_db=-30)

    def read(*noises):
        return HeartSoundSynthesizer(config, (), noises).read(20_000)

    clean = read()
    one, other = read(talk) - clean, read(talk, talk) - read(talk)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.3
    assert np.allclose(read(talk, cry) - read(talk), read(cry, cry) - read(cry), atol=1e-12)


def test_white_and_pink_have_their_slopes():
    for kind, slope in (("white", 0.0), ("pink", -10.0)):
        hz, power = spectrum(alone(Noise(kind, level_db=-30), 60)[0])
        bands = [10 * np.log10(power[(hz > low) & (hz < 1.5 * low)].mean()) for low in (100, 1000)]
        assert bands[1] - bands[0] == pytest.approx(slope, abs=0.5)


@pytest.mark.parametrize("mains_hz", [None, 50, 60])
def test_hum_is_the_mains_and_its_overtones(mains_hz):
    hz, power = spectrum(alone(Noise("hum", level_db=-30, mains_hz=mains_hz), 20)[0])
    peaks = hz[power > 1e-4 * power.max()]
    assert peaks == pytest.approx(np.arange(1, 9) * (mains_hz or 50), abs=0.1)


def test_talking_has_the_rhythm_of_syllables_and_pauses_and_a_voice():
    samples, _ = alone(Noise("talking", level_db=-30), 60)
    level = np.sqrt(np.square(samples).reshape(-1, 80).mean(axis=1))
    hz, power = spectrum(level - level.mean(), rate=50)
    # Speech is modulated most at the rate of its syllables, 2 to 8 Hz.
    assert power[(hz > 2) & (hz < 8)].sum() > 0.4 * power[(hz > 0.1)].sum()
    assert 0.1 < np.mean(level < 0.1 * np.percentile(level, 95)) < 0.5
    hz, power = spectrum(samples)
    assert power[(hz > 80) & (hz < 1800)].sum() > 0.95 * power.sum()


@pytest.mark.parametrize("seed", range(4))
def test_crying_is_a_tone_between_350_and_550_hz_in_bouts(seed):
    samples, _ = alone(Noise("crying", level_db=-30), 30, seed=seed)
    frames = samples[: samples.size // 400 * 400].reshape(-1, 400)
    loud = frames[np.mean(frames**2, axis=1) > 0.3 * np.mean(samples**2)]
    assert 0.4 < len(loud) / len(frames) < 0.95
    for frame in loud:
        hz, power = spectrum(np.pad(frame * np.hanning(400), (0, 3600)))
        fundamental = hz[(hz > 300) & (hz < 600)][np.argmax(power[(hz > 300) & (hz < 600)])]
        assert 330 < fundamental < 570
        assert power[hz < 280].sum() < 0.02 * power.sum()


def test_tapping_is_short_thumps_at_irregular_times():
    samples, _ = alone(Noise("tapping", level_db=-40), 60)
    level = np.sqrt(np.square(samples).reshape(-1, 40).mean(axis=1))
    at, _ = find_peaks(level, height=0.3 * np.percentile(level, 99), distance=5)
    assert 25 < len(at) < 160
    between = np.diff(at)
    assert between.std() > 0.4 * between.mean()
    assert np.mean(level > 0.1 * level.max()) < 0.15


def test_movement_is_bursts_of_broadband_noise():
    samples, _ = alone(Noise("movement", level_db=-40), 60)
    level = np.sqrt(np.square(samples).reshape(-1, 200).mean(axis=1))
    assert np.percentile(level, 90) > 20 * np.percentile(level, 10)
    hz, power = spectrum(samples)
    shares = [
        power[(hz > low) & (hz < high)].sum() / power.sum()
        for low, high in ((30, 150), (150, 600), (600, 2000))
    ]
    assert min(shares) > 0.1


def test_breathing_follows_the_patients_breath():
    samples, _ = alone(Noise("breathing", level_db=-40), 60, breath_rate_per_min=15)
    power = np.square(samples).reshape(-1, 400).mean(axis=1)
    hz, modulation = spectrum(power - power.mean(), rate=10)
    # Heard on the way in and on the way out.
    assert hz[np.argmax(modulation)] == pytest.approx(0.5, abs=0.03)


def test_noise_is_made_faster_than_it_is_heard():
    noises = [Noise(kind, level_db=-40) for kind in NOISE_KINDS]
    synthesizer = HeartSoundSynthesizer(SynthesisConfig(), (), noises)
    begin = time.process_time()
    synthesizer.read(20 * 4000)
    assert time.process_time() - begin < 20 / 10


def test_what_is_over_is_given_back():
    noises = [Noise("pink", number, 1.0, level_db=-40) for number in range(6)]
    synthesizer = HeartSoundSynthesizer(SynthesisConfig(snr_db=None), (), noises)
    synthesizer.read(10 * 4096)
    assert synthesizer._tracks == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "song", "snr_db": 0}, "kind must be one of white, pink, talking"),
        ({"kind": "white"}, "snr_db or level_db must say how loud white is"),
        ({"kind": "white", "snr_db": 0, "level_db": 0}, "snr_db or level_db must say how loud white is"),
        ({"kind": "white", "level_db": 1}, "level_db must be -120 to 0, not 1"),
        ({"kind": "white", "snr_db": float("nan")}, "snr_db must be -40 to 100, not nan"),
        ({"kind": "white", "snr_db": 0, "mains_hz": 50}, "mains_hz is not for white"),
        ({"kind": "hum", "snr_db": 0, "mains_hz": 55}, "mains_hz must be 50 or 60, not 55"),
        ({"kind": "hum", "snr_db": 0, "at_s": -1}, "at_s must be 0 to 86400, not -1"),
        ({"kind": "hum", "snr_db": 0, "length_s": 0.01}, "length_s must be 0.1 to 86400, not 0.01"),
    ],
)
def test_what_is_not_allowed_is_named(fields, words):
    with pytest.raises(ValueError, match=words):
        Noise(**fields)
