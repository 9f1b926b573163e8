import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from dsp.config import FINE_FRONT_END
from dsp.front_end import FrontEnd
from model.quality_gate import QualityGate
from model.window_quality import quality_of
from tests.training.tiny import sound, write_noise
from training.checkpoint import CheckpointError
from training.corpora import load_corpus
from training.held_out_quality import HeldOutQuality
from training.images import recording_windows
from training.quality_fitting import QualityRecipe
from training.quality_run import FOLDS, train_quality
from training.quality_scores import GateAnswers, score_gate

RECIPE = QualityRecipe(
    epochs=1, windows_per_epoch=128, alone=60, alone_tested=20, synthetic=20, synthetic_tested=10
)


def run(out, corpus, noise, told):
    return train_quality(
        {"cinc2016": corpus},
        RECIPE,
        0,
        out,
        noise,
        lambda records, title: records,
        lambda done, loss: told.append(done),
        "auscult train --recipe quality",
    )


@pytest.fixture(scope="module")
def rated(corpus, tmp_path_factory):
    """The corpus with words on its quality."""
    folder = tmp_path_factory.mktemp("rated") / "cinc"
    for database in sorted(corpus.glob("training-*")):
        (folder / database.name).mkdir(parents=True)
        for path in database.iterdir():
            (folder / database.name / path.name).symlink_to(path)
        rows = (database / "REFERENCE.csv").read_text().split()
        words = [f"{row},{index % 4 > 0:d}" for index, row in enumerate(rows)]
        (folder / database.name / "REFERENCE_withSQI.csv").write_text("\n".join(words) + "\n")
    (folder / "RECORDS-validation").symlink_to(corpus / "RECORDS-validation")
    return folder


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    return write_noise(tmp_path_factory.mktemp("noise"))


@pytest.fixture(scope="module")
def trained(rated, noise, tmp_path_factory):
    out, told = tmp_path_factory.mktemp("quality"), []
    return run(out, rated, noise, told), told


def test_the_weights_are_a_gate_that_judges_windows(trained):
    weights, told = trained
    assert told == list(range(1, FOLDS + 2))
    gate = QualityGate(weights)
    front_end = FrontEnd(2000, 10.0, FINE_FRONT_END)
    (window,) = front_end.push(sound(10, False, 1)).windows
    quality = gate.judge(window)
    assert 0 <= quality.value <= 1
    assert quality == gate.judge(window)


def test_every_recording_is_answered_once_by_a_gate_that_does_not_know_its_subject(trained, rated):
    out = trained[0].parent
    with (out / "quality.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    records, _ = load_corpus("cinc2016", rated)
    assert sorted(row["record"] for row in rows) == sorted(record.name for record in records)
    metrics = json.loads((out / "metrics.json").read_text())
    assert set(metrics["databases"]) == {"cinc2016-a", "cinc2016-b"}
    assert sum(row["windows"] for row in metrics["classes"]) == sum(int(row["windows"]) for row in rows)
    text = (out / "quality.md").read_text()
    assert "auscult train --recipe quality" in text
    assert all(f"| {name} |" in text for name in metrics["databases"])


def test_the_qualities_of_windows_are_kept_for_evaluations(trained, rated):
    out = trained[0].parent
    kept = HeldOutQuality(out)
    records, _ = load_corpus("cinc2016", rated)
    with (out / "quality.csv").open(newline="") as lines:
        told = {row["record"]: float(row["quality"]) for row in csv.DictReader(lines)}
    for record in records:
        _, windows = recording_windows(record.path, FINE_FRONT_END, 2.0)
        value = kept.passed(record)
        assert value.shape == (sum(not window.refused for window in windows),)
        assert value.mean() == pytest.approx(told[record.name], abs=1e-6)
    with pytest.raises(CheckpointError, match=r"z9: the quality gates have not judged it"):
        kept.passed(replace(records[0], name="z9"))
    with pytest.raises(CheckpointError, match=r"missing; give a folder"):
        HeldOutQuality(out / "elsewhere")


def test_started_again_it_trains_nothing_and_writes_the_same(trained, rated, noise):
    weights, _ = trained
    before, told = weights.read_bytes(), []
    files = {name: (weights.parent / name).read_bytes() for name in ("quality.md", "quality.csv")}
    assert run(weights.parent, rated, noise, told) == weights
    assert told == []
    assert weights.read_bytes() == before
    assert {name: (weights.parent / name).read_bytes() for name in files} == files


def test_figures_are_those_of_a_direct_count(rated):
    records = load_corpus("cinc2016", rated)[0][:6]
    records = [replace(record, database="here", good_quality=at >= 2) for at, record in enumerate(records)]
    findings = np.array([[0.1, 1, 0, 0, 0], [0.6, 1, 0, 0, 0], [0.3, 1, 0, 0, 0]] + [[0.9, 1, 0, 0, 0]] * 3)
    values = [quality_of(found).value for found in findings]
    made = GateAnswers.of_records([np.array([value, np.nan]) for value in values])
    found = score_gate(made, records)
    assert found["databases"]["here"]["auroc"]["value"] == pytest.approx(7 / 8)
    assert found["databases"]["here"]["good"] == 4
    refused = sum(row["windows"] * row["refused"] for row in found["classes"])
    doubted = sum(row["windows"] * row["doubted"] for row in found["classes"])
    assert (refused, doubted) == (1, 2)
    assert found["mixed"] == found["alone"] == found["synthetic"] == []
