"""The dashboard as a process to be measured: ``python -m monitor.dashboard.probe start|cost|memory …``.

Prints one JSON object a line; ``auscult bench`` reads them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from dsp.synthesis import SynthesisConfig
from monitor.dashboard.application import application
from monitor.sources.choice import SourceChoice, synthetic_choice

if TYPE_CHECKING:
    from monitor.dashboard.window import DashboardWindow

_SETTLE_S = 15.0
_SAMPLE_MS = 500


def main(mode: str, seconds: float, model: str) -> None:
    """Show the window until there is something to tell.

    Args:
        mode: "start": to the first painted window. "cost": play a synthetic heart for ``seconds`` of real
            time and tell processor time, paint times and memory. "memory": play ``seconds`` of sound as fast
            as it can be analysed and tell the memory all along.
        seconds: See above.
        model: Packaged name or path of the weights.
    """
    limit_s = None if mode == "start" else seconds
    if mode == "start":
        choice, watch = synthetic_choice(SynthesisConfig()), _first_paint
    elif mode == "cost":
        choice, watch = synthetic_choice(SynthesisConfig(condition="as")), _cost
    else:
        choice, watch = synthetic_choice(SynthesisConfig(condition="as"), None), _memory
    _show(choice, limit_s, model, watch)


def _show(
    choice: SourceChoice,
    limit_s: float | None,
    model: str,
    watch: Callable[[DashboardWindow], Callable[[], bool]],
) -> None:
    from PySide6.QtCore import QTimer

    app = application()
    # As the application itself does: only once there is a screen.
    from monitor.dashboard.player import ClassifierShelf, Player
    from monitor.dashboard.window import DashboardWindow

    window = DashboardWindow(Player(0.4, ClassifierShelf(model).take))
    window.set_playlist([choice], start=False, limit_s=limit_s)
    finished = watch(window)

    def look() -> None:
        if finished():
            window.close()

    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(5 if watch is _first_paint else _SAMPLE_MS)
    window.show()
    window.start_when_seen()
    app.exec()
    timer.stop()
    window.close()


def _first_paint(window: DashboardWindow) -> Callable[[], bool]:
    def finished() -> bool:
        if not window.paint_times:
            return False
        _tell(painted_at=time.time())
        return True

    return finished


def _cost(window: DashboardWindow) -> Callable[[], bool]:
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


def _memory(window: DashboardWindow) -> Callable[[], bool]:
    import psutil

    process = psutil.Process()

    def finished() -> bool:
        session = window.session
        if session is None:
            return False
        _tell(sound_s=session.snapshot.now_s, rss=process.memory_info().rss)
        return session.ended

    return finished


def _tell(**figures: float) -> None:
    print(json.dumps(figures), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
