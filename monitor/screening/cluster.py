"""Recordings judged by a Dask cluster, in chunks; a worker that dies costs its chunk, which is judged anew.

A worker reads a recording by its path where it finds the same file there, and is sent its bytes where it
does not. This is the one module that imports Dask.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import local
from typing import TYPE_CHECKING

from model.card import ModelError
from monitor.screening.failure import ScreeningError
from monitor.screening.in_order import InOrder, Results
from monitor.screening.row import Screened, Screener, Settings, failed
from recordings import printable

if TYPE_CHECKING:
    from distributed import Client, Future

CHUNK = 16
"""Recordings sent at once, so that messages cost little beside the work."""

CONNECT_S = 10.0
"""A scheduler that has not answered after so long, or has no worker then, will not do."""

NO_WORKER_S = 60.0
"""So long it may be without a worker later on."""

_CHUNKS_A_THREAD = 2  # one that is worked on and one that lies ready
_LOOK_S = 2.0

_loaded = local()


@dataclass(frozen=True)
class Item:
    """A recording for a worker.

    Attributes:
        place: Its place.
        path: As it was given.
        absolute: The same from the root.
        stamp: Size and time of change of the file, by which a worker knows it; None where there is
            none.
        data: What it holds, for a worker that does not find it.
    """

    place: int
    path: str
    absolute: str
    stamp: tuple[int, int] | None
    data: bytes | None = None


def judge_on_cluster(paths: Sequence[str], order: InOrder, settings: Settings, scheduler: str) -> Results:
    """Each place and its result, as they come, of a cluster's workers.

    Args:
        paths: Of all recordings.
        order: Says which is next.
        settings: For the rows.
        scheduler: Its address.

    Raises:
        ScreeningError: Dask is missing, the scheduler is not reached or lost, a worker's auscult or model is
            another, or there is no worker.
    """
    with _connected(scheduler) as client:
        from distributed import CancelledError, KilledWorker

        running: dict[Future, list[Item]] = {}
        unfound: deque[Item] = deque()

        def submit(items: list[Item]) -> None:
            running[client.submit(judge_chunk, settings, items, pure=False)] = items

        seen = time.monotonic()
        while not order.done:
            threads = sum(client.nthreads().values())
            if threads:
                seen = time.monotonic()
            elif time.monotonic() - seen > NO_WORKER_S:
                raise ScreeningError(
                    f"{scheduler}: has no workers any more; start some, then the same command"
                )
            while len(running) < _CHUNKS_A_THREAD * threads:
                if unfound:
                    # One by one, as none of them need be short.
                    item = unfound.popleft()
                    try:
                        submit([replace(item, data=Path(item.absolute).read_bytes())])
                    except OSError as error:
                        name = printable(item.path)
                        yield item.place, failed(item.path, f"{name}: cannot be read ({error.strerror})")
                elif items := _next(paths, order):
                    submit(items)
                else:
                    break
            for future in _finished(list(running)):
                items = running.pop(future)
                try:
                    results = future.result()
                except (ScreeningError, CancelledError):
                    raise
                except KilledWorker:
                    if len(items) == 1:
                        yield items[0].place, failed(items[0].path, _ended(items[0].path))
                    # One of them ends every worker that gets it: which, they show one by one.
                    for item in items if len(items) > 1 else ():
                        submit([item])
                    continue
                except Exception as error:
                    told = " ".join(f"{type(error).__name__}: {error}".split())
                    raise ScreeningError(
                        f"a worker of {scheduler} failed ({told}); all need {settings.program} and free disk"
                    ) from None
                for item, result in zip(items, results, strict=True):
                    if result is None:
                        unfound.append(item)
                    else:
                        yield item.place, result


def judge_chunk(settings: Settings, items: Sequence[Item]) -> list[Screened | None]:
    """On a worker: the result of each recording; None where it must be sent.

    Raises:
        ScreeningError: This worker's auscult or model is another.
    """
    screener = getattr(_loaded, "screener", None)
    if screener is None or _loaded.settings != settings:
        screener = _loaded.screener = _checked(settings)
        _loaded.settings = settings
    return [_judged(screener, item) for item in items]


def _checked(settings: Settings) -> Screener:
    here = f"auscult {version('auscult')}"
    if here != settings.program:
        raise ScreeningError(f"a worker runs {here}, not {settings.program}; install the same on all")
    try:
        screener = Screener(settings)
    except ModelError as error:
        raise ScreeningError(f"a worker cannot use the model: {error}") from None
    if screener.tag != settings.tag:
        raise ScreeningError(f"a worker's model is {screener.tag}, not {settings.tag}; copy the same to all")
    return screener


def _judged(screener: Screener, item: Item) -> Screened | None:
    if item.data is None:
        # What the one who asks does not find either, a worker may still find.
        known = item.stamp is None or _stamp(item.absolute) == item.stamp
        return _named(screener.screen(item.absolute), item.absolute, item.path) if known else None
    with TemporaryDirectory() as folder:
        # By its own name: what a recording is may be seen from its suffix.
        copy = Path(folder, Path(item.path).name)
        copy.write_bytes(item.data)
        return _named(screener.screen(str(copy)), str(copy), item.path)


def _named(screened: Screened, read: str, path: str) -> Screened:
    """The result of what was read elsewhere, under the name that it was given."""
    error = screened.row["error"]
    if error is not None:
        error = str(error).replace(printable(read), printable(path))
    return replace(screened, row={**screened.row, "path": path, "error": error})


def _next(paths: Sequence[str], order: InOrder) -> list[Item]:
    items: list[Item] = []
    while len(items) < CHUNK and (place := order.take()) is not None:
        absolute = str(Path(paths[place]).absolute())
        items.append(Item(place, paths[place], absolute, _stamp(absolute)))
    return items


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def _ended(path: str) -> str:
    return (
        f"{printable(path)}: every worker that judged it was ended, perhaps for want of memory; "
        "screen it alone"
    )


def _finished(running: list[Future]) -> list[Future]:
    from distributed import wait

    if not running:
        time.sleep(_LOOK_S)
        return []
    try:
        return list(wait(running, _LOOK_S, "FIRST_COMPLETED").done)
    except TimeoutError:
        return []


@contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    try:
        from distributed import CancelledError, Client
    except ImportError:
        raise ScreeningError("a cluster needs Dask: pip install 'auscult[cluster]'") from None
    # What goes wrong is told in a line of this program's own.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        told = " ".join(str(error).split())
        raise ScreeningError(
            f"{scheduler}: no Dask scheduler answers there ({told}); start one by dask scheduler"
        ) from None
    try:
        try:
            client.wait_for_workers(1, CONNECT_S)
        except TimeoutError:
            raise ScreeningError(
                f"{scheduler}: has no workers; start some by dask worker {scheduler} --nthreads 1"
            ) from None
        yield client
    except (CancelledError, OSError):
        raise ScreeningError(
            f"{scheduler}: the scheduler is lost; what is done is kept: start it, then the same command"
        ) from None
    finally:
        client.close()
