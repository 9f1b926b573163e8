"""The command line in a process of its own, as training is started."""

import os
import subprocess
import sys

# Its main module is imported again by every training process, which must not start one of its own.
_MAIN = "from monitor.cli import main\nif __name__ == '__main__': main()"
_ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def start(*words):
    """Starts it in a session of its own, as a terminal does; what it says on stderr can be read on."""
    return subprocess.Popen(
        [sys.executable, "-c", _MAIN, *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=_ENVIRONMENT,
        start_new_session=True,
    )


def run(*words):
    return subprocess.run(
        [sys.executable, "-c", _MAIN, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=240,
        env=_ENVIRONMENT,
    )
