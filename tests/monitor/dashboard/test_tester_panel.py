"""The tester's panel: all there is to know, twice a second, and nothing while nobody looks."""

import json

import jsonschema
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from monitor.dashboard import tester_panel
from monitor.dashboard.tester_text import NO_SESSION, state_text
from monitor.dashboard.words import TESTER, TESTER_RESTS
from monitor.json_lines import read_schema

from .conftest import RATE


def test_it_tells_what_a_session_did(window, play, record):
    play(record())
    session = window.session
    text = state_text(session)
    lines = text.splitlines()
    verdict = json.loads(next(line for line in lines if line.startswith("{")))
    jsonschema.validate(verdict, read_schema())
    assert verdict["window_end_s"] == session.snapshot.judgement.verdict.end_s
    card = session.worker.card
    for told in (
        card.sha256,
        f"{card.parameters} parameters",
        f"captured  {14 * RATE} samples",
        f"analysed  {14 * RATE},",
        f"made {session.snapshot.made_windows}, skipped 0",
        "worker    ended, session ended, last work",
        "source    ended, last block",
        "Python 3.",
        "auscult ",
    ):
        assert told in text, told
    for stage in ("front end", "image", "gate", "CNN", "reading"):
        assert any(line.strip().startswith(stage) for line in lines), stage


def test_without_a_session_it_says_so(window):
    assert state_text(None).startswith(NO_SESSION)


def test_it_comes_and_goes_by_a_key_and_keeps_nobody_from_anything(qtbot, window, record):
    window.set_playlist([record(seconds=30.0, pace=1.0)])
    qtbot.keyClick(window, Qt.Key.Key_F12)
    panel = window.tester
    assert panel.isVisible()
    assert not panel.isWindow()
    qtbot.waitUntil(lambda: "worker    alive" in panel.text.toPlainText(), timeout=30_000)
    first = panel.text.toPlainText()
    qtbot.waitUntil(lambda: panel.text.toPlainText() != first, timeout=10_000)
    assert window.rect().contains(panel.geometry())
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F12)
    qtbot.mouseClick(panel.leave, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()
    assert window.running


def test_what_is_being_selected_stays_and_can_be_copied(qtbot, window, record):
    window.set_playlist([record(seconds=30.0, pace=1.0)])
    panel = window.tester
    qtbot.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "SOUND" in panel.text.toPlainText(), timeout=30_000)
    cursor = panel.text.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfLine, QTextCursor.MoveMode.KeepAnchor)
    panel.text.setTextCursor(cursor)
    chosen = cursor.selectedText()
    assert chosen
    qtbot.waitUntil(lambda: panel.title.text() == TESTER_RESTS, timeout=10_000)
    assert panel.text.textCursor().selectedText() == chosen
    QApplication.clipboard().clear()
    qtbot.keyClick(panel.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == chosen
    panel.text.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.waitUntil(lambda: panel.title.text() == TESTER, timeout=10_000)


def test_hidden_it_looks_at_nothing(qtbot, window, record, monkeypatch):
    looks = []
    monkeypatch.setattr(tester_panel, "state_text", lambda session: looks.append(session) or "")
    window.set_playlist([record(seconds=3.0)])
    qtbot.waitUntil(lambda: window.session is not None and window.session.ended, timeout=30_000)
    assert looks == []
    window.tester.toggle()
    for at in (0.0, 0.1, 0.4, 0.6, 0.7, 1.2):
        window.tester.tick(100 + at, window.session, window.plots.geometry())
    assert len(looks) <= 3
    window.tester.toggle()
