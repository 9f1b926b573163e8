"""Timings of the last minute, against all that were told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.stage_timings import OVER_S, STAGES, StageTimings

from .streams import Bench


@given(st.lists(st.tuples(st.sampled_from(STAGES), st.floats(0, 1), st.floats(0, 20)), max_size=80))
def test_they_are_those_of_the_last_minute(told):
    now = [1000.0]
    timings = StageTimings(lambda: now[0])
    kept = {stage: [] for stage in STAGES}
    for stage, took_s, passed_s in told:
        timings.add(stage, took_s)
        kept[stage].append((now[0], took_s))
        now[0] += passed_s
    lately = {
        stage: [1e3 * took_s for at, took_s in ones if at >= now[0] - OVER_S] for stage, ones in kept.items()
    }
    figures = {one.stage: one for one in timings.figures()}
    assert list(figures) == [stage for stage in STAGES if lately[stage]]
    for stage, one in figures.items():
        assert one.count == len(lately[stage])
        assert one.last == pytest.approx(lately[stage][-1])
        assert one.median == pytest.approx(np.median(lately[stage]))
        assert one.p99 == pytest.approx(np.percentile(lately[stage], 99))


def test_any_number_takes_the_same_memory_and_the_newest_stay():
    timings = StageTimings(lambda: 0.0)
    for number in range(5000):
        timings.add("gate", number)
    (one,) = timings.figures()
    assert one.last == 4999e3
    assert 1000 <= one.count <= 1100
    assert one.median > 4000e3


def test_a_worker_times_what_it_did(classifier):
    rate = 2000
    bench = Bench(rate=rate, classifier=classifier)
    silence_then_heart = np.concatenate(
        [np.zeros(12 * rate), HeartSoundSynthesizer(SynthesisConfig(rate=rate)).read(20 * rate)]
    )
    bench.play([(0, silence_then_heart)], size=rate)
    figures = {one.stage: one for one in bench.worker.timings.figures()}
    assert figures["front end"].count == 32
    assert figures["reading"].count == len(bench.judged)
    classified = sum(one.p_abnormal is not None for one in bench.judged)
    assert figures["CNN"].count == classified
    # Where a rule refuses a window nothing is made of it.
    by_rule = sum("too_quiet" in one.reasons for one in bench.judged)
    assert by_rule
    assert figures["gate"].count == figures["image"].count <= len(bench.judged) - by_rule
    assert all(one.last >= 0 and one.median <= one.p99 for one in figures.values())
