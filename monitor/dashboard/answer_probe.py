"""How soon the window answers, as a process to be measured: ``python -m monitor.dashboard.answer_probe …``.

Prints one JSON object a line; ``auscult bench`` reads them.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.verdict import Label, RecordingVerdict
from monitor.dashboard.application import application
from monitor.examination_record import SITES, ExaminationRecord, SiteFinding
from monitor.sources.choice import SourceChoice, recording_choice, synthetic_choice
from recordings import write_recording

if TYPE_CHECKING:
    from monitor.dashboard.report_writer import ReportWriter
    from monitor.dashboard.window import DashboardWindow
    from monitor.examination_report import SiteSound

_SIZE = (1280, 800)
_RATE = 4000
_RECORDING_S = 7200.0
_REPEATED_S = 60
_SITE_S = 30.0
_SETTLE_S = 11.0  # with a whole span to draw
_PAUSE_S = (0.05, 0.25)
_MOVE_S = 1 / 60
_PATIENCE_S = 30.0
_MOVE_PIXELS = 12


@dataclass(frozen=True)
class _Wish:
    """What a person does, and the widget whose next painting shows what came of it."""

    act: Callable[[], None]
    shows: QWidget


class _Answers(QObject):
    """Does what is asked on the thread of the window, and tells when that was painted."""

    asked = Signal(float, object)
    called = Signal(object)

    def __init__(self, window: DashboardWindow) -> None:
        super().__init__(window)
        self._asked_at: float | None = None
        self._shows: QWidget | None = None
        self._painted = False
        self.answered = threading.Event()
        self.took_s = 0.0
        # From another thread both are queued, as what a person does is.
        self.asked.connect(self._do)
        self.called.connect(lambda call: call())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """See the awaited widget be painted."""
        if event.type() == QEvent.Type.Paint and watched is self._shows:
            self._painted = True
        return False

    def painted(self) -> None:
        """The window has been painted, to the screen."""
        if self._asked_at is not None and self._painted and self._shows is not None:
            self.took_s = time.perf_counter() - self._asked_at
            self._shows.removeEventFilter(self)
            self._asked_at = self._shows = None
            self.answered.set()

    def _do(self, at: float, wish: _Wish) -> None:
        wish.act()
        self._painted = False
        self._asked_at, self._shows = at, wish.shows
        wish.shows.installEventFilter(self)
        # What changed nothing that is drawn shall be answered as well.
        wish.shows.update()


class _Asker:
    """A person at the window, on a thread of their own.

    Args:
        window: Shown.
        answers: Of the window.
        rounds: How often to ask all there is in each condition.
        folder: For the recording and the reports.
        writer: Of reports.
    """

    def __init__(
        self, window: DashboardWindow, answers: _Answers, rounds: int, folder: Path, writer: ReportWriter
    ) -> None:
        self._window, self._answers, self._rounds = window, answers, rounds
        self._folder, self._writer = folder, writer
        self._random = random.Random(0)
        # What the window's own thread uses of a processor, whatever else the machine does.
        self._clock = time.pthread_getcpuclockid(threading.main_thread().ident or 0)

    def run(self, recording: SourceChoice, sounds: list[SiteSound], record: ExaminationRecord) -> None:
        """Ask in every condition; the first opening loads the model as well."""
        window, writer = self._window, self._writer
        opening = _Wish(lambda: window.set_playlist([recording]), window.status.name)
        self._ask_all("at rest", self._usual())
        self._ask_all("opening", [opening, *self._usual()])
        heart = synthetic_choice(SynthesisConfig(condition="as", rate=_RATE))
        self._call(lambda: window.set_playlist([heart]))
        self._await(lambda: (session := window.session) and session.snapshot.now_s >= _SETTLE_S)
        self._ask_all("listening", self._usual(past=True))
        path = self._folder / "report.pdf"
        self._ask_all(
            "report",
            self._usual(past=True),
            lambda: self._call(lambda: writer.start(record, lambda: sounds, path)),
        )
        self._await(lambda: not writer.busy, lambda: self._call(writer.poll))
        self._ask_all("dragging", self._dragging(), lambda: time.sleep(_MOVE_S), (0.0, 0.0))
        self._call(window.close)

    def _ask_all(
        self,
        condition: str,
        wishes: Sequence[_Wish],
        before: Callable[[], None] = lambda: None,
        pause_s: tuple[float, float] = _PAUSE_S,
    ) -> None:
        # Whole rounds, after which the window is as it was.
        for wish in self._rounds * list(wishes):
            before()
            time.sleep(self._random.uniform(*pause_s))
            self._answers.answered.clear()
            used_s = time.clock_gettime(self._clock)
            self._answers.asked.emit(time.perf_counter(), wish)
            if not self._answers.answered.wait(_PATIENCE_S):
                raise TimeoutError(f"{condition}: no answer within {_PATIENCE_S:g} s")
            used_s = time.clock_gettime(self._clock) - used_s
            _tell(condition=condition, ms=1e3 * self._answers.took_s, used_ms=1e3 * used_s)

    def _usual(self, past: bool = False) -> list[_Wish]:
        window, plots, bar = self._window, self._window.plots, self._window.back.bar
        wishes = [
            _Wish(lambda: _press(window, "?"), window.keys),
            _Wish(lambda: _press(window, Qt.Key.Key_Escape), plots.viewport()),
            _Wish(lambda: _press(window, "A"), plots.beat),
            _Wish(lambda: _press(window, "A"), plots.viewport()),
            _Wish(lambda: _click(bar.loop), bar.loop),
            _Wish(lambda: _press(window, "V"), plots.viewport()),
            _Wish(lambda: _click(window.bar.theme), window),
        ]
        if past:
            wishes += [
                _Wish(lambda: _press(window, Qt.Key.Key_Left), plots.past),
                _Wish(lambda: _press(window, Qt.Key.Key_End), plots.viewport()),
            ]
        return wishes

    def _dragging(self) -> list[_Wish]:
        strip, viewport = self._window.back.bar.strip, self._window.plots.viewport()
        height, width, left = strip.height() // 2, strip.width(), Qt.MouseButton.LeftButton
        ways = [*range(width - 5, width // 2, -_MOVE_PIXELS), *range(width // 2, width - 5, _MOVE_PIXELS)]
        return [
            _Wish(lambda: QTest.mousePress(strip, left, pos=QPoint(width - 5, height)), strip),
            *(_Wish(lambda x=x: QTest.mouseMove(strip, QPoint(x, height)), viewport) for x in ways),
            _Wish(lambda: QTest.mouseRelease(strip, left, pos=QPoint(width - 5, height)), strip),
        ]

    def _call(self, call: Callable[[], object]) -> None:
        self._answers.called.emit(call)

    def _await(self, condition: Callable[[], object], meanwhile: Callable[[], None] = lambda: None) -> None:
        until = time.monotonic() + 4 * _PATIENCE_S
        while not condition():
            meanwhile()
            if time.monotonic() > until:
                raise TimeoutError("the window does not get so far")
            time.sleep(0.05)


def main(rounds: int, model: str) -> None:
    """Show the window, use it in every condition, and tell after each wish how long its answer took.

    Args:
        rounds: How often to do all there is in each condition.
        model: Packaged name or path of the weights.
    """
    app = application()
    # As the application itself does: only once there is a screen.
    from monitor.dashboard.player import ClassifierShelf, Player
    from monitor.dashboard.report_writer import ReportWriter
    from monitor.dashboard.timed_window import TimedWindow
    from monitor.examination_report import SiteSound

    shelf = ClassifierShelf(model)
    window = TimedWindow(Player(0.4, shelf.take), lambda painting: answers.painted())
    answers = _Answers(window)
    writer = ReportWriter(shelf.take)
    failures: list[BaseException] = []
    with tempfile.TemporaryDirectory(prefix="auscult-bench-") as folder:
        recording, record, sound = _made(Path(folder))
        asker = _Asker(window, answers, rounds, Path(folder), writer)
        window.resize(*_SIZE)
        window.show()
        window.activateWindow()
        # Keys belong to the active window.
        QTest.qWaitForWindowActive(window)

        def ask() -> None:
            try:
                asker.run(recording, [SiteSound(sound, _RATE)] * len(SITES), record)
            except BaseException as error:
                failures.append(error)
                answers.called.emit(window.close)

        thread = threading.Thread(target=ask, name="asker", daemon=True)
        thread.start()
        app.exec()
        thread.join()
        writer.close()
    window.deleteLater()
    if failures:
        raise failures[0]


def _made(folder: Path) -> tuple[SourceChoice, ExaminationRecord, NDArray[np.float64]]:
    """A long recording, an examination, and what was heard at each of its sites."""
    heart = HeartSoundSynthesizer(SynthesisConfig(condition="as", rate=_RATE))
    minute = heart.read(_REPEATED_S * _RATE)
    path = folder / "two hours.flac"
    write_recording(path, (minute for _ in range(round(_RECORDING_S / _REPEATED_S))), _RATE)
    verdict = RecordingVerdict(Label.ABNORMAL, 0.9, 0.9, (), 40, 2, 71.6, 0.9, False, None)
    findings = tuple(SiteFinding(site, verdict, 0.0, _SITE_S, _SITE_S) for site in SITES)
    now = "2026-01-01T00:00:00+00:00"
    words = ("bench", now, now, "", "Synthetic heart", _RATE, "", "", version("auscult"), None)
    return recording_choice(path), ExaminationRecord(*words, findings), minute[: round(_SITE_S * _RATE)]


def _press(window: DashboardWindow, key: str | Qt.Key) -> None:
    QTest.keyClick(window, key)


def _click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _tell(**told: str | float) -> None:
    print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
