import dataclasses
import time
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from dsp.murmur import Murmur
from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from tests.dsp.scenarios import changes, further_fields, noises

configs = st.builds(
    SynthesisConfig,
    condition=st.sampled_from(CONDITIONS),
    heart_rate_bpm=st.floats(35, 200),
    jitter=st.floats(0, 0.2),
    snr_db=st.none() | st.floats(-10, 60),
    # Fainter ones vanish in the product with the peak of S1.
    murmur_level=st.just(0.0) | st.floats(1e-6, 1),
    rate=st.sampled_from([1000, 2000, 4000, 11025]),
    seed=st.integers(0, 2**63 - 1),
    amplitude=st.floats(0.01, 1),
)
calm = settings(max_examples=30, deadline=None)


def stream(seconds, **fields):
    config = SynthesisConfig(**fields)
    return HeartSoundSynthesizer(config).read(round(seconds * config.rate))


def mask(truth, sounds, n, rate):
    inside = np.zeros(n, dtype=bool)
    for sound in truth:
        if sound.sound in sounds:
            inside[round(sound.start_s * rate) : round(sound.end_s * rate)] = True
    return inside


def between(truth, first, second, n, rate):
    """Samples from the end of each `first` to the start of the next `second`."""
    inside, end = np.zeros(n, dtype=bool), None
    for sound in truth:
        if sound.sound == first:
            end = round(sound.end_s * rate)
        elif sound.sound == second and end is not None:
            inside[end : round(sound.start_s * rate)] = True
            end = None
    return inside


def centroid(x, rate):
    power = np.square(np.abs(np.fft.rfft(x)))
    return float((np.fft.rfftfreq(len(x), 1 / rate) * power).sum() / power.sum())


def sound_samples(condition, sound, seconds=12.0, **fields):
    config = SynthesisConfig(condition, snr_db=None, **fields)
    synthesizer = HeartSoundSynthesizer(config)
    x = synthesizer.read(round(seconds * config.rate))
    return x * mask(synthesizer.truth(seconds), {sound}, len(x), config.rate)


def murmur_alone(condition, seconds=12.0, **fields):
    """What the murmur adds, by the difference between the stream with it and without."""
    fields = {"snr_db": None, "amplitude": 0.3, **fields}
    with_murmur = stream(seconds, condition=condition, murmur_level=0.5, **fields)
    return with_murmur - stream(seconds, condition=condition, murmur_level=0.0, **fields)


@st.composite
def hearts(draw):
    """Hearts of every kind."""
    config, fields = draw(configs), draw(further_fields)
    if config.condition == "s4" and fields["rhythm"] == "fibrillation":
        fields["rhythm"] = "bigeminy"
    return dataclasses.replace(config, **fields)


# Of the samples at 20 bits and of the truth, for what a configuration without the later fields gives.
OLD_SEEDS = (
    ("828c8d5f9e13fbed", "59a79a66a25e3f88"),
    ("9a4e4701aad30c09", "aaae9eff97f3c7aa"),
    ("433c0a7ccdb51624", "50394e3283e83c5c"),
    ("ccdb3c3835538a47", "f0666c11fc8b2463"),
    ("c7309437bc259485", "f4b672b65f7f91fb"),
    ("4dd4cfcb8b07a56a", "976640eab647cb87"),
    ("60c7f03bbb705ad1", "ff5d248a207b6368"),
    ("f1464174d9557f01", "935b1efca5a9ce7c"),
)


@pytest.mark.parametrize("number", range(len(CONDITIONS)))
def test_a_seed_means_what_it_always_meant(number):
    rate, heart_rate, snr_db, seed, jitter = (
        (4000, 72.0, 30.0, 0, 0.03),
        (1000, 187.0, None, 2**40 + 3, 0.2),
        (11025, 41.0, 9.0, 17, 0.1),
    )[number % 3]
    config = SynthesisConfig(CONDITIONS[number], heart_rate, jitter, snr_db, rate=rate, seed=seed)
    synthesizer = HeartSoundSynthesizer(config)
    samples = np.rint(synthesizer.read(7 * rate) * 2**20).astype("<i4").tobytes()
    truth = repr([(sound.sound, sound.start_s, sound.end_s) for sound in synthesizer.truth(30.0)])
    assert (sha256(samples).hexdigest()[:16], sha256(truth.encode()).hexdigest()[:16]) == OLD_SEEDS[number]


@calm
@given(
    hearts(),
    st.lists(changes, max_size=3),
    st.lists(noises(), max_size=3),
    st.lists(st.integers(0, 3000), max_size=8),
)
def test_any_division_of_reading_gives_the_same_samples(config, to, mixed, sizes):
    whole = HeartSoundSynthesizer(config, to, mixed).read(sum(sizes))
    divided = HeartSoundSynthesizer(config, to, mixed)
    parts = [divided.read(size) for size in sizes]
    assert [len(part) for part in parts] == sizes
    assert np.array_equal(np.concatenate([*parts, np.empty(0)]), whole)
    divided.reset()
    assert np.array_equal(divided.read(len(whole)), whole)


@calm
@given(hearts(), st.lists(noises(), max_size=3))
def test_samples_are_finite_and_within_full_scale(config, mixed):
    x = HeartSoundSynthesizer(config, (), mixed).read(3 * config.rate)
    assert x.shape == (3 * config.rate,)
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    assert np.abs(x).max() <= 1.0


@calm
@given(configs)
def test_truth_is_ordered_complete_and_fits_its_beats(config):
    truth = HeartSoundSynthesizer(config).truth(10.0)
    starts = [sound.start_s for sound in truth]
    assert starts == sorted(starts)
    assert all(0 <= sound.start_s < sound.end_s <= 10.0 for sound in truth)
    s1 = [sound for sound in truth if sound.sound == "S1"]
    assert len(s1) >= 10 / (60 / config.heart_rate_bpm) * 0.65 - 2
    for this, following in pairwise(s1):
        beat = [sound for sound in truth if this.start_s <= sound.start_s < following.start_s]
        assert all(sound.end_s <= following.start_s + 1e-9 for sound in beat)
        names = [sound.sound for sound in beat]
        assert len(names) == len(set(names))
        expected = {"S1", "S2"} | {
            "as": {"systolic_murmur"},
            "mr": {"systolic_murmur"},
            "mvp": {"click", "systolic_murmur"},
            "ms": {"opening_snap", "diastolic_murmur"},
            "ar": {"diastolic_murmur"},
            "s3": {"S3"},
            "s4": {"S4"},
        }.get(config.condition, set())
        if config.murmur_level == 0:
            expected -= {"systolic_murmur", "diastolic_murmur"}
        assert set(names) == expected
        of = {sound.sound: sound for sound in beat}
        assert of["S1"].end_s < of["S2"].start_s
        for late in {"opening_snap", "S3", "S4"} & of.keys():
            assert of["S2"].start_s < of[late].start_s


@calm
@given(hearts(), st.floats(0.5, 6), st.floats(0.5, 6))
def test_truth_of_a_shorter_span_is_a_part_and_reading_does_not_move_it(config, a, b):
    short, long = sorted((a, b))
    synthesizer = HeartSoundSynthesizer(config)
    whole = synthesizer.truth(long)
    synthesizer.read(config.rate)
    cut = [
        dataclasses.replace(sound, end_s=min(sound.end_s, short)) for sound in whole if sound.start_s < short
    ]
    assert sorted(synthesizer.truth(short), key=str) == sorted(cut, key=str)


@calm
@given(hearts())
def test_every_sound_of_any_heart_is_in_the_truth_and_fits_its_beat(config):
    synthesizer = HeartSoundSynthesizer(config)
    truth, beats = synthesizer.truth(10.0), synthesizer.beats(10.0)
    own = config.murmur_level > 0 and config.condition in ("as", "mr", "mvp", "ms", "ar")
    for beat in beats[:-1]:
        within = [sound for sound in truth if beat.start_s <= sound.start_s < beat.end_s]
        names = [sound.sound for sound in within]
        assert all(sound.end_s <= beat.end_s + 1e-9 for sound in within)
        assert {"S1", "S2", *config.sounds} <= set(names)
        assert sum(name.endswith("murmur") for name in names) == len(config.murmurs) + own
    assert [sound.start_s for sound in truth if sound.sound == "S1"] == [beat.start_s for beat in beats]


@calm
@given(hearts())
def test_without_noise_there_is_sound_exactly_where_the_truth_says(config):
    config = dataclasses.replace(config, snr_db=None)
    synthesizer = HeartSoundSynthesizer(config)
    x = synthesizer.read(4 * config.rate)
    truth = synthesizer.truth(4.0)
    everywhere = mask(truth, {sound.sound for sound in truth}, len(x), config.rate)
    assert not x[~everywhere].any()
    for sound in truth:
        part = x[round(sound.start_s * config.rate) : round(sound.end_s * config.rate)]
        # The first sample of a chirp is 0, so a sound cut to a few samples may be silent.
        assert len(part) < 4 or np.abs(part).max() > 0


@calm
@given(configs)
def test_seeds_matter(config):
    config = dataclasses.replace(config, snr_db=20.0)
    x = HeartSoundSynthesizer(config).read(config.rate)
    y = HeartSoundSynthesizer(dataclasses.replace(config, seed=config.seed ^ 1)).read(config.rate)
    assert not np.array_equal(x, y)


@pytest.mark.parametrize("heart_rate", [35, 60, 72, 110, 150, 200])
@pytest.mark.parametrize("jitter", [0.0, 0.03, 0.12])
def test_intervals_have_the_mean_and_the_deviation_asked_for(heart_rate, jitter):
    config = SynthesisConfig(heart_rate_bpm=heart_rate, jitter=jitter, seed=5)
    onsets = [s.start_s for s in HeartSoundSynthesizer(config).truth(600.0) if s.sound == "S1"]
    intervals = np.diff(onsets)
    assert 60 / intervals.mean() == pytest.approx(heart_rate, rel=0.002 + 0.15 * jitter)
    assert intervals.std() / intervals.mean() == pytest.approx(jitter, rel=0.15, abs=5e-4)


def test_systole_follows_weissler_and_shortens_less_than_diastole():
    systole, diastole = {}, {}
    for heart_rate in (50, 72, 110, 160, 200):
        config = SynthesisConfig(heart_rate_bpm=heart_rate, jitter=0)
        truth = HeartSoundSynthesizer(config).truth(10.0)
        s1 = [s.start_s for s in truth if s.sound == "S1"]
        s2 = [s.start_s for s in truth if s.sound == "S2"]
        systole[heart_rate] = s2[0] - s1[0]
        diastole[heart_rate] = s1[1] - s2[0]
    assert systole[72] == pytest.approx(0.546 - 0.0021 * 72 - 0.055, abs=0.002)
    assert sorted(systole.values(), reverse=True) == list(systole.values())
    assert systole[50] / systole[110] < diastole[50] / diastole[110]
    assert systole[200] < 0.5 * 60 / 200


@pytest.mark.parametrize("snr_db", [0.0, 9.0, 30.0])
@pytest.mark.parametrize("condition", ["normal", "mr"])
def test_noise_has_the_power_asked_for(snr_db, condition):
    fields = {"condition": condition, "amplitude": 0.1, "seed": 3}
    clean = stream(60, snr_db=None, **fields)
    noise = stream(60, snr_db=snr_db, **fields) - clean
    measured = 10 * np.log10(np.mean(clean**2) / np.mean(noise**2))
    assert measured == pytest.approx(snr_db, abs=0.7)


def test_noise_is_low_frequency_weighted_breathes_and_is_no_pattern():
    fields = {"amplitude": 0.1, "seed": 3}
    noise = stream(60, snr_db=9.0, **fields) - stream(60, snr_db=None, **fields)
    power = np.square(np.abs(np.fft.rfft(noise)))
    hz = np.fft.rfftfreq(len(noise), 1 / 4000)
    share = [power[(hz >= low) & (hz < high)].sum() / power.sum() for low, high in ((20, 100), (100, 400))]
    assert share[0] > 0.6
    assert 0.05 < share[1] < 0.35
    assert power[hz < 10].sum() / power.sum() < 0.05
    breath = sosfilt(butter(4, [150, 300], "band", fs=4000, output="sos"), noise)
    quarter_seconds = np.square(breath).reshape(-1, 1000).mean(axis=1)
    assert np.percentile(quarter_seconds, 90) > 3 * np.percentile(quarter_seconds, 10)
    segments = noise[: 4096 * 50].reshape(50, 4096)
    correlation = np.corrcoef(segments)[~np.eye(50, dtype=bool)]
    assert np.abs(correlation).max() < 0.5


def test_s1_peaks_at_the_amplitude_on_average():
    config = SynthesisConfig(snr_db=None, amplitude=0.4, seed=9)
    synthesizer = HeartSoundSynthesizer(config)
    x = synthesizer.read(60 * 4000)
    peaks = [
        np.abs(x[round(s.start_s * 4000) : round(s.end_s * 4000)]).max()
        for s in synthesizer.truth(59.0)
        if s.sound == "S1"
    ]
    assert np.mean(peaks) == pytest.approx(0.4, rel=0.02)
    assert 0.01 < np.std(peaks) / np.mean(peaks) < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_spectra_are_those_of_the_literature(seed):
    s1 = centroid(sound_samples("normal", "S1", seed=seed), 4000)
    s2 = centroid(sound_samples("normal", "S2", seed=seed), 4000)
    s3 = centroid(sound_samples("s3", "S3", seed=seed), 4000)
    s4 = centroid(sound_samples("s4", "S4", seed=seed), 4000)
    click = centroid(sound_samples("mvp", "click", seed=seed), 4000)
    snap = centroid(sound_samples("ms", "opening_snap", seed=seed, murmur_level=0.0), 4000)
    assert 20 < s4 < s3 < s1 < s2 < snap < click < 300
    assert 30 < s1 < 60
    assert 50 < s2 < 100
    murmurs = {
        condition: centroid(murmur_alone(condition, seed=seed), 4000)
        for condition in ("ms", "as", "mr", "ar")
    }
    assert 40 < murmurs["ms"] < 100 < murmurs["as"] < murmurs["mr"] < murmurs["ar"] < 450


@pytest.mark.parametrize(
    ("condition", "phase"),
    [("as", "systole"), ("mr", "systole"), ("mvp", "systole"), ("ms", "diastole"), ("ar", "diastole")],
)
def test_a_murmur_lies_in_its_phase(condition, phase):
    config = SynthesisConfig(condition, snr_db=30.0, seed=2)
    synthesizer = HeartSoundSynthesizer(config)
    x = synthesizer.read(20 * 4000)
    truth = synthesizer.truth(20.0)
    band = (30, 100) if condition == "ms" else (200, 500)
    filtered = sosfilt(butter(4, band, "band", fs=4000, output="sos"), x)
    power = {
        "systole": np.mean(filtered[between(truth, "S1", "S2", len(x), 4000)] ** 2),
        "diastole": np.mean(filtered[between(truth, "S2", "S1", len(x), 4000)] ** 2),
    }
    other = "systole" if phase == "diastole" else "diastole"
    # Some of S1 and S2 rings on through the filter, more so in the low band of mitral stenosis.
    assert power[phase] > (3 if condition == "ms" else 30) * power[other]


def envelope(condition, sound, parts):
    """RMS of the murmur in equal parts of its span, over all beats."""
    murmur = murmur_alone(condition, seconds=40.0, seed=1)
    truth = HeartSoundSynthesizer(SynthesisConfig(condition, snr_db=None, seed=1)).truth(40.0)
    spans = [(round(s.start_s * 4000), round(s.end_s * 4000)) for s in truth if s.sound == sound][:-1]
    return [
        np.sqrt(np.mean(np.concatenate([np.array_split(murmur[a:b], parts)[i] for a, b in spans]) ** 2))
        for i in range(parts)
    ]


def test_murmurs_have_their_shapes():
    ejection = envelope("as", "systolic_murmur", 5)
    assert ejection[0] < ejection[1] < ejection[2] > ejection[3] > ejection[4]
    plateau = envelope("mr", "systolic_murmur", 5)
    assert max(plateau[1:4]) < 1.15 * min(plateau[1:4])
    late = envelope("mvp", "systolic_murmur", 4)
    assert late[0] < late[1] < late[2]
    rumble = envelope("ms", "diastolic_murmur", 8)
    assert rumble[1] > rumble[4] < rumble[7]
    early = envelope("ar", "diastolic_murmur", 5)
    assert early[0] > early[1] > early[2] > early[3] > early[4]


def test_murmur_level_is_the_ratio_to_s1_where_the_murmur_is_loudest():
    plateau = envelope("mr", "systolic_murmur", 5)[2]
    s1 = sound_samples("normal", "S1", seconds=40.0, seed=1)
    assert plateau / np.sqrt(np.mean(s1[s1 != 0] ** 2)) == pytest.approx(0.5, rel=0.15)


def test_delays_of_extra_sounds():
    def delays(condition, sound, reference):
        truth = HeartSoundSynthesizer(SynthesisConfig(condition, seed=7)).truth(20.0)
        times = [s.start_s for s in truth if s.sound == reference]
        return [min((t - s.start_s for t in times), key=abs) for s in truth if s.sound == sound][:-1]

    assert all(0.06 <= -delay <= 0.1 for delay in delays("ms", "opening_snap", "S2"))
    assert all(0.139 <= -delay <= 0.161 for delay in delays("s3", "S3", "S2"))
    assert all(0.09 <= delay <= 0.11 for delay in delays("s4", "S4", "S1"))


def test_fifty_times_real_time():
    synthesizer = HeartSoundSynthesizer(SynthesisConfig("ms"))
    begin = time.process_time()
    synthesizer.read(20 * 4000)
    assert time.process_time() - begin < 20 / 50


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("condition", "well"),
        ("heart_rate_bpm", 34.9),
        ("heart_rate_bpm", 201),
        ("heart_rate_bpm", float("nan")),
        ("jitter", -0.01),
        ("jitter", 0.21),
        ("snr_db", float("inf")),
        ("murmur_level", 1.1),
        ("rate", 999),
        ("rate", 4000.0),
        ("seed", -1),
        ("amplitude", 0),
        ("amplitude", 1.01),
        ("sounds", ("S5",)),
        ("sounds", ("S3", "S3")),
        ("rhythm", "flutter"),
        ("ectopic_chance", 1.1),
        ("split_ms", 101),
        ("split_variation_ms", -1),
        ("breath_rate_per_min", 3),
        ("breath_depth", 4),
    ],
)
def test_a_field_out_of_range_is_named_in_one_line(field, value):
    with pytest.raises(ValueError, match=f"^{field} must (be|each) [^\n]*$"):
        SynthesisConfig(**{field: value})


def test_what_cannot_be_together_is_refused():
    with pytest.raises(ValueError, match="rhythm cannot be fibrillation with an S4"):
        SynthesisConfig("s4", rhythm="fibrillation")
    with pytest.raises(ValueError, match="murmurs: a pitch from 500 Hz needs a rate above 1111 Hz, not 1000"):
        SynthesisConfig(rate=1000, murmurs=(Murmur("holosystolic", pitch=(500, 900)),))


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="n must be 0 or more"):
        HeartSoundSynthesizer(SynthesisConfig()).read(-1)
