"""Off screen, with tiny weights, and with a look at what a test leaves behind."""

import gc
import os
import threading

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.dashboard.player import ClassifierShelf, Player
from monitor.dashboard.window import DashboardWindow
from monitor.sources.choice import recording_choice

RATE = 4000
HOP_S = 0.4


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp):
    threads = set(threading.enumerate())
    widgets = set(map(id, QApplication.topLevelWidgets()))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert set(threading.enumerate()) <= threads, "a thread is left"
    left = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in widgets]
    assert not [widget for widget in left if widget.isVisible()], "a window is left"
    # Not isinstance: it asks every object of every library for its class, and some answer with a warning.
    timers = [thing for thing in gc.get_objects() if issubclass(type(thing), QTimer) and isValid(thing)]
    assert not [timer for timer in timers if timer.isActive()], "a timer still runs"


@pytest.fixture(scope="session")
def heart():
    return HeartSoundSynthesizer(SynthesisConfig(condition="normal", seed=1)).read(30 * RATE)


@pytest.fixture
def record(tmp_path, heart):
    """Writes a recording of the heart and makes a choice of it."""

    def write(name="heart.wav", seconds=14.0, gain=1.0, pace=None, samples=None):
        sound = heart[: round(seconds * RATE)] if samples is None else samples
        path = tmp_path / name
        sf.write(path, np.clip(sound * gain, -1, 1), RATE)
        return recording_choice(path, pace)

    return write


@pytest.fixture
def open_window(qtbot, model_name):
    """Opens windows and closes them at the test's end."""
    opened = []

    def make(model=model_name, loop=False, keep=None):
        opened.append(DashboardWindow(Player(HOP_S, ClassifierShelf(model).take, keep=keep), loop))
        opened[-1].show()
        return opened[-1]

    yield make
    for one in opened:
        one.close()
        one.deleteLater()


@pytest.fixture
def window(open_window):
    return open_window()


@pytest.fixture
def play(qtbot, window):
    """Plays choices to the end of the last one."""

    def to_the_end(*choices):
        window.set_playlist(list(choices))
        wait_for_end(qtbot, window, choices[-1].title)

    return to_the_end


def wait_for_end(qtbot, window, title):
    qtbot.waitUntil(lambda: window.status.name.text() == f"{title} · ended", timeout=60_000)
