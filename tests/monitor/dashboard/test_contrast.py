"""Contrast by the formula of WCAG 2: of what is declared, and of the pixels that are really there."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QPlainTextEdit, QTreeWidget

from model.verdict import Label, RecordingVerdict
from monitor.dashboard.gauge import Gauge
from monitor.dashboard.plots import Plots
from monitor.dashboard.spectrogram_view import colours
from monitor.dashboard.theme import DARK, LIGHT
from monitor.dashboard.tick_box import TickBox
from monitor.dashboard.torso import Torso
from monitor.dashboard.verdict_shape import VerdictShape
from monitor.examination import Site, SiteState
from monitor.examination_record import SiteFinding

from .window_states import STATES, put

TEXT, PART, DISABLED = 4.5, 3.0, 3.0
RATIO = 2.0

both = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
every_state = pytest.mark.parametrize("state", STATES)


def luminances(pixels):
    """Relative luminance of pixels, shape (..., 3), 0 to 255."""
    return linear_of(pixels / 255) @ [0.2126, 0.7152, 0.0722]


def linear_of(parts):
    """Linear light of sRGB, 0 to 1."""
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def rgb(colour):
    """Of #rrggbb, 0 to 255."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])


def contrast(pixels, colour):
    """Of each pixel, shape (..., 3), with a colour."""
    light, ground = luminances(pixels) + 0.05, luminances(rgb(colour)) + 0.05
    return np.maximum(light / ground, ground / light)


def picture_of(widget, rect=None):
    """Shape (height, width, 3), two pixels for each logical one, so that letters are not mere edges."""
    rect = widget.rect() if rect is None else rect
    image = QImage(rect.size() * RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(RATIO)
    widget.render(image, QPoint(), QRegion(rect))
    pixels = np.ndarray((image.height(), image.width(), 4), np.uint8, image.constBits())
    return pixels[..., 2::-1].copy()


def part_of(picture, rect):
    left, top, width, height = (round(RATIO * side) for side in rect.getRect())
    return picture[max(0, top) : top + height, max(0, left) : left + width].reshape(-1, 3)


def strongest(pixels):
    """Contrast of the most frequent colour with that which differs most from it."""
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    light = luminances(found.astype(float)) + 0.05
    ground = light[counts.argmax()]
    return float(np.maximum(light / ground, ground / light).max())


def seen(window, widget):
    """Whether the widget's middle is not covered by something else."""
    top = window.childAt(widget.mapTo(window, widget.rect().center()))
    return top is widget or widget.isAncestorOf(top) or (top is not None and top.isAncestorOf(widget))


def written(window):
    """Widgets with words on them that can be seen, and where the words are."""
    for kind in (QLabel, QAbstractButton, QLineEdit, QPlainTextEdit, QTreeWidget):
        for widget in window.findChildren(kind):
            words = getattr(widget, "text", lambda: "words")() or getattr(widget, "placeholderText", str)()
            if widget.isVisible() and words and widget.visibleRegion().contains(widget.rect().center()):
                yield widget, QRect(widget.mapTo(window, QPoint()), widget.size()) & window.rect()


@every_state
@both
def test_all_words_can_be_read(window, state, theme):
    put(window, state, theme.name)
    picture = picture_of(window)
    checked = 0
    for widget, rect in written(window):
        if seen(window, widget):
            least = TEXT if widget.isEnabled() else DISABLED
            # Of a focused or framed control, what is within.
            inside = rect.adjusted(3, 3, -3, -3) if not isinstance(widget, QLabel) else rect
            assert strongest(part_of(picture, inside)) >= least, (widget, widget.accessibleName())
            checked += 1
    assert checked >= (5 if state == "presentation" else 20)


@both
def test_declared_text_colours_stand_out_on_everything_that_they_are_written_on(theme):
    assert all(re.fullmatch(r"#[0-9a-f]{6}", part) for pair in theme.text_pairs() for part in pair)
    poor = [(ink, ground) for ink, ground in theme.text_pairs() if contrast(rgb(ink), ground) < TEXT]
    assert not poor
    assert contrast(rgb(theme.ground), theme.focus) >= TEXT, "selected text"


@both
def test_parts_that_mean_something_stand_out(theme):
    poor = [(ink, ground) for ink, ground in theme.part_pairs() if contrast(rgb(ink), ground) < PART]
    assert not poor


@both
def test_a_menu_can_be_read(window, theme):
    put(window, "idle", theme.name)
    menu = QMenu(window)
    for words in ("Microphones", "Open recordings…"):
        menu.addAction(words)
    menu.actions()[1].setEnabled(False)
    menu.setActiveAction(menu.actions()[0])
    menu.resize(menu.sizeHint())
    picture = picture_of(menu)
    for action in menu.actions():
        # Right of the bar at a chosen one.
        rect = menu.actionGeometry(action).adjusted(8, 2, -8, -2)
        assert strongest(part_of(picture, rect)) >= (TEXT if action.isEnabled() else DISABLED)


@both
def test_times_on_the_strip_can_be_read_over_loud_sound(window, theme):
    put(window, "gone back", theme.name)
    strip = window.back.bar.strip
    picture = picture_of(strip)
    for rect in strip.time_rects():
        pixels = part_of(picture, rect.toRect())
        # Nothing but letters and their ground: no curve runs through them.
        assert strongest(pixels) >= TEXT
        found, counts = np.unique(pixels, axis=0, return_counts=True)
        assert tuple(rgb(theme.plot)) == tuple(found[counts.argmax()])


@both
@pytest.mark.parametrize("state", ["normal", "abnormal", "uncertain", "poor_signal", "idle"])
def test_shape_and_gauge_stand_out_in_the_window(window, state, theme):
    put(window, state, theme.name)
    for part in (window.verdict.shape, window.verdict.gauge):
        assert isinstance(part, (VerdictShape, Gauge))
        assert strongest(part_of(picture_of(window), in_window(window, part))) >= PART


def in_window(window, part):
    return QRect(part.mapTo(window, QPoint()), part.size())


@both
def test_the_abstention_band_the_trend_and_the_beats_stand_out_in_the_window(window, theme):
    put(window, "normal", theme.name)
    assert isinstance(window.plots, Plots)
    picture = picture_of(window)
    waveform, _, trend = (
        frame.mapRectToScene(frame.vb.geometry()).toRect().translated(window.plots.pos())
        for frame in window.plots._frames
    )
    for rect in (waveform, trend):
        assert strongest(part_of(picture, rect)) >= PART
    # The band's two edges are lines from side to side.
    rows = part_of(picture, trend).reshape(round(RATIO * trend.height()), -1, 3)[:, 40:-40]
    lines = (contrast(rows, theme.plot) >= PART).mean(axis=1) > 0.9
    edges = np.flatnonzero(np.diff(lines.astype(int), prepend=0) == 1)
    assert edges.size >= 2


@both
def test_sites_and_landmarks_of_the_chest_stand_out(window, theme):
    put(window, "examination", theme.name)
    torso = window.desk.panel.course.torso
    assert isinstance(torso, Torso)
    picture = picture_of(window)
    for button in torso.buttons.values():
        assert strongest(part_of(picture, in_window(window, button))) >= TEXT
    bones = torso.at(50, 44).toPoint()  # the breastbone
    rect = QRect(torso.mapTo(window, bones) - QPoint(12, 2), torso.mapTo(window, bones) + QPoint(12, 2))
    assert strongest(part_of(picture, rect)) >= PART


@both
@pytest.mark.parametrize("label", [Label.NORMAL, Label.POOR_SIGNAL], ids=str)
def test_no_line_of_the_chest_runs_through_a_sites_words(window, theme, label):
    put(window, "examination", theme.name)
    torso = window.desk.panel.course.torso
    verdict = RecordingVerdict(label, None, 0.2, (), 26, 20, None)
    for site, button in torso.buttons.items():
        button.show_site(Site(site, SiteState.DONE, SiteFinding(site, verdict, 0.0, 20.0, 20.0)), 0.0)
        button.hide()
    picture = picture_of(torso)
    for button in torso.buttons.values():
        pixels = part_of(picture, button.words_rect().translated(button.pos()))
        assert contrast(pixels, theme.plot).max() <= contrast(rgb(theme.panel), theme.plot) + 0.01
    # A line that is there is seen so.
    assert contrast(part_of(picture, torso.rect()), theme.plot).max() >= PART


@both
@pytest.mark.parametrize("ticked", [True, False])
def test_a_tick_box_stands_out_ticked_or_not_by_its_shape(window, theme, ticked):
    put(window, "examination begins", theme.name)
    box = window.desk.panel.start.keep
    assert isinstance(box, TickBox)
    box.setEnabled(True)
    box.setChecked(ticked)
    rect = in_window(window, box)
    rect.setWidth(20)
    pixels = part_of(picture_of(window), rect)
    assert strongest(pixels) >= PART
    box.setChecked(not ticked)
    assert (part_of(picture_of(window), rect) != pixels).any(axis=1).sum() > 40


@both
def test_borders_of_fields_stand_out(window, theme):
    for state, field in (
        ("examination begins", lambda: window.desk.panel.start.patient),
        ("results", lambda: window.desk.panel.results.note),
    ):
        put(window, state, theme.name)
        window.setFocus(Qt.FocusReason.OtherFocusReason)
        rect = in_window(window, field())
        left = QRect(rect.left() - 4, rect.center().y() - 2, 8, 4)
        assert strongest(part_of(picture_of(window), left)) >= PART


# Colours and those who see fewer of them

# Machado, Oliveira and Fernandes 2009, table 1, severity 1.0: on linear RGB.
MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
D65 = np.array([0.95047, 1.0, 1.08883])
SRGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour):
    return linear_of(rgb(colour) / 255)


def lab(rgb):
    """CIELAB of linear sRGB, shape (..., 3)."""
    share = rgb @ SRGB.T / D65
    cubed = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [
            116 * cubed[..., 1] - 16,
            500 * (cubed[..., 0] - cubed[..., 1]),
            200 * (cubed[..., 1] - cubed[..., 2]),
        ],
        axis=-1,
    )


@both
@pytest.mark.parametrize("sight", MACHADO)
def test_verdicts_differ_in_colour_for_who_sees_two(theme, sight):
    inks = (theme.normal, theme.abnormal, theme.uncertain)
    seen_as = [lab(np.clip(np.array(MACHADO[sight]) @ linear(ink), 0, 1)) for ink in inks]
    # Normal and abnormal, normal and uncertain, abnormal and uncertain.
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.linalg.norm(seen_as[one] - seen_as[other]) > 10, (inks[one], inks[other])


def test_the_spectrograms_colours_are_perceptually_uniform():
    table = colours()
    parts = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=-1) / 255
    lightness = lab(linear_of(parts))[:, 0]
    # Colours of 8 bits: a step may be rounded away, but over four none is.
    assert np.all(np.diff(lightness[::4]) > 0)
    assert np.all(np.diff(lightness) > -0.3)
    assert lightness[-1] - lightness[0] > 90
    # It was made uniform by another measure (CAM02-UCS), which differs from this one near black.
    steps = np.diff(lightness[::16])[1:]
    assert steps.max() < 1.5 * steps.min()
