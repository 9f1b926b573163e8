import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.course import Change
from dsp.noise_kinds import Noise
from dsp.scenario import FAULT_KINDS, PARAMETERS, Fault, FaultSpan, RandomFaults, Scenario, overlapping
from dsp.synthesis import SynthesisConfig
from tests.dsp.scenarios import random_faults, scenarios

calm = settings(max_examples=50, deadline=None)


def by_kind(spans):
    return {kind: [span for span in spans if span.kind == kind] for kind in FAULT_KINDS}


@calm
@given(scenarios())
def test_what_happens_is_in_order_and_no_two_faults_of_a_kind_overlap(scenario):
    spans = scenario.happened()
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    assert all(0 <= span.start < span.end <= scenario.samples for span in spans)
    for same in by_kind(spans).values():
        assert all(before.end <= after.start for before, after in pairwise(same))


@calm
@given(scenarios())
def test_every_scripted_fault_before_the_end_happens_where_it_says(scenario):
    rate, spans = scenario.heart.rate, scenario.happened()
    for fault in scenario.faults:
        start = round(fault.at_s * rate)
        if start < scenario.samples:
            (span,) = [one for one in spans if (one.kind, one.start) == (fault.kind, start)]
            end = min(start + max(1, round(fault.length_s * rate)), scenario.samples)
            assert span.end == end
            assert all(getattr(span, name) == getattr(fault, name) for name in PARAMETERS)


@calm
@given(scenarios(), st.floats(0.1, 1))
def test_a_shorter_stream_fails_as_the_beginning_of_a_longer_one(scenario, share):
    duration_s = max(0.1, scenario.duration_s * share)
    shorter = Scenario(scenario.heart, duration_s, scenario.faults, scenario.random)
    end = shorter.samples
    assert shorter.happened() == [
        dataclasses.replace(span, end=min(span.end, end)) for span in scenario.happened() if span.start < end
    ]


@calm
@given(random_faults())
def test_what_is_drawn_is_within_its_bounds_and_by_the_seed(entry):
    def drawn(seed):
        heart = SynthesisConfig(rate=1000, seed=seed)
        return Scenario(heart, 3_600.0, random=(entry,)).happened()

    spans = drawn(1)
    assert spans == drawn(1)
    if len(spans) > 3:
        assert spans != drawn(2)
    for span in spans[:-1]:
        low, high = entry.length_s
        assert max(1, round(low * 1000)) <= span.end - span.start <= max(1, round(high * 1000))
        for value, bounds in ((getattr(span, name), getattr(entry, name)) for name in PARAMETERS):
            assert (value is None) == (bounds is None)
            assert value is None or bounds[0] <= value <= bounds[1]


def test_in_a_day_there_are_as_many_as_the_rate_says():
    entry = RandomFaults("dropout", 30, (0.005, 0.5))
    counts = [
        len(Scenario(SynthesisConfig(rate=1000, seed=seed), 86_400, random=(entry,)).happened())
        for seed in range(10)
    ]
    # Poisson: 720 ± 27 a day; the mean of ten has a deviation of 8.5, less what overlaps (one in 500).
    assert sum(counts) / 10 == pytest.approx(720, abs=35)


def test_one_entry_does_not_shift_another():
    heart = SynthesisConfig(rate=1000, seed=3)
    clipping = RandomFaults("clipping", 40, (1, 2), gain_db=(10, 40))
    dropout, nan = RandomFaults("dropout", 60, (0.1, 1)), RandomFaults("nan", 9, (0.1, 1))
    one = Scenario(heart, 3600, random=(clipping, dropout)).happened()
    other = Scenario(heart, 3600, random=(clipping, nan)).happened()
    assert by_kind(one)["clipping"] == by_kind(other)["clipping"] != []


@given(
    st.lists(st.integers(1, 20), min_size=2, max_size=40),
    st.integers(0, 300),
    st.integers(1, 50),
)
def test_overlapping_spans_are_found(lengths, first, size):
    edges = [sum(lengths[:index]) for index in range(len(lengths) + 1)]
    spans = [FaultSpan("nan", *pair) for pair in pairwise(edges)][::2]
    expected = [span for span in spans if span.start < first + size and span.end > first]
    assert list(overlapping(spans, first, first + size)) == expected


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Fault("drop", 0, 1), "kind must be one of dropout, late, clipping"),
        (lambda: Fault("dropout", -1, 1), "at_s must be 0 to 86400, not -1"),
        (lambda: Fault("dropout", float("nan"), 1), "at_s must be 0 to 86400, not nan"),
        (lambda: Fault("dropout", 0, 0), "length_s of dropout must be above 0, at most 3600, not 0"),
        (lambda: Fault("late", 0, 31), "length_s of late must be above 0, at most 30, not 31"),
        (lambda: Fault("clipping", 0, 1), "gain_db is missing; clipping needs it, 0 to 80"),
        (lambda: Fault("clipping", 0, 1, gain_db=81), "gain_db must be 0 to 80, not 81"),
        (lambda: Fault("drift", 0, 1, ppm=-201), "ppm must be -200 to 200, not -201"),
        (lambda: Fault("nan", 0, 1, ppm=1), "ppm is not for nan; leave it out"),
        (lambda: Fault("fading", 0, 1, fall_db=10), "fall_s is missing; fading needs it, 0 to 86400"),
        (lambda: Fault("silence", 0, 1, fall_db=10), "fall_db is not for silence; leave it out"),
        (lambda: RandomFaults("nan", 0, (1, 2)), "per_hour must be above 0, at most 3600, not 0"),
        (lambda: RandomFaults("nan", 1, (2, 1)), r"length_s must be least and greatest, not \[2, 1\]"),
        (lambda: RandomFaults("drift", 1, (1, 2)), "ppm is missing"),
        (lambda: Scenario(duration_s=0), "duration_s must be 0.1 to 86400, not 0"),
        (lambda: Scenario(duration_s=1e9), "duration_s must be 0.1 to 86400, not 1e"),
        (
            lambda: Scenario(faults=(Fault("nan", 1, 1), Fault("nan", 1.5, 1))),
            "two faults of the kind nan overlap at 1.5 s",
        ),
        (
            lambda: Scenario(random=(RandomFaults("nan", 2000, (1, 1)),) * 2),
            "the random faults are 4000 in an hour together; at most 3600 can be",
        ),
        (
            lambda: Scenario(
                SynthesisConfig("s4"), changes=(Change(40.5, {"rhythm": "fibrillation"}),), duration_s=50
            ),
            "the heart as changed at 40.5 s: rhythm cannot be fibrillation with an S4",
        ),
        (
            lambda: Scenario(noises=(Noise("white", snr_db=0),) * 1001),
            "noises must be at most 1000, not 1001",
        ),
    ],
)
def test_what_is_not_allowed_is_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_faults_of_one_kind_may_touch_and_those_of_two_may_overlap():
    touching = (Fault("nan", 0.1, 0.2), Fault("nan", 0.3, 0.2), Fault("dropout", 0.2, 0.2))
    assert len(Scenario(faults=touching).happened()) == 3
