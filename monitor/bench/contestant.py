"""A contestant in the comparison with the peers: a process that does the work and says what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from monitor.failure import CommandError

Result = Mapping[str, NDArray[Any]]


class NoResultError(CommandError):
    """A contestant did not do its work: what it gave is no result."""


@dataclass(frozen=True)
class Contestant:
    """One who takes part.

    Attributes:
        key: Its name in its program.
        title: Its name for people.
        unit: What is counted: "hop" or "s" of sound.
        lacks: What it does not do of what this program's live stream does.
        command: Starts its program.
    """

    key: str
    title: str
    unit: str
    lacks: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One turn.

    Attributes:
        units: Hops, or seconds of sound.
        cpu_s: Processor time of the process, all its threads together.
        wall_s: Time that passed.
        result: By name.
    """

    units: float
    cpu_s: float
    wall_s: float
    result: Result


class Program:
    """A contestant's process.

    Attributes:
        versions: Of what it works with.
    """

    def __init__(self, contestant: Contestant, process: subprocess.Popen[str], errors: IO[str]) -> None:
        self._contestant, self._process, self._errors = contestant, process, errors
        self.versions: dict[str, str] = {}

    def begin(self, job: Mapping[str, Any]) -> None:
        """Give it its job."""
        self.versions = self._asked(json.dumps(job))

    def take(self, recording: int) -> Answer:
        """Let it have its turn with a recording.

        Raises:
            CommandError: It failed.
            NoResultError: It gave nothing that can be read.
        """
        told = self._asked(str(recording))
        try:
            with np.load(told.pop("result"), allow_pickle=False) as result:
                return Answer(**{key: float(value) for key, value in told.items()}, result=dict(result))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoResultError(f"{self._contestant.title}: gave no result ({error})") from None

    def _asked(self, line: str) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        try:
            print(line, file=self._process.stdin, flush=True)
            told = json.loads(self._process.stdout.readline())
        except (BrokenPipeError, ValueError):
            self._process.kill()
            self._process.wait()
            self._errors.seek(0)
            last = self._errors.read().strip().rpartition("\n")[2]
            raise CommandError(
                f"{self._contestant.title}: failed ({last or f'exit status {self._process.returncode}'})"
            ) from None
        if not isinstance(told, dict):
            raise NoResultError(f"{self._contestant.title}: gave no result ({told!r})")
        return told


@contextmanager
def at_work(contestant: Contestant, job: Mapping[str, Any]) -> Iterator[Program]:
    """Start a contestant, with one thread whatever its libraries wish, and end it.

    Args:
        contestant: Who.
        job: As ``peer_script`` reads it.

    Raises:
        CommandError: It cannot begin.
    """
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(threads, "1"), "MPLBACKEND": "agg"}
    with (
        tempfile.TemporaryFile("w+", errors="replace") as errors,
        subprocess.Popen(
            contestant.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        ) as process,
    ):
        program = Program(contestant, process, errors)
        try:
            program.begin(job)
            yield program
        finally:
            process.kill()
