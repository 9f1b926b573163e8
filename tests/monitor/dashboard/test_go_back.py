import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QEvent, QPoint, QPointF, QStandardPaths, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from dsp.listening_filter import BANDS_HZ, ListeningFilter
from dsp.synthesis import SynthesisConfig
from monitor.dashboard import go_back_words
from monitor.dashboard.go_back_words import BANDS, ENDED, FEEDBACK, HEADPHONES_OFF, LIVE, SOUND_GONE
from monitor.dashboard.plots import Plots
from monitor.dashboard.tape import KEPT_S, RECALL_S, SPAN_S
from monitor.dashboard.words import KEYS
from monitor.recall import as_heard
from monitor.sources.choice import SourceChoice, synthetic_choice
from monitor.sources.synthetic import SyntheticSource

from .conftest import RATE, wait_for_end
from .test_drawing import pieces


@pytest.fixture
def ended(play, window, record, heart):
    """A window in which 70 s have been heard to their end."""
    play(record(samples=np.tile(heart, 3)[: 70 * RATE]))
    return window


def shown(plots):
    """What the waveform and the spectrogram show."""
    item, ring = plots.waveform, plots.spectrogram.columns
    least, greatest = item._envelope.read(item._end)
    columns = np.arange(plots.spectrogram._end - ring.width, plots.spectrogram._end)
    return least, greatest, ring.pixels[:, columns % ring.ring]


@pytest.mark.parametrize("ends_s", [[20.0, 12.3, 45.0, 44.0, 47.1, 60.0, 59.5], [58.0, 30.0, 12.0, 60.0]])
def test_any_part_of_the_last_minute_is_drawn_as_it_was(qtbot, ends_s):
    made = pieces(62, [80, 161])
    plots, other = Plots(), Plots()
    for each in (plots, other):
        qtbot.addWidget(each)
        each.resize(700, 450)
        each.show()
    plots.take(made)
    plots.show_until(61.0)
    for end_s in ends_s:
        plots.show_past(end_s, "past")
        other.clear_tape()
        for piece in made:
            if piece.start_s < end_s + 0.5:
                other.take([piece])
        other.show_until(end_s)
        for one, expected in zip(shown(plots), shown(other), strict=True):
            # The very last columns wait for what comes after them.
            assert np.array_equal(one[..., :-2], expected[..., :-2], equal_nan=one.dtype.kind == "f")


def test_while_the_past_is_shown_nothing_new_is_drawn_and_then_all_of_it(qtbot):
    made = pieces(40, [80])
    plots = Plots()
    qtbot.addWidget(plots)
    plots.resize(700, 450)
    plots.show()
    plots.take([piece for piece in made if piece.start_s < 30])
    plots.show_until(30.0)
    plots.show_past(20.0, "past")
    before = shown(plots)
    for piece in made:
        if piece.start_s >= 30:
            plots.take([piece])
            plots.show_until(piece.end_s)
    for one, expected in zip(shown(plots), before, strict=True):
        assert np.array_equal(one, expected, equal_nan=one.dtype.kind == "f")
    assert plots.past.isVisible()
    plots.show_past(None)
    assert not plots.past.isVisible()
    assert plots.waveform.shown_s == pytest.approx(40.0, abs=0.1)
    other = Plots()
    qtbot.addWidget(other)
    other.resize(700, 450)
    other.show()
    other.take(made)
    other.show_until(plots.waveform.shown_s)
    for one, expected in zip(shown(plots), shown(other), strict=True):
        assert np.array_equal(one[..., :-2], expected[..., :-2], equal_nan=one.dtype.kind == "f")


def test_the_axes_say_how_long_ago_it_was(qtbot):
    plots = Plots()
    qtbot.addWidget(plots)
    plots.take(pieces(40, [400]))
    plots.show_until(40.0)

    def labels():
        return [words for _, words in plots._frames[1].getAxis("bottom")._tickLevels[0]]

    assert labels() == ["−10 s", "−8 s", "−6 s", "−4 s", "−2 s", "now"]
    plots.show_past(28.0, "12 s ago")
    assert labels() == ["−22 s", "−20 s", "−18 s", "−16 s", "−14 s", "−12 s"]
    plots.show_past(None)
    assert labels()[-1] == "now"


def test_the_minute_is_kept_after_the_end_and_gone_back_through_by_keys(qtbot, ended):
    back, plots = ended.back, ended.plots
    qtbot.waitUntil(lambda: back.bar.state.text().startswith(ENDED), timeout=30_000)
    qtbot.keyClick(ended, Qt.Key.Key_Left)
    assert back.past_s == pytest.approx(65.0, abs=0.2)
    assert "5 s before the end" in back.bar.state.text()
    assert "5 s before the end" in plots.past.text()
    assert plots.waveform.shown_s == back.past_s
    qtbot.keyClick(ended, Qt.Key.Key_Home)
    assert back.past_s == pytest.approx(70 - RECALL_S + SPAN_S, abs=0.2)
    assert np.isfinite(shown(plots)[0]).all()
    qtbot.keyClick(ended, Qt.Key.Key_Left)
    assert back.past_s == pytest.approx(70 - RECALL_S + SPAN_S, abs=0.2)
    for _ in range(10):
        qtbot.keyClick(ended, Qt.Key.Key_Right)
    assert back.past_s is None
    qtbot.keyClick(ended, Qt.Key.Key_Left)
    qtbot.keyClick(ended, Qt.Key.Key_End)
    assert back.past_s is None
    assert not plots.past.isVisible()


def test_going_back_leaves_verdict_and_analysis_alone(qtbot, window):
    window.set_playlist([synthetic_choice(SynthesisConfig(condition="as"), pace=4.0)])
    qtbot.waitUntil(lambda: window.plots.tape.end_s > 16, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    held = window.back.past_s
    judged, at = len(window.session.snapshot.history), window.session.snapshot.now_s
    qtbot.waitUntil(lambda: window.session.snapshot.now_s > at + 4, timeout=60_000)
    assert len(window.session.snapshot.history) > judged
    assert window.back.past_s == held
    assert window.plots.waveform.shown_s == held
    ago = round(window.shown_s - held)
    assert ago >= 8
    words = window.back.bar.state.text()
    assert words.split(" s ago")[0] in (str(ago - 1), str(ago), str(ago + 1))
    qtbot.keyClick(window, Qt.Key.Key_End)
    assert window.back.bar.state.text().startswith(LIVE)
    qtbot.waitUntil(lambda: window.plots.waveform.shown_s > held + 8, timeout=60_000)


def drag(strip, from_s, to_s, newest_s, shift=False):
    """Press, move and release on the strip, at times before its right edge."""

    def at(seconds):
        across = (seconds - newest_s + RECALL_S) / RECALL_S * strip.width()
        return QPointF(across, strip.height() / 2)

    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    for kind, seconds, held in (
        (QEvent.Type.MouseButtonPress, from_s, left),
        (QEvent.Type.MouseMove, (from_s + to_s) / 2, left),
        (QEvent.Type.MouseMove, to_s, left),
        (QEvent.Type.MouseButtonRelease, to_s, Qt.MouseButton.NoButton),
    ):
        place = at(seconds)
        button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else left
        event = QMouseEvent(kind, place, strip.mapToGlobal(place), button, held, keys)
        QApplication.sendEvent(strip, event)


def test_the_box_is_dragged_and_an_interval_marked_with_shift(qtbot, ended):
    strip, back = ended.back.bar.strip, ended.back
    drag(strip, 65.0, 45.0, 70.0)
    assert back.past_s == pytest.approx(50.0, abs=0.3)
    drag(strip, 20.0, 20.0, 70.0)
    assert back.past_s == pytest.approx(25.0, abs=0.3)
    drag(strip, 33.0, 30.0, 70.0, shift=True)
    assert back.marked == pytest.approx((30.0, 33.0), abs=0.3)
    assert back.past_s == pytest.approx(25.0, abs=0.3)
    assert "3.0 s marked" in back.bar.state.text()
    drag(strip, 22.0, 90.0, 70.0)
    assert back.past_s is None


def test_an_interval_is_marked_by_a_key_twice_and_begun_anew_by_a_third(qtbot, ended):
    back = ended.back
    qtbot.keyClick(ended, Qt.Key.Key_Left)
    qtbot.keyClick(ended, Qt.Key.Key_M)
    assert back.marked is None
    assert go_back_words.MARKING in back.bar.state.text()
    qtbot.keyClick(ended, Qt.Key.Key_Left)
    qtbot.keyClick(ended, Qt.Key.Key_M)
    assert back.marked == pytest.approx((60.0, 65.0), abs=0.2)
    qtbot.keyClick(ended, Qt.Key.Key_M)
    assert back.marked is None


def test_filters_are_chosen_by_keys_and_said(qtbot, ended):
    for key, band in (("B", "bell"), ("D", "diaphragm"), ("D", "wide"), ("B", "bell"), ("B", "wide")):
        qtbot.keyClick(ended, key)
        assert ended.back.bar.band.text() == BANDS[band]
        assert BANDS[band] in ended.back.bar.state.text()
        assert BANDS[band] in ended.back.bar.band.accessibleName()


def test_a_small_window_without_the_bar_says_the_filter(qtbot, ended):
    ended.resize(640, 400)
    QApplication.processEvents()
    qtbot.keyClick(ended, "D")
    assert ended.message.text() == go_back_words.band_words("diaphragm")


def test_tempo_and_loop_are_chosen_by_keys_and_said(qtbot, ended):
    bar = ended.back.bar
    for key, words in zip("---+++", ("0.5×", "0.25×", "0.25×", "0.5×", "1×", "1×"), strict=True):
        qtbot.keyClick(ended, key)
        assert bar.tempo.text() == words
    qtbot.keyClick(ended, Qt.Key.Key_L)
    assert bar.loop.isChecked()
    qtbot.mouseClick(bar.loop, Qt.MouseButton.LeftButton)
    assert not bar.loop.isChecked()


def test_the_past_is_played_and_the_picture_shows_where(qtbot, ended, outputs):
    qtbot.keyClick(ended, Qt.Key.Key_Home)
    qtbot.keyClick(ended, Qt.Key.Key_P)
    assert ended.back.bar.play.text() == "Stop"
    qtbot.waitUntil(lambda: bool(outputs), timeout=30_000)
    begin_s = ended.back.past_s - SPAN_S

    def heard():
        outputs[0].ask(RATE // 20)
        return ended._playback.past_s is not None and ended._playback.past_s > begin_s + 0.3

    qtbot.waitUntil(heard, timeout=30_000)
    qtbot.waitUntil(ended.plots._heads[0].isVisible)
    qtbot.keyClick(ended, "-")
    at_s = ended._playback.past_s or begin_s

    def slower():
        outputs[0].ask(RATE // 20)
        return (ended._playback.past_s or 0) > at_s + 0.2 and ended._playback.past.tempo == 0.5

    qtbot.waitUntil(slower, timeout=30_000)
    qtbot.keyClick(ended, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: not ended.plots._heads[0].isVisible())
    assert ended.back.past_s is not None
    assert ended.back.bar.play.text() == "Play"


# Qt says of every dialog off screen that it cannot be given a size.
offscreen_dialog = pytest.mark.qt_log_ignore("propagateSizeHints")


def saved_by(qtbot, window, key, modifiers, folder):
    qtbot.keyClick(window, key, modifiers)
    (dialog,) = [one for one in window.findChildren(QFileDialog) if one.isVisible()]
    assert not dialog.isModal()
    suggested = dialog.selectedFiles()[0]
    dialog.setDirectory(str(folder))
    dialog.selectFile("heard.wav")
    dialog.accept()
    qtbot.waitUntil(lambda: window.message.text().startswith("Saved"), timeout=30_000)
    path = window.message.text().removeprefix("Saved: ")
    window.say("", alert=False)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    return suggested, *sf.read(path, dtype="float32"), sf.info(path).subtype


@offscreen_dialog
def test_what_is_marked_is_saved_raw_and_as_heard(qtbot, ended, tmp_path, heart, monkeypatch):
    monkeypatch.setattr(QStandardPaths, "writableLocation", staticmethod(lambda _: str(tmp_path)))
    back = ended.back
    back._mark_between(30.0, 32.5)
    control = Qt.KeyboardModifier.ControlModifier
    name, raw, rate, subtype = saved_by(qtbot, ended, Qt.Key.Key_S, control, tmp_path)
    assert name.startswith(f"{tmp_path}/heart.wav 20")
    assert name.endswith(".wav")
    expected = ended.session.ring.since(30 * RATE, round(32.5 * RATE)).samples
    assert (rate, subtype) == (RATE, "PCM_24")
    assert np.abs(raw - expected).max() <= 2**-23
    qtbot.keyClick(ended, "B")
    qtbot.keyClick(ended, "-")
    shift = control | Qt.KeyboardModifier.ShiftModifier
    name, played, rate, _ = saved_by(qtbot, ended, Qt.Key.Key_S, shift, tmp_path)
    assert "bell 0.5x" in name
    heard = np.concatenate(list(as_heard(expected, 0.5, ListeningFilter(RATE, "bell"))))
    assert np.abs(played - heard).max() <= 2**-23


@offscreen_dialog
def test_what_cannot_be_saved_is_told_in_one_line(qtbot, ended, tmp_path):
    (tmp_path / "file").write_text("")
    ended.back.save()
    (dialog,) = [one for one in ended.findChildren(QFileDialog) if one.isVisible()]
    (saving,) = ended.back._saving
    saving.write(tmp_path / "file" / "x.wav")
    dialog.reject()
    qtbot.waitUntil(lambda: "x.wav cannot be written" in ended.problem, timeout=30_000)
    assert "\n" not in ended.problem


@offscreen_dialog
def test_a_dialog_that_is_left_leaves_nothing(qtbot, ended):
    ended.back.save()
    (dialog,) = [one for one in ended.findChildren(QFileDialog) if one.isVisible()]
    dialog.reject()
    qtbot.waitUntil(lambda: not ended.back._saving, timeout=30_000)


def stethoscope():
    return SourceChoice("Stethoscope", lambda duration_s: SyntheticSource(SynthesisConfig()), replayed=False)


@pytest.mark.parametrize("name", ["default", "USB Headset", "Built-in Speakers"])
def test_a_device_is_heard_only_once_that_is_asked_for_and_feedback_is_warned_of(
    qtbot, window, outputs, name
):
    outputs.name = name
    window.set_playlist([stethoscope()])
    qtbot.waitUntil(lambda: window.plots.tape.end_s > 1, timeout=30_000)
    assert not outputs
    assert not window.bar.sound.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert window.back.bar.headphones.text() == "Headphones on"
    kind = {"default": "unknown", "USB Headset": "headphones", "Built-in Speakers": "loudspeaker"}[name]
    qtbot.waitUntil(lambda: window.message.text() == FEEDBACK[kind], timeout=30_000)

    def heard():
        outputs[0].ask(RATE // 20)
        return "delay" in window.back.bar.state.text()

    qtbot.waitUntil(heard, timeout=30_000)
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_H)
        said = HEADPHONES_OFF if not window._playback.headphones else FEEDBACK[kind]
        qtbot.waitUntil(lambda said=said: window.message.text() == said, timeout=30_000)
    # Nothing new is heard while the past is looked at.
    qtbot.keyClick(window, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: window._playback._given is None, timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_End)

    def heard_again():
        outputs[-1].ask(RATE // 20)
        return window._playback.heard_s is not None

    qtbot.waitUntil(heard_again, timeout=30_000)
    outputs[-1].finished()
    qtbot.waitUntil(lambda: window.problem == SOUND_GONE, timeout=30_000)
    qtbot.waitUntil(lambda: window.back.bar.headphones.text() == "Headphones off", timeout=30_000)
    assert window.session.snapshot.state == "running"


def test_headphones_are_for_devices_alone(qtbot, ended):
    assert not ended.back.bar.headphones.isEnabled()
    qtbot.keyClick(ended, Qt.Key.Key_H)
    assert not ended._playback.headphones


def test_before_anything_is_heard_every_key_does_no_harm(qtbot, window):
    for keys, action in window.back.shortcuts:
        action()
        assert window.back.past_s is None, keys
    assert not window.findChildren(QFileDialog)


def test_another_source_ends_going_back(qtbot, ended, record):
    qtbot.keyClick(ended, Qt.Key.Key_Home)
    qtbot.keyClick(ended, Qt.Key.Key_M)
    choice = record("other.wav", seconds=11.0)
    ended.set_playlist([choice])
    assert ended.back.past_s is None
    assert ended.back.marked is None
    assert not ended.plots.past.isVisible()
    wait_for_end(qtbot, ended, choice.title)


def test_a_recording_as_fast_as_can_be_keeps_its_last_minute(ended):
    assert ended.session.ring.capacity == 60 * RATE
    assert sum(stretch.signal.size for stretch in ended.plots.tape.stretches) >= 58 * 2_000
    assert KEPT_S >= RECALL_S


@pytest.mark.parametrize("size", [(1280, 800), (960, 540), (640, 400)])
def test_all_keys_are_listed_within_the_window(qtbot, window, size):
    window.resize(*size)
    QApplication.processEvents()
    qtbot.keyClick(window, Qt.Key.Key_Question)
    assert window.rect().contains(window.keys.geometry())
    labels = window.keys.findChildren(QLabel)
    assert {label.text() for label in labels} >= {text for pair in KEYS for text in pair}
    for label in labels:
        assert label.sizeHint().width() <= label.width()
        assert label.sizeHint().height() <= label.height()
    assert window.back.bar.isVisible() == (size == (1280, 800))


def test_names_of_files_are_names_on_every_system():
    named = go_back_words.file_words("USB: a/b\\c?", "2026-01-02 03.04.05")
    assert named == "USB a b c 2026-01-02 03.04.05.wav"
    assert go_back_words.file_words("…", "x", "bell 0.5x") == "auscult x bell 0.5x.wav"


def test_the_strip_can_be_seen_by_a_screen_reader(qtbot, ended):
    strip = ended.back.bar.strip
    assert strip.accessibleName() == "Last 60 seconds"
    qtbot.waitUntil(lambda: strip.accessibleDescription().startswith(ENDED), timeout=30_000)
    assert strip.rect().contains(QPoint(1, 1))


def test_the_words_for_a_listening_filter_name_its_edges():
    for band, (low, high) in BANDS_HZ.items():
        assert f"{low:g}–{high:g} Hz" in go_back_words.band_words(band)
