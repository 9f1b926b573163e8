"""The command line in a process of its own, as training is started."""

import os
import subprocess
import sys
from pathlib import Path

# Its main module is imported again by every training process, which must not start one of its own.
_MAIN = "from monitor.cli import main\nif __name__ == '__main__': main()"
_ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
_ALONE = [sys.executable, "-c", _MAIN]
# Standalone takes a free port.
_TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
IN_TWO = [*_TORCHRUN, "--no-python", str(Path(sys.executable).with_name("auscult"))]
"""Before the words of a command: it runs in two processes of torchrun, as the README has it."""


def module_in_two(module):
    """Before the arguments of a module."""
    return [*_TORCHRUN, "-m", module]


def start(*words, by=_ALONE):
    """Starts it in a session of its own, as a terminal does; what it says on stderr can be read on."""
    return subprocess.Popen(
        [*by, *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=_ENVIRONMENT,
        start_new_session=True,
    )


def run(*words, by=_ALONE):
    return subprocess.run(
        [*by, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=240,
        env=_ENVIRONMENT,
    )
