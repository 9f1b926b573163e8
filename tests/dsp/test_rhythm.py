"""Rhythms and breath, from the beats of the truth."""

import numpy as np
import pytest

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from dsp.valve_sounds import EXTRA_SOUNDS

RATES_BPM = [35, 61.5, 90, 137, 200]


def beats(seconds=300.0, **fields):
    return HeartSoundSynthesizer(SynthesisConfig(seed=4, **fields)).beats(seconds)


def intervals(listed):
    return np.diff([beat.start_s for beat in listed])


@pytest.mark.parametrize("heart_rate", RATES_BPM)
@pytest.mark.parametrize("rhythm", ["premature", "bigeminy", "fibrillation"])
def test_the_mean_rate_is_the_one_asked_for(heart_rate, rhythm):
    listed = beats(rhythm=rhythm, heart_rate_bpm=heart_rate, jitter=0.0)
    # Two intervals of the sinus node hold a premature beat and its pause, whatever the coupling.
    tolerance = 0.03 if rhythm == "fibrillation" else 0.01
    assert 60 / intervals(listed).mean() == pytest.approx(heart_rate, rel=tolerance)


@pytest.mark.parametrize("chance", [0.0, 0.1, 0.4])
def test_premature_beats_come_early_by_chance_and_are_followed_by_a_compensatory_pause(chance):
    listed = beats(rhythm="premature", ectopic_chance=chance, jitter=0.0, heart_rate_bpm=80)
    ectopic = np.array([beat.ectopic for beat in listed])
    # One in so many beats after a regular one.
    expected = chance / (1 + chance)
    assert ectopic.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / len(listed)) + 1e-9)
    before = intervals(listed)
    for number in np.flatnonzero(ectopic)[:-1]:
        early, pause = before[number - 1], before[number]
        assert 0.54 * 0.75 < early < 0.76 * 0.75
        assert early + pause == pytest.approx(1.5, abs=1e-3)
    regular = ~ectopic[1:] & ~ectopic[:-1]
    assert before[regular] == pytest.approx(0.75, abs=1e-3)


def test_in_bigeminy_every_second_beat_is_premature():
    ectopic = [beat.ectopic for beat in beats(60.0, rhythm="bigeminy")]
    assert ectopic == [number % 2 == 1 for number in range(len(ectopic))]


def test_in_fibrillation_no_interval_follows_from_another():
    between = intervals(beats(900.0, rhythm="fibrillation", heart_rate_bpm=90))
    assert between.std() / between.mean() == pytest.approx(0.24, abs=0.03)
    shifted = np.corrcoef(between[1:], between[:-1])[0, 1]
    assert abs(shifted) < 4 / np.sqrt(between.size)
    # Skewed to long pauses.
    assert np.mean(between) > np.median(between)
    assert not any(beat.ectopic for beat in beats(60.0, rhythm="fibrillation"))


def test_a_heart_that_filled_less_is_softer():
    config = SynthesisConfig(rhythm="bigeminy", snr_db=None, jitter=0.0, seed=2)
    synthesizer = HeartSoundSynthesizer(config)
    x, listed = synthesizer.read(20 * 4000), synthesizer.beats(19.0)
    peaks = {False: [], True: []}
    for sound in synthesizer.truth(18.0):
        if sound.sound == "S2":
            (beat,) = [one for one in listed if one.start_s <= sound.start_s < one.end_s]
            part = x[round(sound.start_s * 4000) : round(sound.end_s * 4000)]
            peaks[beat.ectopic].append(np.abs(part).max())
    assert np.mean(peaks[True]) < 0.8 * np.mean(peaks[False])


@pytest.mark.parametrize("heart_rate", RATES_BPM)
@pytest.mark.parametrize("name", EXTRA_SOUNDS)
def test_a_sound_can_be_added_to_any_heart(name, heart_rate):
    config = SynthesisConfig("as", heart_rate, sounds=(name,), snr_db=None, seed=3)
    plain = SynthesisConfig("as", heart_rate, snr_db=None, seed=3)
    synthesizer = HeartSoundSynthesizer(config)
    added = synthesizer.read(12_000) - HeartSoundSynthesizer(plain).read(12_000)
    spans = [sound for sound in synthesizer.truth(3.0) if sound.sound == name]
    inside = np.zeros(added.size, bool)
    for sound in spans:
        inside[round(sound.start_s * 4000) : round(sound.end_s * 4000)] = True
    assert np.abs(added[~inside]).max() < 1e-12
    assert np.abs(added[inside]).max() > 0.03
    listed = synthesizer.beats(3.0)
    for sound in spans[:-1]:
        (beat,) = [one for one in listed if one.start_s <= sound.start_s < one.end_s]
        share = (sound.start_s - beat.start_s) / (beat.end_s - beat.start_s)
        low, high = {
            "ejection_click": (0.02, 0.2),
            "click": (0.05, 0.4),
            "opening_snap": (0.25, 0.75),
            "S3": (0.3, 0.8),
            "S4": (0.7, 0.99),
        }[name]
        assert low < share < high


def s2_waves(**fields):
    """Each S2 of a patient whose second sounds differ by nothing but their split."""
    config = SynthesisConfig(snr_db=None, jitter=0.0, seed=6, heart_rate_bpm=60, **fields)
    synthesizer = HeartSoundSynthesizer(config)
    x = synthesizer.read(30 * 4000)
    spans = [sound for sound in synthesizer.truth(29.0) if sound.sound == "S2"][:-1]
    return [x[round(sound.start_s * 4000) : round(sound.end_s * 4000)] for sound in spans]


def test_a_fixed_split_does_not_breathe_and_a_wide_one_is_longer():
    def likeness(waves):
        length = min(wave.size for wave in waves)
        return min(np.corrcoef(waves[0][:length], wave[:length])[0, 1] for wave in waves)

    fixed = s2_waves(split_ms=30, split_variation_ms=0)
    assert likeness(fixed) > 0.9 > likeness(s2_waves(split_ms=30, split_variation_ms=30))
    assert {wave.size for wave in fixed} <= {359, 360, 361}
    wide = np.mean([wave.size for wave in s2_waves(split_ms=80, split_variation_ms=0)])
    assert wide == pytest.approx(360 + (80 - 36) * 4, abs=1)


def test_in_paradoxical_splitting_the_louder_part_comes_second():
    def centre(wave):
        return (np.arange(wave.size) * wave**2).sum() / (wave**2).sum() / 4

    wide = np.mean([centre(wave) for wave in s2_waves(split_ms=60, split_variation_ms=0)])
    paradoxical = np.mean([centre(wave) for wave in s2_waves(split_ms=-60, split_variation_ms=0)])
    # A2 carries more than half of the energy.
    assert paradoxical > wide + 10


@pytest.mark.parametrize("breath_rate", [6, 20, 50])
def test_the_breath_has_its_rate_and_depth(breath_rate):
    def swing(depth):
        config = SynthesisConfig(
            heart_rate_bpm=180, jitter=0.1, breath_rate_per_min=breath_rate, breath_depth=depth, seed=8
        )
        onsets = np.array([beat.start_s for beat in HeartSoundSynthesizer(config).beats(240.0)])
        between, at = np.diff(onsets), onsets[:-1]
        wave = np.exp(-2j * np.pi * breath_rate / 60 * at)
        return 2 * abs(np.mean((between - between.mean()) * wave)) / between.mean()

    # The respiratory part of the deviation: a sine of amplitude 0.6 sqrt(2) of the jitter.
    assert swing(1.0) == pytest.approx(0.6 * np.sqrt(2) * 0.1, rel=0.25)
    assert swing(2.0) > 1.5 * swing(1.0)
    assert swing(0.0) < 0.02


def test_a_held_breath_is_not_heard():
    def breath_power(depth):
        loud = SynthesisConfig(breath_depth=depth, snr_db=0.0, seed=3)
        quiet = SynthesisConfig(breath_depth=depth, snr_db=None, seed=3)
        noise = HeartSoundSynthesizer(loud).read(80_000) - HeartSoundSynthesizer(quiet).read(80_000)
        power, hz = np.square(np.abs(np.fft.rfft(noise))), np.fft.rfftfreq(80_000, 1 / 4000)
        return power[(hz > 120) & (hz < 300)].sum()

    floor = breath_power(0.0)
    assert breath_power(1.0) > 1.5 * floor
    assert breath_power(2.0) - floor == pytest.approx(4 * (breath_power(1.0) - floor), rel=0.25)
