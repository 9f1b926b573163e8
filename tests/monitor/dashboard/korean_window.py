"""What can be read in the Korean window, for a process of its own in which no word was read in English.

The process makes the application in Korean, imports this, calls ``show`` and has JSON of what it gives.
"""

import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QEvent
from PySide6.QtGui import QPageSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTreeWidget,
    QWidget,
)

from dsp.reading import Reading
from dsp.synthesis import SynthesisConfig
from model.loading import DEFAULT_MODEL
from model.verdict import Label
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.export_words import KINDS, REMEDIES, exported_words
from monitor.dashboard.player import ClassifierShelf, Player
from monitor.dashboard.report_html import html_text
from monitor.dashboard.told_words import reading_words, told_words
from monitor.dashboard.torso import SiteButton
from monitor.dashboard.window import DashboardWindow
from monitor.dashboard.words import (
    DIFFERS,
    EVENTS,
    REASONS,
    STANDINGS,
    ended_words,
    event_words,
    refused_words,
)
from monitor.examination_report import examination_report
from monitor.examination_store import StoredExamination
from monitor.export import ExportError, export_paths, heard_recording, write_export
from monitor.export_format import FORMATS
from monitor.keeping import Keeping
from monitor.liveness import ALARM_S, LOST_S, SILENCE_S, Liveness
from monitor.sources.choice import (
    demo_choices,
    microphone_choice,
    recording_choice,
    synthetic_choice,
    synthetic_choices,
)
from recordings import RecordingError
from recordings.signals import Signal, heart_sounds
from tests.monitor.examinations import finding, four_sites

PATIENT = "환자 7"
HOP_S = 0.4
READINGS = [
    Reading(timing, part, shape, frequency, 9.0, 100, 88)
    for timing, part, shape, frequency in product(
        ("systolic", "diastolic", "continuous"),
        (None, "early", "mid", "late", "holo"),
        (None, "crescendo", "decrescendo", "diamond", "plateau"),
        (None, 180.0),
    )
    if timing != "continuous" or part is None
]


def show(folder):
    """Go through the window's main states at 1280 x 800.

    Returns:
        ``read``, by state, all that is written on widgets or said of them; ``cut``, what has no room;
        ``html``, the report of an examination.
    """
    look = _Look(
        DashboardWindow(Player(HOP_S, ClassifierShelf(DEFAULT_MODEL).take, keep=Keeping(Path(folder))))
    )
    look.at("idle")
    _play(look)
    _examine(look)
    record, sounds = _results(look)
    _others(look)
    _measure(look)
    _tell(look, Path(folder))
    html = html_text(examination_report(record, sounds), QPageSize(QPageSize.PageSizeId.A4))
    look.window.close()
    look.window.deleteLater()
    look.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {"read": look.read, "cut": look.cut, "html": html}


class _Look:
    def __init__(self, window):
        self.app = QApplication.instance()
        self.window, self.read, self.cut = window, {}, []
        window.resize(1280, 800)
        window.show()

    def at(self, state, within=None):
        """Note what is shown, of all or within a part."""
        # The first puts what is new into words, the second lays it out.
        self.window._tick()
        self.app.processEvents()
        self.app.processEvents()
        part = within or self.window
        seen = [widget for widget in part.findChildren(QWidget) if widget.isVisible()]
        self.read[state] = sorted({text for widget in (part, *seen) for text in _texts(widget)})
        for frame in self.window.plots._frames:
            for side in ("left", "bottom"):
                ticks = frame.getAxis(side)._tickLevels or ()
                self.read[state] += [words for level in ticks for _, words in level]
        self.cut += [f"{state}: {widget.text()}" for widget in seen if _lacks_room(widget)]

    def wait(self, done, seconds=90):
        """Let the window go on until something is so."""
        until = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < until, done
            self.app.processEvents()
            time.sleep(0.01)

    def fits(self, label, words):
        """Note words that a label of the verdict's panel would cut."""
        label.setText(words)
        if _lacks_room(label):
            self.cut.append(words)


def _texts(widget):
    """All that is written on a widget or said of it."""
    told = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel | QAbstractButton):
        told.append(widget.text())
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        told.append(widget.placeholderText())
    if isinstance(widget, QMenu):
        told += [action.text() for action in widget.actions()]
    if isinstance(widget, QTreeWidget):
        told += [widget.headerItem().text(column) for column in range(widget.columnCount())]
        told += [widget.topLevelItem(row).text(2) for row in range(widget.topLevelItemCount())]
    if isinstance(widget, QFileDialog):
        told += [widget.windowTitle(), *widget.nameFilters()]
    return [text for text in told if text]


def _lacks_room(widget):
    """Whether a label or a button shows less than it says."""
    metrics, room = widget.fontMetrics(), widget.contentsRect().width()
    if isinstance(widget, SiteButton):
        lines = [(line.width(), words) for line, _, words, _ in widget._lines()]
        return any("…" in words or metrics.horizontalAdvance(words) > width for width, words in lines)
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height()
    if isinstance(widget, ElidedLabel | QLabel):
        return metrics.horizontalAdvance(widget.text()) > room + 1
    if isinstance(widget, QAbstractButton):
        return widget.minimumSizeHint().width() > widget.width() + 1
    return False


def _play(look):
    window = look.window
    window.set_playlist(demo_choices(pace=None)[2:3])
    look.wait(lambda: window.status.name.text().endswith("끝남"))
    look.at("played")
    window.toggle_average()
    window.toggle_why()
    for _ in range(2):
        window.back.step(-5.0)
        window.back.mark()
    look.wait(lambda: window.plots.beat.accessibleDescription().startswith("양호한"))
    look.at("going back")
    window.back.show_newest()
    window.toggle_average()
    window.toggle_why()


def _examine(look):
    window, desk = look.window, look.window.desk
    window.set_playlist([synthetic_choice(SynthesisConfig(condition="as", seed=3), pace=None)], False, 60.0)
    desk.offer()
    look.read["pseudonym"] = [desk.panel.start.patient.text()]
    look.at("examination offered")
    desk.begin(PATIENT, False)
    look.wait(lambda: desk.examination is not None)
    look.at("examination")
    desk.skip()
    look.at("examination, a site skipped")
    desk.may_stop()
    look.at("examination, asked whether to stop")
    desk.finish()
    window.stop()
    look.wait(lambda: desk.record is not None)
    look.at("examination finished")


def _results(look):
    window, desk = look.window, look.window.desk
    record, sounds = four_sites()
    poor = finding("mitral", Label.POOR_SIGNAL, reasons=("too_quiet", "movement"), heart_rate_bpm=None)
    record = replace(record, patient=PATIENT, device="synthetic as", findings=(*record.findings[:3], poor))
    desk._show_results(record, True, "")
    look.at("results")
    desk._put_away()
    desk.card.show()
    desk.card.show_examinations(
        [
            StoredExamination(replace(record, ended=ended), interrupted, False)
            for ended, interrupted in ((record.ended, False), (record.ended, True), ("", False))
        ],
        "",
    )
    desk.card.settle(window.plots.geometry())
    look.at("examinations")
    desk.card.hide()
    return record, sounds


def _others(look):
    window = look.window
    window.keys.show()
    window.keys.settle(window.plots.geometry())
    look.at("keys")
    window.keys.hide()
    window.say(told_words("no input device: plug in a stethoscope, or replay a recording"))
    window.technical.lost(1.5)
    look.at("messages")
    window.technical.clear()
    window.tester.toggle()
    look.at("tester's panel")
    window.tester.hide()
    window.presentation.enter(start=False)
    window.presentation.tick(time.monotonic())
    look.at("presentation", window.presentation)
    window.presentation.leave()
    source = window.bar.source
    source.demos.aboutToShow.emit()
    source.synthetic.aboutToShow.emit()
    menus = (*source.findChildren(QMenu), window.bar.export.menu())
    look.read["menus"] = [text for menu in menus for text in _texts(menu)]
    source.open_recordings()
    dialog = window.findChild(QFileDialog)
    parts = (dialog, *dialog.findChildren(QLabel))
    look.read["file dialog"] = [text for part in parts for text in _texts(part)]
    dialog.reject()


def _measure(look):
    """Let the panel say all that there may be to say."""
    panel = look.window.verdict
    for reading in READINGS:
        look.fits(panel.reading, reading_words(reading))
    for reason in REASONS.values():
        look.fits(panel.reason, refused_words(reason))
        look.fits(panel.reason, ended_words(reason))
        for other in REASONS.values():
            look.fits(panel.reason, f"{reason} {other}")
    for words in (*STANDINGS.values(), *DIFFERS.values(), *map(ended_words, DIFFERS.values())):
        look.fits(panel.reason, words)


def _tell(look, folder):
    """What other parts of the program tell in English."""
    now = 0.0
    liveness, reasons = Liveness(lambda: now), []
    liveness.block(0.1, False, True)
    reasons.append(liveness.reason)
    for _ in range(round(SILENCE_S / 0.1) + 100):
        now += 0.1
        liveness.block(0.1, True, False)
    reasons.append(liveness.reason)
    for silent_s in (ALARM_S, LOST_S - ALARM_S):
        for _ in range(round(silent_s / 0.1) + 2):
            now += 0.1
            liveness.check()
        reasons.append(liveness.reason)
    assert all(reasons)
    look.read["files"] = []
    for name, content in (("빈.wav", b""), ("글.wav", b"no sound" * 9), ("머리.wav", b"RIFF" + bytes(40))):
        (folder / name).write_bytes(content)
    for name in ("빈.wav", "글.wav", "머리.wav", "없음.wav", "."):
        with pytest.raises(RecordingError) as failure:
            recording_choice(folder / name).open()
        look.read["files"].append(told_words(str(failure.value)).replace(str(folder), ""))
    for signals, wanted in (
        ([Signal("호흡", 250.0), Signal("체온", 250.0)], None),
        ([Signal("심음", 999.5)], "심음"),
        ([Signal("심음", 4000.0)], "호흡"),
    ):
        with pytest.raises(RecordingError) as failure:
            heart_sounds(Path("기록.hea"), signals, wanted)
        look.read["files"].append(told_words(str(failure.value)))
    look.read["exports"] = _exports(folder)
    choices = (*demo_choices(), *synthetic_choices(), microphone_choice())
    look.read["devices"] = [told_words(f"마이크 {reason}") for reason in reasons]
    look.read["titles"] = [told_words(choice.title) for choice in choices]
    look.read["readings"] = [reading_words(reading) for reading in READINGS]
    look.read["events"] = [event_words(event, 1.0, "") for event in EVENTS]


def _exports(folder):
    """What is said of an export that is refused, and of one that is done with remarks."""
    path, said = folder / "소리.wav", []
    sf.write(path, np.sin(np.arange(48_000) / 9), 48_000, "DOUBLE")
    heard = heard_recording(path, None, HOP_S)
    for kind in FORMATS.values():
        with pytest.raises((ExportError, RecordingError)) as failure:
            write_export(heard, kind, [folder / f"빈 칸{kind.suffix}"], pytest.fail, rounded=False)
        said.append(told_words(str(failure.value)).replace(str(folder), ""))
    with pytest.raises(ExportError) as failure:
        export_paths(FORMATS["edf"], Path("소리.wav"))
    said.append(told_words(str(failure.value)))
    kind, paths = FORMATS["edf"], [folder / "소리.edf"]
    remarks = write_export(heard, kind, paths, ClassifierShelf(DEFAULT_MODEL).take, rounded=True)
    assert remarks
    done = exported_words([folder / "소리.dat", *paths], remarks)
    return [*said, done.replace(str(folder), ""), *REMEDIES.values(), *KINDS.values()]
