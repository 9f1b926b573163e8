from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.card import Calibration
from model.verdict import Label, RecordingTally, RollingVerdict, Standing, WindowVerdict, band_label
from model.window_quality import DOUBTED_BELOW

BAND = Calibration(low=0.4, high=0.6)
probabilities = st.floats(0, 1)
bands = st.tuples(probabilities, probabilities).map(
    lambda edges: Calibration(low=min(edges), high=max(edges))
)
REASONS = ("too_quiet", "clipped", "padded", "fading", "mains_hum")


def window(end_s, p, reasons=(), quality=None):
    label = Label.POOR_SIGNAL if p is None else band_label(p, BAND)
    return WindowVerdict(end_s - 10, end_s, label, p, quality, reasons)


def warming(end_s):
    return WindowVerdict(0.0, end_s, Label.WARMING_UP, None)


# Hops of any length, and what became of each window; None is a refused one.
streams = st.lists(st.tuples(st.sampled_from([0.4, 1.0, 4.0, 12.0]), st.none() | probabilities), min_size=1)


def spoken(stream):
    end_s = 10.0
    for hop_s, p in stream:
        end_s += hop_s
        yield window(end_s, p)


@given(streams, bands)
def test_the_standing_probability_is_the_mean_of_the_last_half_minute(stream, band):
    rolling, past = RollingVerdict(band), []
    for verdict in spoken(stream):
        standing = rolling.update(verdict)
        past.append(verdict)
        scored = [v for v in past if v.p_abnormal is not None and v.end_s > verdict.end_s - 30]
        if not any(v.end_s > verdict.end_s - 10 for v in scored):
            assert standing == Standing(Label.POOR_SIGNAL, None)
            continue
        assert standing.p_abnormal == pytest.approx(sum(v.p_abnormal for v in scored) / len(scored))
        assert standing.label in (Label.NORMAL, Label.ABNORMAL, Label.UNCERTAIN)


@given(streams, bands)
def test_a_label_holds_only_within_the_margin_of_its_edge(stream, band):
    rolling, before = RollingVerdict(band), None
    for verdict in spoken(stream):
        standing = rolling.update(verdict)
        if standing.p_abnormal is not None:
            plain = band_label(standing.p_abnormal, band)
            if standing.label is not plain:
                # Only what stood before may stand on.
                assert standing.label is before
                if before is Label.ABNORMAL:
                    assert band.high - 0.05 < standing.p_abnormal < band.high
                else:
                    assert before is Label.NORMAL
                    assert band.low < standing.p_abnormal < band.low + 0.05
        before = standing.label


def labels(*ps):
    """Labels of windows so far apart that each stands alone."""
    rolling = RollingVerdict(BAND)
    return [str(rolling.update(window(40.0 * index, p)).label) for index, p in enumerate(ps, 1)]


def test_a_probability_that_wavers_at_an_edge_does_not_flicker():
    assert labels(0.59) == ["uncertain"]
    assert labels(0.6, 0.59, 0.56, 0.6) == ["abnormal"] * 4
    assert labels(0.6, 0.54, 0.59) == ["abnormal", "uncertain", "uncertain"]
    assert labels(0.41) == ["uncertain"]
    assert labels(0.4, 0.41, 0.44, 0.4) == ["normal"] * 4
    assert labels(0.4, 0.46, 0.41) == ["normal", "uncertain", "uncertain"]
    assert labels(0.9, 0.1, 0.9) == ["abnormal", "normal", "abnormal"]


def test_poor_signal_ends_what_stood():
    assert labels(0.6, None, 0.59) == ["abnormal", "poor_signal", "uncertain"]


@given(st.lists(st.floats(0.4, 30), max_size=20), probabilities)
def test_poor_signal_stands_when_nothing_was_scored_for_ten_seconds(hops, p):
    rolling, end_s = RollingVerdict(BAND), 10.0
    first = rolling.update(window(end_s, p))
    for hop_s in hops:
        end_s += hop_s
        standing = rolling.update(window(end_s, None))
        assert (standing.label is Label.POOR_SIGNAL) == (end_s - 10.0 >= 10.0)
        assert standing.p_abnormal == (None if end_s >= 20.0 else first.p_abnormal)


def test_patience_is_measured_to_the_last_scored_window():
    rolling = RollingVerdict(BAND)
    rolling.update(window(10.0, 0.9))
    assert rolling.update(window(19.9, None)).label is Label.ABNORMAL
    assert rolling.update(window(20.0, None)) == Standing(Label.POOR_SIGNAL, None)
    assert rolling.update(window(21.0, 0.1)).p_abnormal == pytest.approx(0.5)
    assert RollingVerdict(BAND).update(window(10.0, None)) == Standing(Label.POOR_SIGNAL, None)


@given(st.lists(st.tuples(st.none() | probabilities, st.booleans()), min_size=1), bands)
def test_a_band_limited_source_never_gets_a_confident_standing(stream, band):
    rolling = RollingVerdict(band)
    for index, (p, padded) in enumerate(stream):
        reasons = ("band_limited", "padded") if padded else ("band_limited",)
        standing = rolling.update(window(10 + 0.4 * index, p, reasons))
        assert standing.label in (Label.UNCERTAIN, Label.POOR_SIGNAL)


@given(streams)
def test_warming_up_stands_alone_and_changes_nothing(stream):
    plain, mixed = RollingVerdict(BAND), RollingVerdict(BAND)
    assert mixed.update(warming(1.0)) == Standing(Label.WARMING_UP, None)
    for verdict in spoken(stream):
        expected = plain.update(verdict)
        assert mixed.update(verdict) == expected
        assert mixed.update(warming(verdict.end_s)) == Standing(Label.WARMING_UP, None)


@given(streams, streams)
def test_reset_forgets(before, after):
    used, fresh = RollingVerdict(BAND), RollingVerdict(BAND)
    for verdict in spoken(before):
        used.update(verdict)
    used.reset()
    for verdict in spoken(after):
        assert used.update(verdict) == fresh.update(verdict)


@given(
    st.lists(
        st.tuples(
            st.none() | probabilities,
            st.none() | probabilities,
            st.lists(st.sampled_from(REASONS), unique=True),
        )
    ),
    st.lists(st.integers(0, 100)),
    bands,
)
def test_a_recordings_verdict_is_the_mean_of_its_windows(judged, cuts, band):
    verdicts = [
        window(10 + index, p, tuple(reasons), quality) for index, (p, quality, reasons) in enumerate(judged)
    ]
    tally = RecordingTally(band)
    edges = sorted(min(cut, len(verdicts)) for cut in cuts)
    for begin, end in zip([0, *edges], [*edges, len(verdicts)], strict=True):
        tally.add([warming(1.0), *verdicts[begin:end]])
    result = tally.result()
    scored = [v.p_abnormal for v in verdicts if v.p_abnormal is not None]
    assert result.windows == len(verdicts)
    assert result.poor_windows == len(verdicts) - len(scored)
    assert (result.p_abnormal is None) == (result.label is Label.POOR_SIGNAL) == (not scored)
    if scored:
        weights = [v.weight for v in verdicts if v.scored]
        assert result.p_abnormal == pytest.approx(np.average(scored, weights=weights))
        doubtful = sum(weights) < DOUBTED_BELOW * len(scored) or len(scored) < len(verdicts) / 4
        assert result.label is (Label.UNCERTAIN if doubtful else band_label(result.p_abnormal, band))
    qualities = [v.quality for v in verdicts]
    if None in qualities or not qualities:
        assert result.quality is None
    else:
        assert result.quality == pytest.approx(sum(qualities) / len(qualities))
    counts = Counter(reason for v in verdicts for reason in v.reasons)
    assert sorted(result.reasons) == sorted(counts)
    assert [counts[reason] for reason in result.reasons] == sorted(counts.values(), reverse=True)


@given(st.floats(0.5, 1), st.floats(0.2, 0.5, exclude_max=True), probabilities, probabilities)
def test_a_window_counts_by_its_quality(good, doubtful, p, other):
    rolling = RollingVerdict(BAND)
    rolling.update(window(10, p, quality=good))
    mean = rolling.update(window(10.4, other, quality=doubtful)).p_abnormal
    assert mean == pytest.approx((good * p + doubtful * other) / (good + doubtful))


@given(st.lists(st.floats(0.2, 0.5, exclude_max=True), min_size=1, max_size=20), probabilities)
def test_doubtful_windows_make_no_confident_verdict(qualities, p):
    rolling, tally = RollingVerdict(BAND), RecordingTally(BAND)
    judged = [window(10 + 0.4 * index, p, quality=quality) for index, quality in enumerate(qualities)]
    tally.add(judged)
    assert {rolling.update(one).label for one in judged} == {Label.UNCERTAIN}
    assert tally.result().label is Label.UNCERTAIN


@given(st.integers(1, 10), st.integers(0, 60))
def test_a_few_good_windows_among_poor_ones_make_no_confident_verdict(scored, poor):
    tally = RecordingTally(BAND)
    tally.add(window(10 + index, 0.95, quality=0.9) for index in range(scored))
    tally.add(window(30 + index, None, quality=0.05) for index in range(poor))
    expected = Label.UNCERTAIN if scored < (scored + poor) / 4 else Label.ABNORMAL
    assert tally.result().label is expected


@given(st.lists(probabilities, min_size=1), bands)
def test_a_band_limited_recording_is_uncertain(ps, band):
    tally = RecordingTally(band)
    tally.add(window(10, p, ("band_limited",)) for p in ps)
    assert tally.result().label is Label.UNCERTAIN
    assert tally.result().p_abnormal is not None


@given(probabilities, bands)
def test_a_word_for_every_probability(p, band):
    expected = Label.UNCERTAIN
    if p <= band.low:
        expected = Label.NORMAL
    if p >= band.high:
        expected = Label.ABNORMAL
    assert band_label(p, band) is expected


def test_the_edges_of_the_band_belong_to_its_outside():
    assert [str(band_label(p, BAND)) for p in (0.4, 0.4000001, 0.5999999, 0.6)] == [
        "normal",
        "uncertain",
        "uncertain",
        "abnormal",
    ]
    assert band_label(0.5, Calibration()) is Label.ABNORMAL
