import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.verdict import Label
from monitor.dashboard import words

REASON_CODES = (
    "too_quiet", "clipped", "no_heart_sound", "ambient_noise", "movement",
    "mains_hum", "gap", "fading", "band_limited", "padded",
)  # fmt: skip
EVENT_CODES = ("gap", "overflow", "device_lost", "device_back", "clipping", "bad_samples", "skipped")


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
    assert words.SHAPES[label]
    assert len(set(words.LABELS.values())) == len(set(words.SHAPES.values())) == len(Label)


def test_an_unknown_code_is_shown_rather_than_hidden():
    assert words.reason_words(["brand_new"]) == "brand new"


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
