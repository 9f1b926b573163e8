from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from monitor.dashboard.words import quality_words
from monitor.screening import words
from monitor.screening.row import failed
from monitor.screening.summary import write_summary
from monitor.screening.tally import MOST_ABNORMAL, Tally
from tests.monitor.screening.rows import SETTINGS

LABELS = st.sampled_from(["normal", "abnormal", "uncertain"])


def judged(number, label, p):
    return {
        **failed(f"{number:04}", "").row,
        **SETTINGS.cells,
        "label": label,
        "p_abnormal": p,
        "error": None,
    }


def tallied(rows):
    tally = Tally()
    for row in rows:
        tally.add(row)
    return tally


@given(st.lists(st.tuples(LABELS, st.sampled_from([0.5, 0.75]) | st.floats(0, 1)), max_size=200))
def test_the_most_probably_abnormal_are_kept_and_no_others(answers):
    rows = [judged(number, label, p) for number, (label, p) in enumerate(answers)]
    abnormal = [row for row in rows if row["label"] == "abnormal"]
    wanted = sorted(abnormal, key=lambda row: (-row["p_abnormal"], row["path"]))
    assert tallied(rows).abnormal == wanted[:MOST_ABNORMAL]


@given(st.none() | st.floats(0, 1))
def test_quality_is_counted_under_the_word_that_the_window_has_for_it(quality):
    tally = Tally()
    tally.add({**judged(0, "normal", 0.1), "quality": quality})
    (grade,) = tally.qualities
    word = "not rated" if quality is None else quality_words(quality).partition(" (")[0]
    assert words.QUALITIES[grade].partition(":")[0] == word


def test_the_summary_says_how_many_abnormal_ones_it_leaves_out(tmp_path):
    def page(count):
        tally = tallied(judged(number, "abnormal", number / 100) for number in range(count))
        write_summary(tmp_path / "out.html", Path("out.csv"), tally, SETTINGS, "0")
        return (tmp_path / "out.html").read_text()

    assert words.NO_ABNORMAL in page(0)
    assert words.more_abnormal_words(1) not in page(MOST_ABNORMAL)
    text = page(MOST_ABNORMAL + 1)
    assert words.more_abnormal_words(1) in text
    assert text.index(f"{MOST_ABNORMAL:04}") < text.index("0001")
    assert "0000" not in text
