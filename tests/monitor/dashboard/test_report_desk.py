"""A report from the window: asked for, written meanwhile, opened on request."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit

from monitor.dashboard.control_words import REPORT_BUTTON
from monitor.dashboard.examination_words import OPEN_REPORT
from monitor.keeping import Keeping

from .test_examination import WAIT_MS, examined, shown  # noqa: F401

# What the off-screen platform says of any dialog.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def results(qtbot, examined, open_window):  # noqa: F811
    """A window that shows the results of a kept examination."""
    folder, done = examined
    window = shown(qtbot, open_window(keep=Keeping(folder)))
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL)
    card = window.desk.card
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == 2, timeout=WAIT_MS)
    card.list.setCurrentItem(card.list.topLevelItem(1))
    qtbot.keyClick(card.list, Qt.Key.Key_Return)
    assert window.desk.record.id == done
    return window


def asked(qtbot, window):
    window.desk.want_report()
    (dialog,) = window.findChildren(QFileDialog)
    assert not dialog.isModal()
    return dialog


def written(qtbot, window, dialog, path):
    dialog.fileSelected.emit(str(path))
    dialog.close()
    button = window.desk.panel.results.report
    qtbot.waitUntil(lambda: button.text() == OPEN_REPORT, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))


def test_a_report_is_written_and_opened_only_when_asked(qtbot, results, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    path = tmp_path / "bed 7.pdf"
    written(qtbot, results, asked(qtbot, results), path)
    assert path.read_bytes().startswith(b"%PDF")
    assert str(path) in results.message.text()
    assert opened == []
    qtbot.mouseClick(results.desk.panel.results.report, Qt.MouseButton.LeftButton)
    assert opened == [str(path)]


def names(dialog):
    return dialog.findChild(QLineEdit, "fileNameEdit")


def choose_kind(qtbot, dialog, place):
    box = dialog.findChild(QComboBox, "fileTypeCombo")
    for _ in range(place):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == place


@pytest.mark.parametrize("typed", ["", "bed 7", "bed 7.pdf", "7.5 days"])
def test_of_both_kinds_one_name_gives_both_and_the_pdf_is_opened(
    qtbot, results, tmp_path, monkeypatch, typed
):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    dialog = asked(qtbot, results)
    dialog.setDirectory(str(tmp_path))
    choose_kind(qtbot, dialog, 2)
    if typed:
        names(dialog).setText(typed)
    name = (typed or names(dialog).text()).removesuffix(".pdf")
    dialog.accept()
    button = results.desk.panel.results.report
    qtbot.waitUntil(lambda: button.text() == OPEN_REPORT, timeout=WAIT_MS)
    assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / f"{name}.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert f"{name}.pdf, {name}.html" in results.message.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path / f"{name}.pdf")]


@pytest.mark.parametrize("typed", [False, True])
def test_the_kind_that_is_chosen_is_that_of_the_file(qtbot, results, tmp_path, typed):
    dialog = asked(qtbot, results)
    dialog.setDirectory(str(tmp_path))
    choose_kind(qtbot, dialog, 1)
    if typed:
        names(dialog).setText("bed 7")
    dialog.accept()
    button = results.desk.panel.results.report
    qtbot.waitUntil(lambda: button.text() == OPEN_REPORT, timeout=WAIT_MS)
    (path,) = (path for path in tmp_path.iterdir() if path.is_file())
    assert path.suffix == ".html"
    assert path.stem == "bed 7" or not typed


def test_after_another_word_there_is_another_report_and_the_first_stays(qtbot, results, tmp_path):
    path = tmp_path / "report.html"
    written(qtbot, results, asked(qtbot, results), path)
    before = path.read_bytes()
    results.desk.panel.results.note.setPlainText("a quiet room")
    button = results.desk.panel.results.report
    qtbot.waitUntil(lambda: button.text() == REPORT_BUTTON.text, timeout=WAIT_MS)
    written(qtbot, results, asked(qtbot, results), path)
    assert path.read_bytes() == before
    assert "a quiet room" in (tmp_path / "report (2).html").read_text("utf-8")


def test_asked_twice_it_is_written_once(qtbot, results, tmp_path):
    first = asked(qtbot, results)
    results.desk.want_report()
    (second,) = (dialog for dialog in results.findChildren(QFileDialog) if dialog is not first)
    first.fileSelected.emit(str(tmp_path / "first.pdf"))
    second.fileSelected.emit(str(tmp_path / "second.pdf"))
    second.close()
    written(qtbot, results, first, tmp_path / "third.pdf")
    assert [path.name for path in tmp_path.glob("*.pdf")] == ["first.pdf"]


def test_a_report_that_cannot_be_written_is_told_in_a_line(qtbot, results, tmp_path):
    dialog = asked(qtbot, results)
    dialog.fileSelected.emit(str(tmp_path / "nowhere" / "report.pdf"))
    dialog.close()
    qtbot.waitUntil(lambda: "nowhere" in results.problem, timeout=WAIT_MS)
    assert results.desk.panel.results.report.text() == REPORT_BUTTON.text
    assert results.desk.panel.results.report.isEnabled()


def test_what_is_being_written_is_given_up_when_the_window_closes(qtbot, results, tmp_path):
    dialog = asked(qtbot, results)
    dialog.fileSelected.emit(str(tmp_path / "report.pdf"))
    dialog.close()
    results.close()
    assert not list(tmp_path.glob(".report*"))
