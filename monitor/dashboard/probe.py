"""The dashboard as a process to be measured: ``python -m monitor.dashboard.probe MODE …``.

Prints one JSON object a line; ``auscult bench`` reads them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dsp.scenario import RandomFaults, Scenario
from dsp.synthesis import SynthesisConfig
from monitor.dashboard.application import application
from monitor.keeping import Keeping
from monitor.sources.choice import SourceChoice, scripted_choice, synthetic_choice

if TYPE_CHECKING:
    from monitor.dashboard.timed_window import Painting
    from monitor.dashboard.window import DashboardWindow

FAULTS = (
    RandomFaults("dropout", 40, (0.002, 0.5)),
    RandomFaults("disconnect", 6, (1, 75)),
    RandomFaults("clipping", 12, (0.1, 5), gain_db=(20, 40)),
    RandomFaults("nan", 20, (0.001, 0.5)),
)
"""Of a long stream, so that all that is told, listed or drawn of faults is."""

_SETTLE_S = 15.0
_SAMPLE_MS = 500
_FIRST_PAINT_MS = 5
_USUAL = (1280, 800)

Watch = Callable[["DashboardWindow", list["Painting"]], Callable[[], bool]]
"""Takes the window and the paintings since somebody last looked; gives what looks whether all is told."""


def main(mode: str, seconds: float, model: str, width: int = _USUAL[0], height: int = _USUAL[1]) -> None:
    """Show the window until there is something to tell.

    Args:
        mode: "start": to the first painted window. "cost": play a synthetic heart for ``seconds`` of real
            time and tell processor time, paint times and memory. "frames": likewise, and tell how often the
            plots moved and what painting all that had changed took. "memory": play ``seconds`` of sound with
            faults as fast as it can be analysed, keep its verdicts and events, use what there is to use, and
            tell the memory all along.
        seconds: See above.
        model: Packaged name or path of the weights.
        width: Of the window, in logical pixels.
        height: Likewise.
    """
    limit_s = None if mode == "start" else seconds
    heart = SynthesisConfig() if mode == "start" else SynthesisConfig(condition="as")
    choice = synthetic_choice(heart)
    watch: Watch = {"start": _first_paint, "cost": _cost, "frames": _frames, "memory": _memory}[mode]
    with _kept(mode == "memory") as keep:
        if keep is not None:
            choice = scripted_choice(Scenario(heart, seconds, random=FAULTS), None)
        _show(choice, limit_s, model, watch, (width, height), keep)


def _show(
    choice: SourceChoice,
    limit_s: float | None,
    model: str,
    watch: Watch,
    size: tuple[int, int],
    keep: Keeping | None,
) -> None:
    from PySide6.QtCore import QTimer

    app = application()
    # As the application itself does: only once there is a screen.
    from monitor.dashboard.player import ClassifierShelf, Player
    from monitor.dashboard.timed_window import TimedWindow

    paintings: list[Painting] = []
    window = TimedWindow(Player(0.4, ClassifierShelf(model).take, keep=keep), paintings.append)
    window.resize(*size)
    window.set_playlist([choice], start=False, limit_s=limit_s)
    finished = watch(window, paintings)

    def look() -> None:
        if finished():
            window.close()
        paintings.clear()

    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(_FIRST_PAINT_MS if watch is _first_paint else _SAMPLE_MS)
    window.show()
    window.start_when_seen()
    app.exec()
    timer.stop()
    window.close()


@contextmanager
def _kept(wanted: bool) -> Iterator[Keeping | None]:
    """A place for a session, until it is over."""
    if not wanted:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="auscult-bench-") as folder:
        yield Keeping(Path(folder), replayed=True)


def _first_paint(window: DashboardWindow, paintings: list[Painting]) -> Callable[[], bool]:
    def finished() -> bool:
        if not window.paint_times:
            return False
        _tell(painted_at=time.time())
        return True

    return finished


def _cost(window: DashboardWindow, paintings: list[Painting]) -> Callable[[], bool]:
    import psutil

    process = psutil.Process()
    begun: tuple[float, float] | None = None

    def finished() -> bool:
        nonlocal begun
        session = window.session
        if session is None or session.snapshot.now_s < _SETTLE_S:
            return False
        now, used = time.perf_counter(), sum(process.cpu_times()[:2])
        if begun is None:
            begun = (now, used)
            window.paint_times.clear()
        if not session.ended:
            _tell(
                cpu_percent=100 * (used - begun[1]) / max(now - begun[0], 1e-3),
                seconds=now - begun[0],
                paint_ms=sorted(window.paint_times)[len(window.paint_times) // 2]
                if window.paint_times
                else 0.0,
                frames=len(window.paint_times),
                rss=process.memory_info().rss,
            )
        return session.ended

    return finished


def _frames(window: DashboardWindow, paintings: list[Painting]) -> Callable[[], bool]:
    import psutil

    process = psutil.Process()
    begun: tuple[float, float] | None = None
    seen: list[Painting] = []

    def finished() -> bool:
        nonlocal begun
        session = window.session
        if session is None or session.snapshot.now_s < _SETTLE_S:
            return False
        now, used = time.perf_counter(), sum(process.cpu_times()[:2])
        if begun is None:
            begun = (now, used)
            return False
        seen.extend(one for one in paintings if one.scrolled)
        if not session.ended and len(seen) > 1:
            between_ms = 1e3 * np.diff([one.at_s for one in seen])
            took_ms, used_ms = ([getattr(one, part) for one in seen] for part in ("took_ms", "used_ms"))
            _tell(
                cpu_percent=100 * (used - begun[1]) / (now - begun[0]),
                frames_per_s=len(seen) / (now - begun[0]),
                between_p95_ms=float(np.percentile(between_ms, 95)),
                between_p99_ms=float(np.percentile(between_ms, 99)),
                paint_ms=float(np.median(took_ms)),
                paint_p99_ms=float(np.percentile(took_ms, 99)),
                paint_used_ms=float(np.median(used_ms)),
            )
        return session.ended

    return finished


def _memory(window: DashboardWindow, paintings: list[Painting]) -> Callable[[], bool]:
    import psutil

    process = psutil.Process()
    # Each one twice or there and back, so that the window is used and again as it was.
    uses = cycle(
        [
            *2 * [window.toggle_average],
            *2 * [window.toggle_why],
            *2 * [window.plots.toggle_whole],
            *(window.back.show_oldest, window.back.show_newest),
        ]
    )

    def finished() -> bool:
        session = window.session
        if session is None:
            return False
        next(uses)()
        _tell(sound_s=session.snapshot.now_s, rss=process.memory_info().rss)
        return session.ended

    return finished


def _tell(**figures: float) -> None:
    print(json.dumps(figures), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:]))
