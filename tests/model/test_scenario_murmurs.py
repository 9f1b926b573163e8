"""Where the packaged model places the murmurs of a scenario, on seeds on which nothing was chosen."""

import os
from itertools import product

import numpy as np
import pytest

from dsp.front_end import FrontEnd
from dsp.murmur import PITCHES, SHAPES, TIMINGS, Murmur
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier
from model.window_reader import WindowReader

HEARTS = int(os.environ.get("AUSCULT_HEARTS", "1"))  # of each; more tell more
PHASES = ("systolic", "diastolic", "continuous")


@pytest.fixture(scope="module")
def placed():
    """Where each murmur of grade 3 and 4 of every timing, shape and pitch is read; None for nothing said."""
    classifier, found = Classifier.load(), {timing: [] for timing in PHASES}
    kinds = product(TIMINGS, SHAPES, PITCHES, (3, 4), range(HEARTS))
    for number, (timing, shape, pitch, grade, _) in enumerate(kinds):
        seed = 40_000 + number
        rate_bpm = np.random.default_rng(seed).uniform(55, 110)
        config = SynthesisConfig(
            murmurs=(Murmur(timing, shape, grade, pitch),),
            heart_rate_bpm=rate_bpm,
            snr_db=25,
            seed=seed,
            rate=2000,
        )
        front_end = FrontEnd(2000, 2.0, classifier.config)
        (window,) = front_end.push(HeartSoundSynthesizer(config).read(10 * 2000)).windows
        reading = WindowReader().read(window, classifier.judge(window, front_end.image)).verdict.reading
        (right,) = (name for name in PHASES if timing.endswith(name))
        found[right].append(None if reading is None else reading.timing)
    for timing, of in found.items():
        print(
            f"{timing}: {len(of)}, {of.count(timing)} placed right, of {of.count(None)} nothing said"
        )  # -s shows it
    return found


@pytest.mark.parametrize(("timing", "least"), [("systolic", 0.9), ("diastolic", 0.75)])
def test_most_in_systole_and_diastole_are_read_where_they_are(placed, timing, least):
    assert placed[timing].count(timing) >= least * len(placed[timing])


def test_of_a_murmur_in_diastole_hardly_anything_wrong_is_said(placed):
    said = [timing for timing in placed["diastolic"] if timing is not None]
    assert said.count("diastolic") >= 0.9 * len(said)
