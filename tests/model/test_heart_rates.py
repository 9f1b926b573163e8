"""Heart rates that the packaged model reads of synthetic hearts, seeds on which nothing was chosen."""

import os

import numpy as np
import pytest

from dsp.front_end import FrontEnd
from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier

HEARTS = int(os.environ.get("AUSCULT_HEARTS", "1"))  # of each at each rate; more tell more
RATES = (35, 40, 50, 65, 80, 100, 120, 140, 160, 180, 200)


@pytest.fixture(scope="module")
def told():
    """Of each heart the true rate of its window and the one that is told, NaN where none is."""
    classifier, found = Classifier.load(), []
    for number in range(HEARTS):
        for condition in CONDITIONS:
            for rate_bpm in RATES:
                config = SynthesisConfig(
                    condition=condition, heart_rate_bpm=rate_bpm, snr_db=20, seed=30_000 + number, rate=2000
                )
                heart, front_end = HeartSoundSynthesizer(config), FrontEnd(2000, 2.0, classifier.config)
                (window,) = front_end.push(heart.read(11 * 2000)).windows
                onsets = [one.start_s for one in heart.beats(window.end_s) if one.start_s >= window.start_s]
                rate = classifier.judge(window, front_end.image).verdict.heart_rate_bpm
                found.append((60 / np.mean(np.diff(onsets)), np.nan if rate is None else rate))
    return np.array(found)


def test_a_rate_that_is_told_is_exact_from_35_to_200(told):
    error = np.abs(told[:, 1] - told[:, 0])
    assert np.mean(error[~np.isnan(error)] <= 1) >= 0.98


def test_nearly_every_heart_has_a_rate(told):
    assert np.mean(~np.isnan(told[:, 1])) >= 0.9


def test_never_is_half_or_twice_the_rate_told(told):
    ratio = told[:, 1] / told[:, 0]
    assert np.nanmax(np.abs(ratio - 1)) < 0.1
