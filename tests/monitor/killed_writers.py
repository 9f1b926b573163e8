"""Programs that write until they are killed, all into one folder."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path


def killed(program: str, folder: Path, count: int, seed: int, span_s: tuple[float, float]) -> list[list[str]]:
    """Start them all, and kill each at some moment after its first line.

    Args:
        program: Python that is given the folder.
        folder: Where they write.
        count: Of the programs.
        seed: Of the moments.
        span_s: Between which each one is left to write, in seconds.

    Returns:
        The whole lines that each said.
    """
    rng = random.Random(seed)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        for _ in range(count)
    ]
    said = []
    for process in processes:
        first = process.stdout.readline()
        time.sleep(rng.uniform(*span_s))
        process.kill()
        *whole, _ = (first + process.communicate()[0]).split("\n")
        said.append(whole)
    return said
