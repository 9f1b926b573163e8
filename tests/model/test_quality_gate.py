import os
from pathlib import Path

import numpy as np
import pytest

from dsp.config import FINE_FRONT_END
from dsp.front_end import FrontEnd
from dsp.heart import SynthesisConfig
from dsp.noise_kinds import NOISE_KINDS, Noise
from dsp.synthesis import HeartSoundSynthesizer
from model.card import ModelError
from model.classifier import Classifier
from model.loading import weights_folder
from model.quality_gate import QualityGate
from model.verdict import Label
from training.noise import NoiseCorpus

RATE = 2000
CODES = {
    "white": "ambient_noise",
    "pink": "ambient_noise",
    "talking": "ambient_noise",
    "crying": "ambient_noise",
    "movement": "movement",
    "tapping": "movement",
    "hum": "mains_hum",
}


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load("default")


def verdicts(classifier, samples, rate=RATE, hop_s=2.0):
    front_end = FrontEnd(rate, hop_s, classifier.config)
    windows = [*front_end.push(samples).windows, *front_end.flush().windows]
    return [classifier.judge(window, front_end.image).verdict for window in windows]


def alone(kind, seed, seconds=20):
    silent = SynthesisConfig(heard=False, snr_db=None, rate=RATE, seed=seed)
    return HeartSoundSynthesizer(silent, noises=[Noise(kind, level_db=-20)]).read(seconds * RATE)


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_noise_alone_is_poor_signal_with_its_reason(classifier, kind):
    judged = [verdict for seed in range(3) for verdict in verdicts(classifier, alone(kind, seed))]
    assert {verdict.label for verdict in judged} == {Label.POOR_SIGNAL}
    assert all(verdict.p_abnormal is None and verdict.quality < 0.2 for verdict in judged)
    told = [code for verdict in judged for code in verdict.reasons]
    # A breath is no fault of its own kind: that no heart is heard says enough. Between taps it is silent.
    assert told.count(CODES.get(kind, "no_heart_sound")) + told.count("too_quiet") > len(judged) / 2


@pytest.mark.parametrize("condition", ["normal", "as", "mr", "mvp", "ms", "ar", "s3", "s4"])
@pytest.mark.parametrize("rate_bpm", [35, 70, 120, 200])
def test_a_heart_is_not_refused_whatever_its_rate_and_murmur(classifier, condition, rate_bpm):
    heart = SynthesisConfig(condition, heart_rate_bpm=rate_bpm, snr_db=20, rate=RATE, seed=5)
    (verdict,) = verdicts(classifier, HeartSoundSynthesizer(heart).read(10 * RATE))
    assert verdict.quality >= 0.5
    assert not {*verdict.reasons} - {"padded"}


@pytest.mark.parametrize("kind", ["talking", "crying", "movement", "tapping", "hum"])
def test_little_that_is_confident_is_said_through_noise_as_loud_as_the_heart(classifier, kind):
    """Some windows have less of a noise that comes and goes than its mean power says."""
    judged = []
    for seed, condition in enumerate(("normal", "as", "mr", "ar", "normal", "mvp")):
        for snr_db in (0, -3, -6, -12):
            heart = SynthesisConfig(condition, snr_db=25, rate=RATE, seed=seed)
            sound = HeartSoundSynthesizer(heart, noises=[Noise(kind, snr_db=snr_db)]).read(14 * RATE)
            judged += verdicts(classifier, sound)
    silent = [verdict for verdict in judged if verdict.label in (Label.POOR_SIGNAL, Label.UNCERTAIN)]
    assert len(silent) >= (0.8 if kind in ("tapping", "movement") else 0.9) * len(judged)
    assert sum(CODES[kind] in verdict.reasons for verdict in silent) > len(silent) / 2


def test_both_models_stand_behind_the_same_gate(classifier):
    heart = HeartSoundSynthesizer(SynthesisConfig("mr", snr_db=12, rate=RATE, seed=3)).read(12 * RATE)
    paper = Classifier.load("paper")
    ours, theirs = verdicts(classifier, heart), verdicts(paper, heart)
    assert [verdict.quality for verdict in ours] == pytest.approx([verdict.quality for verdict in theirs])
    assert ours[0].p_abnormal != theirs[0].p_abnormal


def test_what_the_gate_shares_with_a_model_changes_nothing():
    front_end = FrontEnd(RATE, 10.0, FINE_FRONT_END)
    heart = HeartSoundSynthesizer(SynthesisConfig("mr", snr_db=12, rate=RATE, seed=3)).read(10 * RATE)
    (window,) = front_end.push(heart).windows
    gate, ours, paper = QualityGate(), Classifier.load("default"), Classifier.load("paper")
    shared = ours.quality(window, ours.views(front_end.image(window)[None]))
    assert shared == gate.judge(window)
    assert shared == paper.quality(window, paper.views(np.zeros((1, *paper.config.image_shape), np.float32)))


def test_the_gate_is_no_model_to_judge_with():
    with pytest.raises(ModelError, match="does not tell normal from abnormal"):
        Classifier.load(str(weights_folder() / "gate" / "quality.safetensors"))


def test_quality_is_of_the_window_alone_and_of_the_real_part(classifier):
    heart = HeartSoundSynthesizer(SynthesisConfig(rate=RATE, snr_db=20, seed=8)).read(16 * RATE)
    once = verdicts(classifier, heart)
    assert [one.quality for one in verdicts(classifier, heart)] == [one.quality for one in once]
    (short,) = verdicts(classifier, heart[: 4 * RATE])
    assert short.reasons == ("padded",)
    assert short.quality >= 0.5


def test_the_card_names_what_it_was_made_for(classifier):
    gate = classifier._gate
    assert gate.card.network == "quality-cnn"
    assert gate.card.parameters <= 300_000
    assert {row["kind"] for row in gate.card.metrics["alone"]} >= {"voice", "babble", "everyday"}
    assert all(row["doubted"] >= 0.98 * row["windows"] for row in gate.card.metrics["alone"])


@pytest.mark.skipif("AUSCULT_CORPORA" not in os.environ, reason="AUSCULT_CORPORA names no folder of corpora")
def test_voices_and_the_ward_are_poor_signal(classifier):
    noise = NoiseCorpus(Path(os.environ["AUSCULT_CORPORA"]) / "noise", "held back")
    judged = []
    for make in (noise.voice, noise.babble, noise.everyday):
        for seed in range(15):
            sound = make(24_000, np.random.default_rng(seed))
            judged += verdicts(classifier, 0.3 * sound / np.max(np.abs(sound)), rate=2000)
    refused = sum(verdict.label is Label.POOR_SIGNAL for verdict in judged)
    assert refused >= 0.98 * len(judged)
    assert not any(verdict.label in (Label.NORMAL, Label.ABNORMAL) for verdict in judged)
