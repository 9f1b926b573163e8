import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PACKAGES = {"dsp", "model", "monitor", "recordings", "training"}


@pytest.mark.parametrize(
    "command",
    [
        ["-c", LINT_IMPORTS, "--no-cache"],
        ["-m", "ruff", "check", "--no-cache", "."],
        ["-m", "ruff", "format", "--check", "--no-cache", "."],
    ],
    ids=["import-linter", "ruff-check", "ruff-format"],
)
def test_the_house_rules_hold(command):
    run = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_folders_are_those_agreed_on():
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == PACKAGES | {"tests"}
    inside = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/**/*.py")}
    assert {folder for folder in inside if not folder.startswith(".")} - {"build", "dist"} == found


def test_the_front_end_and_the_reader_need_neither_torch_nor_qt():
    code = (
        "import sys, dsp.front_end, dsp.synthesis, recordings, model.verdict, model.loading, monitor.cli;"
        "print(*sorted({'torch', 'PySide6', 'pyqtgraph', 'sounddevice', 'training'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stdout + run.stderr
