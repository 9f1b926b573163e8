"""The trend as it is drawn: what a clinician must see of hours."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from model.verdict import Label, Standing, WindowVerdict
from monitor.dashboard.history_strip import (
    PROBABILITY_FROM,
    QUALITY_TO,
    SPANS_S,
    HistoryItem,
    span_ticks,
)
from monitor.dashboard.plots import Plots
from monitor.dashboard.theme import DARK
from monitor.snapshot import Judgement, Snapshot
from monitor.trend import Trend

WIDTH, HEIGHT = 900, 200


def session(length_s, poor=(), lost=(), hop_s=2.0, probability=0.9):
    trend, history, end_s = Trend(), [], 10.0
    for begin, end in lost:
        trend.lose(begin, end)
    while end_s <= length_s:
        if not any(begin < end_s <= end + 10 for begin, end in lost):
            refused = any(begin < end_s <= end for begin, end in poor)
            label = Label.POOR_SIGNAL if refused else Label.ABNORMAL
            p = None if refused else probability
            verdict = WindowVerdict(end_s - 10, end_s, label, p, 0.1 if refused else 0.9)
            history.append(Judgement(verdict, Standing(label, p), 1.0))
            trend.add(history[-1])
        end_s += hop_s
    return Snapshot(
        "heart", 4000, state="running", band=(0.4, 0.6), history=tuple(history[-150:]), trend=trend.view()
    )


def drawn(item):
    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    picture.fill(QColor(DARK.plot))
    painter = QPainter(picture)
    item.paint(painter, None)
    painter.end()
    return np.frombuffer(picture.constBits(), np.uint32).reshape(HEIGHT, WIDTH)


def made(snapshot, whole=True):
    item = HistoryItem()
    item.place(QRectF(0, 0, WIDTH, HEIGHT))
    item.show_whole(whole)
    item.show_snapshot(snapshot)
    return item


def at(item, seconds_ago):
    return round((WIDTH - 4) * (1 - seconds_ago / item.span_s))


def ink(colour):
    return np.uint32(QColor(colour).rgb())


def probability_row(probability):
    top, bottom = 4.0, HEIGHT * (1 - PROBABILITY_FROM)
    return round(bottom - probability * (bottom - top))


@pytest.mark.parametrize("hours", [0.05, 0.3, 2.5, 8, 24])
def test_the_whole_session_is_there_from_its_first_verdict_on(qapp, hours):
    item = made(session(3600 * hours, hop_s=max(2.0, hours)))
    assert item.span_s == next(span for span in SPANS_S if span >= 3600 * hours * 0.999)
    pixels = drawn(item)
    curve = np.flatnonzero(
        (pixels[probability_row(0.9) - 2 : probability_row(0.9) + 3] == ink(DARK.text)).any(axis=0)
    )
    assert curve[0] == pytest.approx(at(item, 3600 * hours - 10), abs=4)
    assert curve[-1] == pytest.approx(WIDTH - 4, abs=4)


def test_lost_sound_and_poor_signal_are_seen_where_they_were(qapp):
    item = made(session(7200, poor=[(1800, 2400)], lost=[(4000, 4300)]))
    pixels = drawn(item)
    newest_s = 7200
    row = slice(4, round(HEIGHT * (1 - PROBABILITY_FROM)))

    def has(colour, ago_from, ago_to):
        return (pixels[row, at(item, ago_from) + 2 : at(item, ago_to) - 2] == ink(colour)).any()

    curve = probability_row(0.9)
    assert has(DARK.abnormal, newest_s - 4000, newest_s - 4300)
    assert has(DARK.none, newest_s - 1800, newest_s - 2400)
    for begin, end in ((4000, 4300), (1800, 2400)):
        between = pixels[curve, at(item, newest_s - begin) + 3 : at(item, newest_s - end) - 3]
        assert not (between == ink(DARK.text)).any(), "a curve where nothing was judged"
    assert not has(DARK.abnormal, 1500, 0)
    assert not has(DARK.none, 1500, 0)


def test_a_short_loss_in_a_long_session_is_still_seen(qapp):
    item = made(session(8 * 3600, lost=[(10_000, 10_000.4)], hop_s=4.0))
    column = at(item, 8 * 3600 - 10_000)
    assert (drawn(item)[:, column - 3 : column + 4] == ink(DARK.abnormal)).any()


def test_the_quality_stands_under_it(qapp):
    item = made(session(1200, poor=[(600, 900)]))
    pixels = drawn(item)
    row = round(HEIGHT * (1 - 0.5 * QUALITY_TO)) - 6  # about 0.6 of the quality
    good, poor = pixels[row, at(item, 250)], pixels[row, at(item, 450)]
    assert good != ink(DARK.plot)
    assert poor == ink(DARK.plot)


def test_the_last_minutes_are_a_key_away(qtbot, window):
    from PySide6.QtCore import Qt

    window.plots.show_history(session(7200))
    axis = window.plots._frames[2].getAxis("bottom")
    assert axis._tickLevels[0][0][1] == "−2 h"
    whole = window.plots.captions[2].text()
    qtbot.keyClick(window, Qt.Key.Key_V)
    assert axis._tickLevels[0][0][1] == "−5 min"
    assert window.plots.captions[2].text() != whole or window.plots.width() < 700
    qtbot.keyClick(window, Qt.Key.Key_V)
    assert axis._tickLevels[0][0][1] == "−2 h"


def test_another_stream_begins_with_nothing(qtbot):
    plots = Plots()
    qtbot.addWidget(plots)
    plots.show_history(session(7200))
    plots.clear_tape()
    assert plots.history.span_s == SPANS_S[0]
    assert plots.history._course is None or not plots.history._course.at_s.size


@pytest.mark.parametrize("span_s", SPANS_S)
def test_an_axis_has_a_few_round_ticks_and_ends_now(span_s):
    ticks = span_ticks(span_s)
    assert 3 <= len(ticks) <= 8
    assert ticks[-1] == (0, "now")
    assert all(-span_s <= place <= 0 for place, _ in ticks)
    for place, words in ticks[:-1]:
        number, unit = words.removeprefix("−").split()
        assert float(number) * {"min": 60, "h": 3600}[unit] == -place
