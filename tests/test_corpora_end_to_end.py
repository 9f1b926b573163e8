"""Real recordings through the command with the packaged model."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import soundfile as sf

from model.loading import DEFAULT_MODEL, packaged_models
from monitor.json_lines import read_schema

COMMAND = Path(sys.executable).with_name("auscult")
DATABASES = "abcde"
LIMIT_S = 250


@pytest.fixture(scope="module")
def records(corpora):
    """Four recordings of each database: the shortest, and three spread over the rest."""
    chosen = []
    for database in DATABASES:
        paths = sorted((corpora / "cinc2016" / f"training-{database}").glob("*.flac"))
        shortest = min(paths[:200], key=lambda path: sf.info(path).frames)
        others = [path for path in paths if path != shortest]
        chosen += [shortest, *others[:: max(1, len(others) // 3)][:3]]
    assert len(set(chosen)) == 20
    return chosen


def run(*words):
    return subprocess.run(
        [COMMAND, *map(str, words)], capture_output=True, text=True, timeout=LIMIT_S, stdin=subprocess.DEVNULL
    )


@pytest.fixture(scope="module")
def rows(records, tmp_path_factory):
    if DEFAULT_MODEL not in packaged_models():
        pytest.skip(f"the model {DEFAULT_MODEL!r} is not packaged yet")
    out = tmp_path_factory.mktemp("table") / "out.csv"
    done = run("screen", *records, "--out", out, "--hop", 2)
    assert done.returncode == 0, done.stderr
    with out.open(newline="", encoding="utf-8") as table:
        return {row["path"]: row for row in csv.DictReader(table)}


def test_every_real_recording_has_a_row_without_an_error(records, rows):
    assert list(rows) == sorted(map(str, records))
    for path, row in rows.items():
        assert row["error"] == "", path
        length_s = sf.info(path).duration
        assert float(row["duration_s"]) == pytest.approx(length_s, abs=1e-3)
        assert int(row["windows"]) == max(1, int((length_s - 10) / 2 + 1e-9) + 1), path
        if row["label"] == "poor_signal":
            assert row["p_abnormal"] == ""
        else:
            assert 0 <= float(row["p_abnormal"]) <= 1
    assert {row["label"] for row in rows.values()} & {"normal", "abnormal", "uncertain"}
    assert any(sf.info(path).duration < 10 for path in rows), "no short recording among them"


@pytest.mark.parametrize("number", [0, 4, 17])
def test_a_replay_of_a_real_recording_says_what_the_screening_did(records, rows, number):
    path = records[number]
    done = run("replay", path, "--headless", "--pace", "max", "--hop", 2)
    assert (done.returncode, done.stderr) == (0, "")
    validator = jsonschema.Draft202012Validator(read_schema())
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        validator.validate(line)
    summary, row = lines[-1], rows[str(path)]
    assert summary["kind"] == "summary"
    assert (summary["label"], summary["windows"], summary["model"]) == (
        row["label"],
        int(row["windows"]),
        row["model"],
    )
    if summary["p_abnormal"] is None:
        assert row["p_abnormal"] == ""
    else:
        assert float(row["p_abnormal"]) == pytest.approx(summary["p_abnormal"], abs=1e-5)
    assert summary["duration_s"] == pytest.approx(sf.info(path).duration, abs=1e-5)
