"""A dashboard as its own process, on a screen of its own, that tells what it measures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


def told_by(
    module: str, arguments: Sequence[object], environment: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Run a module of the dashboard's that prints one JSON object a line, and pass on what it tells.

    Raises:
        RuntimeError: It ended with another status than 0.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")


@contextmanager
def private_screen(width: int = 1280, height: int = 800) -> Iterator[tuple[dict[str, str], str]]:
    """A private Xvfb where there is one, else Qt's off-screen platform; and what to call it.

    Args:
        width: Of the screen, in pixels.
        height: Likewise.

    Yields:
        The environment of whoever draws there, and its name.
    """
    server = shutil.which("Xvfb")
    if server is None:
        yield {**os.environ, "QT_QPA_PLATFORM": "offscreen"}, "off screen"
        return
    read, write = os.pipe()
    command = [server, "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    command.append("-noreset")  # or whoever comes while it begins anew, after the last one left, is refused
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as process:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        environment = {**os.environ, "DISPLAY": f":{number}"}
        environment.pop("QT_QPA_PLATFORM", None)
        environment.pop("WAYLAND_DISPLAY", None)
        try:
            yield environment, "Xvfb"
        finally:
            process.terminate()
