"""The average beat while somebody looks: the same as of the whole sound, in constant memory."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.beat_average import BEATS, BeatAverage
from dsp.beats import HeartSound
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.beat_averager import BeatAverager, BeatTaker
from monitor.trace import SIGNAL_RATE, Trace
from tests.monitor.sound_server import until

SECONDS = 24
LATE_S = 2.5


@pytest.fixture(scope="module")
def heart():
    made = HeartSoundSynthesizer(SynthesisConfig("as", rate=SIGNAL_RATE, seed=3, snr_db=20))
    signal = made.read(SECONDS * SIGNAL_RATE).astype(np.float32)
    sounds = [
        HeartSound(one.sound, one.start_s, one.end_s)
        for one in made.truth(SECONDS)
        if one.sound in ("S1", "S2")
    ]
    return signal, sounds


def feed(trace, signal, sounds, begin_s, end_s, origin_s=0.0, gap_s=0.0, piece_s=0.08):
    """Pieces as the worker makes them, the sounds some seconds behind."""
    at = begin_s
    marked = [one for one in sounds if one.end_s + LATE_S <= begin_s]
    while at < end_s - 1e-9:
        part = signal[round(at * SIGNAL_RATE) : round(min(at + piece_s, end_s) * SIGNAL_RATE)]
        trace.append(origin_s + at, part, np.empty((0, 1), np.float32), gap_s)
        gap_s, at = 0.0, at + piece_s
        fresh = [one for one in sounds[len(marked) :] if one.end_s + LATE_S <= at]
        marked += fresh
        trace.mark([HeartSound(one.sound, origin_s + one.start_s, origin_s + one.end_s) for one in fresh])


@given(looks=st.lists(st.floats(0.1, 9.0), min_size=1, max_size=12))
@settings(max_examples=15)
def test_it_is_that_of_the_sound_whenever_it_is_looked_at(heart, looks):
    signal, sounds = heart
    trace, at = Trace(), 0.0
    taker = BeatTaker(trace)
    for look in looks:
        feed(trace, signal, sounds, at, min(SECONDS, at + look))
        at = min(SECONDS, at + look)
        taker.take()
    feed(trace, signal, sounds, at, SECONDS)
    found = taker.take() or taker.take()
    whole = BeatAverage()
    whole.push(signal, [one for one in sounds if one.end_s + LATE_S <= SECONDS])
    if at < SECONDS:
        assert found.beat.beats == whole.average().beats == BEATS
        np.testing.assert_allclose(found.beat.waveform, whole.average().waveform, atol=1e-6)
        assert 0.02 < found.second_length_s < 0.2
        assert 0.02 < found.first_length_s < 0.2
    assert taker.take() is None


def test_after_lost_sound_it_begins_anew(heart):
    signal, sounds = heart
    trace = Trace()
    taker = BeatTaker(trace)
    feed(trace, signal, sounds, 0.0, 12.0)
    assert taker.take().beat.beats > 5
    later = [one for one in sounds if one.start_s > 12.0]
    feed(trace, signal, later, 12.0, 20.0, origin_s=5.0, gap_s=5.0)
    found = taker.take()
    assert found.beat is not None
    assert found.beat.beats <= sum(one.sound == "S1" for one in later if one.end_s < 17.5)


def test_what_was_forgotten_before_it_was_asked_for_is_a_hole(heart):
    signal, sounds = heart
    trace = Trace(keep_s=6.0)
    taker = BeatTaker(trace)
    feed(trace, signal, sounds, 0.0, 2.0)
    taker.take()
    feed(trace, signal, sounds, 2.0, SECONDS)
    assert 1 <= taker.take().beat.beats <= 6


def test_nothing_runs_until_it_is_asked_and_the_newest_is_of_what_is_followed(heart):
    signal, sounds = heart
    trace, other = Trace(), Trace()
    feed(trace, signal, sounds, 0.0, SECONDS)
    before = set(threading.enumerate())
    averager = BeatAverager()
    averager.follow(None)
    assert set(threading.enumerate()) == before
    assert averager.newest is None
    averager.follow(trace)
    until(lambda: averager.newest is not None, "an average")
    assert averager.newest.beat.beats == BEATS
    averager.follow(other)
    assert averager.newest is None
    averager.follow(None)
    assert averager.newest is None
    averager.follow(trace)
    until(lambda: averager.newest is not None, "an average again")
    averager.close()
    assert set(threading.enumerate()) == before
