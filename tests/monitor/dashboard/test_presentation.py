"""Before an audience: the presenter's keys, and that nothing shouts."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCursor, QKeySequence
from PySide6.QtWidgets import QApplication, QDialog

from dsp.synthesis import SynthesisConfig
from monitor.dashboard import run_dashboard
from monitor.dashboard.presentation import CURSOR_S
from monitor.dashboard.screen_awake import ScreenAwake
from monitor.dashboard.window import DashboardWindow
from monitor.dashboard.words import CANNOT_PAUSE, RESEARCH_ONLY
from monitor.sources.choice import SourceChoice, recording_choice
from monitor.sources.synthetic import SyntheticSource
from tests.monitor.sound_server import until

from .conftest import RATE, wait_for_end


@pytest.fixture
def stage(window):
    return window.presentation


def press(qtbot, window, key):
    qtbot.keyClick(QApplication.focusWidget() or window.presentation, key)


def plays(qtbot, window, title):
    qtbot.waitUntil(
        lambda: window.session is not None and window.session.source.name == title, timeout=30_000
    )
    qtbot.waitUntil(lambda: window.plots.tape.end_s > 0.3, timeout=30_000)


@pytest.mark.parametrize(("enter", "leave"), [("F", "Esc"), ("F11", "F"), ("F", "F11")])
def test_it_takes_the_whole_screen_and_gives_everything_back(qtbot, window, stage, record, enter, leave):
    qtbot.waitActive(window).__enter__()
    window.set_playlist([record(seconds=30.0, pace=1.0)], start=False)
    before = window.plots.geometry(), window.verdict.geometry(), window.verdict.word.font().pixelSize()
    window.bar.theme.setFocus()
    qtbot.keyClick(window.bar.theme, QKeySequence(enter)[0].key())
    assert stage.active
    assert window.isFullScreen()
    assert stage.geometry() == window.rect()
    assert stage.research.text() == RESEARCH_ONLY
    assert stage.research.isVisibleTo(window)
    plays(qtbot, window, "heart.wav")
    assert stage.isAncestorOf(window.plots)
    assert stage.isAncestorOf(window.verdict)
    assert window.verdict.word.font().pixelSize() > before[2]
    press(qtbot, window, QKeySequence(leave)[0].key())
    assert not stage.active
    assert not window.isFullScreen()
    QApplication.processEvents()
    assert QApplication.focusWidget() is window.bar.theme
    after = window.plots.geometry(), window.verdict.geometry(), window.verdict.word.font().pixelSize()
    assert after == before
    assert window.session is not None and not window.session.ended


def test_a_clicker_leads_through_the_playlist_and_round(qtbot, window, stage, record):
    window.set_playlist([record(f"{name}.wav", seconds=30.0, pace=1.0) for name in "abc"], start=False)
    stage.enter()
    for key, title, place in (
        (None, "a.wav", "1 of 3"),
        (Qt.Key.Key_Right, "b.wav", "2 of 3"),
        (Qt.Key.Key_PageDown, "c.wav", "3 of 3"),
        (Qt.Key.Key_N, "a.wav", "1 of 3"),
        (Qt.Key.Key_Left, "c.wav", "3 of 3"),
        (Qt.Key.Key_PageUp, "b.wav", "2 of 3"),
    ):
        if key is not None:
            press(qtbot, window, key)
        plays(qtbot, window, title)
        qtbot.waitUntil(
            lambda title=title, place=place: (stage.title.text(), stage.place.text()) == (title, place)
        )
    stage.leave()
    assert not window.loop


def test_it_plays_on_by_itself_and_begins_again(qtbot, window, stage, record, monkeypatch):
    monkeypatch.setattr("monitor.dashboard.window.PAUSE_S", 0.0)
    # Slow enough to be looked at: as fast as can be, one is over before it is seen.
    window.set_playlist([record(f"{name}.wav", seconds=2.0, pace=4.0) for name in "ab"], start=False)
    titles = []

    def heard():
        if window.session is not None and (not titles or titles[-1] != window.session.source.name):
            titles.append(window.session.source.name)
        return titles[:3] == ["a.wav", "b.wav", "a.wav"]

    stage.enter()
    qtbot.waitUntil(heard, timeout=60_000)


def test_what_cannot_be_played_is_passed_over_quietly(qtbot, window, stage, record, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    window.set_playlist([recording_choice(bad), record("good.wav", seconds=30.0, pace=1.0)], start=False)
    stage.enter()
    plays(qtbot, window, "good.wav")
    qtbot.waitUntil(lambda: "bad.wav" in stage.quiet.text())
    assert stage.quiet.objectName() == "faint"
    assert str(tmp_path) not in stage.quiet.text()
    assert not [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]
    # Whoever leaves can still read what was wrong.
    stage.leave()
    assert "bad.wav" in window.problem


def test_a_playlist_of_which_nothing_can_be_played_comes_to_rest(qtbot, window, stage, tmp_path):
    window.set_playlist(
        [recording_choice(tmp_path / "one.wav"), recording_choice(tmp_path / "two.wav")], start=False
    )
    stage.enter()
    qtbot.waitUntil(lambda: not window.running, timeout=30_000)
    assert stage.active


def test_paused_it_stands_still_and_goes_on_where_it_was(qtbot, window, stage, record):
    window.set_playlist([record(seconds=30.0, pace=1.0)], start=False)
    stage.enter()
    plays(qtbot, window, "heart.wav")
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: stage.paused.isVisibleTo(stage))
    qtbot.wait(200)  # a block that was on its way
    end, now_s = window.session.ring.end, window.session.snapshot.now_s
    qtbot.wait(500)
    assert window.session.ring.end == end
    assert window.session.snapshot.now_s == pytest.approx(now_s, abs=0.1)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.ring.end > end + RATE, timeout=30_000)
    assert not stage.paused.isVisibleTo(stage)
    assert window.session.snapshot.lost_samples == 0
    assert window.session.snapshot.events == ()


def test_paused_at_an_end_it_does_not_go_on_to_the_next(qtbot, window, stage, record, monkeypatch):
    monkeypatch.setattr("monitor.dashboard.window.PAUSE_S", 0.3)
    window.set_playlist([record("a.wav", seconds=2.0), record("b.wav", seconds=2.0)], start=False)
    stage.enter()
    wait_for_end(qtbot, window, "a.wav")
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.wait(700)
    assert window.session.source.name == "a.wav"
    press(qtbot, window, Qt.Key.Key_Space)
    plays(qtbot, window, "b.wav")


def test_what_is_live_cannot_be_paused_and_that_is_said_quietly(qtbot, window, stage):
    class Live:
        """A synthetic heart that is no paced source, as a device is none."""

        def __init__(self):
            self._source = SyntheticSource(SynthesisConfig())

        def __getattr__(self, name):
            return getattr(self._source, name)

    window.set_playlist([SourceChoice("Stethoscope", lambda duration_s: Live(), replayed=False)], start=False)
    stage.enter()
    qtbot.waitUntil(lambda: window.plots.tape.end_s > 0.3, timeout=30_000)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: stage.quiet.text() == CANNOT_PAUSE)
    assert not window.held


@pytest.mark.parametrize("key", [Qt.Key.Key_Period, Qt.Key.Key_B])
def test_a_black_screen_holds_what_plays(qtbot, window, stage, record, key):
    window.set_playlist([record(seconds=30.0, pace=1.0)], start=False)
    stage.enter()
    plays(qtbot, window, "heart.wav")
    press(qtbot, window, key)
    assert stage.black
    assert window.held
    shown = stage.grab().toImage()
    assert {
        shown.pixelColor(x, y).name()
        for x in range(0, shown.width(), 97)
        for y in range(0, shown.height(), 61)
    } == {"#000000"}
    press(qtbot, window, key)
    assert not stage.black
    assert not window.held
    # What was paused before stays so.
    press(qtbot, window, Qt.Key.Key_Space)
    press(qtbot, window, key)
    press(qtbot, window, key)
    assert window.held


def test_the_presenters_keys_are_others_while_it_is_not_shown(qtbot, window, stage, record):
    qtbot.waitActive(window).__enter__()
    window.set_playlist([record(f"{name}.wav", seconds=30.0, pace=1.0) for name in "ab"], start=False)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert window._playback.band == "bell"
    assert not stage.black
    stage.enter()
    plays(qtbot, window, "a.wav")
    press(qtbot, window, Qt.Key.Key_Right)
    plays(qtbot, window, "b.wav")
    press(qtbot, window, Qt.Key.Key_B)
    assert stage.black
    assert window._playback.band == "bell"


def test_the_plots_other_keys_work_while_it_is_shown(qtbot, window, stage, record):
    qtbot.waitActive(window).__enter__()
    window.set_playlist([record(seconds=30.0, pace=1.0)], start=False)
    stage.enter()
    press(qtbot, window, Qt.Key.Key_A)
    assert window.plots.beat.wanted
    press(qtbot, window, Qt.Key.Key_Question)
    assert window.keys.isVisible()
    # What is covered cannot be reached.
    press(qtbot, window, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is stage


def test_it_begins_with_the_window_where_that_is_asked_for(qapp, model_name, record):
    seen = []

    def look():
        window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, DashboardWindow))
        if window.session is not None and not seen:
            seen.append((window.presentation.active, window.running, window.loop))
            window.close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(50)
    assert run_dashboard([record(seconds=30.0, pace=1.0)], hop_s=0.4, model=model_name, present=True) == 0
    timer.stop()
    assert seen == [(True, True, True)]


def test_a_cursor_that_rests_is_hidden(qtbot, window, stage, record):
    qtbot.waitActive(window).__enter__()
    window.set_playlist([record(seconds=30.0, pace=1.0)], start=False)
    stage.enter()
    stage.tick(100.0)
    stage.tick(100.0 + CURSOR_S + 0.1)
    assert QApplication.overrideCursor() is not None
    QCursor.setPos(QCursor.pos() + QPoint(3, 3))
    stage.tick(100.0 + CURSOR_S + 0.2)
    assert QApplication.overrideCursor() is None
    stage.tick(100.0 + 2 * CURSOR_S + 0.4)
    assert QApplication.overrideCursor() is not None
    stage.leave()
    assert QApplication.overrideCursor() is None


def test_the_screen_stays_on_while_it_is_shown(session_bus):
    awake = ScreenAwake()
    awake.begin()
    until(lambda: session_bus, "the screen saver is held off")
    assert [name for name, _ in session_bus] == ["Inhibit"]
    awake.close()
    assert [name for name, _ in session_bus] == ["Inhibit", "UnInhibit"]


def test_what_is_held_is_silent_at_once_and_goes_on_where_it_was(qtbot, window, record, outputs):
    samples = 0.5 * np.sin(2 * np.pi * 100 / RATE * np.arange(60 * RATE))
    window.toggle_sound()
    window.set_playlist([record(samples=samples, pace=1.0)])

    def heard():
        if outputs:
            outputs[0].ask(RATE // 50)
        return bool(outputs) and any(block.any() for block in outputs[0].played)

    qtbot.waitUntil(heard, timeout=30_000)
    assert window.hold(True)
    before = outputs[0].played[-1]
    outputs[0].ask(RATE // 50)
    assert not outputs[0].played[-1].any()
    window.hold(False)
    outputs[0].ask(8)
    # A tone has no jump where it goes on.
    both = np.concatenate([before[-8:], outputs[0].played[-1]])
    assert np.abs(np.diff(both)).max() < 1.1 * 0.5 * 2 * np.pi * 100 / RATE
    window.stop()
