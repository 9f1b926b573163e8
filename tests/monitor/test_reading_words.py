import pytest

from dsp.reading import PARTS, SHAPES, Reading
from monitor.reading_words import reading_words


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading("none", None, None, None, None, 12, 0), "No murmur heard between the heart sounds."),
        (
            Reading("systolic", "holo", "diamond", 183.2, 20.0, 12, 11),
            "Holosystolic murmur, diamond-shaped, around 180 Hz, in 11 of 12 beats.",
        ),
        (
            Reading("diastolic", "early", "decrescendo", 327.0, 20.0, 9, 9),
            "Early diastolic murmur, decrescendo, around 330 Hz, in 9 of 9 beats.",
        ),
        (
            Reading("continuous", None, None, 240.0, 20.0, 12, 12),
            "Continuous murmur, through the second sound, around 240 Hz, in 12 of 12 beats.",
        ),
    ],
)
def test_the_sentence_says_what_the_fields_do(reading, words):
    assert reading_words(reading) == words


def test_every_reading_has_a_sentence_that_names_no_disease():
    for timing in ("systolic", "diastolic"):
        for part in PARTS:
            for shape in SHAPES:
                words = reading_words(Reading(timing, part, shape, 100.0, 9.0, 8, 7))
                assert words[0].isupper() and words.endswith("in 7 of 8 beats.")
                assert timing in words and "stenosis" not in words
