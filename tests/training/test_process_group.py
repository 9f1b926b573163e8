import json
import math
import os
import shutil
import signal
import time

import psutil
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from monitor import failure
from tests.training.fitted_together import RECIPES, fitted, told
from tests.training.processes import IN_TWO, module_in_two, run, start
from training.checkpoint import load_state
from training.process_group import ALONE, ProcessGroup, joined_processes

EPOCHS = 30

# Of a few dozen windows: one that is called otherwise moves a figure by about this much.
WITHIN = 0.05


def arguments(corpus, out, epochs=EPOCHS):
    return ["train", "--corpus", f"cinc2016={corpus}", "--out", out, "--epochs", epochs]


def history(out):
    return load_state(out / "checkpoint.safetensors")["history"]


def children(process):
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes):
    return not psutil.wait_procs(processes, timeout=30)[1]


def wait_for_an_epoch(process):
    for line in process.stderr:
        if line.startswith("epoch 3/"):
            return
    raise AssertionError("no epoch was done")


@pytest.fixture(scope="module")
def by_one(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("one")
    done = run(*arguments(corpus, out))
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def by_two(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("two")
    done = run(*arguments(corpus, out), by=IN_TWO)
    assert done.returncode == 0, done.stderr
    return out, done


@pytest.fixture
def begun(by_one, tmp_path):
    """Where the images are made, which takes as long as training on them."""
    out = tmp_path / "begun"
    out.mkdir()
    for images in by_one.glob("images*"):
        shutil.copy(images, out)
    return out


@given(st.integers(0, 1000), st.integers(1, 9))
def test_shares_are_the_whole_each_once_and_nearly_equal(count, size):
    shares = [range(count)[ProcessGroup(rank, size).share(count)] for rank in range(size)]
    assert [thing for share in shares for thing in share] == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_one_process_alone_changes_nothing(monkeypatch):
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    with joined_processes() as group:
        assert group is ALONE
    assert group.is_first
    numbers = torch.tensor([1.5, 2.5])
    assert group.sum(numbers) is numbers
    assert numbers.tolist() == [1.5, 2.5]
    assert not torch.distributed.is_initialized()


def test_two_processes_write_one_model_and_speak_once(by_two):
    out, done = by_two
    assert sorted(path.name for path in out.glob("*") if not path.name.startswith("images")) == [
        "checkpoint.safetensors",
        "paper.json",
        "paper.md",
        "paper.safetensors",
    ]
    assert not list(out.glob(".*"))  # of two that had written
    assert done.stdout.count("wrote ") == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines() if line.startswith("epoch ")] == [
        f"epoch {number}/{EPOCHS}" for number in range(1, EPOCHS + 1)
    ]


def test_the_loss_is_that_of_one_process(by_one, by_two):
    """Its network has no batch normalisation and no dropout: what differs is the order of sums."""
    one, two = history(by_one), history(by_two[0])
    assert len(one) == len(two) == EPOCHS
    assert two[0]["loss"] == pytest.approx(one[0]["loss"], abs=1e-4)
    assert two[-1]["loss"] == pytest.approx(one[-1]["loss"], abs=1e-2)


def test_the_figures_are_those_of_one_process(by_one, by_two):
    one, two = (json.loads((out / "paper.json").read_text()) for out in (by_one, by_two[0]))
    assert one["corpora"] == two["corpora"]
    for part in ("calibration", "held_out"):
        for level in ("window", "record"):
            expected, found = one["metrics"][part][level], two["metrics"][part][level]
            assert expected.keys() == found.keys()
            for name, value in expected.items():
                assert found[name] == pytest.approx(value, abs=WITHIN), (part, level, name)


def test_killed_outright_they_leave_nothing_behind_and_go_on_to_the_same_weights(corpus, by_two, begun):
    with start(*arguments(corpus, begun), by=IN_TWO) as process:
        wait_for_an_epoch(process)
        training = children(process)
        process.kill()
    assert len(training) == 2
    assert gone(training)
    assert not (begun / "paper.safetensors").exists()
    reached = len(history(begun))
    done = run(*arguments(corpus, begun), by=IN_TWO)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("epoch ") == EPOCHS - reached
    for name in ("paper.safetensors", "paper.json"):
        assert (begun / name).read_bytes() == (by_two[0] / name).read_bytes()


def test_what_is_wrong_is_said_once(by_two, corpus, tmp_path):
    done = run(*arguments(tmp_path / "nowhere", tmp_path / "out"), by=IN_TWO)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "auscult: " in line] == [
        f"auscult: {tmp_path / 'nowhere'}: no such folder; give the folder of corpus cinc2016"
    ]
    other = run(*arguments(corpus, by_two[0]), "--seed", 1, by=IN_TWO)
    assert other.returncode == 1
    assert other.stderr.count("belongs to another recipe, seed or data") == 1
    for said in (done.stderr, other.stderr):
        # torchrun adds how it ended, with a stack of its own.
        assert "training/" not in said


def test_one_process_that_is_killed_ends_the_other_without_a_stack(corpus, begun):
    with start(*arguments(corpus, begun, 100_000), by=IN_TWO) as process:
        wait_for_an_epoch(process)
        training = children(process)
        second = next(each for each in training if each.environ()["RANK"] == "1")
        second.kill()
        said = process.stderr.read()
        assert process.wait(60) == 1
    assert gone(training)
    assert "training/" not in said
    assert said.count("auscult: ") <= 1  # torchrun may be quicker


def test_ctrl_c_ends_both_without_a_stack_of_theirs(corpus, begun):
    with start(*arguments(corpus, begun, 100_000), by=IN_TWO) as process:
        wait_for_an_epoch(process)
        training = children(process)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(60) != 0
    assert gone(training)
    assert time.monotonic() - began < 20
    assert "training/" not in said and "auscult: " not in said


@pytest.mark.parametrize(("rank", "waits"), [("0", False), ("1", True), (None, False)])
def test_the_first_speaks_first(monkeypatch, rank, waits):
    waited = []
    monkeypatch.setattr(failure.time, "sleep", waited.append)
    if rank is None:
        monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
        monkeypatch.setenv("RANK", "3")  # of another program's environment
    else:
        monkeypatch.setenv("TORCHELASTIC_RUN_ID", "run")
        monkeypatch.setenv("RANK", rank)
    failure.leave_it_to_the_first()
    assert bool(waited) is waits


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    folder = tmp_path_factory.mktemp("together")
    done = run(folder, by=module_in_two("tests.training.fitted_together"))
    assert done.returncode == 0, done.stderr
    return {
        name: [json.loads((folder / f"{name}-{rank}.json").read_text()) for rank in "01"] for name in RECIPES
    }


@pytest.mark.parametrize("name", RECIPES)
def test_both_processes_end_in_the_same_network(together, name):
    first, second = together[name]
    assert first["network"] == second["network"]
    assert first["history"] == second["history"]


def test_augmentation_uneven_shares_and_the_optimizer_are_those_of_one_process(together, tmp_path):
    alone, first = told(fitted("plain", tmp_path)), together["plain"][0]
    for one, two in zip(alone["history"], first["history"], strict=True):
        assert two == pytest.approx(one, abs=1e-5)
    for key, values in alone["network"].items():
        assert torch.allclose(torch.tensor(first["network"][key]), torch.tensor(values), atol=1e-5), key


def test_with_norms_and_dropout_it_learns_as_much(together, tmp_path):
    alone, first = told(fitted("own", tmp_path))["history"], together["own"][0]["history"]
    assert first[0] != alone[0]  # its dropout and its norms are of half a batch
    assert all(math.isfinite(epoch["loss"]) for epoch in first)
    assert first[-1]["loss"] == pytest.approx(alone[-1]["loss"], abs=0.1)
    assert min(alone[-1]["watched_auroc"], first[-1]["watched_auroc"]) > 0.9
