import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.verdict import Label
from monitor.dashboard import words
from monitor.dashboard.theme import DARK, LIGHT
from monitor.dashboard.verdict_shape import SHAPES

REASON_CODES = (
    "too_quiet", "clipped", "no_heart_sound", "ambient_noise", "movement",
    "mains_hum", "gap", "fading", "band_limited", "padded",
)  # fmt: skip
EVENT_CODES = ("gap", "overflow", "device_lost", "device_back", "clipping", "bad_samples", "skipped")


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("code", REASON_CODES)
def test_every_reason_has_words(code):
    said = words.reason_words([code])
    assert said == words.REASONS[code]
    assert "_" not in said


@pytest.mark.parametrize("code", EVENT_CODES)
def test_every_event_has_words(code):
    assert "_" not in words.event_words(code, 3.0, "")
    assert code in words.EVENTS


def test_an_event_is_not_said_twice():
    assert words.event_words("clipping", 8.0, "12 samples at full scale") == "00:08 12 samples at full scale"
    assert words.event_words("gap", 62.0, "the file ends at 62.00 s") == "01:02 The file ends at 62.00 s"
    assert words.event_words("device_lost", 8.0, "USB") == "00:08 Device lost: USB"


def test_a_heart_rate_says_that_it_is_irregular():
    assert words.heart_rate_words(None) == words.heart_rate_words(None, None) == "–"
    assert words.heart_rate_words(71.6) == words.heart_rate_words(71.6, False) == "72 bpm"
    assert words.heart_rate_words(71.6, True) == "72 bpm, irregular"


@pytest.mark.parametrize("label", list(Label))
def test_every_label_has_a_word_a_shape_and_no_other_label_has_either(label):
    assert words.LABELS[label]
    assert SHAPES[label]
    assert len(set(words.LABELS.values())) == len(set(SHAPES.values())) == len(Label)


def test_an_unknown_code_is_shown_rather_than_hidden():
    assert words.reason_words(["brand_new"]) == "brand new"


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_all_text_can_be_read(theme):
    assert all(re.fullmatch(r"#[0-9a-f]{6}", part) for pair in theme.text_pairs() for part in pair)
    poor = [(ink, ground) for ink, ground in theme.text_pairs() if contrast(ink, ground) < 4.5]
    assert not poor


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_curves_and_focus_stand_out(theme):
    assert contrast(theme.signal, theme.plot) >= 3
    assert contrast(theme.focus, theme.control) >= 3


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_verdicts_differ_in_colour(theme):
    assert all(
        one != other for one, other in combinations((theme.normal, theme.abnormal, theme.uncertain), 2)
    )


def test_numbers_are_written_as_people_read_them():
    assert [words.decibels_words(level) for level in (0.0, -0.4, -3.0, -60.0, float("-inf"))] == [
        *["0", "0", "−3", "−60", "−∞"]
    ]
    assert words.clock_words(42.9) == "00:42"
    assert words.clock_words(3723) == "1:02:03"


@given(st.floats(0, 99_900))
def test_a_latency_has_room_however_late_it_is(milliseconds):
    said = words.latency_words(milliseconds)
    assert len(said) <= len("latency 000 ms")
    number, unit = said.split()[1:]
    told = float(number) * {"ms": 1, "s": 1000}[unit]
    assert told == pytest.approx(milliseconds, abs=51 if unit == "s" else 0.51)
