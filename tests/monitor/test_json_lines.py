import io
import json

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.reading import PARTS, SHAPES, TIMINGS, Reading
from model.verdict import Label, RecordingVerdict, Standing, WindowVerdict
from monitor.json_lines import (
    document_text,
    event_line,
    read_schema,
    reading_object,
    summary_line,
    verdict_line,
    write_line,
)
from monitor.snapshot import Judgement, SessionEvent, Summary
from tests.monitor.streams import TAG, Bench, noise

SCHEMA = read_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

VERDICT_FIELDS = [
    *["kind", "window_start_s", "window_end_s", "label", "p_abnormal", "quality", "reasons"],
    *["heart_rate_bpm", "rolling", "model", "latency_ms"],
]
HEART_FIELDS = ["heart_rate_confidence", "irregular", "reading"]  # which older lines lack
EVENT_FIELDS = ["kind", "t_s", "event", "detail"]
SUMMARY_FIELDS = [
    *["kind", "label", "p_abnormal", "quality", "reasons", "windows", "poor_windows", "gap_s"],
    *["duration_s", "heart_rate_bpm", "model"],
]
CONTRACT = """
{"kind": "verdict", "window_start_s": 0.4, "window_end_s": 10.4, "label": "normal", "p_abnormal": 0.07, "quality": 0.93, "reasons": [], "heart_rate_bpm": 71.8, "rolling": {"label": "normal", "p_abnormal": 0.08}, "model": "NAME@0123456789ab", "latency_ms": 4.1}
{"kind": "event", "t_s": 12.3, "event": "gap", "detail": "0.31 s lost"}
{"kind": "summary", "label": "normal", "p_abnormal": 0.08, "quality": 0.93, "reasons": [], "windows": 28, "poor_windows": 0, "gap_s": 0.0, "duration_s": 20.9, "heart_rate_bpm": 71.9, "model": "NAME@0123456789ab"}
"""  # noqa: E501


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_lines_of_the_contract_are_valid_and_their_fields_the_ones_that_are_written():
    verdict, event, summary = (json.loads(line) for line in CONTRACT.split("\n")[1:-1])
    for line, fields in ((verdict, VERDICT_FIELDS), (event, EVENT_FIELDS), (summary, SUMMARY_FIELDS)):
        VALIDATOR.validate(line)
        assert list(line) == fields
    VALIDATOR.validate({**summary, "source": "a.wav"})


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_schema_refuses_what_the_contract_does(number):
    line = json.loads(CONTRACT.split("\n")[1:-1][number])
    for field in line:
        assert not VALIDATOR.is_valid({name: value for name, value in line.items() if name != field}), field
    assert not VALIDATOR.is_valid({**line, "more": 1})
    wrong = [
        {"label": "poor_signal"},  # with a probability
        {"label": "fine"},
        {"p_abnormal": 1.5},
        {"reasons": ["bored"]},
        {"model": "NAME"},
        {"event": "fire"},
        {"t_s": -1},
        {"windows": -1},
        {"heart_rate_bpm": 0},
    ]
    for change in wrong:
        # A summary may be poor with a probability of nothing only; the rule is the window's.
        if change.keys() <= line.keys() and not (number == 2 and change == wrong[0]):
            assert not VALIDATOR.is_valid({**line, **change}), change


def with_heart(fields):
    after = fields.index("heart_rate_bpm") + 1
    return [*fields[:after], *HEART_FIELDS, *fields[after:]]


def test_the_schema_refuses_a_heart_that_is_none():
    summary = json.loads(CONTRACT.split("\n")[3])
    reading = reading_object(Reading("systolic", "mid", "diamond", 180.0, 12.0, 12, 11))
    VALIDATOR.validate({**summary, "heart_rate_confidence": 0.9, "irregular": False, "reading": reading})
    wrong = [
        {"heart_rate_confidence": 1.1},
        {"irregular": "no"},
        {"reading": "none"},
        *({"reading": {**reading, **change}} for change in ({"timing": "loud"}, {"beats": -1}, {"more": 1})),
        *({"reading": {one: reading[one] for one in reading if one != field}} for field in reading),
    ]
    for change in wrong:
        assert not VALIDATOR.is_valid({**summary, **change}), change


@st.composite
def readings(draw):
    if draw(st.booleans()):
        return None
    timing = draw(st.sampled_from(TIMINGS))
    murmur, placed = timing != "none", timing in ("systolic", "diastolic")
    beats = draw(st.integers(4, 10**6))
    return Reading(
        timing,
        draw(st.sampled_from(PARTS)) if placed else None,
        draw(st.sampled_from(SHAPES)) if placed else None,
        draw(st.floats(15, 672)) if murmur else None,
        draw(st.floats(5.5, 90)) if murmur else None,
        beats,
        draw(st.integers(0, beats)) if murmur else 0,
    )


rate = st.none() | st.floats(1, 300)
heart = st.tuples(rate, st.none() | st.floats(0, 1), st.none() | st.booleans(), readings())
probability = st.none() | st.floats(0, 1)
reasons = st.lists(st.sampled_from(["too_quiet", "clipped", "padded", "band_limited", "gap"]), unique=True)
label = st.sampled_from([Label.NORMAL, Label.ABNORMAL, Label.UNCERTAIN, Label.POOR_SIGNAL])


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1e6), label, st.floats(0, 1), probability, reasons, heart, label, probability)
def test_any_verdict_makes_a_valid_line(start_s, word, p, quality, reasons, heart, standing, rolling):
    p = None if word is Label.POOR_SIGNAL else p
    verdict = WindowVerdict(start_s, start_s + 10, word, p, quality, tuple(reasons), *heart)
    line = verdict_line(Judgement(verdict, Standing(standing, rolling), 1.25), TAG)
    VALIDATOR.validate(line)
    assert list(line) == with_heart(VERDICT_FIELDS)
    assert (line["irregular"], line["reading"] is None) == (heart[2], heart[3] is None)
    assert type(line["label"]) is type(line["rolling"]["label"]) is str
    if p is not None:
        assert line["p_abnormal"] == pytest.approx(p, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(label, probability, probability, reasons, st.integers(0, 10**6), st.floats(0, 1e6), heart)
def test_any_summary_makes_a_valid_line(word, p, quality, reasons, windows, duration_s, heart):
    verdict = RecordingVerdict(word, p, quality, tuple(reasons), windows, windows // 2, *heart)
    line = summary_line(Summary(verdict, duration_s / 2, duration_s, 3), TAG)
    VALIDATOR.validate(line)
    assert list(line) == with_heart(SUMMARY_FIELDS)
    named = summary_line(Summary(verdict, 0.0, duration_s, 0), TAG, "심음.wav")
    assert list(named) == [*with_heart(SUMMARY_FIELDS), "source"]
    VALIDATOR.validate(named)


def test_every_line_of_a_troubled_stream_is_valid():
    stream = noise(30 * 2000)
    stream[100:200], stream[5000:5010] = np.nan, 1.0
    stream[40_000:44_000] = 0
    bench = Bench(lossless=False)
    bench.play([(0, stream[:30_000]), (31_000, stream[30_000:])])
    assert {line["kind"] for line in bench.lines} == {"verdict", "event", "summary"}
    for line in map(json.loads, bench.text().split("\n")):
        VALIDATOR.validate(line)


class Flushing(io.StringIO):
    """Knows what had been written at each flush."""

    def __init__(self):
        super().__init__()
        self.flushed = []

    def flush(self):
        self.flushed.append(self.getvalue())


def test_each_line_is_flushed():
    out = Flushing()
    for t_s in (1.0, 2.0):
        write_line(event_line(SessionEvent(t_s, "gap", "0.31 s lost")), out)
    first, both = out.flushed
    assert both.startswith(first)
    assert [json.loads(line)["t_s"] for line in both.splitlines()] == [1.0, 2.0]
    assert both.endswith("\n")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_never_written(number):
    out = io.StringIO()
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_line({"t_s": number}, out)
    assert out.getvalue() == ""
    with pytest.raises(ValueError, match="not JSON compliant"):
        document_text({"t_s": number})


def test_a_name_that_is_no_text_can_be_written_everywhere():
    """File names are bytes; Python marks those that are not text by lone surrogates."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    write_line({"source": "심음\udcff.wav"}, out)
    assert json.loads(out.buffer.getvalue())["source"] == "심음\udcff.wav"
