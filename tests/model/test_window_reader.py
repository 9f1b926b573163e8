import os
from dataclasses import replace

import numpy as np
import pytest

from dsp.front_end import FrontEnd
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier, JudgedWindow
from model.verdict import Label, RecordingTally, WindowVerdict
from model.window_reader import EVERY_S, WindowReader

HEARTS = int(os.environ.get("AUSCULT_HEARTS", "12"))  # of each kind; more take longer and tell more


@pytest.fixture(scope="module")
def default():
    return Classifier.load()


def judged_windows(classifier, condition, seconds=13, hop_s=0.4, **more):
    config = SynthesisConfig(condition=condition, rate=2000, **{"snr_db": 25, **more})
    front_end = FrontEnd(config.rate, hop_s, classifier.config)
    windows = front_end.push(HeartSoundSynthesizer(config).read(seconds * config.rate)).windows
    return [(window, classifier.judge(window, front_end.image)) for window in windows]


MURMURS = {"as": "systolic", "mr": "systolic", "mvp": "systolic", "ms": "diastolic", "ar": "diastolic"}
SILENT = ("normal", "s3", "s4")


def test_by_the_beats_that_the_default_model_finds_murmurs_are_read_where_they_are(default):
    """Hearts at 50 to 130 beats a minute, 20 to 30 dB above the noise, their murmurs well audible."""
    right = {True: [], False: []}
    for condition in (*MURMURS, *SILENT):
        for number in range(HEARTS):
            # No threshold was chosen on these seeds.
            seed = 20_000 + number
            rng = np.random.default_rng([seed, *condition.encode()])
            heart = {
                "heart_rate_bpm": rng.uniform(50, 130),
                "snr_db": rng.uniform(20, 30),
                "murmur_level": rng.uniform(0.35, 0.8),
            }
            ((window, judged),) = judged_windows(default, condition, 10, seed=seed, **heart)
            reading = WindowReader().read(window, judged).verdict.reading
            found = None if reading is None else reading.timing
            right[condition in MURMURS].append(found == MURMURS.get(condition, "none"))
    for what, of in (("murmurs placed right", right[True]), ("silent ones told so", right[False])):
        print(f"{what}: {sum(of)} of {len(of)}")  # seen by -s
    assert np.mean(right[True]) >= 0.95
    assert np.mean(right[False]) >= 0.95


def test_windows_that_overlap_are_read_once_a_second_and_say_the_latest_meanwhile(default, monkeypatch):
    read = []
    monkeypatch.setattr(
        "model.window_reader.read_murmur", lambda signal, start_s, sounds: read.append(start_s) or object()
    )
    reader = WindowReader()
    found = [reader.read(*one).verdict for one in judged_windows(default, "as")]
    assert np.diff(read) == pytest.approx([1.2] * (len(read) - 1))
    for verdict in found:
        latest = max(start_s for start_s in read if start_s <= verdict.start_s)
        assert verdict.start_s - latest < EVERY_S
    assert len({id(verdict.reading) for verdict in found}) == len(read) > 1
    read.clear()
    reader.reset()
    reader.read(*judged_windows(default, "as")[0])
    assert len(read) == 1


def test_where_there_is_no_heart_rate_nothing_is_said_and_nothing_stays(default):
    (window, judged), *_ = judged_windows(default, "as")
    reader = WindowReader()
    assert reader.read(window, judged).verdict.reading is not None
    refused = JudgedWindow(WindowVerdict(window.start_s, window.end_s, Label.POOR_SIGNAL, None))
    unsure = replace(judged, verdict=replace(judged.verdict, heart_rate_bpm=None))
    for one in (refused, unsure):
        assert reader.read(window, one) is one
        assert one.verdict.reading is None


def test_of_a_short_recording_only_what_was_heard_is_read(default):
    front_end = FrontEnd(2000, 2.0, default.config)
    source = HeartSoundSynthesizer(SynthesisConfig(condition="ar", rate=2000, heart_rate_bpm=75))
    front_end.push(source.read(6 * 2000))
    (window,) = front_end.flush().windows
    verdict = WindowReader().read(window, default.judge(window, front_end.image)).verdict
    assert verdict.reading.timing == "diastolic"
    assert 5 <= verdict.reading.beats <= 8


def test_a_recording_is_irregular_where_most_of_its_windows_are(default):
    calibration = default.card.calibration
    tally = RecordingTally(calibration)
    assert (tally.result().irregular, tally.result().heart_rate_confidence, tally.result().reading) == (
        None,
    ) * 3
    for irregular, confidence in ((True, 0.9), (False, 0.7), (None, 0.5), (True, None)):
        tally.add([WindowVerdict(0, 10, Label.NORMAL, 0.1, None, (), 70.0, confidence, irregular)])
    assert tally.result().irregular is True
    assert tally.result().heart_rate_confidence == pytest.approx(0.7)
    tally.add([WindowVerdict(0, 10, Label.NORMAL, 0.1, None, (), 70.0, 0.9, False)])
    assert tally.result().irregular is False
