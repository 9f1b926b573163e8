import hashlib
import json
from collections import Counter

import numpy as np
import pytest
import torch

from model.classifier import Classifier
from recordings import RecordingError
from tests.training.processes import run, start
from tests.training.tiny import learnable_corpus, write_corpus
from training.calibration import probability
from training.corpora import CorpusError, load_corpus
from training.fitting import score
from training.folds import split_records
from training.images import recording_windows
from training.recipes import RECIPES
from training.run import train

EPOCHS = 100


def arguments(corpus, out, *more):
    return ["train", "--corpus", f"cinc2016={corpus}", "--out", out, "--epochs", EPOCHS, *more]


@pytest.fixture(scope="module")
def uninterrupted(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    done = run(*arguments(corpus, out))
    assert done.returncode == 0, done.stderr
    return out, done


def test_a_run_writes_weights_and_a_card_that_load(corpus, uninterrupted):
    out, done = uninterrupted
    assert str(out / "paper.safetensors") in done.stdout
    assert done.stderr.count("epoch ") == EPOCHS
    classifier = Classifier.load(str(out / "paper.safetensors"))
    card = classifier.card
    assert card.sha256 == hashlib.sha256((out / "paper.safetensors").read_bytes()).hexdigest()
    assert (card.name, card.seed, card.recipe["epochs"]) == ("paper", 0, EPOCHS)
    lists = card.corpora["cinc2016"]
    assert sorted(lists["held_out"]) == ["a0000", "a0001", "b0002", "b0003"]
    names = lists["training"] + lists["calibration"] + lists["held_out"]
    assert set(Counter(names).values()) == {1}
    assert len(names) == 24
    assert lists["left_out"] == []


def test_the_figures_of_the_card_are_those_of_the_model_that_is_served(corpus, uninterrupted):
    """Window by window through the classifier as the monitor uses it."""
    out, _ = uninterrupted
    classifier = Classifier(str(out / "paper.safetensors"))
    records, _ = load_corpus("cinc2016", corpus)
    held_out = split_records(records, RECIPES["paper"].calibration_share, 0).held_out
    right, windows = [], 0
    for record in held_out:
        front_end, found = recording_windows(record.path, classifier.config, 2.0)
        ps = [classifier.judge(window, front_end.image).verdict.p_abnormal for window in found]
        windows += len(ps)
        right.append((np.mean(ps) >= 0.5) == record.abnormal)
    figures = classifier.card.metrics["held_out"]
    assert figures["record"]["n"] == len(held_out) == 4
    assert figures["record"]["accuracy"] == pytest.approx(np.mean(right), abs=1e-4)
    assert figures["window"]["n"] == windows
    assert figures["record"]["accuracy"] == 1.0
    assert set(figures["record_by_database"]) == {"cinc2016-a", "cinc2016-b"}


def test_serving_and_training_agree_on_a_probability(corpus, uninterrupted):
    out, _ = uninterrupted
    classifier = Classifier(str(out / "paper.safetensors"))
    front_end, windows = recording_windows(corpus / "training-a" / "a0000.flac", classifier.config, 10.0)
    image = front_end.image(windows[0])
    logits = score(classifier._network, image[None])
    assert torch.get_num_threads() == 1
    assert probability(logits, classifier.card.calibration)[0] == pytest.approx(
        classifier.probability(image), abs=1e-6
    )


def test_a_killed_run_goes_on_to_the_same_weights(corpus, uninterrupted, tmp_path):
    out = tmp_path / "killed"
    with start(*arguments(corpus, out)) as process:
        for line in process.stderr:
            if line.startswith(f"epoch 3/{EPOCHS}"):
                process.kill()
                break
    assert process.returncode == -9
    assert not (out / "paper.safetensors").exists()
    assert (out / "checkpoint.safetensors").is_file()
    done = run(*arguments(corpus, out))
    assert done.returncode == 0, done.stderr
    assert 0 < done.stderr.count("epoch ") < EPOCHS - 2
    assert (out / "paper.safetensors").read_bytes() == (uninterrupted[0] / "paper.safetensors").read_bytes()
    assert (out / "paper.json").read_bytes() == (uninterrupted[0] / "paper.json").read_bytes()


def test_a_finished_run_is_not_repeated_and_another_seed_is_refused(corpus, uninterrupted):
    out, _ = uninterrupted
    before = (out / "paper.safetensors").read_bytes()
    done = run(*arguments(corpus, out, "--seed", "1"))
    assert done.returncode == 1
    assert "belongs to another recipe, seed or data" in done.stderr
    assert "Traceback" not in done.stderr
    assert (out / "paper.safetensors").read_bytes() == before


def quietly(folder, out, epochs=2, allow_missing=False):
    def progress(records, title):
        return records

    def on_epoch(epoch):
        assert 1 <= epoch.number <= epochs

    recipe = RECIPES["paper"].with_epochs(epochs)
    return train({"cinc2016": folder}, recipe, 0, out, "tiny", progress, on_epoch, allow_missing)


def test_a_problem_stops_the_run_unless_it_is_allowed(tmp_path):
    folder = learnable_corpus(tmp_path / "cinc")
    (folder / "training-a" / "a0007.flac").unlink()
    with pytest.raises(CorpusError, match=r"^a0007: no audio file [^\n]*\nmend the folder, or train without"):
        quietly(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    weights = quietly(folder, tmp_path / "out", 40, True)
    card = json.loads(weights.with_suffix(".json").read_text())
    assert "a0007" in card["corpora"]["cinc2016"]["left_out"][0]
    parts = [card["corpora"]["cinc2016"][part] for part in ("training", "calibration", "held_out")]
    assert sum(map(len, parts)) == 23
    assert all("a0007" not in part for part in parts)


@pytest.mark.parametrize(
    ("records", "held_out", "said"),
    [
        ({f"a{n:04}": (0.5, False) for n in range(6)}, ["a0001"], "only one class"),
        (
            {"a0000": (1.5, True), "a0001": (1.5, False), "a0002": (1.5, True)},
            ["a0002"],
            "one class to calibrate",
        ),
        ({f"a{n:04}": (0.5, n % 2 == 0) for n in range(12)}, [], "nothing to test on"),
    ],
)
def test_a_corpus_too_small_to_learn_from_is_told_at_once(tmp_path, records, held_out, said):
    folder = write_corpus(tmp_path / "cinc", records, held_out)
    with pytest.raises(CorpusError, match=said) as caught:
        quietly(folder, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out" / "checkpoint.safetensors").exists()


def test_a_recording_that_cannot_be_read_ends_the_run(tmp_path):
    folder = write_corpus(tmp_path / "cinc", {f"a{n:04}": (0.5, n % 2 == 0) for n in range(12)}, ["a0000"])
    (folder / "training-a" / "a0005.flac").write_bytes(b"no sound")
    with pytest.raises(RecordingError, match="a0005"):
        quietly(folder, tmp_path / "out")
