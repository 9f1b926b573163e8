"""Technical messages: one place, a sign of their own, there until read or over."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from dsp.scenario import Fault, Scenario
from monitor.dashboard.technical_line import TechnicalLine
from monitor.dashboard.words import IDLE, REASONS, TECHNICAL
from monitor.sources.choice import recording_choice, scripted_choice


@pytest.fixture
def line(qtbot):
    made = TechnicalLine()
    qtbot.addWidget(made)
    return made


def shown(line):
    return line.sign.isVisibleTo(line) and line.word.isVisibleTo(line) and line.word.text() == TECHNICAL


def test_with_nothing_wrong_there_is_no_sign_and_a_hint(line):
    assert not shown(line)
    assert line.message.text() == IDLE
    assert not line.read.isVisibleTo(line)


def test_what_was_told_stays_until_it_is_read_and_what_lasts_until_it_is_over(line):
    line.tell("The disk is full")
    line.last("device", "Stethoscope delivers nothing more")
    assert shown(line)
    assert line.message.text() == line.problem == "Stethoscope delivers nothing more"
    assert line.more.text() == "and 1 more"
    assert "The disk is full" in line.accessibleDescription()
    line.read.click()
    assert line.problem == "Stethoscope delivers nothing more"
    line.tell("No output", alert=False)
    line.last("device", "")
    assert line.problem == ""
    assert line.message.text() == "No output"
    line.read.click()
    assert not shown(line)


def test_a_fault_goes_before_a_remark_however_old(line):
    line.tell("The disk is full")
    line.tell("No output", alert=False)
    assert line.message.text() == "The disk is full"
    assert line.message.objectName() == "alert"


def test_lost_sound_comes_again_with_more_and_is_no_second_message(line):
    line.lost(0.31)
    line.lost(1.31)
    assert "1.31 s" in line.message.text()
    assert not line.more.isVisibleTo(line)
    line.put_away()
    assert not shown(line)
    line.lost(1.5)
    assert "1.50 s" in line.message.text()
    assert line.problem == ""


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("tell"), st.text(min_size=1, max_size=3), st.booleans()),
            st.tuples(st.just("last"), st.sampled_from("ab"), st.text(max_size=2)),
            st.tuples(st.just("put_away")),
        ),
        max_size=40,
    )
)
@settings(max_examples=50)
def test_whatever_comes_nothing_is_hidden_and_nothing_piles_up(qapp, steps):
    line = TechnicalLine()
    lasting, told = {}, []
    for name, *arguments in steps:
        getattr(line, name)(*arguments)
        if name == "tell":
            told = [one for one in told if one != arguments[0]] + [arguments[0]]
        elif name == "last":
            lasting[arguments[0]] = arguments[1]
        else:
            told = []
    wanted = sorted([words for words in lasting.values() if words] + told)
    found = line.accessibleDescription()
    if len(wanted) <= 20:
        assert sorted(one.words for one in line._messages) == wanted
    assert shown(line) == bool(wanted)
    if "\n" not in "".join(wanted):
        assert line.message.text() == (found.split("\n")[0] if wanted else IDLE)
    line.deleteLater()


def test_a_loss_is_technical_and_no_word_of_it_stands_with_the_verdict(qtbot, window):
    scenario = Scenario(duration_s=30.0, faults=(Fault("dropout", 13.0, 0.4),))
    window.set_playlist([scripted_choice(scenario, None)])
    qtbot.waitUntil(lambda: window.session is not None and window.session.ended, timeout=60_000)
    qtbot.waitUntil(lambda: "0.40 s of sound lost" in window.message.text())
    assert window.technical.sign.isVisibleTo(window)
    assert window.problem == ""
    assert "lost" not in window.verdict.reason.text() or window.verdict.reason.text().endswith(REASONS["gap"])
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    assert window.message.text() == IDLE


def test_a_hint_about_the_patients_sound_is_not_technical(qtbot, window, record):
    window.set_playlist([record(gain=1e-6)])
    qtbot.waitUntil(lambda: window.session is not None and window.session.ended, timeout=60_000)
    qtbot.waitUntil(lambda: "Too quiet" in window.verdict.reason.text())
    assert not window.technical.sign.isVisibleTo(window)


def test_a_fault_of_one_recording_does_not_stay_a_condition_of_the_next(qtbot, window, record, tmp_path):
    window.set_playlist([recording_choice(tmp_path / "missing.wav")])
    qtbot.waitUntil(lambda: "missing.wav" in window.problem)
    window.set_playlist([record(seconds=11.0)])
    assert window.problem == ""
    assert not window.technical.word.isVisibleTo(window)


def test_the_list_of_events_bears_the_same_sign(window, play, record):
    play(record())
    events = window.verdict.events
    events.resize(240, 80)
    picture = events.grab().toImage()
    corner = np.array([[picture.pixel(x, y) for x in range(16)] for y in range(20)])
    assert len(np.unique(corner)) > 3
    assert isinstance(window.technical.word, QLabel)
