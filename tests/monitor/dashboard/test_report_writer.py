import threading

import pytest
from PySide6.QtCore import QThread
from PySide6.QtGui import QDesktopServices

from model.card import ModelError
from monitor.dashboard.report_writer import ReportWriter
from tests.monitor.examinations import RECORD, four_sites


def no_model():
    raise ModelError("no such model")


@pytest.fixture
def writer(qapp, classifier):
    made = ReportWriter(lambda: classifier)
    yield made
    made.close()


def until_done(qtbot, writer):
    def done():
        writer.poll()
        return not writer.busy

    qtbot.waitUntil(done, timeout=60_000)


@pytest.mark.parametrize("name", ["report.pdf", "report.html"])
def test_a_report_is_written_on_another_thread(qtbot, writer, tmp_path, name):
    record, sounds = four_sites()
    threads = []

    def read():
        threads.append(threading.current_thread())
        return sounds

    assert writer.start(record, read, tmp_path / name)
    until_done(qtbot, writer)
    assert (writer.path, writer.error, writer.progress) == (tmp_path / name, "", 1.0)
    assert writer.path.is_file()
    assert threading.main_thread() not in threads


def test_one_report_at_a_time(qtbot, writer, tmp_path):
    go_on = threading.Event()

    def wait():
        go_on.wait(60)
        return []

    assert writer.start(RECORD, wait, tmp_path / "one.pdf")
    assert not writer.start(RECORD, list, tmp_path / "two.pdf")
    go_on.set()
    until_done(qtbot, writer)
    assert [path.name for path in tmp_path.iterdir()] == ["one.pdf"]
    assert writer.start(RECORD, list, tmp_path / "two.pdf")
    until_done(qtbot, writer)
    assert writer.path == tmp_path / "two.pdf"


def test_the_window_goes_on_while_a_report_is_drawn(qtbot, writer, tmp_path, monkeypatch):
    at_work = []
    monkeypatch.setattr(
        "monitor.dashboard.report_file.draw_report",
        lambda *_: at_work.append(QThread.currentThread()) or iter([1.0]),
    )
    writer.start(RECORD, list, tmp_path / "report.pdf")
    until_done(qtbot, writer)
    assert at_work
    assert at_work[0] != QThread.currentThread()


def test_giving_up_leaves_no_thread_and_no_file(writer, tmp_path):
    reading, closing = threading.Event(), threading.Event()

    def read():
        reading.set()
        closing.wait(60)
        return []

    writer.start(RECORD, read, tmp_path / "report.pdf")
    assert reading.wait(60)
    threading.Timer(0.05, closing.set).start()
    writer.close()
    assert not writer.busy
    assert (writer.path, writer.error) == (None, "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("broken", [OSError("the disk is gone\nand more"), ValueError()])
def test_a_failure_is_told_in_one_line_and_the_next_one_is_written(qtbot, writer, tmp_path, broken):
    def fail():
        raise broken

    for sounds, path in ((fail, tmp_path / "x.pdf"), (list, tmp_path / "no" / "x.pdf")):
        writer.start(RECORD, sounds, path)
        until_done(qtbot, writer)
        assert str(path) in writer.error
        assert "\n" not in writer.error
        assert writer.path is None
    writer.start(RECORD, list, tmp_path / "x.pdf")
    until_done(qtbot, writer)
    assert (writer.path, writer.error) == (tmp_path / "x.pdf", "")


def test_without_its_model_a_report_is_written_all_the_same(qtbot, tmp_path):
    writer = ReportWriter(no_model)
    writer.start(*four_sites_to_read(), tmp_path / "x.html")
    until_done(qtbot, writer)
    assert writer.error == ""
    assert "the model is not at hand" in writer.path.read_text(encoding="utf-8")


def four_sites_to_read():
    record, sounds = four_sites()
    return record, lambda: sounds


def test_a_report_is_opened_only_when_it_is_asked_for(qtbot, writer, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    assert not writer.open()
    writer.start(RECORD, list, tmp_path / "x.pdf")
    until_done(qtbot, writer)
    assert not opened
    assert writer.open()
    assert opened == [str(tmp_path / "x.pdf")]
