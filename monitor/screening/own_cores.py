"""Recordings judged by processes of this machine, one core each. One that dies costs its recording alone."""

from __future__ import annotations

import signal
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from types import TracebackType

from model.card import ModelError
from model.processes import end_with_parent, interrupts_held
from monitor.screening.failure import ScreeningError
from monitor.screening.in_order import InOrder, Results
from monitor.screening.row import Screened, Screener, Settings, failed
from monitor.standard_error import keep_standard_error
from recordings import printable

_TRIES = 2
_SPAWN = get_context("spawn")


def judge_here(paths: Sequence[str], order: InOrder, settings: Settings) -> Results:
    """Each place and its result, worked on in this process.

    Raises:
        ScreeningError: The model cannot be used.
    """
    try:
        screener = Screener(settings)
    except ModelError as error:
        raise ScreeningError(str(error)) from None
    while (place := order.take()) is not None:
        yield place, screener.screen(paths[place])


def judge_on_cores(paths: Sequence[str], order: InOrder, settings: Settings, jobs: int) -> Results:
    """Each place and its result, as they come, of processes that work side by side.

    A process that is ended from outside, for want of memory perhaps, is replaced, and its recording is tried
    once more before its row says so.

    Args:
        paths: Of all recordings.
        order: Says which is next.
        settings: For the rows.
        jobs: How many processes.

    Raises:
        ScreeningError: The model cannot be used, or processes end before they begin.
    """
    with _Crew(settings, jobs) as crew:
        again: deque[int] = deque()
        deaths: Counter[int] = Counter()
        while True:
            for worker in crew.idle():
                place = again.popleft() if again else order.take()
                if place is not None:
                    worker.begin(place, paths[place])
            for worker in crew.ready():
                place = worker.place
                try:
                    result = worker.result()
                except EOFError:
                    how = crew.replace(worker)
                    if place is None:
                        continue
                    deaths[place] += 1
                    if deaths[place] < _TRIES:
                        again.append(place)
                        continue
                    result = failed(paths[place], _ended(paths[place], how))
                if place is not None and result is not None:
                    yield place, result
            if order.done:
                return


def _ended(path: str, how: str) -> str:
    return (
        f"{printable(str(path))}: the process that judged it was ended twice ({how}), perhaps for want of "
        "memory; screen it alone"
    )


class _Worker:
    """One process.

    Attributes:
        loaded: It has the model.
        place: What it works on; None for nothing.
    """

    def __init__(self, settings: Settings) -> None:
        self.pipe, far = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=_work, args=(far, settings), name="screening", daemon=True)
        with interrupts_held():
            self.process.start()
        far.close()
        self.loaded = False
        self.place: int | None = None

    def begin(self, place: int, path: str) -> None:
        """Give it a recording; where it has ended, that is found when its result is asked for."""
        self.place = place
        with suppress(OSError):
            self.pipe.send(path)

    def result(self) -> Screened | None:
        """What it has to say; None where that is that it has loaded the model.

        Raises:
            EOFError: It has ended.
            ScreeningError: It cannot use the model.
        """
        try:
            told = self.pipe.recv()
        except OSError:
            raise EOFError from None
        if isinstance(told, str):
            raise ScreeningError(told)
        self.loaded, self.place = True, None
        return told

    def end(self) -> None:
        """End the process and wait for it."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()


class _Crew:
    """The processes."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self._settings, self._stillborn = settings, 0
        self._workers = [_Worker(settings) for _ in range(jobs)]

    def __enter__(self) -> _Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()

    def idle(self) -> list[_Worker]:
        """Those that wait for a recording."""
        return [worker for worker in self._workers if worker.loaded and worker.place is None]

    def ready(self) -> list[_Worker]:
        """Those that have something to say, or have ended; waits for one."""
        by_pipe = {worker.pipe: worker for worker in self._workers}
        return [by_pipe[pipe] for pipe in wait(list(by_pipe))]

    def replace(self, worker: _Worker) -> str:
        """Put another in the place of one that has ended; returns how that one ended.

        Raises:
            ScreeningError: They end again and again before they have the model.
        """
        worker.process.join()
        code = worker.process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"status {code}"
        self._stillborn = 0 if worker.loaded else self._stillborn + 1
        if self._stillborn == _TRIES * len(self._workers):
            raise ScreeningError(
                f"processes end while they load the model ({how}), perhaps for want of memory; "
                "start again with --jobs 1"
            )
        place = self._workers.index(worker)
        worker.end()
        self._workers[place] = _Worker(self._settings)
        return how


def _work(pipe: Connection, settings: Settings) -> None:
    """A process's life: recordings in, results out, until nobody asks any more."""
    end_with_parent()
    keep_standard_error()
    with suppress(EOFError, OSError):
        try:
            screener = Screener(settings)
        except ModelError as error:
            pipe.send(str(error))
            return
        pipe.send(None)
        while True:
            pipe.send(screener.screen(pipe.recv()))
