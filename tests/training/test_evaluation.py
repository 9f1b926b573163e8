import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.training.tiny import learnable_corpus

COMMAND = [
    sys.executable,
    "-c",
    "from monitor.cli import main\nif __name__ == '__main__': main()",
    "evaluate",
]
EPOCHS = 40


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return learnable_corpus(tmp_path_factory.mktemp("corpus") / "cinc")


def arguments(corpus, out, *more):
    return [
        *COMMAND,
        "--protocol",
        "grouped",
        "--model",
        "paper",
        "--corpus",
        f"cinc2016={corpus}",
        "--out",
        str(out),
        "--epochs",
        str(EPOCHS),
        "--folds",
        "3",
        "--jobs",
        "2",
        *more,
    ]


def run(*command):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment)


@pytest.fixture(scope="module")
def done(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    finished = run(*arguments(corpus, out))
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
    for name in ("report.md", "metrics.json"):
        assert (out / name).stat().st_size > 0
    json.loads((out / "metrics.json").read_text())


def test_a_killed_evaluation_goes_on_to_the_same_predictions(corpus, done, tmp_path):
    out = tmp_path / "killed"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        arguments(corpus, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        for line in process.stderr:
            if "1 of 3 folds" in line:
                process.kill()
                break
    assert not (out / "report.md").exists()
    finished = run(*arguments(corpus, out))
    assert finished.returncode == 0, finished.stderr
    assert rows(out) == rows(done[0])


def test_a_missing_corpus_is_one_line(corpus, tmp_path):
    finished = run(
        *COMMAND, "--protocol", "circor", "--corpus", f"cinc2016={corpus}", "--out", str(tmp_path / "out")
    )
    assert finished.returncode == 1
    assert finished.stderr.strip().splitlines()[-1].endswith("--corpus circor2022=DIR")
    assert "Traceback" not in finished.stderr
