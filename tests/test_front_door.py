"""The README's commands, the CI script and what an installed wheel holds."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

EVENTS = ("gap", "clipping", "bad_samples", "device_lost", "device_back")
ROOT = Path(__file__).parents[1]


def block_after(mark: str, language: str = "sh") -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {mark} -->\n```{language}\n(.*?)\n```", readme, re.DOTALL)
    assert found, f"no {mark} in the README"
    return found[1]


def test_ci_runs_exactly_the_test_command_of_the_readme(tmp_path):
    folder = tmp_path / "checkout"
    (folder / ".ci").mkdir(parents=True)
    script = folder / ".ci" / "run"
    script.write_bytes((ROOT / ".ci" / "run").read_bytes())
    readme = (
        "text\n<!-- run command -->\n```sh\nexit 3\n```\n"
        "<!-- test command -->\n```sh\necho one && \\\n  echo two\n```\nrest\n"
    )
    (folder / "README.md").write_text(readme, encoding="utf-8")
    done = subprocess.run(["bash", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["one", "two"]


def test_both_commands_are_one_command_each_and_complete():
    for mark, end in (
        ("run command", ".venv/bin/auscult demo"),
        ("test command", ".venv/bin/pytest -n logical --dist loadfile --no-loadscope-reorder"),
    ):
        command = block_after(mark)
        joined = command.replace("\\\n", " ")
        assert "\n" not in joined, "one command, not several"
        steps = [step.strip() for step in joined.split("&&")]
        assert steps[0] == "apt-get update"
        assert steps[-1] == end
        assert any(step.startswith("python3 -m venv .venv") for step in steps)


def test_the_scenario_of_the_readme_works(tmp_path):
    def run(*words: str) -> str:
        command = [sys.executable, "-m", "monitor.cli", *words, "--scenario", str(tmp_path / "faults.toml")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tmp_path / "faults.toml").write_text(block_after("scenario", "toml"), encoding="utf-8")
    run("synth", str(tmp_path / "faulty.wav"))
    truth = json.loads((tmp_path / "faulty.json").read_text(encoding="utf-8"))
    kinds = ["dropout", "late", "clipping", "nan", "drift", "disconnect"]
    assert {fault["kind"] for fault in truth["faults"]} == set(kinds)
    assert truth["synthesis"]["condition"] == "as"
    # And what is heard live is what the truth says, to the sample.
    for pace in ("max", "20x"):
        out = run("monitor", "--source", "synth", "--headless", "--pace", pace)
        events = [line for line in map(json.loads, out.splitlines()) if line["kind"] == "event"]
        told = {kind: [line for line in events if line["event"] == kind] for kind in EVENTS}
        lost = sorted(
            (fault["start_s"], fault["end_s"])
            for fault in truth["faults"]
            if fault["kind"] in ("dropout", "disconnect")
        )
        apart = [span for span in lost if not any(one[0] < span[0] < one[1] for one in lost)]
        assert [line["t_s"] for line in told["gap"]] == [start for start, _ in apart]
        assert [line["t_s"] for line in told["device_lost"]] == [31.0]
        assert [line["t_s"] for line in told["device_back"]] == [35.0]
        bad = sum(int(line["detail"].split()[0]) for line in told["bad_samples"])
        assert bad == truth["bad_samples"] == 80
        assert {line["t_s"] for line in told["clipping"]} == {21.0, 22.0, 23.0}


def test_the_ward_of_the_readme_is_made_with_its_truth(tmp_path):
    (tmp_path / "ward.toml").write_text(block_after("ward scenario", "toml"), encoding="utf-8")
    words = ("synth", tmp_path / "ward.wav", "--scenario", tmp_path / "ward.toml")
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", *words], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    truth = json.loads((tmp_path / "ward.json").read_text(encoding="utf-8"))
    early = {"timing": "early_diastolic", "shape": "decrescendo", "grade": 3, "pitch": "high"}
    assert truth["synthesis"]["murmurs"] == [early]
    assert truth["noises"] == [
        {"kind": "hum", "start_s": 0, "end_s": 90, "level_db": -45, "mains_hz": 60},
        {"kind": "talking", "start_s": 20, "end_s": 30, "snr_db": 0},
    ]
    louder, faster, away = truth["changes"]
    assert louder["murmurs"][0]["grade"] == 4
    assert (faster["at_s"], faster["heart_rate_bpm"]) == (60, 120)
    assert (away["heard"], away["end_s"]) == (False, 90)
    assert [(fault["kind"], fault["start_s"], fault["end_s"]) for fault in truth["faults"]] == [
        ("fading", 50, 58),
        ("silence", 82, 83),
    ]
    assert faster["start_s"] >= 60
    quick = [beat for beat in truth["beats"] if faster["start_s"] <= beat["start_s"] < faster["end_s"]]
    assert len(quick) / (faster["end_s"] - faster["start_s"]) == pytest.approx(2, rel=0.06)
    assert any(beat["ectopic"] for beat in truth["beats"])
    systolic = [sound for sound in truth["sounds"] if sound["sound"] == "systolic_murmur"]
    assert min(sound["start_s"] for sound in systolic) >= louder["start_s"] >= 40
    assert max(sound["end_s"] for sound in truth["sounds"]) <= away["start_s"]


def test_engine_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "torch==2.13.0" in project["dependencies"]
    assert project["name"] == "auscult"


def test_wheel_holds_what_the_program_needs(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        "model/weights/paper.safetensors",
        "model/weights/paper.json",
        "model/weights/MODEL_CARD.md",
        "model/weights/default.safetensors",
        "model/weights/paper.md",
        "monitor/schema/lines.schema.json",
        "recordings/demo/01-normal.flac",
        "recordings/demo/01-normal.json",
    }
    assert needed <= names
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {
        "dsp",
        "model",
        "monitor",
        "recordings",
        "training",
    }
