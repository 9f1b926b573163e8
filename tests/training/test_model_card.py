import json
import re
from dataclasses import replace

import numpy as np
import pytest

from dsp.config import FrontEndConfig
from model.card import Calibration, ModelCard, read_card
from model.loading import DEFAULT_MODEL, packaged_models, weights_folder
from tests.training.processes import run
from tests.training.test_report import evaluation
from training.evidence import EvidenceError, read_evidence
from training.model_card import FACTS, MOST_LEFT_OUT, model_card_text
from training.recipes import RECIPES, recipe_named
from training.report import write_report

RECIPE = RECIPES["default"]
CORPORA = {
    "cinc2016": {
        "training": ["a0001", "a0002", "b0001"],
        "calibration": ["b0002"],
        "held_out": [],
        "left_out": ["a0007: no audio file"],
    },
    "circor2022": {"training": ["23625_AV"], "calibration": [], "held_out": [], "left_out": []},
}


def evaluated(folder, protocol="grouped", pooled=True, **changes):
    """The folder of an evaluation of the default recipe."""
    made = replace(
        evaluation(pooled),
        protocol=protocol,
        recipe=RECIPE.essence(),
        left_out={"cinc2016": [], "circor2022": []},
    )
    write_report(folder, replace(made, **changes))
    return folder


@pytest.fixture(scope="module")
def grouped(tmp_path_factory):
    return evaluated(tmp_path_factory.mktemp("evidence") / "grouped")


@pytest.fixture(scope="module")
def lodo(tmp_path_factory):
    return evaluated(tmp_path_factory.mktemp("evidence") / "lodo", "lodo", pooled=False)


def card(evaluations, held_out=None, corpora=CORPORA):
    return ModelCard(
        name="made",
        sha256="ab" * 32,
        network=RECIPE.network,
        arguments=dict(RECIPE.arguments),
        parameters=12345,
        front_end=FrontEndConfig().to_dict(),
        calibration=Calibration(0.5, 0.25, 0.43, 0.57),
        recipe=RECIPE.to_dict(),
        seed=7,
        corpora=corpora,
        metrics={"threshold": 0.5, "held_out": held_out, "evaluations": evaluations},
        notes=["A word to the reader."],
        versions={"torch": "9.9"},
    )


def figures_of(value):
    names = ("accuracy", "precision", "recall", "specificity", "f1", "macc", "auroc")
    return {"n": 40, "n_abnormal": 10, **dict.fromkeys(names, value)}


def held_out_list(**more):
    return {
        "window": figures_of(0.71),
        "record": figures_of(0.72),
        "record_by_database": {"cinc2016-a": figures_of(0.61), "cinc2016-e": figures_of(0.91)},
        "record_answered": {"coverage": 0.8, **figures_of(0.77)},
        **more,
    }


def test_the_digest_holds_the_figures_of_the_evaluation(grouped, lodo):
    found = read_evidence([grouped, lodo], RECIPE)
    assert list(found) == ["grouped", "lodo"]
    metrics = json.loads((grouped / "metrics.json").read_text())["variants"]["only"]
    told = found["grouped"]["variants"]["only"]
    for figure in ("auroc", "macc", "accuracy", "recall", "precision", "f1"):
        for end in ("value", "low", "high"):
            assert told["pooled"]["figures"][figure][end] == pytest.approx(
                metrics["pooled"]["figures"][figure][end], abs=1e-4
            )
    for database, section in metrics["databases"].items():
        inside = told["databases"][database]
        assert inside["n"] == section["n"]
        assert set(inside["figures"]) == {"auroc", "macc"}
        assert inside["figures"]["auroc"]["low"] == pytest.approx(
            section["figures"]["auroc"]["low"], abs=1e-4
        )
        for figure in ("ece", "brier"):
            expected = section["calibration"]["even odds"][figure]
            assert inside["calibration"][figure] == pytest.approx(expected, abs=1e-4)
        chance = section["calibration"]["even odds"]["ece_by_chance"]
        assert chance["low"] < chance["value"] < chance["high"]
        assert inside["calibration"]["ece_by_chance"] == pytest.approx(chance, abs=1e-4)
        coverage = section["abstention"]["coverage"]
        assert inside["abstention"]["coverage"] == pytest.approx(coverage, abs=1e-4)
    assert told["folds"] == 2
    assert found["lodo"]["variants"]["only"]["pooled"] is None
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "metrics.json: missing"),
        ("{", "not the metrics that this program writes"),
        ("[" * 100_000, "not the metrics that this program writes"),
        ("[]", "not the metrics that this program writes"),
        ('{"protocol": "grouped", "model": "default"}', "not the metrics that this program writes"),
    ],
)
def test_a_folder_without_whole_metrics_is_refused_in_one_line(tmp_path, content, said):
    if content is not None:
        (tmp_path / "metrics.json").write_text(content)
    with pytest.raises(EvidenceError, match=said) as caught:
        read_evidence([tmp_path], RECIPE)
    assert str(caught.value).isprintable()


def altered(folder, tmp_path, alter):
    metrics = json.loads((folder / "metrics.json").read_text())
    alter(metrics)
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    return tmp_path


@pytest.mark.parametrize("value", ["0.9", True, float("nan"), [0.9]])
def test_a_figure_that_is_no_number_is_refused(grouped, tmp_path, value):
    def alter(metrics):
        metrics["variants"]["only"]["databases"]["cinc2016-b"]["figures"]["auroc"]["value"] = value

    with pytest.raises(EvidenceError, match="not the metrics that this program writes"):
        read_evidence([altered(grouped, tmp_path, alter)], RECIPE)


def test_an_evaluation_of_something_else_is_refused(grouped, tmp_path):
    with pytest.raises(EvidenceError, match="of model 'default', and 'paper' is trained"):
        read_evidence([grouped], RECIPES["paper"])
    with pytest.raises(EvidenceError, match=r"trained otherwise \(epochs \d+, here 3\)"):
        read_evidence([grouped], RECIPE.with_epochs(3))
    with pytest.raises(EvidenceError, match="'grouped' was given twice"):
        read_evidence([grouped, grouped], RECIPE)
    with pytest.raises(EvidenceError, match="not the metrics that this program writes"):
        read_evidence([altered(grouped, tmp_path, lambda metrics: metrics.pop("recipe"))], RECIPE)


def test_the_text_tells_the_sister_models_where_nothing_was_held_out(grouped, lodo):
    found = read_evidence([grouped, lodo], RECIPE)
    text = model_card_text(card(found))
    assert "themselves have seen everything" in text
    assert "of sister models, trained the same way on folds" in text
    pooled = found["grouped"]["variants"]["only"]["pooled"]["figures"]["macc"]
    assert f"{pooled['value']:.3f} ({pooled['low']:.3f}–{pooled['high']:.3f})" in text
    for database in ("cinc2016-a", "cinc2016-b"):
        auroc = found["lodo"]["variants"]["only"]["databases"][database]["figures"]["auroc"]
        assert f"{auroc['value']:.3f} ({auroc['low']:.3f}–{auroc['high']:.3f})" in text
    assert "Held-out list" not in text
    assert not re.search(r"\b(nan|None)\b", text)


def test_the_text_tells_what_a_reader_must_know(grouped):
    text = model_card_text(card(read_evidence([grouped], RECIPE)))
    for part in (
        "Research use only",
        "infants to young adults",
        "children and adults",
        "Innocent murmurs are a known confusion",
        "ab" * 32,
        "12,345 parameters",
        "| seed | 7 |",
        "| torch | 9.9 |",
        "`bandpass_order`",
        "A word to the reader.",
        "- cinc2016: a0007: no audio file",
        "| cinc2016-a | 2 | 0 | 0 |",
        "| cinc2016, all | 3 | 1 | 0 | 1 |",
        "| circor2022 | 1 | 0 | 0 | 0 |",
        *(found.attribution for found in FACTS.values()),
    ):
        assert part in text, part
    one = model_card_text(card({}, corpora={"cinc2016": CORPORA["cinc2016"]}))
    assert "CirCor" not in one
    assert "what they are worth is not known" in one


def test_noise_is_attributed_where_it_was_mixed_in():
    noisy = card({})
    quiet = replace(noisy, recipe=recipe_named("default", without=["noise"]).to_dict())
    assert "ESC-10: K. J. Piczak" in model_card_text(noisy)
    assert "ESC-10" not in model_card_text(quiet)


def test_models_of_other_corpora_are_told(tmp_path):
    folder = evaluated(tmp_path, left_out={"cinc2016": []})
    text = model_card_text(card(read_evidence([folder], RECIPE)))
    assert "Its models were given cinc2016; the shipped weights were trained on cinc2016, circor2022." in text


def test_a_held_out_list_is_told_with_its_intervals_where_the_card_has_them():
    without = model_card_text(card({}, held_out_list()))
    assert "held out of their training" in without
    assert "holds no intervals" in without
    assert "Held-out list: AUROC 0.610 inside cinc2016-a; 0.5 is a guess." in without
    interval = dict.fromkeys(figures_of(0), (0.5, 0.75))
    intervals = {
        "record_intervals": interval,
        "record_by_database_intervals": {"cinc2016-a": interval, "cinc2016-e": dict.fromkeys(interval)},
    }
    text = model_card_text(card({}, held_out_list(**intervals)))
    assert "holds no intervals" not in text
    assert "| **recordings** | 40 (10) | 0.720 (0.500–0.750) |" in text
    assert "| recordings of cinc2016-e | 40 (10) | 0.910 |" in text


def test_of_many_problems_the_first_are_told():
    problems = [f"a{index:04}: no audio file" for index in range(MOST_LEFT_OUT + 5)]
    corpora = {"cinc2016": {**CORPORA["cinc2016"], "left_out": problems}}
    text = model_card_text(card({}, corpora=corpora))
    assert problems[MOST_LEFT_OUT - 1] in text
    assert problems[MOST_LEFT_OUT] not in text
    assert "and 5 more" in text


@pytest.mark.parametrize("name", packaged_models())
def test_the_text_beside_packaged_weights_is_that_of_their_card(name):
    folder = weights_folder()
    text = folder / ("MODEL_CARD.md" if name == DEFAULT_MODEL else f"{name}.md")
    assert text.read_text(encoding="utf-8") == model_card_text(read_card(folder / f"{name}.json"))


def test_training_puts_the_evidence_into_the_card_and_writes_the_text(corpus, tmp_path):
    recipe = RECIPES["paper"].with_epochs(40)
    folder = evaluated(tmp_path / "grouped", model="paper", recipe=recipe.essence())
    words = ["train", "--corpus", f"cinc2016={corpus}", "--epochs", 40, "--evidence"]
    refused = run(*words, tmp_path / "nothing", "--out", tmp_path / "out")
    assert refused.returncode == 1
    assert refused.stderr.strip().splitlines()[-1].startswith("auscult: ")
    assert "metrics.json: missing" in refused.stderr
    assert not (tmp_path / "out").exists()
    done = run(*words, folder, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    made = read_card(tmp_path / "out" / "paper.json")
    assert made.metrics["evaluations"] == read_evidence([folder], recipe)
    assert (tmp_path / "out" / "paper.md").read_text(encoding="utf-8") == model_card_text(made)
    held_out = made.metrics["held_out"]
    assert set(held_out["record_by_database_intervals"]) == set(held_out["record_by_database"])
    for figure, interval in held_out["record_intervals"].items():
        if interval is not None:
            assert interval[0] <= held_out["record"][figure] <= interval[1]
    assert np.isfinite(held_out["record_intervals"]["accuracy"]).all()
