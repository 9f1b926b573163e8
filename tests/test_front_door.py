"""The README's commands, the CI script and what an installed wheel holds."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def block_after(mark: str) -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {mark} -->\n```sh\n(.*?)\n```", readme, re.DOTALL)
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
    for mark, end in (("run command", ".venv/bin/auscult demo"), ("test command", ".venv/bin/pytest")):
        command = block_after(mark)
        joined = command.replace("\\\n", " ")
        assert "\n" not in joined, "one command, not several"
        steps = [step.strip() for step in joined.split("&&")]
        assert steps[0] == "apt-get update"
        assert steps[-1] == end
        assert any(step.startswith("python3 -m venv .venv") for step in steps)


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
