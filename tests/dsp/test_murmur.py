"""Murmurs as they are heard: when, under which envelope, how loud and how high."""

import numpy as np
import pytest

from dsp.murmur import GRADE_LEVELS, PITCHES, SHAPES, TIMINGS, Murmur
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig

RATE = 4000
SECONDS = 40.0


def heard(murmur, **fields):
    """What the murmur alone adds, the truth, and S1 and S2 alone."""
    config = {"snr_db": None, "amplitude": 0.1, "seed": 1, "jitter": 0.0, **fields}
    without = HeartSoundSynthesizer(SynthesisConfig(**config))
    with_it = HeartSoundSynthesizer(SynthesisConfig(murmurs=(murmur,), **config))
    n = round(SECONDS * RATE)
    clean = without.read(n)
    return with_it.read(n) - clean, with_it.truth(SECONDS), clean


def spans(truth, *sounds):
    return [
        (round(sound.start_s * RATE), round(sound.end_s * RATE))
        for sound in truth
        if sound.sound in sounds and sound.end_s < SECONDS
    ]


def loudness(samples, within, parts):
    """RMS in equal parts of the spans, over all of them."""
    return np.sqrt(
        [
            np.mean(np.concatenate([np.array_split(samples[a:b], parts)[part] for a, b in within]) ** 2)
            for part in range(parts)
        ]
    )


@pytest.mark.parametrize("timing", TIMINGS)
def test_a_murmur_has_all_its_energy_where_its_timing_says(timing):
    samples, truth, _ = heard(Murmur(timing))
    name = {"systolic": "systolic_murmur", "diastolic": "diastolic_murmur"}.get(
        timing.split("_")[-1].replace("holosystolic", "systolic"), "continuous_murmur"
    )
    inside = np.zeros(samples.size, bool)
    for sound in truth:
        if sound.sound == name:
            inside[round(sound.start_s * RATE) : round(sound.end_s * RATE)] = True
    assert samples[inside].any()
    assert not np.abs(samples[~inside]).max(initial=0) > 1e-12
    s1 = [start for start, _ in spans(truth, "S1")]
    s2 = [start for start, _ in spans(truth, "S2")]
    s1_end = spans(truth, "S1")[0][1] - s1[0]
    systole, cycle = s2[0] - s1[0], s1[1] - s1[0]
    center = np.mean([np.mean(span) - onset for span, onset in zip(spans(truth, name), s1, strict=False)])
    lowest, highest = {
        "early_systolic": (0.5 * s1_end, 0.6 * systole),
        "mid_systolic": (0.45 * systole, 0.7 * systole),
        "late_systolic": (0.7 * systole, systole),
        "holosystolic": (0.4 * systole, 0.7 * systole),
        "early_diastolic": (systole, systole + 0.42 * (cycle - systole)),
        "mid_diastolic": (systole + 0.42 * (cycle - systole), systole + 0.65 * (cycle - systole)),
        "late_diastolic": (systole + 0.7 * (cycle - systole), cycle),
        "continuous": (0.45 * cycle, 0.55 * cycle),
    }[timing]
    assert lowest < center < highest


@pytest.mark.parametrize("timing", ["holosystolic", "late_diastolic", "continuous"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_murmur_has_its_shape(shape, timing):
    samples, truth, _ = heard(Murmur(timing, shape, pitch="high"))
    parts = loudness(samples, spans(truth, "systolic_murmur", "diastolic_murmur", "continuous_murmur"), 5)
    match shape:
        case "crescendo":
            assert parts[0] < parts[1] < parts[2] < parts[3]
        case "decrescendo":
            assert parts[0] > parts[1] > parts[2] > parts[3] > parts[4]
        case "diamond":
            assert parts[0] < parts[1] < parts[2] > parts[3] > parts[4]
        case "plateau":
            assert max(parts[1:4]) < 1.15 * min(parts[1:4])


@pytest.mark.parametrize("grade", range(1, 7))
def test_a_grade_is_so_loud_beside_s1(grade):
    samples, truth, clean = heard(Murmur("holosystolic", grade=grade), amplitude=0.05)
    plateau = loudness(samples, spans(truth, "systolic_murmur"), 5)[2]
    s1 = np.concatenate([clean[a:b] for a, b in spans(truth, "S1")])
    assert plateau / np.sqrt(np.mean(s1**2)) == pytest.approx(GRADE_LEVELS[grade - 1], rel=0.15)


@pytest.mark.parametrize("pitch", [*PITCHES, (250, 500)])
def test_a_murmur_lies_in_its_band(pitch):
    samples, _, _ = heard(Murmur("holosystolic", pitch=pitch))
    power = np.square(np.abs(np.fft.rfft(samples)))
    hz = np.fft.rfftfreq(samples.size, 1 / RATE)
    low, high = PITCHES[pitch] if isinstance(pitch, str) else pitch
    assert power[(hz >= 0.8 * low) & (hz <= 1.2 * high)].sum() > 0.85 * power.sum()


def test_two_murmurs_are_heard_at_once():
    murmurs = (Murmur("mid_systolic", "diamond"), Murmur("early_diastolic", "decrescendo", 2, "high"))
    names = {
        sound.sound for sound in HeartSoundSynthesizer(SynthesisConfig("as", murmurs=murmurs)).truth(5.0)
    }
    assert names == {"S1", "S2", "systolic_murmur", "diastolic_murmur"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"timing": "systolic"}, "timing must be one of early_systolic, mid_systolic"),
        ({"timing": "holosystolic", "shape": "square"}, "shape must be one of crescendo"),
        ({"timing": "holosystolic", "grade": 0}, "grade must be a whole number, 1 to 6, not 0"),
        ({"timing": "holosystolic", "pitch": "shrill"}, "pitch must be one of low, medium, high"),
        ({"timing": "holosystolic", "pitch": (10, 100)}, "pitch must be 20 to 2000, not 10"),
        ({"timing": "holosystolic", "pitch": (90, 90)}, r"pitch must be least and greatest frequency, not"),
    ],
)
def test_what_is_not_allowed_is_named(fields, words):
    with pytest.raises(ValueError, match=words):
        Murmur(**fields)
