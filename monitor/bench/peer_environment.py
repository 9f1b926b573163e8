"""The peers' own virtual environment: some bring a Qt or an OpenCV that would break this program's."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from monitor.failure import CommandError

VERSIONS = Path(__file__).with_name("peer_versions.txt")
"""Every package of it with its version."""

_READY = "ready"


def peer_interpreter(tell: Callable[[str], None] = lambda _: None) -> Path:
    """The interpreter of the peers' environment, which is made where there is none for these versions.

    It lies in the platform's place for a user's cache, one folder for each set of versions and Python, and
    may be deleted at any time.

    Args:
        tell: Told what is being done, in a line each; making it takes minutes.

    Raises:
        CommandError: It cannot be made: no network, no room, or no package for this machine.
    """
    wanted = VERSIONS.read_bytes()
    name = f"peers-{platform.python_version()}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    folder = user_cache_path("auscult", appauthor=False) / name
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f"{name}.lock"):
            if (folder / _READY).exists():
                return interpreter
            tell(f"making the peers' environment, once, in {folder}")
            # Whatever an attempt that was killed has left.
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, with_pip=True)
            _install(interpreter, tell)
            (folder / _READY).touch()
    except OSError as error:
        raise CommandError(f"{folder}: cannot be written ({error.strerror}); make room") from None
    except subprocess.CalledProcessError:
        raise CommandError(
            "this Python cannot make virtual environments; install its venv module (Debian: python3-venv)"
        ) from None
    return interpreter


def _install(interpreter: Path, tell: Callable[[str], None]) -> None:
    command = [str(interpreter), "-m", "pip", "install", "--progress-bar", "off", "-r", str(VERSIONS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        last = ""
        for line in process.stdout:
            if line.startswith(("Collecting ", "Installing ")):
                # Where it is wanted and the names of all packages follow.
                tell(re.split(r" \(|:", line)[0].strip())
            elif line.startswith("ERROR: "):
                last = line.removeprefix("ERROR: ").strip()
    if process.returncode:
        raise CommandError(
            f"the peers could not be installed ({last or 'pip failed'}); it takes a network and 1.2 GB of "
            "room, once: connect and try again"
        )


def runs(interpreter: Path, script: Path, name: str) -> list[str]:
    """The command of a contestant in the peers' environment, which knows nothing of this program's."""
    return [str(interpreter), "-I", str(script), name]


def runs_here(module: str, name: str) -> list[str]:
    """The command of a contestant that has all it needs here."""
    return [sys.executable, "-m", module, name]
