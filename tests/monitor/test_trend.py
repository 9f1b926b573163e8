"""A whole session in constant memory: against the same judgements kept one by one."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from model.verdict import Label, Standing, WindowVerdict
from monitor.snapshot import Judgement
from monitor.trend import BINS, FIRST_BIN_S, Trend

from .streams import Bench, noise

DAY_S = 86_400.0


def judgement(end_s, probability=0.5, quality=0.8, label=Label.NORMAL):
    verdict = WindowVerdict(end_s - 10, end_s, label, probability, quality)
    return Judgement(verdict, Standing(label, probability), 1.0)


said = st.tuples(
    st.floats(10.0, DAY_S),
    st.one_of(st.none(), st.floats(0, 1)),
    st.one_of(st.none(), st.floats(0, 1)),
)


@given(st.lists(said, min_size=1, max_size=60))
@settings(max_examples=60)
def test_a_bin_says_what_its_judgements_said_however_often_bins_were_joined(told):
    trend = Trend()
    told = sorted(told, key=lambda one: one[0])
    for end_s, probability, quality in told:
        label = Label.POOR_SIGNAL if probability is None else Label.NORMAL
        trend.add(judgement(end_s, probability, quality, label))
    view = trend.view()
    assert view.mean.size <= BINS
    assert math.log2(view.bin_s / FIRST_BIN_S).is_integer()
    assert view.windows.sum() == len(told)
    at = {}
    for one in told:
        at.setdefault(math.floor(one[0] / view.bin_s + 1e-6), []).append(one)
    # No longer than the session makes it.
    assert view.bin_s == FIRST_BIN_S or max(at) >= BINS // 2
    assert set(np.flatnonzero(view.windows)) == set(at)
    for index, ones in at.items():
        heard = [probability for _, probability, _ in ones if probability is not None]
        measured = [quality for _, _, quality in ones if quality is not None]
        assert view.windows[index] == len(ones)
        assert view.poor[index] == sum(probability is None for _, probability, _ in ones)
        expected = (min(heard), np.mean(heard), max(heard)) if heard else (np.nan,) * 3
        np.testing.assert_allclose((view.least[index], view.mean[index], view.greatest[index]), expected)
        np.testing.assert_allclose(view.quality[index], np.mean(measured) if measured else np.nan)


@given(st.lists(st.tuples(st.floats(0.06, 900), st.floats(0.0, 20_000)), min_size=1, max_size=20))
@settings(max_examples=60)
def test_every_lost_second_is_in_its_place(losses):
    trend, now_s, spans = Trend(), 0.0, []
    for heard_s, lost_s in losses:
        spans.append((now_s + heard_s, now_s + heard_s + lost_s))
        trend.lose(*spans[-1])
        now_s = spans[-1][1]
    view = trend.view()
    np.testing.assert_allclose(view.lost_s.sum(), sum(end - begin for begin, end in spans))
    for index in np.flatnonzero(view.lost_s > 1e-6):
        begin_s, end_s = index * view.bin_s, (index + 1) * view.bin_s
        assert any(begin < end_s and end > begin_s for begin, end in spans)
        assert view.lost_s[index] <= view.bin_s * (1 + 1e-9)


def test_a_view_is_the_same_until_something_is_added_and_stays_as_it_was():
    trend = Trend()
    trend.add(judgement(10.0, 0.2))
    view = trend.view()
    assert trend.view() is view
    trend.add(judgement(10.2, 0.9))
    assert view.mean[-1] == 0.2
    assert trend.view() is not view
    trend.add(judgement(3.0, label=Label.WARMING_UP))
    assert trend.view().windows.sum() == 2


def test_a_worker_tells_the_trend_of_all_that_it_judged_and_lost():
    bench = Bench()
    bench.play([(0, noise(40_000)), (60_000, noise(60_000, 1))])
    view = bench.worker.snapshot.trend
    assert view.windows.sum() == len(bench.judged)
    assert view.lost_s.sum() == 10.0
    heard = [said.rolling.p_abnormal for said in bench.judgements if said.rolling.p_abnormal is not None]
    assert np.nanmax(view.greatest) == max(heard)
    assert np.nanmin(view.least) == min(heard)
