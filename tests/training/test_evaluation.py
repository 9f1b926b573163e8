import csv
import json
import os
import shutil
import signal
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import psutil
import pytest

from dsp.config import FrontEndConfig
from model.card import Calibration
from monitor import cli
from recordings import RecordingError
from tests.training.processes import run, start
from training.beat_scores import BeatScores
from training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from training.corpora import CorpusError, Record, load_corpus
from training.evaluation import _examples, _patients, _read_beats, _told_beats
from training.folds import Split
from training.held_out_quality import keep_qualities
from training.image_store import EVALUATION_HOP_S, ImageFile, ImageStore, image_files
from training.images import make_images
from training.outcome import FoldOutcome
from training.protocols import PROTOCOLS, Variant
from training.recipes import PARTS, RECIPES, RecipeError, recipe_named
from training.sound_augmentation import TRAVEL

EPOCHS = 20


def arguments(corpus, out, *more):
    return [
        *("evaluate", "--protocol", "grouped", "--model", "paper", "--corpus", f"cinc2016={corpus}"),
        *("--out", out, "--epochs", EPOCHS, "--folds", 3, "--jobs", 2),
        *("--allow-missing", *more),
    ]


@pytest.fixture(scope="module")
def lacking(corpus, tmp_path_factory):
    """The corpus, with a record more that has no sound."""
    copy = tmp_path_factory.mktemp("lacking") / "cinc"
    shutil.copytree(corpus, copy)
    with (copy / "training-a" / "REFERENCE.csv").open("a") as lines:
        lines.write("a0099,1\n")
    return copy


@pytest.fixture(scope="module")
def done(lacking, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    finished = run(*arguments(lacking, out))
    assert finished.returncode == 0, finished.stderr
    return out, finished


def rows(out):
    with (out / "predictions.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_record_is_predicted_once_by_a_model_that_did_not_see_it(done):
    out, finished = done
    assert finished.stderr.count("folds") >= 3
    found = rows(out)
    assert len({row["record"] for row in found}) == len(found) == 24
    assert {row["fold"] for row in found} == {"fold 1", "fold 2", "fold 3"}
    right = np.mean([(float(row["p_abnormal"]) >= 0.5) == (row["abnormal"] == "1") for row in found])
    assert right >= 0.9
    for name in ("report.md", "metrics.json", "examples.png"):
        assert (out / name).stat().st_size > 0
    recipe = RECIPES["paper"].with_epochs(EPOCHS)
    assert json.loads((out / "metrics.json").read_text())["recipe"] == recipe.essence()


def test_with_the_gate_on_poor_windows_are_left_out_and_nothing_is_trained_again(
    corpus, lacking, done, tmp_path
):
    out = tmp_path / "run"
    shutil.copytree(done[0], out)
    records, _ = load_corpus("cinc2016", corpus)
    before = {row["record"]: row for row in rows(out)}
    count = {name: int(row["windows"]) for name, row in before.items()}
    poor, doubtful = records[0].name, records[1].name
    value = {poor: 0.1, doubtful: 0.4}
    qualities = [np.full(count[record.name], value.get(record.name, 0.9)) for record in records]
    keep_qualities(tmp_path, records, qualities)
    finished = run(*arguments(lacking, out, "--gate", tmp_path, "--jobs", 1))
    assert finished.returncode == 0, finished.stderr
    after = {row["record"]: row for row in rows(out)}
    assert after[poor]["p_abnormal"] == ""
    assert (after[poor]["label"], after[poor]["windows"]) == ("poor_signal", "0")
    assert int(after[poor]["refused"]) == count[poor]
    assert after[doubtful]["label"] == "uncertain"
    for name in set(after) - {poor, doubtful}:
        assert after[name] == before[name]
    text = (out / "report.md").read_text()
    assert "--gate DIR" in text
    assert "windows refused, abnormal" in text
    qualities[2] = np.full(count[records[2].name] + 1, 0.9)
    keep_qualities(tmp_path, records, qualities)
    finished = run(*arguments(lacking, out, "--gate", tmp_path, "--jobs", 1))
    assert finished.returncode == 1
    assert "the rules have changed" in finished.stderr.splitlines()[-1]


def wait_for_a_fold(process):
    for line in process.stderr:
        if "1 of 3 folds" in line:
            return
    raise AssertionError("no fold was done")


def children(process):
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes):
    return not psutil.wait_procs(processes, timeout=30)[1]


def test_a_killed_evaluation_leaves_nothing_behind_and_goes_on(lacking, done, tmp_path):
    out = tmp_path / "killed"
    out.mkdir()
    for images in done[0].glob("images*"):  # which take as long to make as to train on
        shutil.copy(images, out)
    with start(*arguments(lacking, out)) as process:
        wait_for_a_fold(process)
        training = children(process)
        process.kill()
    assert training
    assert gone(training)
    assert not (out / "report.md").exists()
    finished = run(*arguments(lacking, out))
    assert finished.returncode == 0, finished.stderr
    assert rows(out) == rows(done[0])


def test_ctrl_c_ends_it_at_once_without_a_word(corpus, tmp_path):
    with start(*arguments(corpus, tmp_path / "out", "--epochs", 100_000)) as process:
        while not (training := children(process)):
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
        said = process.stderr.read()
    assert gone(training)
    assert "Traceback" not in said


def test_a_training_process_that_is_killed_is_one_line(corpus, tmp_path):
    with start(*arguments(corpus, tmp_path / "out", "--epochs", 100_000)) as process:
        while len(children(process)) < 3:  # two folds and the tracker of their resources
            time.sleep(0.05)
        training = [child for child in children(process) if "spawn_main" in " ".join(child.cmdline())]
        training[0].kill()
        assert process.wait(60) == 1
        said = process.stderr.read().splitlines()
    assert gone(training)
    assert said[-1].startswith("auscult: a training process was ended from outside")
    assert not any("Traceback" in line for line in said)


def test_a_missing_corpus_is_one_line(corpus, tmp_path):
    finished = run(
        *("evaluate", "--protocol", "circor", "--corpus", f"cinc2016={corpus}", "--out", tmp_path / "out")
    )
    assert finished.returncode == 1
    assert finished.stderr.strip().splitlines()[-1].endswith("--corpus circor2022=DIR")
    assert "Traceback" not in finished.stderr


def test_a_record_left_out_is_told_in_the_report(done):
    assert "- cinc2016: a0099: no audio file" in (done[0] / "report.md").read_text()


def test_the_command_line_offers_what_training_has():
    assert set(cli.RECIPE_NAMES) == set(RECIPES)
    assert set(cli.PROTOCOL_NAMES) == set(PROTOCOLS)
    assert set(cli.PART_NAMES) == set(PARTS)


def test_a_patient_has_the_probability_of_the_loudest_site_or_none():
    records = [
        Record(f"{patient}_{site}", "circor2022", Path("x"), patient == 1, str(patient), patient=str(patient))
        for patient in (1, 2, 3)
        for site in ("AV", "MV")
    ]
    # The first patient's sites have two windows and one, the second's one and none, the third's none.
    outcome = FoldOutcome(
        "fold 1",
        records,
        np.array([0, 0, 1, 2], np.int32),
        np.array([0.2, 0.4, 0.9, 0.1]),
        Calibration(),
        [],
    )
    patients = _patients(outcome)
    assert [(record.name, record.abnormal) for record in patients.records] == [
        ("1", True),
        ("2", False),
        ("3", False),
    ]
    np.testing.assert_allclose(patients.record_p, [0.9, 0.1, np.nan])


def titles_of(into):
    def progress(found, title):
        into.append(title)
        return found

    return progress


def test_images_are_made_once_and_belong_to_their_records(corpus, tmp_path):
    records, _ = load_corpus("cinc2016", corpus)
    file, titles = ImageFile(tmp_path / "images", records, FrontEndConfig()), []
    for _ in range(2):
        file.keep(titles_of(titles))
    assert titles == ["images"]
    store = ImageStore(file)
    some = [records[5], records[2]]
    windows = store.examples(some)
    alone = make_images(some, file.config, EVALUATION_HOP_S, some)
    assert windows.images.tobytes() == alone.images.tobytes()
    assert windows.record.tolist() == alone.record.tolist()
    assert windows.abnormal.tolist() == [some[index].abnormal for index in alone.record]
    every = store.examples(some, 3 * EVALUATION_HOP_S)
    thinned = make_images(some, file.config, 3 * EVALUATION_HOP_S, some)
    assert every.images.tobytes() == thinned.images.tobytes()
    with pytest.raises(ValueError, match="not a multiple"):
        store.examples(some, 3.0)
    with pytest.raises(CheckpointError, match="holds no images of these"):
        ImageStore(replace(file, records=some))


def test_altered_copies_differ_from_the_record_from_each_other_and_by_seed_alone(corpus, tmp_path):
    records, _ = load_corpus("cinc2016", corpus)
    some = records[:3]
    recipe = replace(RECIPES["paper"], altered_copies=2, hop_s=2.0)

    def images(name, seed, chosen):
        found = []
        for file in image_files(tmp_path / name, chosen, FrontEndConfig(), recipe, seed, None):
            file.keep(titles_of([]))
            found.append(ImageStore(file).examples([some[1]]).images)
        return found

    first = images("first", 0, some)
    assert len(first) == 3
    for one, other in combinations(first, 2):
        assert one.tobytes() != other.tobytes()
    again, other = images("again", 0, some[1:]), images("other", 1, some)
    assert [one.tobytes() for one in first] == [one.tobytes() for one in again]
    assert first[0].tobytes() == other[0].tobytes()
    assert first[1].tobytes() != other[1].tobytes()


def test_a_recipe_that_mixes_in_noise_asks_for_it(corpus, tmp_path):
    records, _ = load_corpus("cinc2016", corpus)
    recipe = replace(RECIPES["paper"], sound=TRAVEL)
    with pytest.raises(CorpusError, match="give its folder by --noise DIR"):
        image_files(tmp_path, records, FrontEndConfig(), recipe, 0, None)
    (_, copy) = image_files(tmp_path, records, FrontEndConfig(), recipe, 0, tmp_path / "nothing")
    with pytest.raises(RecordingError, match="cannot be listed"):
        copy.keep(titles_of([]))


def test_the_examples_are_the_first_records_of_the_first_folds_that_show_something(corpus, tmp_path):
    records, _ = load_corpus("cinc2016", corpus)
    abnormal = [record for record in records if record.abnormal]
    normal = [record for record in records if not record.abnormal]
    # A murmur that is not heard here would be the label without its reason.
    tested = [replace(abnormal[3], heard=False), abnormal[2], normal[4]]
    folds = {
        "fold 1": Split([], [], tested),
        "fold 2": Split([], [], [*normal[:2], *abnormal[:2]]),
    }
    chosen = FrontEndConfig()
    variants = [
        Variant("one", folds, chosen),
        Variant("same images", folds, chosen),
        Variant("mel", folds, replace(chosen, band_spacing="mel")),
    ]
    files = {}
    for variant in variants:
        files[variant.name] = [ImageFile(tmp_path / variant.name, records, variant.front_end)]
        files[variant.name][0].keep(titles_of([]))
    found = _examples(variants, files)
    assert list(found) == ["one", "mel"]
    for name, (first, second) in found.items():
        assert (first.record, first.abnormal) == (normal[4].name, False)
        assert (second.record, second.abnormal) == (abnormal[2].name, True)
        own = ImageStore(files[name][0]).examples([abnormal[2]]).images[0]
        assert second.image.tobytes() == own.tobytes()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_left_out_alone_or_is_not_there(part):
    """What is left out changes one thing, which the name tells, and cannot be left out again."""
    whole = RECIPES["default"]
    try:
        less = recipe_named("default", without=[part])
    except RecipeError as error:
        assert str(error) == f"recipe default has no {part} that could be left out"
        return
    assert less.name == f"default without {part}"
    ours, theirs = whole.essence(), less.essence()
    assert len([name for name in ours if name != "name" and ours[name] != theirs[name]]) <= 2
    with pytest.raises(RecipeError):
        recipe_named("default", without=[part, part])


def test_every_part_is_in_some_recipe():
    for part in PARTS:
        assert any(PARTS[part](recipe) != recipe for recipe in RECIPES.values()), part


def test_a_part_that_a_recipe_lacks_is_wrong_usage(corpus, tmp_path):
    finished = run(*arguments(corpus, tmp_path / "out", "--model", "paper", "--without", "heart-states"))
    assert finished.returncode == 2
    assert "recipe paper has no heart-states that could be left out" in finished.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", RECIPES)
def test_the_front_end_is_compared_with_others_only(name, corpus):
    records, _ = load_corpus("cinc2016", corpus)
    chosen, *others = PROTOCOLS["front-end"].plan(records, RECIPES[name], 2, 0)
    assert chosen.front_end == RECIPES[name].front_end
    assert len({variant.front_end for variant in (chosen, *others)}) == 1 + len(others) >= 7


def test_beats_come_back_as_they_were_kept(tmp_path):
    kept = BeatScores(
        np.array(["cinc2016-b", "cinc2016-a", "cinc2016-b"]),
        np.arange(18, dtype=np.int32).reshape(3, 2, 3),
        np.array(["cinc2016-b", "cinc2016-b", "cinc2016-a"]),
        np.array([70.0, 71.0, 80.0]),
        np.array([70.5, np.nan, 90.0]),
    )
    tensors, databases = _told_beats(kept)
    save_checkpoint(tmp_path / "outcome.safetensors", tensors, {"beat_databases": databases})
    found = _read_beats(*load_checkpoint(tmp_path / "outcome.safetensors"))
    for part, array in vars(kept).items():
        np.testing.assert_array_equal(getattr(found, part), array)
    nobody = BeatScores(*(array[:0] for array in vars(kept).values()))
    assert _read_beats(*_swapped(_told_beats(nobody))) is None
    assert _read_beats({}, {}) is None


def _swapped(told):
    return told[0], {"beat_databases": told[1]}
