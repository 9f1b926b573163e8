import errno
import os
import shutil
import signal
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from dsp.reading import NONE, TIMINGS, Reading
from dsp.synthesis import SynthesisConfig
from model.verdict import Label, RecordingVerdict, Standing, WindowVerdict
from monitor.audio import InputDevice
from monitor.dashboard import DashboardError, application, run_dashboard
from monitor.dashboard.playback import Playback
from monitor.dashboard.source_menu import SourceMenu
from monitor.dashboard.spectrogram_view import HIGH_HZ, LOW_HZ
from monitor.dashboard.theme import GRID
from monitor.dashboard.verdict_panel import VerdictPanel
from monitor.dashboard.window import CALM_MS, FRAME_MS, frame_ms
from monitor.dashboard.words import (
    DEVICE_LOST,
    DIFFERS,
    EMPTY,
    LABELS,
    NO_EVENTS,
    NO_SOUND_OUTPUT,
    NOT_RECORDING,
    NOT_REMEMBERED,
    OUTLINES,
    REASONS,
    RECORDING,
    RESEARCH_ONLY,
    STANDINGS,
    ended_words,
)
from monitor.keeping import Keeping
from monitor.lsl import SoundStream
from monitor.reading_words import reading_words
from monitor.session_store import DATABASE, SOUND, SessionStore
from monitor.settings import read_settings
from monitor.snapshot import Judgement, Snapshot, Summary
from monitor.sources.choice import SourceChoice, microphone_choice, recording_choice, synthetic_choice
from monitor.sources.protocol import SourceError, SourceHealth
from monitor.sources.synthetic import SyntheticSource

from .conftest import HOP_S, RATE, wait_for_end


def plain(words):
    return words.replace("\N{NO-BREAK SPACE}", " ")


def test_says_what_to_do_when_there_is_nothing_to_play(window):
    assert EMPTY in window.verdict.reason.text()
    assert not window.bar.start.isEnabled()


def test_reaches_a_verdict_on_a_recording(window, play, record):
    play(record())
    summary = window.session.snapshot.summary
    assert window.verdict.word.text() == LABELS[summary.verdict.label]
    assert summary.verdict.label in (Label.NORMAL, Label.ABNORMAL, Label.UNCERTAIN)
    assert f"{summary.verdict.p_abnormal:.2f}" in window.verdict.probability.text()
    assert "Ended" in window.verdict.reason.text()
    assert window.session.snapshot.model in window.verdict.model.text()
    assert window.paint_times


def test_heart_rate_and_quality_are_dashes_while_nobody_measures_them(window, play, record):
    play(record())
    verdict = window.session.snapshot.summary.verdict
    assert (window.verdict.heart_rate.text() == "–") == (verdict.heart_rate_bpm is None)
    assert (window.verdict.quality.text() == "–") == (verdict.quality is None)


def test_what_is_heard_between_the_sounds_is_said_in_one_sentence(qtbot):
    panel = VerdictPanel()
    qtbot.addWidget(panel)
    reading = Reading("systolic", "holo", "diamond", 183.0, 20.0, 12, 11)
    verdict = WindowVerdict(0.0, 10.0, Label.ABNORMAL, 0.9, None, (), 71.6, 0.9, True, reading)
    judgement = Judgement(verdict, Standing(Label.ABNORMAL, 0.9), 1.0)
    panel.show_snapshot(Snapshot("heart", 4000, state="running", judgement=judgement))
    assert plain(panel.reading.text()) == reading_words(reading)
    assert panel.heart_rate.text() == "72 bpm, irregular"
    # The longest sentence fits the room that is kept for it.
    panel.reading.setText(
        reading_words(replace(reading, timing="diastolic", part="early", shape="decrescendo", beats=30))
    )
    assert panel.reading.heightForWidth(panel.width() - 32) <= panel.reading.height()
    silent = replace(judgement, verdict=replace(verdict, reading=None, irregular=None))
    panel.show_snapshot(Snapshot("heart", 4000, state="running", judgement=silent))
    assert panel.reading.text() == ""
    panel.show_snapshot(Snapshot("heart", 4000, state="running", judgement=judgement))
    panel.withhold(DEVICE_LOST, "")
    assert panel.reading.text() == ""


@pytest.mark.parametrize("label", [Label.NORMAL, Label.ABNORMAL, Label.UNCERTAIN])
@pytest.mark.parametrize("timing", TIMINGS)
def test_where_a_murmur_is_read_though_the_verdict_is_normal_both_are_told(qtbot, label, timing):
    panel = VerdictPanel()
    qtbot.addWidget(panel)
    reading = Reading(timing, None, None, None, None, 12, 11)
    verdict = WindowVerdict(0.0, 10.0, Label.NORMAL, 0.2, 0.9, (), 71.6, 0.9, False, reading)
    judgement = Judgement(verdict, Standing(label, 0.2), 1.0)
    panel.show_snapshot(Snapshot("heart", 4000, state="running", judgement=judgement))
    differ = label is Label.NORMAL and timing != NONE
    assert panel.reason.text() == (DIFFERS[timing] if differ else STANDINGS[label])
    assert panel.word.text() == LABELS[label]
    whole = RecordingVerdict(label, 0.2, 0.9, ("movement",), 26, 1, 71.5, 0.9, False, reading)
    panel.show_snapshot(Snapshot("heart", 4000, state="ended", summary=Summary(whole, 0.0, 20.0, 0)))
    assert panel.reason.text() == ended_words(DIFFERS[timing] if differ else REASONS["movement"])
    fits = panel.reason.fontMetrics().boundingRect(
        QRect(0, 0, panel.reason.width(), 1000), Qt.TextFlag.TextWordWrap, panel.reason.text()
    )
    assert fits.height() <= panel.reason.maximumHeight()


def test_what_hinders_listening_goes_before_what_a_murmur_is_read_against(qtbot):
    panel = VerdictPanel()
    qtbot.addWidget(panel)
    reading = Reading("systolic", None, None, None, None, 12, 11)
    verdict = WindowVerdict(0.0, 10.0, Label.NORMAL, 0.2, 0.5, ("ambient_noise",), 71.6, 0.9, False, reading)
    judgement = Judgement(verdict, Standing(Label.NORMAL, 0.2), 1.0)
    panel.show_snapshot(Snapshot("heart", 4000, state="running", judgement=judgement))
    assert panel.reason.text() == REASONS["ambient_noise"]


def test_says_why_a_short_recording_was_looped(window, play, record):
    play(record(seconds=6.0))
    assert REASONS["padded"] in plain(window.verdict.reason.text())


def test_says_why_a_silent_recording_was_refused(window, play, record):
    play(record(gain=1e-6))
    assert window.verdict.word.text() == LABELS[Label.POOR_SIGNAL]
    assert REASONS["too_quiet"] in plain(window.verdict.reason.text())


def test_counts_up_while_warming_up(qtbot, window):
    window.set_playlist([synthetic_choice(SynthesisConfig(), pace=4.0)])
    qtbot.waitUntil(lambda: window.verdict.word.text() == LABELS[Label.WARMING_UP], timeout=30_000)
    qtbot.waitUntil(lambda: "s of 10 s heard" in plain(window.verdict.reason.text()), timeout=30_000)


def test_clipping_is_said_by_a_word(qtbot, window, record):
    window.set_playlist([record(gain=30.0, seconds=30.0, pace=4.0)])
    qtbot.waitUntil(lambda: window.status.meter.clipping, timeout=30_000)
    assert window.session.snapshot.clipped > 0
    assert "clipping" in window.status.meter.accessibleDescription()


def test_no_clipping_is_said_of_a_clean_recording(window, play, record):
    play(record())
    assert not window.status.meter.clipping


def test_survives_another_source_while_one_plays(qtbot, window, record):
    window.set_playlist([synthetic_choice(SynthesisConfig(condition="as"), pace=1.0)])
    qtbot.waitUntil(lambda: window.session is not None and window.plots.tape.end_s > 0, timeout=30_000)
    first = window.session
    choice = record()
    window.set_playlist([choice])
    wait_for_end(qtbot, window, choice.title)
    assert first.wait(0)
    assert window.plots.tape.end_s == pytest.approx(14.0, abs=0.1)


def test_only_the_last_of_many_quick_choices_plays(qtbot, window, record):
    choices = [record(f"{number}.wav", seconds=11.0) for number in range(5)]
    for choice in choices:
        window.set_playlist([choice])
    wait_for_end(qtbot, window, "4.wav")


def test_a_playlist_plays_on_and_a_bad_file_in_it_is_told(qtbot, window, record, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    window.set_playlist([recording_choice(bad), record("good.wav", seconds=11.0)])
    wait_for_end(qtbot, window, "good.wav")
    assert "bad.wav" in window.problem
    assert "\n" not in window.problem


def test_the_error_stays_until_the_next_start(qtbot, window, record, tmp_path):
    window.set_playlist([recording_choice(tmp_path / "missing.wav")])
    qtbot.waitUntil(lambda: "missing.wav" in window.problem)
    assert window.status.name.text().endswith("failed")
    choice = record(seconds=11.0)
    window.set_playlist([choice])
    wait_for_end(qtbot, window, choice.title)
    assert window.problem == ""


def test_a_model_that_cannot_be_loaded_is_told(qtbot, open_window, record, tmp_path):
    window = open_window(str(tmp_path / "none.safetensors"))
    window.set_playlist([record()])
    qtbot.waitUntil(lambda: "none.safetensors" in window.problem, timeout=30_000)
    assert NO_EVENTS not in window.verdict.events.accessibleDescription()
    window.technical.put_away()
    read_at = window._frame
    qtbot.waitUntil(lambda: window._frame > read_at + 3)
    assert window.problem == ""


def test_a_wrong_model_is_refused_before_the_window_opens(qapp, record, tmp_path):
    with pytest.raises(DashboardError, match=r"none\.safetensors: no such file"):
        run_dashboard([record()], hop_s=HOP_S, model=str(tmp_path / "none.safetensors"))


def test_no_input_device_is_said_once(qtbot, window, monkeypatch):
    def find(capture):
        raise SourceError("no input device: plug in a stethoscope, or replay a recording")

    monkeypatch.setattr("monitor.capture_process.Capture.find", find)
    window.set_playlist([microphone_choice()])
    qtbot.waitUntil(lambda: bool(window.problem), timeout=30_000)
    assert window.problem.startswith("no input device: plug in a stethoscope")


def test_a_sound_system_that_is_slow_to_answer_does_not_hold_up_the_window(qtbot, window, monkeypatch):
    answered = threading.Event()

    def list_inputs():
        answered.wait(20)
        return [InputDevice("Thinklabs One", "ALSA", 1, 48_000, False, 3)]

    monkeypatch.setattr("monitor.capture_process.list_inputs", list_inputs)
    menu = window.bar.source.microphones

    def offered():
        return [action.text() for action in menu.actions()]

    menu.aboutToShow.emit()
    menu.aboutToShow.emit()
    assert offered()[-1] == "Looking for devices…"
    answered.set()
    qtbot.waitUntil(lambda: offered() == ["Default input device", "Thinklabs One"], timeout=30_000)
    assert window.problem == ""


def test_a_device_list_that_cannot_be_had_leaves_the_default_on_offer(qtbot, window, monkeypatch):
    def list_inputs():
        raise SourceError("no PortAudio library")

    monkeypatch.setattr("monitor.capture_process.list_inputs", list_inputs)
    menu = window.bar.source.microphones
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: "no PortAudio library" in window.problem, timeout=30_000)
    assert [action.text() for action in menu.actions()] == ["Default input device", "No device list"]


def test_lsl_streams_are_looked_for_without_holding_up_the_window(qtbot, window, monkeypatch):
    found = threading.Event()
    there = [SoundStream("steth & co", 4000.0, 1, None)]

    def sound_streams(search_s):
        found.wait(20)
        return list(there)

    monkeypatch.setattr("monitor.dashboard.source_menu.sound_streams", sound_streams)
    source, menu = window.bar.source, window.bar.source.streams
    assert menu.menuAction() in source.menu().actions()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["Looking for streams…"]
    found.set()
    qtbot.waitUntil(lambda: menu.actions()[0].isEnabled(), timeout=30_000)
    assert [action.text() for action in menu.actions()] == ["steth && co"]
    source.chosen.disconnect(window.set_playlist)
    with qtbot.waitSignal(source.chosen) as chosen:
        menu.actions()[0].trigger()
    assert [choice.title for choice in chosen.args[0]] == ["steth & co"]
    there.clear()
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: menu.actions()[0].text() == "No stream with sound", timeout=30_000)
    assert window.problem == ""


def test_lsl_streams_that_cannot_be_looked_for_are_told(qtbot, window, monkeypatch):
    def sound_streams(search_s):
        raise SourceError("the network is away")

    monkeypatch.setattr("monitor.dashboard.source_menu.sound_streams", sound_streams)
    window.bar.source.streams.aboutToShow.emit()
    qtbot.waitUntil(lambda: "cannot be listed: the network is away" in window.problem, timeout=30_000)


def test_without_pylsl_no_streams_are_on_offer(qtbot, monkeypatch):
    monkeypatch.setattr("monitor.dashboard.source_menu.has_lsl", lambda: False)
    menu = SourceMenu()
    qtbot.addWidget(menu)
    assert menu.streams.menuAction() not in menu.menu().actions()


class TroubledSource(SyntheticSource):
    """A heart whose device is in whatever state it is told to be."""

    trouble = None

    def health(self):
        health = super().health()
        if self.trouble is None or health.state != "running":
            return health
        return SourceHealth(*self.trouble[:1], health.delivered, *self.trouble[1:])


def test_while_a_device_is_lost_no_verdict_stands(qtbot, window):
    source = TroubledSource(SynthesisConfig(), 8.0)
    window.set_playlist([SourceChoice("Stethoscope", lambda duration_s: source, replayed=False)])
    verdicts = {LABELS[label] for label in Label} - {LABELS[Label.WARMING_UP]}
    qtbot.waitUntil(lambda: window.verdict.word.text() in verdicts, timeout=30_000)
    assert window.problem == ""
    source.trouble = "alarmed", "Stethoscope overflows"
    qtbot.waitUntil(lambda: window.problem == "Stethoscope overflows", timeout=30_000)
    assert window.verdict.word.text() in verdicts
    source.trouble = "recovering", "Stethoscope delivers nothing more"
    qtbot.waitUntil(lambda: window.verdict.word.text() == DEVICE_LOST, timeout=30_000)
    assert "Probability of abnormal –" in window.verdict.probability.text()
    assert window.problem.startswith("Stethoscope delivers nothing more")
    assert window.status.name.text() == "Stethoscope · lost"
    source.trouble = None
    qtbot.waitUntil(lambda: window.verdict.word.text() in verdicts, timeout=30_000)
    assert window.problem == ""
    qtbot.waitUntil(lambda: window.status.name.text() == "Stethoscope · listening", timeout=30_000)


def stethoscope():
    return SourceChoice("Stethoscope", lambda duration_s: SyntheticSource(SynthesisConfig()), replayed=False)


def test_a_device_is_recorded_where_that_is_wanted_and_a_failure_is_told(qtbot, open_window, tmp_path):
    folder = tmp_path / "data"
    window = open_window(keep=Keeping(folder, record=True))
    window.set_playlist([stethoscope()])
    qtbot.waitUntil(lambda: f"· {RECORDING} ·" in window.status.name.text(), timeout=30_000)
    recorder = window.session.recorder
    qtbot.waitUntil(lambda: recorder.written > window.session.source.rate, timeout=30_000)
    assert window.problem == ""
    shutil.rmtree(folder / SOUND)
    qtbot.waitUntil(lambda: window.problem.startswith("recording stopped"), timeout=30_000)
    qtbot.waitUntil(lambda: NOT_RECORDING in window.status.name.text(), timeout=30_000)
    assert window.session.snapshot.state == "running"


def test_a_choice_is_remembered_while_nobody_waits_for_the_disk(qtbot, open_window, tmp_path, monkeypatch):
    asked, going_on = threading.Event(), threading.Event()

    def stall(settings):
        asked.set()
        assert going_on.wait(30)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("monitor.settings.remember", stall)
    window = open_window(keep=Keeping(tmp_path / "data"))
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(asked.is_set, timeout=30_000)
    assert "on" in window.bar.record.text()
    assert window.technical.newest == ""
    going_on.set()
    qtbot.waitUntil(lambda: window.technical.newest == NOT_REMEMBERED, timeout=30_000)


def test_of_several_things_that_cannot_be_kept_each_is_told(qtbot, open_window, tmp_path):
    folder = tmp_path / "data"
    window = open_window(keep=Keeping(folder, record=True, quota_gb=1e-12))
    (folder / SOUND / "0123456789ab").mkdir(parents=True)
    (folder / SOUND / "0123456789ab" / "00000000000000.wav").write_bytes(b"sound")
    (folder / DATABASE).write_bytes(b"damaged" * 5000)
    window.set_playlist([stethoscope()])
    qtbot.waitUntil(lambda: len(window.technical.toolTip().splitlines()) == 2, timeout=30_000)
    said = window.technical.toolTip()
    assert "was damaged" in said
    assert "above its quota" in said


def test_recording_begins_and_ends_by_a_key_and_is_remembered(qtbot, open_window, tmp_path):
    folder = tmp_path / "data"
    window = open_window(keep=Keeping(folder))
    window.set_playlist([stethoscope()])
    qtbot.waitUntil(lambda: window.session is not None and window.session.log is not None, timeout=30_000)
    assert not window.session.recorded
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.session.recorded and window.session.recorder.written > 0, timeout=30_000)
    qtbot.waitUntil(lambda: read_settings().record, timeout=30_000)
    assert "on" in window.bar.record.text()
    first = window.session.recorder
    qtbot.waitUntil(lambda: f"· {RECORDING} ·" in window.status.name.text(), timeout=30_000)
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    assert not window.session.recorded
    qtbot.waitUntil(lambda: not read_settings().record, timeout=30_000)
    qtbot.waitUntil(lambda: RECORDING not in window.status.name.text(), timeout=30_000)
    written = first.written
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.session.recorder.written > 0, timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_R)
    window.stop()
    qtbot.waitUntil(lambda: window.session.ended, timeout=30_000)
    window.close()
    with SessionStore(folder) as store:
        (kept,) = store.sessions()
    assert len(kept.sound) == 2
    assert sf.info(kept.sound[0]).frames >= written
    # Nothing need have come between the keys.
    assert int(kept.sound[1].stem) >= int(kept.sound[0].stem) + sf.info(kept.sound[0]).frames


def test_a_choice_before_the_device_is_open_counts(qtbot, open_window, tmp_path):
    window = open_window(keep=Keeping(tmp_path))
    window.set_playlist([stethoscope()])
    window.toggle_record()
    qtbot.waitUntil(lambda: window.session is not None and window.session.recorded, timeout=30_000)
    window.toggle_record()


def test_a_database_that_was_damaged_is_told(qtbot, open_window, tmp_path):
    (tmp_path / DATABASE).write_bytes(b"damaged" * 5000)
    window = open_window(keep=Keeping(tmp_path))
    window.set_playlist([stethoscope()])
    qtbot.waitUntil(lambda: "was damaged" in window.problem, timeout=30_000)


def test_where_nothing_is_kept_nothing_can_be_recorded(window):
    assert not window.bar.record.isEnabled()


def test_what_is_replayed_is_not_kept(qtbot, open_window, record, tmp_path):
    window = open_window(keep=Keeping(tmp_path / "data", record=True))
    choice = record()
    window.set_playlist([choice])
    wait_for_end(qtbot, window, choice.title)
    assert window.session.recorder is None
    assert not (tmp_path / "data").exists()


def test_a_loop_of_bad_files_comes_to_rest(qtbot, open_window, tmp_path, monkeypatch):
    monkeypatch.setattr("monitor.dashboard.window.PAUSE_S", 0.0)
    window = open_window(loop=True)
    window.set_playlist([recording_choice(tmp_path / "one.wav"), recording_choice(tmp_path / "two.wav")])
    qtbot.waitUntil(lambda: window.bar.start.text().replace("&", "") == "Start", timeout=30_000)
    assert "two.wav" in window.problem


def test_opens_no_larger_than_the_screen(window):
    screen = window.screen().availableSize()
    assert window.width() <= max(screen.width(), window.minimumWidth())
    assert window.height() <= max(screen.height(), window.minimumHeight())


def test_stopping_keeps_the_summary(qtbot, window, record):
    choice = record(seconds=30.0, pace=1.0)
    window.set_playlist([choice])
    qtbot.waitUntil(lambda: window.plots.tape.end_s > 0.5, timeout=30_000)
    window.stop()
    wait_for_end(qtbot, window, choice.title)
    assert window.session.snapshot.summary is not None
    window.start()
    qtbot.waitUntil(lambda: "ended" not in window.status.name.text())


def deaf(fill, rate, finished, latency_s):
    """In place of an output where there is none."""
    raise SourceError("no output device")


def test_a_bad_file_is_still_told_when_the_next_one_plays_silently(
    qtbot, open_window, record, tmp_path, monkeypatch
):
    monkeypatch.setattr("monitor.listener.open_output", deaf)
    monkeypatch.setattr("monitor.dashboard.window.PAUSE_S", 0.1)
    window = open_window()
    good = record(seconds=30.0, pace=1.0)
    window.set_playlist([recording_choice(tmp_path / "missing.wav"), good])
    qtbot.waitUntil(lambda: window.session is not None, timeout=30_000)
    window.toggle_sound()
    qtbot.waitUntil(lambda: "off" in window.bar.sound.text(), timeout=30_000)
    assert "missing.wav" in window.problem


def test_silence_is_told_where_there_is_no_loudspeaker(qtbot, window, record, monkeypatch):
    choice = record(seconds=30.0, pace=1.0)
    window.set_playlist([choice])
    qtbot.waitUntil(lambda: window.session is not None, timeout=30_000)
    monkeypatch.setattr("monitor.listener.open_output", deaf)
    window.toggle_sound()
    qtbot.waitUntil(lambda: window.message.text() == NO_SOUND_OUTPUT, timeout=30_000)
    assert "off" in window.bar.sound.text()


def test_the_picture_follows_the_loudspeaker(qtbot, window, record, monkeypatch):
    window.set_playlist([record(seconds=30.0, pace=1.0)])
    qtbot.waitUntil(lambda: window.session is not None, timeout=30_000)
    monkeypatch.setattr(Playback, "heard_s", 0.25)
    qtbot.waitUntil(lambda: window.plots.tape.end_s > 1.5, timeout=30_000)
    assert window.shown_s < 0.5


def test_keyboard_reaches_every_control(qtbot, window, record):
    window.set_playlist([record()], start=False)
    buttons = {
        part for part in window.findChildren(QAbstractButton) if part.isEnabled() and part.isVisibleTo(window)
    }
    assert {
        window.bar.source,
        window.bar.start,
        window.bar.sound,
        window.bar.why,
        window.bar.theme,
        window.bar.keys,
    } <= buttons
    window.activateWindow()
    window.bar.source.setFocus()
    reached = set()
    for _ in range(len(buttons) + 2):
        reached.add(QApplication.focusWidget() or window.focusWidget())
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert buttons <= reached


def test_every_control_has_a_name_for_screen_readers(window):
    for part in window.findChildren(QAbstractButton):
        assert part.accessibleName(), part
    for part in (
        window.message,
        window.verdict,
        window.plots,
        window.status,
        window.status.meter,
        window.keys,
    ):
        assert part.accessibleName(), part


def test_keys_start_stop_and_choose_the_theme(qtbot, window, record):
    qtbot.waitActive(window).__enter__()
    choice = record(seconds=30.0, pace=1.0)
    window.set_playlist([choice], start=False)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session is not None, timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_end(qtbot, window, choice.title)
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert window.bar.theme.text().replace("&", "") == "Dark"
    qtbot.keyClick(window, Qt.Key.Key_Question)
    assert window.keys.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.keys.isVisible()


def test_the_list_of_keys_fits_the_smallest_window(window):
    window.resize(window.minimumSize())
    window._toggle_keys()
    QApplication.processEvents()
    assert window.rect().contains(window.keys.geometry())


def test_what_moved_the_verdict_is_outlined_by_a_key_while_it_is_wanted(qtbot, window, record):
    plain_caption = window.plots.captions[1].text()
    window.set_playlist([record(seconds=30.0, pace=2.0)])
    qtbot.waitUntil(lambda: bool(window.session and window.session.snapshot.history), timeout=30_000)
    session = window.session
    qtbot.wait(300)
    assert session.snapshot.attribution is None
    assert window.plots.spectrogram.overlay is None
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert window.bar.why.isChecked()
    assert window.bar.why.text() == "&Why on"
    assert window.plots.captions[1].text() in OUTLINES
    qtbot.waitUntil(lambda: window.plots.spectrogram.overlay is not None, timeout=30_000)
    first = window.plots.spectrogram.overlay
    qtbot.waitUntil(lambda: window.plots.spectrogram.overlay is not first, timeout=30_000)
    qtbot.mouseClick(window.bar.why, Qt.MouseButton.LeftButton)
    assert not window.bar.why.isChecked()
    assert window.plots.spectrogram.overlay is None
    assert window.plots.captions[1].text() == plain_caption
    qtbot.waitUntil(lambda: session.snapshot.attribution is None, timeout=30_000)
    assert window.plots.spectrogram.overlay is None


def test_outlines_of_one_source_do_not_stay_for_the_next(qtbot, window, play, record):
    window.toggle_why()
    play(record("one.wav"))
    ended_s = window.session.snapshot.now_s
    told = window.session.snapshot.attribution
    assert told.start_s + told.moved.shape[1] * told.step_s == pytest.approx(ended_s, abs=0.4 + 0.4)
    assert window.plots.spectrogram.overlay is not None
    window.set_playlist([record("two.wav", seconds=30.0, pace=1.0)])
    assert window.plots.spectrogram.overlay is None
    qtbot.waitUntil(lambda: window.session is not None, timeout=30_000)
    assert window.plots.spectrogram.overlay is None
    assert window.bar.why.isChecked()


@pytest.mark.parametrize("width", [640, 960, 1280])
def test_what_outlines_mean_is_said_in_as_many_words_as_fit(window, width):
    window.resize(width, 400)
    window.toggle_why()
    QApplication.processEvents()
    caption = window.plots.captions[1]
    assert caption.text() in OUTLINES
    assert caption.geometry().right() <= window.plots.width()
    window.resize(1280, 800)
    QApplication.processEvents()
    assert caption.text() == OUTLINES[0]


def test_space_presses_the_focused_button_instead(qtbot, window, record):
    window.set_playlist([record()], start=False)
    window.activateWindow()
    window.bar.theme.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.bar.theme)
    qtbot.keyClick(window.bar.theme, Qt.Key.Key_Space)
    assert window.bar.theme.text().replace("&", "") == "Dark"
    assert window.session is None


def fits(window, width, height):
    window.resize(width, height)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (width, height)
    assert window.bar.minimumSizeHint().width() <= width, "the buttons overlap"
    parts = [part for part in window.findChildren(QWidget) if part.window() is window]
    for part in parts:
        # What lies in the plots is theirs to clip.
        if part.isVisibleTo(window) and not window.plots.isAncestorOf(part):
            corner = part.mapTo(window, part.rect().bottomRight())
            assert window.rect().contains(corner), part
    for label in (window.verdict.word, window.verdict.probability, window.status.lost, window.status.latency):
        assert label.sizeHint().width() <= label.width(), label.text()
    reason = window.verdict.reason
    assert reason.heightForWidth(reason.width()) <= reason.height()
    said = [part for part in parts if isinstance(part, QLabel) and part.text() == RESEARCH_ONLY]
    assert [part.isVisibleTo(window) for part in said].count(True) == 1


@pytest.mark.parametrize("height", [400, 500, 800, 1400])
def test_in_a_narrow_window_nothing_drifts_apart_or_lies_over_each_other(window, play, record, height):
    play(record(seconds=6.0))
    fits(window, 640, height)
    QApplication.processEvents()
    verdict = window.verdict
    said = (verdict.shape, verdict.word, verdict.probability, verdict.gauge, verdict.reason)
    for above, below in pairwise(said):
        assert 0 < below.y() - above.geometry().bottom() <= 2 * GRID
    axis = window.plots._frames[1].getAxis("left")
    pixels_a_hertz = axis.height() / (HIGH_HZ - LOW_HZ)
    hertz = [at for at, _ in axis._tickLevels[0]]
    line = QFontMetrics(axis.style["tickFont"]).height()
    assert all((above - below) * pixels_a_hertz >= line for below, above in pairwise(hertz))
    assert (len(hertz) == 5) == (height >= 500)


# At 200 %: 1920 x 1080 and 1280 x 800.
@pytest.mark.parametrize("size", [(960, 540), (640, 400)], ids=str)
@pytest.mark.parametrize("gain", [1.0, 1e-6])
def test_fits_a_small_screen(window, play, record, size, gain):
    play(record(seconds=6.0, gain=gain))
    fits(window, *size)
    fits(window, 1280, 800)
    assert window.verdict.events.isVisibleTo(window)
    fits(window, *size)


@pytest.mark.parametrize("milliseconds", [0, 40, 400])
def test_closes_in_the_middle_of_everything(qtbot, window, record, milliseconds):
    window.set_playlist([record(seconds=30.0, pace=1.0)])
    qtbot.wait(milliseconds)
    window.close()
    assert not [
        thread for thread in threading.enumerate() if thread.name.split()[0] in ("worker", "source", "player")
    ]


def test_runs_until_it_is_closed(qapp, model_name, record):
    timer = QTimer()
    timer.timeout.connect(qapp.closeAllWindows)
    timer.start(300)
    assert run_dashboard([record()], hop_s=HOP_S, model=model_name) == 0
    timer.stop()


def test_interrupt_closes_it(qapp, model_name, record):
    timer = QTimer()
    timer.timeout.connect(lambda: signal.raise_signal(signal.SIGINT))
    timer.setSingleShot(True)
    timer.start(300)
    before = signal.getsignal(signal.SIGINT)
    status = run_dashboard([record(seconds=30.0, pace=1.0)], hop_s=HOP_S, model=model_name, loop=True)
    assert status == application.INTERRUPTED
    assert signal.getsignal(signal.SIGINT) is before


def test_plays_in_a_loop(qtbot, open_window, record, monkeypatch):
    monkeypatch.setattr("monitor.dashboard.window.PAUSE_S", 0.1)
    window = open_window(loop=True)
    sessions = []
    window.set_playlist([record("a.wav", seconds=11.0), record("b.wav", seconds=11.0)])

    def turned() -> bool:
        if window.session is not None and (not sessions or sessions[-1] is not window.session):
            sessions.append(window.session)
        return len(sessions) >= 3

    qtbot.waitUntil(turned, timeout=60_000)
    assert [session.source.name for session in sessions] == ["a.wav", "b.wav", "a.wav"]


@pytest.mark.parametrize(("loop", "heard_s"), [(True, [3.0, 2.0, 1.5]), (False, [3.0, 2.0])])
def test_a_loop_lasts_for_its_limit_in_all(qtbot, open_window, record, monkeypatch, loop, heard_s):
    monkeypatch.setattr("monitor.dashboard.window.PAUSE_S", 0.0)
    window = open_window(loop=loop)
    opened, play = [], window._player.play

    def remembered(choice, duration_s, examined):
        opened.append((choice.title, duration_s))
        play(choice, duration_s, examined)

    monkeypatch.setattr(window._player, "play", remembered)
    window.set_playlist([record("a.wav", seconds=3.0), record("b.wav", seconds=2.0)], limit_s=6.5)
    qtbot.waitUntil(lambda: window.bar.start.text().replace("&", "") == "Start", timeout=60_000)
    left = [6.5, 3.5, 1.5] if loop else [6.5, 6.5]
    assert opened == list(zip(["a.wav", "b.wav", "a.wav"], left, strict=False))
    assert window.plots.tape.end_s == pytest.approx(heard_s[-1], abs=0.01)
    opened.clear()
    window.start()
    assert opened[0][1] == 6.5
    window.set_playlist([record("c.wav", seconds=1.0)])
    assert opened[-1] == ("c.wav", None)


def test_the_newest_sound_is_at_the_right(window, play, record):
    click = np.zeros(12 * RATE)
    click[-round(0.5 * RATE)] = 0.9
    play(record(samples=click))
    least, greatest = window.plots.waveform._envelope.read(window.plots.waveform.column_at(window.shown_s))
    at = int(np.nanargmax(greatest - least))
    assert at / greatest.size == pytest.approx(0.95, abs=0.01)


def test_no_key_does_two_things(window):
    keys = [shortcut.key().toString() for shortcut in window.findChildren(QShortcut)]
    assert len(keys) > 30
    assert len(set(keys)) == len(keys)


def test_where_painting_is_dear_there_are_fewer_frames():
    cheap, dear, between = [2.0] * 60, [9.0] * 60, [6.0] * 60
    assert frame_ms([], FRAME_MS) == FRAME_MS
    assert frame_ms(cheap + dear, FRAME_MS) == CALM_MS
    assert frame_ms(dear + cheap, CALM_MS) == FRAME_MS
    # Neither dear nor cheap, it stays, so that it does not go to and fro.
    assert frame_ms(dear + between, CALM_MS) == CALM_MS
    assert frame_ms(cheap + between, FRAME_MS) == FRAME_MS
    # One that was interrupted says nothing.
    assert frame_ms([*cheap, 300.0], FRAME_MS) == FRAME_MS
