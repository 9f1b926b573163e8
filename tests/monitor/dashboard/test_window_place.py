"""The window is where and as it was when it was closed, wherever there is a screen for that."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from monitor.dashboard import run_dashboard
from monitor.dashboard.window import DashboardWindow
from monitor.dashboard.window_place import placed, take_place
from monitor.settings import Settings, read_settings, remember

from .conftest import HOP_S

LEAST = QSize(640, 400)
SIDES = st.integers(-30_000, 30_000)
LENGTHS = st.integers(1, 30_000)
RECTS = st.builds(QRect, SIDES, SIDES, LENGTHS, LENGTHS)
SCREENS = st.lists(
    st.builds(
        QRect,
        st.integers(-5000, 5000),
        st.integers(-5000, 5000),
        st.integers(640, 8000),
        st.integers(400, 5000),
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture(autouse=True)
def forget():
    remember(Settings())
    yield
    remember(Settings())


@given(RECTS, SCREENS)
def test_a_window_always_lies_wholly_within_a_screen(wanted, screens):
    found = placed(wanted, LEAST, screens)
    assert any(screen.contains(found) for screen in screens)
    assert found.width() >= LEAST.width()
    assert found.height() >= LEAST.height()


@given(RECTS, SCREENS)
def test_where_it_fits_it_is_where_it_was(wanted, screens):
    wanted = QRect(wanted.topLeft(), wanted.size().expandedTo(LEAST))
    if any(screen.contains(wanted) for screen in screens):
        assert placed(wanted, LEAST, screens) == wanted


def test_of_two_screens_it_is_on_that_which_shows_most_of_it_and_else_on_the_main_one():
    main, other = QRect(0, 0, 1920, 1080), QRect(1920, 0, 1280, 1024)
    assert (
        placed(QRect(1800, 100, 800, 600), LEAST, [main, other]).topLeft() == QRect(1920, 100, 1, 1).topLeft()
    )
    assert main.contains(placed(QRect(-4000, -4000, 1280, 800), LEAST, [main, other]))
    # The second screen is gone.
    assert main.contains(placed(QRect(2000, 100, 1200, 900), LEAST, [main]))
    assert placed(QRect(0, 0, 800, 600), LEAST, []) is None


@pytest.mark.parametrize(
    "place",
    [(), (1, 2, 3), (0, 0, 0, 0, 0), (5, 5, -3, 10, 0), (-90_000, 90_000, 100_000, 100_000, 0)],
    ids=str,
)
def test_a_place_that_makes_no_sense_does_no_harm(qtbot, place):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setMinimumSize(LEAST)
    widget.resize(700, 500)
    take_place(widget, place, [QRect(0, 0, 1920, 1080)])
    assert QRect(0, 0, 1920, 1080).contains(widget.geometry())


def run_and(do):
    """Open the dashboard, do something with its window once it is seen, and let it be closed."""
    seen = []

    def act():
        window = next(
            (one for one in QApplication.topLevelWidgets() if isinstance(one, DashboardWindow)), None
        )
        if window is None or not window.isVisible():
            return
        timer.stop()
        seen.append((window.geometry(), window.windowState(), window.bar.theme.text(), window.plots.whole))
        seen.append(window.plots.beat.wanted)
        do(window)
        QApplication.processEvents()
        window.close()

    timer = QTimer()
    timer.timeout.connect(act)
    timer.start(50)
    return seen


def open_again(model_name, do=lambda window: None):
    seen = run_and(do)
    assert run_dashboard([], hop_s=HOP_S, model=model_name, autostart=False) == 0
    return seen


def test_place_theme_and_view_are_those_of_the_last_time(qapp, model_name):
    screen = QApplication.primaryScreen().availableGeometry()
    place = QRect(screen.left() + 20, screen.top() + 30, 700, 500)

    def change(window):
        window.setGeometry(place)
        window.toggle_theme()
        window.toggle_average()
        window.plots.toggle_whole()

    open_again(model_name, change)
    kept = read_settings()
    assert kept.theme == "light"
    assert kept.place == (20 + screen.left(), 30 + screen.top(), 700, 500, 0)
    shown, average = open_again(model_name)
    assert shown == (place, Qt.WindowState.WindowNoState, "Dar&k", False)
    assert average
    # What was chosen elsewhere stays, and nothing new is written where nothing changed.
    remember(replace(read_settings(), input="Stethoscope", record=True))
    open_again(model_name)
    assert read_settings() == replace(kept, input="Stethoscope", record=True)


def test_that_it_is_maximized_is_remembered_but_no_presentation(qapp, model_name):
    open_again(model_name, lambda window: window.showMaximized())
    assert read_settings().place[-1] == 1
    shown, _ = open_again(model_name, lambda window: window.showNormal())
    assert shown[1] & Qt.WindowState.WindowMaximized
    usual = read_settings().place
    assert usual[-1] == 0
    open_again(model_name, lambda window: window.presentation.enter(start=False))
    assert read_settings().place == usual
    shown, _ = open_again(model_name)
    assert not shown[1] & Qt.WindowState.WindowFullScreen


def test_broken_settings_and_a_disk_that_takes_nothing_are_no_matter(qapp, model_name, monkeypatch):
    def refuse(settings):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.settings.remember", refuse)
    open_again(model_name, lambda window: window.toggle_theme())
    monkeypatch.undo()
    remember(Settings(theme="chartreuse", place=(1, 2)))
    shown, average = open_again(model_name)
    assert shown[2] == "Li&ght"
    assert not average


def test_a_window_that_was_not_opened_by_its_user_remembers_nothing(window):
    window.toggle_theme()
    window.close()
    assert read_settings() == Settings()
