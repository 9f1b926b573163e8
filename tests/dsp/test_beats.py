"""Beats found in states that are known: those of a made rhythm, sure or doubtful."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.beats import STATES, BeatTracker, HeartStates, find_sounds, rhythm_of

STEP_S = 0.032
WINDOW = 311


def rhythm(seconds, rate_bpm, jitter=0.0, seed=0, first_s=0.0):
    """Sounds of a made heart, as (kind, start, end) in seconds."""
    rng = np.random.default_rng(seed)
    sounds, at = [], first_s
    while at < seconds:
        beat = 60 / rate_bpm * (1 + jitter * rng.uniform(-1, 1))
        systole = min(0.33, 0.42 * beat)
        sounds.append(("S1", at, at + min(0.12, 0.2 * beat)))
        sounds.append(("S2", at + systole, at + systole + min(0.09, 0.18 * beat)))
        at += beat
    return sounds


def states_of(sounds, start_s, columns, sureness=0.96, noise=0.0, seed=0):
    """What a network would say that is so sure of the right state."""
    times = start_s + STEP_S * np.arange(columns)
    state = np.full(columns, 3)
    for (kind, start, end), after in zip(sounds, [*sounds[1:], ("", np.inf, np.inf)], strict=True):
        state[(times >= start) & (times < end)] = STATES.index(kind)
        between = (times >= end) & (times < after[1])
        state[between] = STATES.index(kind) + 1
    logits = np.log(np.where(np.arange(4)[:, None] == state, sureness, (1 - sureness) / 3))
    logits += noise * np.random.default_rng(seed).normal(size=logits.shape)
    share = np.exp(logits)
    return HeartStates(start_s, STEP_S, share / share.sum(axis=0))


def inside(sounds, start_s, end_s):
    return [one for one in sounds if one[1] > start_s + 0.1 and one[2] < end_s - 0.1]


rates = st.floats(35, 200)
firsts = st.floats(0, 1)


@settings(max_examples=60)
@given(rates, firsts, st.floats(0, 0.1), st.integers(0, 99))
def test_every_sound_is_found_where_it_is(rate, first_s, jitter, seed):
    made = rhythm(10, rate, jitter, seed, first_s)
    found = find_sounds(states_of(made, 0.0, WINDOW))
    assert [one.sound for one in found][:1] in (["S1"], ["S2"])
    assert all(one.sound != other.sound for one, other in pairwise(found))
    assert all(one.end_s <= other.start_s + 1e-9 for one, other in pairwise(found))
    for kind, start, end in inside(made, 0, 9.95):
        near = min(found, key=lambda one: abs(one.start_s - start))
        assert near.sound == kind
        assert near.start_s == pytest.approx(start, abs=STEP_S)
        assert near.end_s == pytest.approx(end, abs=STEP_S)


@settings(max_examples=60)
@given(rates, firsts, st.integers(0, 99))
def test_the_rate_is_exact_from_35_to_200_also_where_the_states_waver(rate, first_s, seed):
    made = rhythm(10, rate, 0.0, seed, first_s)
    told = rhythm_of(states_of(made, 0.0, WINDOW, sureness=0.9, noise=0.5, seed=seed))
    assert told.rate_bpm == pytest.approx(rate, abs=1)
    assert not told.irregular
    assert 0.7 <= told.confidence <= 1


@settings(max_examples=60)
@given(st.floats(150, 200), st.integers(0, 99))
def test_of_a_fast_heart_that_breathes_the_rate_is_the_mean(rate, seed):
    made = rhythm(10, rate, 0.12, seed)
    told = rhythm_of(states_of(made, 0.0, WINDOW, sureness=0.9, noise=0.5, seed=seed))
    onsets = [start for kind, start, end in made if kind == "S1" and end < WINDOW * STEP_S]
    assert told.rate_bpm == pytest.approx(60 / np.mean(np.diff(onsets)), abs=1)


@given(st.floats(0, 1e6), st.integers(0, 99))
def test_times_are_those_of_the_sources_clock(origin_s, seed):
    made = rhythm(10, 70, 0.05, seed)
    here = find_sounds(states_of(made, 0.0, WINDOW))
    moved = HeartStates(origin_s, STEP_S, states_of(made, 0.0, WINDOW).probability)
    starts = [origin_s + one.start_s for one in here]
    assert [one.start_s for one in find_sounds(moved)] == pytest.approx(starts, abs=2e-6)


def test_of_states_that_say_nothing_no_rate_is_guessed():
    flat = HeartStates(0.0, STEP_S, np.full((4, WINDOW), 0.25))
    assert rhythm_of(flat).rate_bpm is None
    silent = HeartStates(0.0, STEP_S, np.tile([[0.01], [0.01], [0.01], [0.97]], WINDOW))
    assert find_sounds(silent) == []
    assert rhythm_of(silent).rate_bpm is None
    assert find_sounds(HeartStates(0.0, STEP_S, np.empty((4, 0)))) == []


@given(st.integers(0, 999))
def test_of_states_at_random_no_rate_is_guessed(seed):
    share = np.random.default_rng(seed).dirichlet(np.ones(4), WINDOW).T
    assert rhythm_of(HeartStates(0.0, STEP_S, share)).rate_bpm is None


def test_one_sound_missed_or_made_up_does_not_change_the_rate():
    made = rhythm(10, 72)
    missed = [one for index, one in enumerate(made) if index != 7]
    assert rhythm_of(states_of(missed, 0.0, WINDOW)).rate_bpm == pytest.approx(72, abs=1)
    extra = sorted([*made, ("S1", 3.6, 3.68)], key=lambda one: one[1])
    assert rhythm_of(states_of(extra, 0.0, WINDOW)).rate_bpm == pytest.approx(72, abs=1)


def test_an_early_beat_is_told_and_does_not_change_the_rate():
    made = [one for one in rhythm(12, 72) if not 4.9 < one[1] < 5.4]
    made = sorted([*made, ("S1", 4.55, 4.66), ("S2", 4.85, 4.94)], key=lambda one: one[1])
    told = rhythm_of(states_of(made, 0.0, WINDOW))
    assert told.irregular
    assert told.rate_bpm == pytest.approx(72, abs=1)


def test_a_heart_whose_beats_come_as_they_like_is_called_irregular():
    made = rhythm(10, 80, jitter=0.45, seed=3)
    told = rhythm_of(states_of(made, 0.0, WINDOW, sureness=0.99))
    assert told.irregular
    starts = [start for kind, start, _ in made if kind == "S1"]
    assert told.rate_bpm == pytest.approx(60 / np.mean(np.diff(starts)), rel=0.1)
    assert not rhythm_of(states_of(rhythm(10, 80, jitter=0.05, seed=3), 0.0, WINDOW)).irregular


def tracked(made, seconds, hop_s, **options):
    tracker, found = BeatTracker(), []
    for start_s in np.arange(0, seconds - 10 + 1e-9, hop_s):
        found += tracker.push(states_of(made, start_s, WINDOW, **options))
    return found, tracker.flush()


@settings(max_examples=25, deadline=None)
@given(rates, st.sampled_from([0.08, 0.4, 1.04, 5.04, 9.92]), st.integers(0, 99))
def test_of_a_stream_each_sound_is_given_once_whatever_the_hop(rate, hop_s, seed):
    made = rhythm(40, rate, 0.05, seed)
    settled, rest = tracked(made, 40, hop_s, sureness=0.9, noise=0.3, seed=seed)
    found = settled + rest
    assert all(one.end_s <= other.start_s for one, other in pairwise(found))
    heard_s = 10 + (30 // hop_s) * hop_s - 0.05
    expected = inside(made, 0, heard_s)
    right = sum(
        any(one.sound == kind and abs(one.middle_s - (start + end) / 2) < 0.06 for one in found)
        for kind, start, end in expected
    )
    assert right >= 0.97 * len(expected)
    assert len(found) <= len(expected) * 1.03 + 6


def test_what_was_given_is_settled_and_not_long_ago():
    made = rhythm(30, 75)
    tracker = BeatTracker()
    for start_s in np.arange(0, 20, 0.4):
        for one in tracker.push(states_of(made, start_s, WINDOW)):
            assert one.end_s <= start_s + 10
            assert one.end_s > start_s + 10 - 2 - 0.8 - 2 * 60 / 75 or start_s == 0


def test_windows_that_do_not_touch_are_told_apart():
    made = rhythm(60, 75)
    tracker = BeatTracker()
    first = tracker.push(states_of(made, 0.0, WINDOW))
    second = tracker.push(states_of(made, 40.0, WINDOW))
    assert first[-1].end_s < 8.1
    assert any(8 < one.start_s < 10 for one in second)
    assert all(one.start_s < 10 or one.start_s > 39.9 for one in second + tracker.flush())


def test_a_tracker_begins_anew():
    made = rhythm(20, 75)
    tracker = BeatTracker()
    tracker.push(states_of(made, 0.0, WINDOW))
    tracker.reset()
    assert tracker.flush() == []
    assert tracker.push(states_of(made, 0.0, WINDOW)) == BeatTracker().push(states_of(made, 0.0, WINDOW))
