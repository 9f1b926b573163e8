import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sample_count import SETTLE_S, STALL_S, SampleCount, StampCount

RATE = 4000
BLOCK = 80
BLOCK_S = BLOCK / RATE
CHUNK = 200


def lost(arrivals):
    """Samples said to be lost before each block that came, and whether any is still held back."""
    count = SampleCount(RATE)
    told = [count.block(BLOCK, arrived) for arrived in arrivals]
    return told, count.settling


def steady(start, blocks, rate_error=0.0):
    return start + np.arange(1, blocks + 1) * BLOCK_S * (1 + rate_error)


@given(
    st.floats(-3e-3, 3e-3),
    st.lists(st.floats(0, STALL_S / 2), min_size=50, max_size=50),
    st.integers(0, 2**32 - 1),
)
def test_neither_a_clock_that_is_off_nor_late_blocks_are_a_loss(rate_error, delays, seed):
    delay = np.random.default_rng(seed).choice(delays, 2000)
    arrivals = np.maximum.accumulate(steady(0, 2000, rate_error) + delay)
    told, settling = lost(arrivals)
    assert sum(told) == 0
    assert not settling


@given(st.floats(STALL_S + 0.05, 60), st.floats(-2e-4, 2e-4), st.floats(0, 0.01))
def test_what_does_not_come_after_a_pause_is_counted(pause_s, rate_error, jitter_s):
    rng = np.random.default_rng(0)
    before = steady(0, 200, rate_error)
    after = steady(before[-1] + pause_s, 200, rate_error)
    arrivals = np.concatenate([before, after])
    told, settling = lost(arrivals + rng.uniform(0, jitter_s, arrivals.size))
    assert not settling
    assert sum(told) == pytest.approx(pause_s * RATE, abs=(0.005 + jitter_s) * RATE)
    (at,) = np.flatnonzero(told)
    # The block that answers comes as soon as what was only late would be there.
    assert arrivals[at] - after[0] == pytest.approx(SETTLE_S, abs=2 * BLOCK_S)


@given(st.floats(STALL_S + 0.05, 5))
def test_what_comes_all_at_once_after_a_pause_was_only_late(pause_s):
    arrivals = steady(0, 1000)
    held = (arrivals > 2) & (arrivals <= 2 + pause_s)
    arrivals[held] = 2 + pause_s
    told, _ = lost(arrivals)
    assert sum(told) == 0


def test_of_a_pause_of_which_a_part_comes_late_the_rest_is_lost():
    arrivals = steady(0, 1000)
    # 2 s to 3 s: nothing comes; of that second the last 0.4 s were kept.
    kept = arrivals[(arrivals > 2.6) & (arrivals <= 3)]
    told, _ = lost(np.concatenate([arrivals[arrivals <= 2], np.full(kept.size, 3.0), arrivals[arrivals > 3]]))
    assert sum(told) == pytest.approx(0.6 * RATE, abs=BLOCK)


@given(st.floats(0.02 + BLOCK_S, STALL_S), st.floats(-2e-4, 2e-4))
def test_what_an_overflow_dropped_in_a_short_pause_is_counted(dropped_s, rate_error):
    before = steady(0, 200, rate_error)
    arrivals = np.concatenate([before, steady(before[-1] + dropped_s, 200, rate_error)])
    count = SampleCount(RATE)
    # The device tells of it one block late.
    told = [count.block(BLOCK, arrived, place == 201) for place, arrived in enumerate(arrivals)]
    assert not count.settling
    assert sum(told) == pytest.approx(dropped_s * RATE, abs=0.005 * RATE)


@given(st.lists(st.integers(0, 199), min_size=1, max_size=5))
def test_an_overflow_that_cost_nothing_is_no_loss(places):
    count = SampleCount(RATE)
    told = [count.block(BLOCK, at, place in places) for place, at in enumerate(steady(0, 250))]
    assert sum(told) == 0
    assert not count.settling


def test_another_stream_begins_to_count_anew():
    count = SampleCount(RATE)
    for arrived in steady(0, 50):
        count.block(BLOCK, arrived)
    count.reset()
    assert [count.block(BLOCK, arrived) for arrived in steady(100, 50)] == [0] * 50
    assert not count.settling


@given(
    drift=st.floats(-1e-3, 1e-3),
    jitter_s=st.floats(0, 0.009),
    gaps=st.lists(st.tuples(st.integers(10, 200), st.integers(150, 5000)), max_size=4),
    seed=st.integers(0, 2**31),
)
def test_a_gap_is_counted_whatever_the_senders_clock_does(drift, jitter_s, gaps, seed):
    """Of 38 ms or more: less cannot be told from stamps that waver and drift so much."""
    random, count = np.random.default_rng(seed), StampCount(RATE)
    taken, counted = 0, []
    for chunks, missing in [*gaps, (10, 0)]:
        for _ in range(chunks):
            at_s = taken / RATE * (1 + drift) + random.uniform(0, jitter_s)
            stamps = at_s + np.arange(CHUNK) / RATE
            counted += [lost for lost, _ in count.parts(np.zeros(CHUNK), stamps) if lost]
            taken += CHUNK
        taken += missing
    told = [missing for _, missing in gaps]
    close = (jitter_s + 0.01) * RATE
    assert len(counted) == len(told)
    assert all(abs(one - other) <= close for one, other in zip(counted, told, strict=True))
