"""A guided examination in the window, from the first key to the report."""

import sqlite3
import time
from itertools import pairwise

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, qGray
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit

from dsp.reading import NONE, TIMINGS, Reading
from dsp.scenario import Fault, Scenario
from dsp.synthesis import SynthesisConfig
from model.verdict import Label, RecordingVerdict
from monitor.dashboard.examination_words import (
    COULD_NOT_BE_KEPT,
    FINISH_FIRST,
    INTERRUPTED,
    IS_OPEN,
    MURMUR_READ,
    NO_EXAMINATIONS,
    NO_SOURCE_YET,
    NOT_ALL_KEPT,
    NOT_KEPT,
    OFFER,
    RUNNING,
    SOUND_ENDED,
    STILL_RUNS,
    SURE,
    SURE_TO_STOP,
    WAS_INTERRUPTED,
    hint_words,
    line_words,
    state_words,
    step_words,
)
from monitor.dashboard.examinations_card import ASKED_S
from monitor.dashboard.finding_row import FindingRow
from monitor.dashboard.report_words import NO_SITE
from monitor.dashboard.theme import DARK, LIGHT
from monitor.dashboard.torso import SiteButton, Torso
from monitor.dashboard.words import LABELS, NO_VERDICT
from monitor.examination import Examination, Site, SiteState, Step
from monitor.examination_record import SITES, SiteFinding
from monitor.examination_store import ExaminationStore, new_id
from monitor.keeping import Keeping
from monitor.session_store import DATABASE, SessionStore
from monitor.settings import Settings, read_settings, remember
from monitor.sources.choice import recording_choice, scripted_choice, synthetic_choice
from tests.monitor.test_examination import BAND, stream
from tests.monitor.test_session_store import HEADER

from .conftest import RATE
from .test_window import fits, plain

WAIT_MS = 30_000


@pytest.fixture(autouse=True)
def forget():
    yield
    remember(Settings())


@pytest.fixture
def kept(qtbot, open_window, tmp_path):
    """A window that keeps what it hears."""
    return shown(qtbot, open_window(keep=Keeping(tmp_path / "data")))


def shown(qtbot, window):
    """Roomy, though the screen is small, and in front."""
    window.resize(1280, 800)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.setFocus()
    return window


def heart(pace=None):
    return synthetic_choice(SynthesisConfig(condition="normal", seed=3), pace)


def quiet(tmp_path, seconds, pace):
    path = tmp_path / "quiet.wav"
    sf.write(path, np.zeros(round(seconds * RATE)), RATE)
    return recording_choice(path, pace)


def stored(folder):
    with SessionStore(folder) as sessions:
        return ExaminationStore(sessions).examinations()


def begin(qtbot, window, choice, limit_s=None):
    window.set_playlist([choice], start=False, limit_s=limit_s)
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert window.desk.panel.currentWidget() is window.desk.panel.start
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.desk.examination or window.desk.record), timeout=WAIT_MS)


def end(qtbot, window):
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_X)
    assert window.desk.record is not None


def test_a_whole_examination_is_heard_kept_opened_again_and_listened_to(qtbot, kept, tmp_path):
    window, folder = kept, tmp_path / "data"
    begin(qtbot, window, heart(), limit_s=95.0)
    qtbot.waitUntil(lambda: window.desk.record is not None, timeout=4 * WAIT_MS)
    record = window.desk.record
    assert [finding.site for finding in record.findings] == list(SITES)
    for finding in record.findings:
        assert finding.verdict.p_abnormal is not None
        assert finding.good_s >= 20
    results = window.desk.panel.results
    assert window.desk.panel.currentWidget() is results
    assert results.overall.text() == LABELS[record.overall.label]
    assert results.remark.isHidden()
    assert len(results.rows) == 4
    # What is shown is what is kept, and the sound is there, all of it.
    qtbot.waitUntil(lambda: bool(stored(folder)) and stored(folder)[0].record.ended != "", timeout=WAIT_MS)
    (one,) = stored(folder)
    assert (one.interrupted, one.sound) == (False, True)
    assert one.record.findings == record.findings
    assert (one.record.patient, one.record.model) == (record.patient, record.model)
    assert one.record.model_sha256 == record.model_sha256 != ""
    assert record.patient
    (path,) = (folder / "sessions" / record.session).glob("*.wav")
    assert sf.info(path).frames == 95 * RATE
    # Put away and opened again.
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert window.desk.panel.isHidden()
    assert window.desk.record is None
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    card = window.desk.card
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == 1, timeout=WAIT_MS)
    assert card.list.topLevelItem(0).text(1) == record.patient
    assert card.list.topLevelItem(0).text(2) == LABELS[record.overall.label]
    qtbot.keyClick(card.list, Qt.Key.Key_Return)
    assert not card.isVisible()
    assert window.desk.record == one.record
    # And each site is heard through the ordinary dashboard, with its own sound.
    listen = results.rows[1].listen
    assert listen.isEnabled()
    qtbot.mouseClick(listen, Qt.MouseButton.LeftButton)
    second = record.findings[1]
    qtbot.waitUntil(lambda: window.session is not None and window.plots.tape.end_s > 0.5, timeout=WAIT_MS)
    assert "Pulmonary" in window.status.name.text()
    assert window.session.source.duration_s == pytest.approx(second.end_s - second.start_s)
    first_block = next(window.session.source.blocks(lambda *_: None))
    sound, _ = sf.read(path, start=round(second.start_s * RATE), frames=first_block.size)
    np.testing.assert_array_equal(first_block, sound)
    assert window.desk.panel.isVisible()
    # Put away, what was to be played before is to be played again.
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert [choice.title for choice in window.playlist] == [heart().title]


def test_a_site_of_poor_signal_is_ended_as_that_and_repeated(qtbot, kept, tmp_path):
    window = kept
    begin(qtbot, window, quiet(tmp_path, 600, 16.0))
    course = window.desk.panel.course
    qtbot.waitUntil(lambda: "Too quiet" in course.hint.text(), timeout=WAIT_MS)
    assert "Place the stethoscope on the aortic site" in course.step.text()
    qtbot.waitUntil(lambda: OFFER in course.hint.text(), timeout=WAIT_MS)
    # The longest hint fits the room that is kept for it.
    assert course.hint.heightForWidth(course.hint.width()) <= course.hint.height()
    qtbot.keyClick(window, Qt.Key.Key_N)
    examination = window.desk.examination
    assert examination.current == "pulmonary"
    finding = examination.sites[0].finding
    assert (finding.verdict.label, finding.verdict.p_abnormal) == (Label.POOR_SIGNAL, None)
    assert course.torso.buttons["aortic"].accessibleDescription() == "✓ poor signal"
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert examination.current == "aortic"
    end(qtbot, window)
    assert window.desk.record.overall.label is Label.POOR_SIGNAL
    assert [one.verdict is None for one in window.desk.record.findings] == [False, True, True, True]


def test_sites_are_chosen_skipped_restarted_and_named_by_keys(qtbot, kept):
    window = kept
    begin(qtbot, window, heart(4.0))
    examination, course = window.desk.examination, window.desk.panel.course
    qtbot.waitUntil(lambda: examination.step is Step.LISTEN, timeout=WAIT_MS)
    assert course.step.text().startswith("Listening: 1")
    qtbot.keyClick(window, Qt.Key.Key_Backspace)
    assert (examination.current, examination.step, examination.good_s) == ("aortic", Step.PLACE, 0.0)
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert examination.sites[0].state is SiteState.SKIPPED
    qtbot.keyClick(window, Qt.Key.Key_4)
    assert examination.current == "mitral"
    qtbot.mouseClick(course.torso.buttons["tricuspid"], Qt.MouseButton.LeftButton)
    assert examination.current == "tricuspid"
    course.another.setFocus()
    qtbot.keyClicks(course.another, "Left carotid")
    assert examination.current == "tricuspid"
    qtbot.keyClick(course.another, Qt.Key.Key_Return)
    assert examination.current == "Left carotid"
    assert course.own_button("Left carotid").isVisible()
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.mouseClick(course.own_button("Left carotid"), Qt.MouseButton.LeftButton)
    assert examination.current == "Left carotid"
    qtbot.keyClicks(course.another, "Mitral")
    qtbot.keyClick(course.another, Qt.Key.Key_Return)
    assert examination.current == "mitral"
    end(qtbot, window)
    assert len(window.desk.record.findings) == 5
    begin_again = window.desk.panel.results.again
    qtbot.mouseClick(begin_again, Qt.MouseButton.LeftButton)
    assert window.desk.panel.currentWidget() is window.desk.panel.start


def test_the_verdict_of_one_site_does_not_stand_over_the_next(qtbot, kept):
    window = kept
    begin(qtbot, window, heart(8.0))
    said = {label: word for label, word in LABELS.items() if label is not Label.WARMING_UP}
    qtbot.waitUntil(lambda: window.verdict.word.text() in said.values(), timeout=WAIT_MS)
    qtbot.keyClick(window, Qt.Key.Key_4)
    assert window.desk.examination.current == "mitral"
    qtbot.waitUntil(lambda: window.verdict.word.text() == LABELS[Label.WARMING_UP], timeout=WAIT_MS)
    assert window.session.snapshot.judgement.rolling.label in said
    qtbot.waitUntil(lambda: window.verdict.word.text() in said.values(), timeout=WAIT_MS)
    assert window.desk.examination.standing.label in said
    end(qtbot, window)


def test_where_every_site_was_skipped_there_is_no_verdict(qtbot, kept):
    window = kept
    begin(qtbot, window, heart(2.0))
    end(qtbot, window)
    results = window.desk.panel.results
    assert (results.overall.text(), results.probability.text()) == (NO_VERDICT, NO_SITE)
    assert [row.accessibleName().endswith("skipped") for row in results.rows] == [True] * 4


def test_a_device_that_is_away_ends_nothing(qtbot, kept):
    faults = (Fault("disconnect", 15.0, 20.0),)
    scenario = Scenario(SynthesisConfig(seed=3), faults=faults, duration_s=50.0)
    begin(qtbot, kept, scripted_choice(scenario, None))
    qtbot.waitUntil(lambda: kept.desk.record is not None, timeout=2 * WAIT_MS)
    finding = kept.desk.record.findings[0]
    assert finding.site == "aortic"
    assert finding.start_s == 0.0
    # 15 s before it went, and a window of 10 s from when it was back.
    assert finding.end_s == pytest.approx(45.0, abs=0.5)
    assert 24.0 <= finding.good_s <= 25.0
    assert plain(kept.desk.panel.results.remark.text()) == SOUND_ENDED


def test_it_ends_only_when_asked_twice_and_so_does_its_sound(qtbot, kept):
    window = kept
    begin(qtbot, window, heart(2.0))
    hint = window.desk.panel.course.hint
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert hint.text() == SURE
    assert window.desk.examination is not None
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert hint.text() == SURE_TO_STOP
    assert window.session is not None
    assert not window.session.ended
    qtbot.mouseClick(window.desk.panel.course.finish, Qt.MouseButton.LeftButton)
    assert hint.text() == SURE
    window.desk.panel.setFocus()
    for _ in range(2):
        qtbot.keyClick(window.desk.panel, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.desk.record is not None, timeout=WAIT_MS)
    assert window.desk.panel.results.remark.text() == SOUND_ENDED
    assert all(finding.verdict is None for finding in window.desk.record.findings)


@pytest.mark.parametrize("size", [(1280, 800), (640, 400)], ids=str)
@pytest.mark.parametrize("key", [Qt.Key.Key_X, Qt.Key.Key_Return])
def test_the_end_pressed_too_often_gives_no_opinion_and_hides_no_result(qtbot, kept, key, size):
    window = kept
    window.resize(*size)
    begin(qtbot, window, heart(2.0))
    for site in SITES:
        window.desk.choose(site)
        window.desk.skip()
    assert window.desk.examination.step is Step.COMPLETE
    keyboard = window.windowHandle()
    if key == Qt.Key.Key_Return and size[0] > 1000:
        assert QApplication.focusWidget() is window.desk.panel.course.finish
    else:
        QTest.keyClick(keyboard, Qt.Key.Key_X)
    for _ in range(3):
        QTest.keyClick(keyboard, key)
    assert window.desk.panel.isVisible()
    assert window.desk.panel.currentWidget() is window.desk.panel.results
    assert window.desk.record.opinion is None
    assert not any(button.isChecked() for button in window.desk.panel.results.opinions.values())


def test_a_window_made_small_keeps_the_keyboard_for_the_examination(qtbot, kept):
    window = kept
    begin(qtbot, window, heart(2.0))
    assert QApplication.focusWidget() is window.desk.panel
    window.resize(640, 400)
    assert QApplication.focusWidget() is window
    window.resize(1280, 800)
    assert QApplication.focusWidget() is window.desk.panel
    end(qtbot, window)


def test_sound_is_kept_as_the_tick_says_and_that_is_remembered(qtbot, kept, tmp_path):
    window = kept
    window.set_playlist([heart(4.0)], start=False)
    qtbot.keyClick(window, Qt.Key.Key_X)
    tick = window.desk.panel.start.keep
    assert tick.isChecked()
    tick.setFocus()
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    assert not tick.isChecked()
    qtbot.mouseClick(window.desk.panel.start.begin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk.examination is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not read_settings().keep_sound, timeout=WAIT_MS)
    assert not window.session.recorded
    qtbot.waitUntil(lambda: window.session.log is not None, timeout=WAIT_MS)
    end(qtbot, window)
    assert not any((tmp_path / "data").rglob("*.wav"))
    assert not any(row.listen.isEnabled() for row in window.desk.panel.results.rows)
    qtbot.mouseClick(window.desk.panel.results.again, Qt.MouseButton.LeftButton)
    assert not tick.isChecked()


@pytest.mark.parametrize("keep_sound", [True, False])
def test_whether_sound_is_kept_is_taken_up_from_the_last_time(qtbot, kept, keep_sound):
    kept.take_up(Settings(keep_sound=keep_sound))
    qtbot.keyClick(kept, Qt.Key.Key_X)
    assert kept.desk.panel.start.keep.isChecked() == keep_sound


def test_once_it_has_ended_its_sound_is_no_longer_recorded(qtbot, kept):
    window = kept
    begin(qtbot, window, heart(4.0))
    qtbot.waitUntil(lambda: window.session.recorded, timeout=WAIT_MS)
    assert window.bar.record.text() == "&Record on"
    session = window.session
    end(qtbot, window)
    assert not session.recorded
    assert not session.ended
    assert not read_settings().record
    qtbot.waitUntil(lambda: window.bar.record.text() == "&Record off", timeout=WAIT_MS)


def test_text_fields_keep_their_keys(qtbot, kept, tmp_path):
    window = kept
    window.set_playlist([heart(2.0)], start=False)
    qtbot.keyClick(window, Qt.Key.Key_X)
    patient = window.desk.panel.start.patient
    suggested = patient.text()
    assert len(suggested.split()) == 3
    theme, said = window.bar.theme.text(), "xn 1 rwtbs? "
    patient.setFocus()
    patient.selectAll()
    qtbot.keyClicks(patient, said)
    qtbot.keyClick(patient, Qt.Key.Key_Backspace)
    assert patient.text() == said[:-1]
    assert window.session is None
    qtbot.keyClick(patient, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.desk.examination is not None, timeout=WAIT_MS)
    session = window.session
    another = window.desk.panel.course.another
    another.setFocus()
    qtbot.keyClicks(another, said)
    qtbot.keyClick(another, Qt.Key.Key_Backspace)
    assert another.text() == said[:-1]
    another.clear()
    window.desk.finish()
    note = window.desk.panel.results.note
    note.setFocus()
    qtbot.keyClicks(note, said)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_1, Qt.Key.Key_Backspace):
        qtbot.keyClick(note, key)
    assert note.toPlainText() == said + "\n"
    assert window.desk.record.note == said + "\n"
    assert window.bar.theme.text() == theme
    assert not window.keys.isVisible()
    assert not window.bar.why.isChecked()
    assert window.session is session
    assert not session.ended
    assert window.desk.record.patient == said.strip()
    for field in [*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)]:
        assert field.accessibleName()


def test_what_is_typed_at_the_beginning_is_the_patient_and_escape_leaves_it(qtbot, kept):
    window = kept
    window.set_playlist([heart(2.0)], start=False)
    qtbot.keyClick(window, Qt.Key.Key_X)
    keyboard = window.windowHandle()
    for key in ("w", "a", "r", "d", " ", "7"):
        QTest.keyClick(keyboard, key)
    assert window.desk.panel.start.patient.text() == "ward 7"
    assert not window.desk.runs
    assert not read_settings().record
    QTest.keyClick(keyboard, Qt.Key.Key_Escape)
    assert window.desk.panel.isHidden()
    begin(qtbot, window, heart(2.0))
    QTest.keyClick(keyboard, Qt.Key.Key_Escape)
    assert window.desk.panel.isVisible()
    assert window.desk.runs


@pytest.fixture
def examined(tmp_path):
    """A finished examination and one whose program was killed, in a folder."""
    folder = tmp_path / "data"
    verdict = RecordingVerdict(Label.UNCERTAIN, 0.5, 0.8, (), 26, 0, 71.0)
    with SessionStore(folder) as sessions:
        store = ExaminationStore(sessions)
        for end_it in (True, False):
            session, examination = sessions.begin(HEADER), new_id()
            store.begin(examination, session)
            store.keep(examination, [SiteFinding("aortic", verdict, 0.0, 20.0, 20.0)])
            if end_it:
                store.end(examination, [SiteFinding("aortic", verdict, 0.0, 20.0, 20.0)])
                sessions.end(session, None)
                done = examination
    return folder, done


def test_opinion_and_note_of_an_old_examination_are_changed_later(qtbot, examined, open_window):
    folder, done = examined
    window = shown(qtbot, open_window(keep=Keeping(folder)))
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    card = window.desk.card
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == 2, timeout=WAIT_MS)
    results = [card.list.topLevelItem(row).text(2) for row in range(2)]
    assert results == [INTERRUPTED, LABELS[Label.UNCERTAIN]]
    qtbot.keyClick(card.list, Qt.Key.Key_Return)
    assert window.desk.panel.results.remark.text() == WAS_INTERRUPTED
    assert window.desk.record.findings[0].good_s == 20.0
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == 2, timeout=WAIT_MS)
    card.list.setCurrentItem(card.list.topLevelItem(1))
    qtbot.mouseClick(card.open, Qt.MouseButton.LeftButton)
    page = window.desk.panel.results
    assert not page.rows[0].listen.isEnabled()
    qtbot.mouseClick(page.opinions["agree"], Qt.MouseButton.LeftButton)
    assert page.opinions["agree"].text() == "✓ Agree"
    qtbot.mouseClick(page.opinions["disagree"], Qt.MouseButton.LeftButton)
    assert not page.opinions["agree"].isChecked()
    qtbot.keyClicks(page.note, "heard by two")

    def said():
        record = next(one.record for one in stored(folder) if one.record.id == done)
        return record.opinion, record.note

    qtbot.waitUntil(lambda: said() == ("disagree", "heard by two"), timeout=WAIT_MS)
    qtbot.mouseClick(page.opinions["disagree"], Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.note, "!")
    window.close()
    assert said() == (None, "heard by two!")
    database = sqlite3.connect(folder / DATABASE)
    changes = [row[0] for row in database.execute("SELECT change FROM audit")]
    database.close()
    assert changes.count("opinion of the examination changed") == 3
    assert "heard" not in " ".join(changes)


def test_the_list_waits_for_no_disk_and_opens_nothing_while_an_examination_runs(qtbot, examined, open_window):
    window = shown(qtbot, open_window(keep=Keeping(examined[0])))
    begin(qtbot, window, heart(2.0))
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    card = window.desk.card
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() >= 2, timeout=WAIT_MS)
    assert card.remark.text() == FINISH_FIRST
    assert not card.open.isEnabled()
    qtbot.keyClick(card.list, Qt.Key.Key_Return)
    assert window.desk.record is None
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not card.isVisible()
    assert window.desk.examination is not None


def test_where_nothing_is_kept_it_is_told_and_goes_on(qtbot, window):
    shown(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_X)
    start = window.desk.panel.start
    assert start.remark.text() == NO_SOURCE_YET
    assert not start.begin.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_X)
    window.set_playlist([heart(4.0)], start=False)
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert start.remark.text() == NOT_KEPT
    assert not start.keep.isEnabled()
    qtbot.mouseClick(start.begin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk.examination is not None, timeout=WAIT_MS)
    end(qtbot, window)
    assert NOT_KEPT in window.desk.panel.results.remark.text()
    qtbot.mouseClick(window.desk.panel.results.opinions["agree"], Qt.MouseButton.LeftButton)
    assert window.desk.record.opinion == "agree"
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert window.desk.card.remark.text() == NO_EXAMINATIONS


def test_what_cannot_be_kept_is_told_beside_the_results_until_it_is(qtbot, kept, tmp_path):
    window, results = kept, kept.desk.panel.results
    begin(qtbot, window, heart(1.0))
    qtbot.waitUntil(lambda: bool(stored(tmp_path / "data")), timeout=WAIT_MS)
    database = sqlite3.connect(tmp_path / "data" / DATABASE)
    database.execute("ALTER TABLE finding RENAME TO away")
    end(qtbot, window)
    qtbot.waitUntil(lambda: results.remark.text() == NOT_ALL_KEPT, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.problem.startswith("this examination is not kept"), timeout=WAIT_MS)
    assert results.report.isEnabled()
    database.execute("ALTER TABLE away RENAME TO finding")
    database.close()
    qtbot.keyClick(window, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: not results.remark.isVisible(), timeout=WAIT_MS)
    (one,) = stored(tmp_path / "data")
    assert (one.record.findings, one.record.opinion) == (window.desk.record.findings, "agree")
    assert not one.interrupted


def test_where_the_folder_cannot_be_used_it_goes_on_and_is_told(qtbot, kept, tmp_path):
    window = kept
    (tmp_path / "data").write_text("in its place")
    begin(qtbot, window, heart(8.0))
    qtbot.waitUntil(lambda: "choose another folder" in window.problem, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.desk.examination.sites[0].verdict is not None, timeout=WAIT_MS)
    end(qtbot, window)
    assert window.desk.panel.results.remark.text() == COULD_NOT_BE_KEPT
    assert window.desk.record.findings[0].verdict is not None


def test_a_source_that_cannot_be_opened_leaves_the_beginning(qtbot, kept, tmp_path):
    window = kept
    window.set_playlist([recording_choice(tmp_path / "missing.wav")], start=False)
    qtbot.keyClick(window, Qt.Key.Key_X)
    qtbot.mouseClick(window.desk.panel.start.begin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "missing.wav" in window.problem, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.desk.panel.currentWidget() is window.desk.panel.start, timeout=WAIT_MS)
    assert not window.desk.runs


def test_another_source_ends_it_with_what_was_found(qtbot, kept, tmp_path, record):
    window = kept
    begin(qtbot, window, heart(8.0))
    qtbot.waitUntil(lambda: window.desk.examination.sites[0].finding is not None, timeout=WAIT_MS)
    window.set_playlist([record(pace=1.0)])
    qtbot.waitUntil(lambda: window.desk.record is not None, timeout=WAIT_MS)
    assert window.desk.record.findings[0].verdict is not None
    assert window.desk.panel.results.remark.text() == SOUND_ENDED
    window.close()
    (one,) = stored(tmp_path / "data")
    assert not one.interrupted
    assert one.record.findings == window.desk.record.findings


def test_closed_in_the_middle_what_was_found_is_kept(qtbot, kept, tmp_path):
    window = kept
    begin(qtbot, window, heart(8.0))
    qtbot.waitUntil(lambda: window.desk.examination.sites[0].finding is not None, timeout=WAIT_MS)
    window.close()
    (one,) = stored(tmp_path / "data")
    assert [finding.verdict is not None for finding in one.record.findings] == [True, False, False, False]


@pytest.mark.qt_log_ignore("propagateSizeHints")  # what the off-screen platform says of any dialog
def test_a_report_is_asked_for_by_key_and_button(qtbot, kept):
    window, wanted = kept, []
    window.desk.report_wanted.connect(wanted.append)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    begin(qtbot, window, heart(4.0))
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert wanted == []
    end(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(window.desk.panel.results.report, Qt.MouseButton.LeftButton)
    assert wanted == [window.desk.record] * 2


@pytest.mark.parametrize("size", [(1280, 800), (960, 540), (640, 400)], ids=str)
def test_all_of_it_fits(qtbot, kept, size):
    window, desk = kept, kept.desk
    window.resize(*size)
    begin(qtbot, window, heart(4.0))
    desk.choose("Left carotid artery, over the bruit")
    desk.choose("aortic")
    if size[0] < 900:
        assert desk.panel.isHidden()
        assert desk.line.isVisible()
        qtbot.waitUntil(lambda: "ortic" in desk.line.text(), timeout=WAIT_MS)
    fits(window, *size)
    not_overlapping(desk.panel.course)
    end(qtbot, window)
    assert desk.panel.isVisible()
    assert not desk.line.isVisible()
    desk.show_list()
    QApplication.processEvents()
    assert window.rect().contains(desk.card.geometry())
    desk.card.hide()
    for page in (desk.panel.results, desk.panel.start):
        for button in page.findChildren(QAbstractButton):
            # What is scrolled is its own affair.
            if button.isVisible() and not desk.panel.results._scroll.isAncestorOf(button):
                assert window.rect().contains(button.mapTo(window, button.rect().bottomRight()))
        not_overlapping(page)
        desk.offer()
        QApplication.processEvents()


def not_overlapping(page):
    """What stands below each other in a page does not stand over each other."""
    if not page.isVisible():
        return
    layout = page.layout()
    items = [layout.itemAt(place) for place in range(layout.count())]
    parts = [item.geometry() for item in items if not item.isEmpty() and item.geometry().height() > 0]
    for above, below in pairwise(parts):
        assert above.bottom() < below.top() + 1
        assert below.bottom() <= page.rect().bottom()


def test_keyboard_reaches_every_control_of_every_page(qtbot, kept):
    window, panel = kept, kept.desk.panel
    begin(qtbot, window, heart(4.0))
    for page in (panel.course, panel.results, panel.start):
        parts = {
            part
            for kind in (QAbstractButton, QLineEdit, QPlainTextEdit)
            for part in page.findChildren(kind)
            if part.isVisible() and part.isEnabled() and part.focusPolicy() != Qt.FocusPolicy.NoFocus
        }
        assert all(part.accessibleName() for part in parts)
        assert all(part.toolTip() for part in parts if isinstance(part, QAbstractButton))
        window.bar.source.setFocus()
        reached = set()
        for _ in range(len(parts) + 12):
            reached.add(window.focusWidget())
            qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert parts <= reached, [part.accessibleName() for part in parts - reached]
        if page is panel.course:
            end(qtbot, window)
        else:
            kept.desk.offer()


# The chest


def found(label):
    told = None if label is Label.POOR_SIGNAL else 0.5
    return SiteFinding("aortic", RecordingVerdict(label, told, 1.0, (), 3, 0))


STATES = [
    Site("aortic", SiteState.WAITING, None),
    Site("aortic", SiteState.LISTENING, None),
    Site("aortic", SiteState.SKIPPED, None),
    *(
        Site("aortic", SiteState.DONE, found(label))
        for label in (Label.NORMAL, Label.ABNORMAL, Label.UNCERTAIN, Label.POOR_SIGNAL)
    ),
]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_state_of_a_site_has_its_own_shape_and_word(qtbot, theme, scale):
    button = SiteButton("aortic", "1")
    qtbot.addWidget(button)
    button.set_theme(theme)
    button.resize(button.sizeHint())
    pictures = []
    for site in STATES:
        button.show_site(site, 0.5)
        picture = QImage(button.size() * scale, QImage.Format.Format_Grayscale8)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.black)
        button.render(picture, QPoint())
        side = round(28 * scale)
        pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)[:, :side]
        # Of the mark alone, and of its form alone: ink or none.
        pictures.append(np.abs(pixels.astype(int) - qGray(QColor(theme.panel).rgb())) > 40)
    for one in range(len(pictures)):
        for other in range(one):
            assert (pictures[one] != pictures[other]).sum() > 20 * scale, (STATES[one], STATES[other])
    assert len({state_words(site) for site in STATES}) == len(STATES)


def test_a_ring_fills_as_the_site_is_heard(qtbot):
    button = SiteButton("aortic", "1")
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    drawn = []
    for progress in (0.0, 0.5, 1.0):
        button.show_site(STATES[1], progress)
        drawn.append(button.grab().toImage())
    assert drawn[0] != drawn[1] != drawn[2]


@pytest.mark.parametrize("size", [(224, 144), (224, 224), (400, 200)], ids=str)
def test_the_sites_lie_where_they_are_on_a_chest_seen_from_in_front(qtbot, size):
    torso = Torso()
    qtbot.addWidget(torso)
    torso.resize(*size)
    torso.show()
    at = {name: button.mapToParent(button.mark_centre().toPoint()) for name, button in torso.buttons.items()}
    middle = torso.width() / 2
    # The patient's right is on the viewer's left.
    assert at["aortic"].x() < middle < at["pulmonary"].x()
    assert abs(at["aortic"].y() - at["pulmonary"].y()) <= 1
    assert middle < at["tricuspid"].x() < at["mitral"].x()
    assert at["pulmonary"].y() < at["tricuspid"].y() < at["mitral"].y()
    for button in torso.buttons.values():
        assert torso.rect().contains(button.geometry()), button.accessibleName()


# Words


@pytest.mark.parametrize("timing", TIMINGS)
def test_a_result_says_that_a_murmur_is_read_though_it_is_normal(qtbot, timing):
    reading = Reading(timing, None, None, None, None, 12, 11)
    for label in (Label.NORMAL, Label.ABNORMAL):
        verdict = RecordingVerdict(label, 0.2, 0.9, (), 26, 1, 71.5, 0.9, False, reading)
        row = FindingRow(SiteFinding("mitral", verdict, 0.0, 20.0, 20.0), DARK, sound=False)
        qtbot.addWidget(row)
        shown = [part.text() for part in row.findChildren(QLabel)]
        differ = label is Label.NORMAL and timing != NONE
        assert any(MURMUR_READ in words for words in shown) == differ
        assert row.accessibleName().endswith(MURMUR_READ) == differ
        assert "\n" not in row.accessibleName()


def test_what_is_said_while_it_goes_on():
    examination = Examination(BAND)
    assert step_words(examination) == "Place the stethoscope on the aortic site."
    examination.take(stream(0.0, 12.0), (), 12.0)
    assert plain(step_words(examination)) == "Listening: 12 of 20 s"
    assert hint_words(examination) == ""
    examination.take(stream(0.0, 20.0), (), 20.0)
    assert step_words(examination) == "Aortic: normal."
    assert hint_words(examination) == "Next: the pulmonary site."
    for _ in range(4):
        examination.skip()
    assert "Finish" in hint_words(examination)


@pytest.mark.parametrize("site", ["aortic", "Left carotid artery"])
def test_the_line_names_the_site_once_at_every_step(site):
    examination = Examination(BAND, [site])
    for end_s in (0.0, 12.0, 20.0):
        examination.take(stream(0.0, end_s), (), end_s)
        line = line_words(examination.current, step_words(examination), hint_words(examination))
        assert line.lower().count(site.lower()) == 1
    assert examination.step is Step.STAND


# Deleting


def listed(qtbot, window, count):
    """The list with so many examinations, having the focus."""
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    card = window.desk.card
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == count, timeout=WAIT_MS)
    card.list.setFocus()
    return card


def sounding(folder):
    """Sound for every examination that there is; gives its folders, the newest first."""
    folders = [folder / "sessions" / one.record.session for one in stored(folder)]
    for one in folders:
        one.mkdir(parents=True, exist_ok=True)
        sf.write(one / "0.wav", np.zeros(RATE), RATE)
    return folders


def test_an_examination_is_deleted_with_its_sound_when_asked_twice(qtbot, examined, open_window):
    folder, done = examined
    interrupted, finished = sounding(folder)
    window = shown(qtbot, open_window(keep=Keeping(folder)))
    window.say("a message", alert=False)
    card = listed(qtbot, window, 2)
    qtbot.keyClick(card.list, Qt.Key.Key_Down)
    qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    assert card.remark.text().startswith("Delete the examination of")
    assert "its sound" in card.remark.text()
    assert len(stored(folder)) == 2
    # Another is chosen: nothing was asked of that.
    qtbot.keyClick(card.list, Qt.Key.Key_Up)
    assert card.remark.isHidden()
    qtbot.keyClick(card.list, Qt.Key.Key_Down)
    qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    qtbot.mouseClick(card.delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == 1, timeout=WAIT_MS)
    (left,) = stored(folder)
    assert left.record.id != done
    assert (interrupted.exists(), finished.exists()) == (True, False)
    # The key was the list's: the message is not put away.
    assert window.message.text() == "a message"
    # The last one too, though its program was killed.
    for _ in range(2):
        qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: card.remark.text() == NO_EXAMINATIONS, timeout=WAIT_MS)
    assert not interrupted.exists()
    assert not card.delete.isEnabled()
    assert window.problem == ""


def test_a_question_is_forgotten_after_a_while(qtbot, examined, open_window):
    window = shown(qtbot, open_window(keep=Keeping(examined[0])))
    card = listed(qtbot, window, 2)
    qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    assert "all that was said of it" in card.remark.text()
    card.follow(time.monotonic() + ASKED_S / 2)
    assert not card.remark.isHidden()
    card.follow(time.monotonic() + 2 * ASKED_S)
    assert card.remark.isHidden()
    qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    assert len(stored(examined[0])) == 2


def test_the_open_examination_is_not_deleted(qtbot, examined, open_window):
    folder, _ = examined
    window = shown(qtbot, open_window(keep=Keeping(folder)))
    card = listed(qtbot, window, 2)
    qtbot.keyClick(card.list, Qt.Key.Key_Return)
    card = listed(qtbot, window, 2)
    for _ in range(2):
        qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    assert card.remark.text() == IS_OPEN
    assert len(stored(folder)) == 2


def test_no_running_examination_is_deleted_here_or_from_elsewhere(qtbot, examined, open_window):
    folder, _ = examined
    with SessionStore(folder) as sessions:
        store = ExaminationStore(sessions)
        store.begin(new_id(), sessions.begin(HEADER))
        window = shown(qtbot, open_window(keep=Keeping(folder)))
        card = listed(qtbot, window, 3)
        assert card.list.topLevelItem(0).text(2) == RUNNING
        for _ in range(2):
            qtbot.keyClick(card.list, Qt.Key.Key_Delete)
        assert card.remark.text() == STILL_RUNS
        assert len(store.examinations()) == 3
    window.desk.card.hide()
    begin(qtbot, window, heart(2.0))
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() >= 3, timeout=WAIT_MS)
    assert not card.delete.isEnabled()
    for _ in range(2):
        qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    assert card.remark.text() == FINISH_FIRST
    assert len(stored(folder)) == 4


def test_sound_that_cannot_be_deleted_is_told_and_the_examination_stays(
    qtbot, examined, open_window, monkeypatch
):
    folder, _ = examined
    sounding(folder)

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("monitor.session_store.shutil.rmtree", refuse)
    window = shown(qtbot, open_window(keep=Keeping(folder)))
    card = listed(qtbot, window, 2)
    for _ in range(2):
        qtbot.keyClick(card.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "cannot be deleted" in window.problem, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: card.list.topLevelItemCount() == 2, timeout=WAIT_MS)
    assert len(stored(folder)) == 2
