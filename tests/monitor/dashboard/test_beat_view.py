"""The average beat in the spectrogram's place: by a key, and with words where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from dsp.beat_average import RATE, AverageBeat
from dsp.synthesis import SynthesisConfig
from model.loading import DEFAULT_MODEL
from monitor.beat_averager import HeardBeats
from monitor.dashboard.beat_view import FEWEST
from monitor.dashboard.theme import DARK, LIGHT
from monitor.dashboard.words import NO_BEATS_YET, NOTHING_AVERAGED, average_words, few_beats_words
from monitor.sources.choice import synthetic_choice

from .conftest import wait_for_end


def beat(beats=16, length_s=0.8):
    time_s = np.arange(round(length_s * RATE)) / RATE
    waveform = np.exp(-(((time_s - 0.05) / 0.02) ** 2)) * np.sin(300 * time_s)
    columns = -(-time_s.size // 32)
    return AverageBeat(waveform, np.full(time_s.size, 0.1), np.full((65, columns), -40.0), 0.3, 0.75, beats)


def test_a_key_or_its_button_exchanges_spectrogram_and_average(qtbot, window):
    window.resize(1280, 800)
    plots = window.plots
    assert not plots.beat.wanted
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert plots.beat.wanted
    assert not plots.spectrogram.isVisible()
    assert window.bar.average.text() == "A&verage on"
    assert plots.beat.geometry().contains(plots.captions[1].geometry().topLeft())
    qtbot.mouseClick(window.bar.average, Qt.MouseButton.LeftButton)
    assert not plots.beat.wanted
    assert plots.spectrogram.isVisible()
    assert not window.bar.average.isChecked()


def test_where_there_is_no_average_it_says_why(qtbot, window):
    view = window.plots.beat
    view.show_beats(None, playing=False)
    assert view.accessibleDescription() == NOTHING_AVERAGED
    view.show_beats(None)
    assert view.accessibleDescription() == NO_BEATS_YET
    heard = HeardBeats(None, 0.1, 0.1, 4)
    view.show_beats(heard)
    assert view.accessibleDescription() == few_beats_words(0, FEWEST)
    view.show_beats(replace(heard, beat=beat(FEWEST - 1)))
    assert view.accessibleDescription() == few_beats_words(FEWEST - 1, FEWEST)
    view.show_beats(replace(heard, beat=beat(FEWEST)))
    assert view.accessibleDescription() == average_words(FEWEST)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("length_s", [0.25, 0.8, 2.4])
@pytest.mark.parametrize("size", [(300, 120), (1200, 500)])
def test_any_beat_can_be_drawn_at_any_size(window, theme, length_s, size):
    view = window.plots.beat
    view.setParent(None)
    view.set_theme(theme)
    view.resize(*size)
    made = beat(length_s=length_s)
    view.show_beats(HeardBeats(made, 0.12, 0.09, 30))
    shown = view.grab().toImage()
    colours = {shown.pixelColor(x, size[1] // 2).name() for x in range(0, size[0], 3)}
    assert len(colours) > 1
    view.show_beats(
        HeardBeats(replace(made, waveform=0 * made.waveform, variation=0 * made.variation), 0, 0, 30)
    )
    view.grab()
    view.setParent(window.plots)


def test_a_heart_that_plays_is_averaged_only_while_that_is_shown(qtbot, open_window):
    window = open_window(model=DEFAULT_MODEL)
    choice = synthetic_choice(SynthesisConfig(condition="as", snr_db=25), None)
    window.set_playlist([choice], limit_s=30.0)
    wait_for_end(qtbot, window, choice.title)
    view = window.plots.beat
    assert view._averager._thread is None
    qtbot.keyClick(window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: view.accessibleDescription() == average_words(16), timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: view._averager.newest is None)
