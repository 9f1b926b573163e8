import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dsp.config import FrontEndConfig
from model.card import Calibration
from model.verdict import Label, RecordingTally, WindowVerdict, band_label
from training.beat_scores import BeatScores
from training.columns import joined
from training.corpora import Record
from training.fitting import Epoch
from training.outcome import Evaluation, ExampleImage, FoldOutcome
from training.reading_scores import SEEN, UNSEEN, ReadingScore
from training.records import Murmur
from training.report import COLUMNS, write_report
from training.tables import first_verdict_s, flips, record_table

BAND = Calibration(low=0.4, high=0.6)
PICTURES = {
    "auroc.png",
    "roc.png",
    "training.png",
    "reliability.png",
    "reliability-even-odds.png",
    "risk-coverage.png",
}


def fold(name, seed, databases="ab", epochs=2):
    """Record 0 of each database has no scored window; database c has one class."""
    rng = np.random.default_rng(seed)
    records, owner, p = [], [], []
    for database in databases:
        for index in range(12):
            abnormal = index % 3 == 0 and database != "c"
            group = f"{database}{seed}:{index // 2}"
            name_of = f"{database}{seed}{index:03}"
            quality = (True, False, None)[index % 3 if database == "a" else 2]
            record = Record(
                name_of, f"cinc2016-{database}", Path(name_of), abnormal, group, good_quality=quality
            )
            count = 0 if index == 0 else int(rng.integers(1, 6))
            owner += [len(records)] * count
            p += list(np.clip(rng.normal(0.65 if abnormal else 0.35, 0.2, count), 0, 1))
            records.append(record)
    curve = [Epoch(number + 1, 1 / (number + 1), 0.7, 0.6, None, 1.0) for number in range(epochs)]
    return FoldOutcome(name, records, np.array(owner, np.int32), np.array(p), BAND, curve)


def evaluation(pooled=True, databases="ab", variants=("only",)):
    folds = [fold("fold 1", 1, databases), fold("fold 2", 2, databases, epochs=3)]
    return Evaluation(
        "grouped", "default", "Who?", dict.fromkeys(variants, folds), pooled, "auscult evaluate"
    )


def nothing_but_json(text):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_predictions_hold_every_tested_record_and_the_figures_follow_from_them(tmp_path):
    found = write_report(tmp_path, evaluation(variants=("with", "without")))
    assert nothing_but_json((tmp_path / "metrics.json").read_text(encoding="utf-8")) == found
    with (tmp_path / "predictions.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 2 * 2 * 24
    silent = [row for row in rows if row["record"].endswith("000")]
    for row in silent:
        told = [row[name] for name in ("p_abnormal", "label", "windows", "first_verdict_s", "flips")]
        assert told == ["", "poor_signal", "0", "", "0"]
    scored = [row for row in rows if row["variant"] == "with" and row["p_abnormal"]]
    for database, section in found["variants"]["with"]["databases"].items():
        own = [row for row in scored if row["database"] == database]
        expected = roc_auc_score([int(r["abnormal"]) for r in own], [float(r["p_abnormal"]) for r in own])
        auroc = section["figures"]["auroc"]
        assert auroc["value"] == pytest.approx(expected)
        assert auroc["low"] <= auroc["value"] <= auroc["high"]
        assert section["n_unscored"] == 2
        answered = [r["label"] in ("normal", "abnormal") for r in rows if r["database"] == database]
        assert section["abstention"]["coverage"] == pytest.approx(np.mean(answered))
    assert found["variants"]["with"]["pooled"]["n"] == 48
    assert {path.name for path in tmp_path.iterdir()} == PICTURES | {
        "predictions.csv",
        "metrics.json",
        "report.md",
    }


def test_a_database_of_one_class_is_null_and_no_mean_leans_on_it(tmp_path):
    panel = write_report(tmp_path, evaluation(databases="abc"))["variants"]["only"]
    assert panel["databases"]["cinc2016-c"]["figures"]["auroc"] == {"value": None, "low": None, "high": None}
    assert panel["mean_auroc"]["all databases"]["databases"] == ["cinc2016-a", "cinc2016-b"]
    inside = [panel["databases"][f"cinc2016-{name}"]["figures"]["auroc"]["value"] for name in "ab"]
    assert panel["mean_auroc"]["a, b and d"]["value"] == pytest.approx(np.mean(inside))


@pytest.mark.parametrize("pooled", [True, False])
def test_a_pooled_row_only_where_it_means_something(tmp_path, pooled):
    found = write_report(tmp_path, evaluation(pooled))["variants"]["only"]
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert ("| all databases |" in text) == pooled
    assert (found["pooled"] is not None) == (found["windows"]["pooled"] is not None) == pooled
    for part in ("| cinc2016-a |", "| cinc2016-b |", "auscult evaluate", "Who?"):
        assert part in text
    for name in PICTURES:
        assert f"]({name})" in text
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    assert not re.search(r"\b(nan|None)\b", text)


def test_a_patient_has_one_probability_and_no_course_over_time(tmp_path):
    write_report(tmp_path, replace(evaluation(), by_patient=True))
    text = (tmp_path / "report.md").read_text()
    assert "A patient's probability is the highest" in text
    assert "Over time" not in text and "Single windows" not in text


def test_the_share_unanswered_is_told_by_the_publishers_word_on_the_signal(tmp_path):
    found = write_report(tmp_path, evaluation())["variants"]["only"]
    with (tmp_path / "predictions.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for section, own in (
        (found["pooled"], rows),
        (found["databases"]["cinc2016-b"], [row for row in rows if row["database"] == "cinc2016-b"]),
    ):
        told = section["abstention"]["rate_by_quality"]
        assert set(told) == {row["quality"] for row in own}
        for word, share in told.items():
            silent = [row["label"] in ("uncertain", "poor_signal") for row in own if row["quality"] == word]
            assert share == {"n": len(silent), "rate": pytest.approx(np.mean(silent))}
    assert "quality good" in (tmp_path / "report.md").read_text(encoding="utf-8")
    write_report(tmp_path, evaluation(databases="b"))
    assert "quality good" not in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_examples_are_drawn_where_there_are_any(tmp_path):
    rng = np.random.default_rng(0)
    configs = {"with": FrontEndConfig(), "without": FrontEndConfig(band_spacing="mel")}
    examples = {
        name: [
            ExampleImage(f"a{label}", bool(label), rng.normal(size=(50, 121)).astype(np.float32), config)
            for label in (0, 1)
        ]
        for name, config in configs.items()
    }
    shown = replace(evaluation(variants=tuple(configs)), examples=examples)
    write_report(tmp_path / "one", shown)
    write_report(tmp_path / "two", replace(shown, examples={"with": examples["with"][:1], "without": []}))
    pictures = [(tmp_path / name / "examples.png").read_bytes() for name in ("one", "two")]
    assert all(data.startswith(b"\x89PNG") for data in pictures)
    assert pictures[0] != pictures[1]
    assert "](examples.png)" in (tmp_path / "one" / "report.md").read_text(encoding="utf-8")


def test_nothing_scored_at_all_is_told(tmp_path):
    whole = fold("fold 1", 1)
    empty = FoldOutcome("fold 1", whole.records, np.zeros(0, np.int32), np.zeros(0), BAND, [])
    found = write_report(tmp_path, Evaluation("p", "m", "Who?", {"only": [empty]}, True, "command"))
    section = found["variants"]["only"]["pooled"]
    assert (section["n"], section["n_unscored"], section["abstention"]["coverage"]) == (24, 24, 0)
    assert section["figures"]["auroc"]["value"] is None
    assert section["calibration"]["even odds"]["ece"] is None
    assert section["calibration"]["even odds"]["ece_by_chance"]["value"] is None


def test_the_same_evaluation_makes_the_same_files(tmp_path):
    for name in ("one", "two"):
        write_report(tmp_path / name, evaluation())
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("p", "seconds"), [([0.9], 10), ([0.5, 0.45, 0.1], 14), ([0.5], np.nan), ([], np.nan)]
)
def test_the_first_verdict_is_that_of_the_first_window_that_answers(p, seconds):
    assert first_verdict_s(np.array(p), np.ones(len(p)), BAND) == pytest.approx(seconds, nan_ok=True)


def flipped(*p, quality=1.0):
    return flips(np.array(p), np.full(len(p), quality), BAND)


def test_flips_are_contradictions_of_the_rolling_verdict():
    normal, abnormal = [0.1] * 20, [0.9] * 20
    assert flipped(*normal) == 0
    assert flipped(*normal, *abnormal) == 1
    assert flipped(*normal, *abnormal, *normal) == 2
    # One loud window is outvoted by the half minute before it.
    assert flipped(*normal, 0.9, *normal) == 0
    # What is doubtful answers nothing, so that it contradicts nothing.
    assert flipped(*normal, *abnormal, quality=0.3) == 0


def test_the_gate_weighs_and_doubts_as_the_live_verdict_does():
    rng = np.random.default_rng(0)
    whole = fold("fold 1", 1)
    quality = rng.uniform(0.2, 1, whole.window_p.size)
    refused = rng.integers(0, 12, len(whole.records))
    outcome = replace(whole, window_quality=quality, refused=refused)
    table = record_table([outcome])
    for index in range(len(whole.records)):
        own = whole.window_record == index
        tally = RecordingTally(BAND)
        tally.add(
            WindowVerdict(0, 10, band_label(p, BAND), p, good)
            for p, good in zip(whole.window_p[own].tolist(), quality[own].tolist(), strict=True)
        )
        tally.add([WindowVerdict(0, 10, Label.POOR_SIGNAL, None, 0.0)] * int(refused[index]))
        verdict = tally.result()
        assert table.label[index] == verdict.label
        if verdict.p_abnormal is None:
            assert np.isnan(table.p[index])
        else:
            assert table.p[index] == pytest.approx(verdict.p_abnormal)
        assert table.windows[index] == own.sum()


def beats(database, matched):
    """Two records with 20 marked sounds of each kind, so many of S1 found, and all of S2."""
    sounds = np.array([[[matched, 20, 20], [20, 20, 20]]] * 2, np.int32)
    rate = np.array([70.0, 71.0, 72.0, 73.0])
    found = np.array([70.5, np.nan, 72.0, 83.0])
    return BeatScores(np.array([database] * 2), sounds, np.array([database] * 4), rate, found)


def test_beats_are_told_by_database_over_all_folds(tmp_path):
    first, second = fold("fold 1", 1), fold("fold 2", 2)
    folds = [
        replace(first, beats=beats("cinc2016-a", 10)),
        replace(second, beats=joined([beats("cinc2016-a", 20), beats("cinc2016-b", 20)])),
    ]
    found = write_report(tmp_path, replace(evaluation(), variants={"only": folds}))
    told = found["variants"]["only"]["beats"]["databases"]
    assert told["cinc2016-a"]["records"] == 4
    assert told["cinc2016-a"]["f1"] == pytest.approx(np.mean([0.75, 0.75, 1, 1]))
    assert told["cinc2016-a"]["f1_s1"] == 0.75
    assert told["cinc2016-a"]["f1_s2"] == 1
    assert told["cinc2016-b"]["rate_windows"] == 4
    assert told["cinc2016-b"]["rate_answered"] == 0.75
    assert told["cinc2016-b"]["rate_error_bpm"] == pytest.approx(10.5 / 3)
    assert told["cinc2016-b"]["rate_close"] == pytest.approx(2 / 3)
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| cinc2016-b | 2 | 1.000 | 1.000 | 1.000 | 4 | 75.0 % | 3.500 | 66.7 % |" in report


def readings(half, *found):
    """A systolic plateau at each place, read so; None where nothing could be said."""
    marked = Murmur("systolic", "holo", "plateau", "low")
    return [ReadingScore(half, marked, None if one is None else replace(marked, **one)) for one in found]


def test_readings_are_told_by_half_over_all_folds(tmp_path):
    first, second = fold("fold 1", 1), fold("fold 2", 2)
    silent = {"timing": "none", "part": None, "shape": None, "pitch": None}
    folds = [
        replace(first, readings=[*readings(SEEN, {}), *readings(UNSEEN, {"shape": "diamond"}, silent)]),
        replace(
            second,
            readings=[*readings(UNSEEN, {}, None), ReadingScore(UNSEEN, Murmur("none"), Murmur("none"))],
        ),
    ]
    found = write_report(tmp_path, replace(evaluation(), variants={"only": folds}))
    told = found["variants"]["only"]["reading"]
    assert told[SEEN]["timing_right"] == told[SEEN]["murmur_right"] == 1
    assert told[SEEN]["silence_right"] is None
    assert (told[UNSEEN]["records"], told[UNSEEN]["answered"], told[UNSEEN]["timing_right"]) == (5, 0.8, 0.75)
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| unseen | 5 | 80.0 % | 75.0 % | 66.7 % | 100.0 % |" in report
    assert "| timing | none | systolic | diastolic | continuous | nothing said |" in report
    assert "| systolic | 1 | 2 | 0 | 0 | 1 |" in report
    assert "| plateau | 0 | 0 | 1 | 1 |" in report


def test_where_nothing_was_read_the_report_says_nothing_of_it(tmp_path):
    found = write_report(tmp_path, evaluation())
    assert found["variants"]["only"]["reading"] is None
    assert "## Reading" not in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_where_no_beats_were_looked_for_the_report_says_nothing_of_them(tmp_path):
    found = write_report(tmp_path, evaluation())
    assert found["variants"]["only"]["beats"] is None
    assert "## Beats" not in (tmp_path / "report.md").read_text(encoding="utf-8")
