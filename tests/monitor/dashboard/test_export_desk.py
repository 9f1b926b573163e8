"""An export from the window: asked for by menu, written meanwhile, told in the line."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from dsp.synthesis import SynthesisConfig
from monitor.cli import EXPORT_FORMATS
from monitor.dashboard.export_words import (
    KINDS,
    NOT_KEPT,
    NOTHING_TO_EXPORT,
    REMEDIES,
    STILL_EXPORTING,
    STOP_FIRST,
)
from monitor.export import Remedy
from monitor.export_format import FORMATS
from monitor.keeping import Keeping
from monitor.sources.choice import synthetic_choice
from monitor.sources.synthetic import SyntheticSource

from .conftest import RATE
from .test_examination import WAIT_MS, examined, shown  # noqa: F401

# What the off-screen platform says of any dialog and menu.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")

ASKED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def by_keyboard(qtbot, window, *keys):
    """Open the menu and choose in it."""
    qtbot.keyClick(shown(qtbot, window), Qt.Key.Key_E, ASKED)
    menu = window.bar.export.menu()
    assert menu.isVisible()
    for key in keys:
        qtbot.keyClick(menu, key)
    assert not menu.isVisible()


def given(qtbot, window, path):
    """A place, in the dialog that is open; it goes away."""
    (dialog,) = window.findChildren(QFileDialog)
    assert not dialog.isModal()
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))


def told(qtbot, window, words):
    qtbot.waitUntil(lambda: words in window.technical.newest, timeout=WAIT_MS)
    return window.technical.newest


def test_everything_that_the_command_writes_is_in_the_menu():
    assert [*KINDS] == [*FORMATS] == [key for key in EXPORT_FORMATS if key != "lsl"]
    assert set(REMEDIES) == set(Remedy)


def test_a_recording_is_exported_by_keyboard_while_it_plays(qtbot, window, record, heart, tmp_path):
    samples = np.rint(heart * 32_767) / 32_768
    window.set_playlist([record(samples=samples, pace=1.0)])
    qtbot.waitUntil(lambda: window.session is not None, timeout=WAIT_MS)
    by_keyboard(qtbot, window, Qt.Key.Key_Down, Qt.Key.Key_Return)
    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("heart-wav.wav")
    assert "heart.wav" in dialog.windowTitle()
    given(qtbot, window, tmp_path / "out.wav")
    assert told(qtbot, window, "Exported").endswith("out.wav and out.json")
    assert not window.session.ended
    assert not window.problem
    written, rate = sf.read(tmp_path / "out.wav")
    assert rate == RATE
    assert np.array_equal(written, samples)
    assert json.loads((tmp_path / "out.json").read_text())["source"] == "heart.wav"


def test_nothing_is_replaced_nor_what_lies_beside_it(qtbot, window, record, play, tmp_path):
    (tmp_path / "out.json").write_text("mine")
    play(record())
    for name in ("out-2", "out-3"):
        window.exports.want("flac")
        given(qtbot, window, tmp_path / "out.flac")
        told(qtbot, window, f"{name}.flac")
    assert (tmp_path / "out.json").read_text() == "mine"
    assert not (tmp_path / "out.flac").exists()


def test_what_is_too_fine_is_refused_with_its_remedy_and_rounded_when_asked(
    qtbot, window, play, record, tmp_path
):
    choice = record()
    sf.write(tmp_path / "heart.wav", sf.read(tmp_path / "heart.wav")[0] / 3, RATE, "PCM_24")
    play(choice)
    window.exports.want("edf")
    given(qtbot, window, tmp_path / "out.edf")
    assert told(qtbot, window, "bits") == (
        "its samples need 24 bits and EDF+ holds 16 bits: turn rounding on in the menu Export, "
        "or export to WAV"
    )
    assert window.problem
    assert not (tmp_path / "out.edf").exists()
    window.technical.put_away()
    by_keyboard(qtbot, window, Qt.Key.Key_R)
    assert window.bar.export.rounded
    window.exports.want("edf")
    given(qtbot, window, tmp_path / "out.edf")
    assert "rounded to 16 bits" in told(qtbot, window, "Exported")


def test_a_kept_session_is_exported_once_it_has_ended(qtbot, open_window, tmp_path):
    keep = Keeping(tmp_path / "data", record=True, replayed=True, patient="bed 7")
    window = open_window(keep=keep)
    choice = synthetic_choice(SynthesisConfig(seed=3))
    window.set_playlist([choice])
    qtbot.waitUntil(lambda: window.session is not None and window.session.log is not None, timeout=WAIT_MS)
    window.exports.want("flac")
    assert window.technical.newest == STOP_FIRST
    qtbot.waitUntil(lambda: window.session.snapshot.now_s > 1, timeout=WAIT_MS)
    window.stop()
    qtbot.waitUntil(lambda: window.session.wait(0), timeout=WAIT_MS)
    window.exports.want("flac")
    given(qtbot, window, tmp_path / "out.flac")
    told(qtbot, window, "Exported")
    (kept,) = (tmp_path / "data").glob("sessions/*/*.wav")
    written, recorded = (sf.read(path, dtype="int32")[0] for path in (tmp_path / "out.flac", kept))
    assert np.array_equal(written, recorded)
    document = (tmp_path / "out.json").read_text()
    assert json.loads(document)["session"] == window.session.log.session
    assert "bed 7" not in document


def test_what_was_not_kept_cannot_be_exported(qtbot, window, play):
    window.exports.want("wav")
    assert window.technical.newest == NOTHING_TO_EXPORT
    play(
        replace(
            synthetic_choice(SynthesisConfig(), None),
            opener=lambda _: SyntheticSource(SynthesisConfig(), None, 2.0),
        )
    )
    window.exports.want("wav")
    assert window.technical.newest == NOT_KEPT
    assert not window.findChildren(QFileDialog)


def test_the_examination_that_is_shown_is_exported(qtbot, examined, open_window, tmp_path):  # noqa: F811
    folder, done = examined
    window = shown(qtbot, open_window(keep=Keeping(folder)))
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    card = window.desk.card
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == 2, timeout=WAIT_MS)
    card.list.setCurrentItem(card.list.topLevelItem(1))
    qtbot.keyClick(card.list, Qt.Key.Key_Return)
    assert window.desk.record.id == done
    session = window.desk.record.session
    qtbot.waitUntil(lambda: window.exports._record is window.desk.record)
    window.exports.want("wav")
    given(qtbot, window, tmp_path / "out.wav")
    assert told(qtbot, window, "no sound") == (
        f"session {session} has no sound: nothing was recorded (R). Export it to FHIR"
    )
    window.technical.put_away()
    window.exports.want("fhir")
    given(qtbot, window, tmp_path / "out.json")
    told(qtbot, window, "Exported")
    assert json.loads((tmp_path / "out.json").read_text())["resourceType"] == "Bundle"


@pytest.mark.parametrize(
    ("key", "name", "fault"),
    [
        ("wfdb", "my heart.hea", "a WFDB record's name has letters, digits, - and _ alone"),
        ("edf", "heart.wav", "EDF+ is written to a name that ends in .edf, not"),
        ("edf", f"{'n' * 300}.edf", "cannot be written (File name too long): choose another place"),
        ("edf", "no/heart.edf", "cannot be written (No such file or directory): choose another place"),
    ],
)
def test_a_refusal_is_one_line_and_leaves_nothing(qtbot, window, play, record, tmp_path, key, name, fault):
    play(record())
    window.exports.want(key)
    given(qtbot, window, tmp_path / name)
    assert "\n" not in told(qtbot, window, fault)
    assert [path.name for path in tmp_path.iterdir()] == ["heart.wav"]


def test_one_at_a_time_whose_progress_is_told_and_given_up_when_the_window_closes(
    qtbot, window, play, record, tmp_path, monkeypatch
):
    def for_ever(title, sound, classifier, hop_s, shown):
        while True:
            for _ in shown(sound):
                pass

    monkeypatch.setattr("monitor.export.recording_exhibit", for_ever)
    play(record())
    window.exports.want("wav")
    given(qtbot, window, tmp_path / "out.wav")
    told(qtbot, window, "Exporting heart.wav: 90%")
    window.exports.want("wav")
    assert STILL_EXPORTING in window.technical.toolTip()
    assert not window.findChildren(QFileDialog)
    window.close()
    assert [path.name for path in tmp_path.iterdir()] == ["heart.wav"]
