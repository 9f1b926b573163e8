import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from dsp.beats import HeartSound
from dsp.config import FINE_FRONT_END, PAPER_FRONT_END
from dsp.spectrogram import ScreenSpectrogram, band_edges
from model.attribution import Attribution
from monitor.dashboard.attribution_overlay import ABNORMAL, NORMAL
from monitor.dashboard.display_clock import DELAY_S, DisplayClock
from monitor.dashboard.plots import Plots
from monitor.dashboard.spectrogram_view import HIGH_HZ, LOW_HZ, SpectrogramItem, SpectrogramRing
from monitor.dashboard.tape import COLUMN_S, KEPT_S, Tape, joined
from monitor.dashboard.waveform import _SCALES, Envelope, WaveformItem
from monitor.trace import COLUMN_SAMPLES, SIGNAL_RATE, Trace

ROWS = 213
GROUND = 0xFF000000


def pieces(seconds, sizes, seed=0, gap_at=None, gap_s=0.0):
    """A trace as the worker makes it: pieces of any size, columns as they are completed."""
    source = np.random.default_rng(seed)
    trace = Trace(keep_s=1e9)
    at, start_s, fed = 0, 0.0, 0
    while at < seconds * SIGNAL_RATE:
        size = int(source.choice(sizes))
        gap = 0.0
        if gap_at is not None and start_s + at / SIGNAL_RATE >= gap_at:
            start_s += gap_s
            gap, gap_at, fed = gap_s, None, 0
        columns = (fed + size) // COLUMN_SAMPLES - fed // COLUMN_SAMPLES
        signal = source.normal(0, 0.1, size).astype(np.float32)
        loudness = source.uniform(-70, -10, (columns, ROWS)).astype(np.float32)
        trace.append(start_s + at / SIGNAL_RATE, signal, loudness, gap)
        at, fed = at + size, fed + size
    return trace.since(0)


def whole(tape_pieces, width=700, height=120):
    tape, ring = Tape(), SpectrogramRing(width, height, GROUND)
    for piece in tape_pieces:
        for stretch in tape.take([piece]):
            ring.add(stretch)
    return tape, ring


def test_past_spectrogram_columns_never_change():
    tape, ring = Tape(), SpectrogramRing(700, 120, GROUND)
    seen: dict[int, bytes] = {}
    for piece in pieces(25, [80]):
        for stretch in tape.take([piece]):
            ring.add(stretch)
        for column in range(max(ring.first, ring.last + 1 - ring.width), ring.last + 1):
            now = ring.pixels[:, column % ring.ring].tobytes()
            assert seen.setdefault(column, now) == now
    assert len(seen) > 1700


def test_chunking_does_not_change_the_picture():
    fine = pieces(15, [80])
    trace = Trace(keep_s=1e9)
    for begin in range(0, len(fine), 7):
        group = fine[begin : begin + 7]
        trace.append(
            group[0].start_s,
            np.concatenate([piece.signal for piece in group]),
            np.concatenate([piece.columns for piece in group]),
        )
    _, one = whole(fine)
    _, other = whole(trace.since(0))
    assert one.last == other.last
    shown = np.arange(one.last + 1 - one.width, one.last + 1) % one.ring
    assert np.array_equal(one.pixels[:, shown], other.pixels[:, shown])


@pytest.mark.parametrize("seconds", [8.0, 25.0])
def test_colours_do_not_depend_on_when_the_screen_looked(seconds):
    at_once, bit_by_bit = Tape(), Tape()
    fine = pieces(seconds, [160])
    looked_once = at_once.take(fine)
    looked_often = [stretch for piece in fine for stretch in bit_by_bit.take([piece])]
    assert len(looked_once) <= len(looked_often)
    for one, other in zip(reversed(looked_once), reversed(looked_often), strict=False):
        assert one.start_s == other.start_s
        assert np.array_equal(one.levels, other.levels)


def test_a_resized_plot_shows_the_same_seconds(qtbot):
    plots = Plots()
    qtbot.addWidget(plots)
    plots.resize(800, 500)
    plots.show()
    plots.take(pieces(12, [80]))
    plots.show_until(11.9)
    before = plots.spectrogram.columns
    shown = before.pixels[:, np.arange(before.last + 1 - before.width, before.last + 1) % before.ring].copy()
    plots.resize(1000, 600)
    plots.resize(800, 500)
    after = plots.spectrogram.columns
    again = after.pixels[:, np.arange(after.last + 1 - after.width, after.last + 1) % after.ring]
    assert after is not before
    assert np.array_equal(shown, again)
    assert plots.waveform.shown_s == 11.9


def test_columns_stand_at_their_time():
    tape = Tape()
    made = pieces(11, [80, 33, 400])
    stretches = tape.take(made)
    times = np.concatenate([stretch.times for stretch in stretches])
    assert np.allclose(np.diff(times), COLUMN_S)
    assert times[0] == pytest.approx(COLUMN_S - 0.032)


def test_a_gap_is_marked_and_left_empty():
    made = pieces(12, [80], gap_at=4.0, gap_s=1.5)
    tape, ring = whole(made)
    ((begin, end, lost),) = tape.gaps
    assert end - begin == pytest.approx(lost) == pytest.approx(1.5)
    inside = np.arange(round((begin + 0.2) * 70), round((end - 0.2) * 70)) % ring.ring
    assert np.all(ring.pixels[:, inside] == GROUND)
    envelope = Envelope(700)
    for stretch in tape.stretches:
        envelope.add(stretch)
    least, _ = envelope.read(round(end * 70) + 100)
    empty = np.isnan(least[-100 - round(1.3 * 70) : -100 - round(0.2 * 70)])
    assert empty.all()


@pytest.mark.parametrize("sizes", [[80], [33, 80, 401], [7, 2000]])
def test_what_is_joined_is_drawn_as_its_parts_are(sizes):
    # A loss, and pieces that nobody drew in time.
    made = pieces(14, sizes, gap_at=4.0, gap_s=1.5)
    stretches = Tape().take(made[: len(made) // 2] + made[len(made) // 2 + 3 :])
    few = list(joined(stretches))
    assert len(few) == 3
    drawn = []
    for parts in (stretches, few):
        ring, envelope = SpectrogramRing(700, 120, GROUND), Envelope(700)
        for stretch in parts:
            ring.add(stretch)
            envelope.add(stretch)
        drawn.append((ring.last, ring.pixels, *envelope.read(ring.last)))
    for one, other in zip(*drawn, strict=True):
        assert np.array_equal(one, other, equal_nan=isinstance(one, np.ndarray) and one.dtype.kind == "f")


def test_the_tape_forgets_what_cannot_be_seen():
    tape = Tape()
    for piece in pieces(60, [2000]):
        tape.take([piece])
    assert sum(stretch.signal.size for stretch in tape.stretches) <= (KEPT_S + 2) * SIGNAL_RATE


def test_a_long_jump_of_the_trace_is_survived():
    made = pieces(40, [2000])
    tape, ring = whole(made[:3] + made[-3:])
    assert tape.end_s == made[-1].end_s
    assert ring.last / 70 == pytest.approx(tape.end_s, abs=0.1)


def test_the_envelope_holds_the_extremes_of_each_column():
    made = pieces(10, [33, 80, 401])
    signal = np.concatenate([piece.signal for piece in made])
    envelope = Envelope(500)
    for stretch in Tape().take(made):
        envelope.add(stretch)
    least, greatest = envelope.read(500)
    assert np.array_equal(least, signal[:20000].reshape(500, 40).min(axis=1))
    assert np.array_equal(greatest, signal[:20000].reshape(500, 40).max(axis=1))


def test_quiet_sound_is_as_bright_as_loud_sound_in_the_end():
    made = pieces(20, [80])
    quiet = Trace(keep_s=1e9)
    for piece in made:
        quiet.append(piece.start_s, piece.signal, piece.columns - 25)
    brightness = []
    for some in (made, quiet.since(0)):
        _, ring = whole(some)
        shown = ring.pixels[:, np.arange(ring.last - 300, ring.last) % ring.ring]
        brightness.append(np.mean((shown >> 16) & 255))
    assert brightness[0] == pytest.approx(brightness[1], rel=0.1)


def test_silence_is_dark_and_flat_on_a_scale_that_can_be_read(qtbot):
    trace = Trace(keep_s=1e9)
    for number in range(150):
        columns = np.full((5, ROWS), ScreenSpectrogram.FLOOR_DB, np.float32)
        trace.append(number * 0.08, np.zeros(160, np.float32), columns)
    _, ring = whole(trace.since(0))
    shown = ring.pixels[:, np.arange(ring.last + 1 - ring.width, ring.last + 1) % ring.ring]
    assert len(np.unique(shown)) == 1
    assert max((int(shown[0, 0]) >> shift) & 255 for shift in (0, 8, 16)) < 8

    plots = Plots()
    qtbot.addWidget(plots)
    plots.take(trace.since(0))
    plots.show_until(12.0)
    axis = plots._frames[0].getAxis("left")

    def labels():
        return [words for _, words in axis._tickLevels[0]]

    assert labels() == ["−0.001", "0", "+0.001"]
    letters = QFontMetricsF(axis.style["tickFont"])
    for plots.waveform.full_scale in _SCALES:
        plots._label_scale()
        assert max(map(letters.horizontalAdvance, labels())) + 10 < axis.width()


def test_the_scale_does_not_dance():
    item = WaveformItem()
    item.place(QRectF(0, 0, 500, 100), 1.0, ())
    scales = []
    tape = Tape()
    for piece in pieces(20, [80]):
        for stretch in tape.take([piece]):
            item.add(stretch)
        item.fit(item.column_at(piece.end_s))
        scales.append(item.full_scale)
    assert len(set(scales[500 // 4 :])) <= 2


def test_scrolls_by_whole_pixels_and_paints_only_for_one(qtbot):
    item = SpectrogramItem()
    item.place(QRectF(0, 0, 500, 100), 1.0, ())
    assert item.show_until(5.0)
    assert not item.show_until(5.001)
    assert item.show_until(5.021)


def test_time_runs_evenly_through_bursts():
    clock = DisplayClock()
    shown = [clock.advance(at, 0.04 * (at // 0.04), 1.0) for at in np.arange(0, 12, 1 / 30)]
    steps = np.diff(shown[60:])
    assert steps.min() > 0.8 / 30
    assert steps.max() < 1.2 / 30
    assert shown[-1] == pytest.approx(12 - DELAY_S, abs=0.08)


def test_time_never_runs_back_nor_ahead_of_the_sound():
    clock = DisplayClock()
    source = np.random.default_rng(3)
    heard = at = before = 0.0
    for _ in range(2000):
        at += source.uniform(0, 0.1)
        heard += max(0.0, source.normal(0.05, 0.1))
        now = clock.advance(at, heard, 1.0)
        assert before <= now <= heard
        before = now


def test_time_stands_where_the_sound_stands_still():
    clock = DisplayClock()
    for at in np.arange(0, 5, 1 / 30):
        clock.advance(at, at, 1.0)
    shown = [clock.advance(5 + at, 5.0, 1.0) for at in np.arange(0, 5, 1 / 30)]
    assert shown[-1] <= 5.0
    assert clock.advance(12.0, 5.0, 1.0, settle=True) == 5.0


def marked_columns(item, sounds, now_s):
    """Columns of the top row that a mark colours, of a waveform that holds no sound."""
    picture = QImage(item.pixel_width, item.pixel_height, QImage.Format.Format_RGB32)
    picture.fill(0)
    item.set_sounds(sounds)
    item.show_until(now_s)
    painter = QPainter(picture)
    item.draw(painter, item.column_at(now_s))
    painter.end()
    row = [picture.pixelColor(column, 2).red() > 100 for column in range(item.pixel_width)]
    return np.flatnonzero(row)


def test_heart_sounds_are_bars_where_they_lie_solid_and_hollow(qapp):
    item = WaveformItem()
    item.place(QRectF(0, 0, 1000, 200), 1.0, ())
    item.set_pen("#ffffff")
    first, second = HeartSound("S1", 23.0, 23.12), HeartSound("S2", 23.3, 23.4)
    solid = marked_columns(item, (first,), 30.0)
    assert (solid[0], solid[-1]) == (300, 312)
    assert solid.size == 13
    hollow = marked_columns(item, (second,), 30.0)
    assert hollow.tolist() == [330, 340]
    later = marked_columns(item, (first, second), 31.0)
    assert (later[0], later[-1]) == (200, 240)
    assert marked_columns(item, (first, second), 60.0).size == 0


# What moved a verdict


def attribution(config, *blocks, start_s=20.0):
    """Nothing moved but blocks of cells, each (lowest and highest hertz, first and last second, how far)."""
    centres = band_edges(config)[1:-1]
    edges = np.concatenate([[LOW_HZ], (centres[:-1] + centres[1:]) / 2, [HIGH_HZ]])
    step_s = config.frame_step / config.rate
    at_s = start_s + step_s * np.arange(config.frames)
    moved = np.zeros(config.image_shape, np.float32)
    for low_hz, high_hz, first_s, last_s, far in blocks:
        rows, columns = (centres >= low_hz) & (centres <= high_hz), (at_s >= first_s) & (at_s <= last_s)
        moved[np.ix_(rows, columns)] = far
    return Attribution(start_s, step_s, edges, moved)


def drawn(item, now_s):
    """Pixels of an item as 0xAARRGGBB."""
    picture = QImage(item.pixel_width, item.pixel_height, QImage.Format.Format_RGB32)
    picture.fill(GROUND)
    item.show_until(now_s)
    painter = QPainter(picture)
    item.draw(painter, item.column_at(now_s))
    painter.end()
    return np.ndarray((picture.height(), picture.width()), np.uint32, picture.constBits()).copy()


def extent(pixels, colour, now_s):
    """Lowest and highest hertz, first and last second of the pixels of a colour."""
    rows, columns = np.nonzero(pixels == colour)
    height, width = pixels.shape
    hertz = HIGH_HZ - (np.array([rows.max(), rows.min()]) + 0.5) / height * (HIGH_HZ - LOW_HZ)
    return *hertz, *(now_s - 10 + (np.array([columns.min(), columns.max()]) + 0.5) * 10 / width)


@pytest.fixture
def spectrogram(qapp):
    item = SpectrogramItem()
    item.place(QRectF(0, 0, 1000, 300), 1.0, ())
    return item


@pytest.mark.parametrize("config", [FINE_FRONT_END, PAPER_FRONT_END], ids=["fine", "paper"])
@pytest.mark.parametrize("size", [(1000, 300, 1.0), (889, 327, 2.0), (1777, 1001, 1.0)])
def test_outlines_lie_at_their_time_and_frequency(spectrogram, config, size):
    """Of a large plot at a coarser grain, whose parts are no multiple of it."""
    width, height, ratio = size
    spectrogram.place(QRectF(0, 0, width, height), ratio, ())
    up, down = (100, 220, 22.0, 23.0, 1.0), (500, 700, 26.0, 27.0, -1.0)
    spectrogram.set_attribution(attribution(config, up, down))
    for now_s in (30.0, 31.0):
        pixels = drawn(spectrogram, now_s)
        for colour, (low_hz, high_hz, first_s, last_s, _) in ((ABNORMAL, up), (NORMAL, down)):
            found = extent(pixels, colour, now_s)
            assert found[:2] == pytest.approx((low_hz, high_hz), abs=45)  # a band
            assert found[2:] == pytest.approx((first_s, last_s), abs=0.1)


def test_one_kind_of_outline_is_solid_and_the_other_dashed(spectrogram):
    sides = ((100, 400, 22.0, 24.0, 1.0), (100, 400, 26.0, 28.0, -1.0))
    spectrogram.set_attribution(attribution(FINE_FRONT_END, *sides))
    pixels = drawn(spectrogram, 30.0)
    for colour, dashed in ((ABNORMAL, False), (NORMAL, True)):
        rows, columns = np.nonzero(pixels == colour)
        along = pixels[rows.min(), columns.min() : columns.max() + 1] == colour
        upright = pixels[rows.min() : rows.max() + 1, columns.min()] == colour
        for line in (along, upright):
            assert line[2:-2].all() != dashed
            assert line.mean() > 0.4
        # What is inside an outline stays as it was.
        assert pixels[(rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2] == GROUND


def test_outlines_scroll_away_with_their_sound_and_go_when_nobody_asks(spectrogram):
    spectrogram.set_attribution(attribution(FINE_FRONT_END, (100, 400, 22.0, 24.0, 1.0)))
    assert not np.any(drawn(spectrogram, 21.9) == ABNORMAL)
    assert np.any(drawn(spectrogram, 30.0) == ABNORMAL)
    assert not np.any(drawn(spectrogram, 34.1) == ABNORMAL)
    assert np.all(drawn(spectrogram, 300.0) == GROUND)
    spectrogram.set_attribution(None)
    assert np.all(drawn(spectrogram, 30.0) == GROUND)


def test_where_nothing_moved_nothing_is_outlined(spectrogram):
    spectrogram.set_attribution(attribution(FINE_FRONT_END))
    assert np.all(drawn(spectrogram, 30.0) == GROUND)


@pytest.mark.parametrize("columns", [0, 1])
def test_a_window_of_which_hardly_anything_was_heard_has_outlines_or_none(spectrogram, columns):
    some = attribution(FINE_FRONT_END, (100, 400, 20.0, 30.0, 1.0))
    spectrogram.set_attribution(
        Attribution(some.start_s, some.step_s, some.edges_hz, some.moved[:, :columns])
    )
    drawn(spectrogram, 30.0)


def test_outlines_follow_a_resized_plot_and_leave_nothing_behind(spectrogram):
    spectrogram.set_attribution(attribution(FINE_FRONT_END, (100, 400, 22.0, 24.0, 1.0)))
    first = weakref.ref(spectrogram.overlay)
    before = extent(drawn(spectrogram, 30.0), ABNORMAL, 30.0)
    spectrogram.place(QRectF(0, 0, 700, 200), 1.5, ())
    assert spectrogram.overlay.pixels.shape[0] == 300
    after = extent(drawn(spectrogram, 30.0), ABNORMAL, 30.0)
    assert after[:2] == pytest.approx(before[:2], abs=10)
    assert after[2:] == pytest.approx(before[2:], abs=0.03)
    second = weakref.ref(spectrogram.overlay)
    spectrogram.set_attribution(None)
    gc.collect()
    assert (first(), second(), spectrogram.overlay) == (None, None, None)
