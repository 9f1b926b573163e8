"""The samples carry their own index, exact in float32, so a loss, repeat or swap cannot hide."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ring import Ring
from tests.monitor.sound_server import until

JOIN_S = 30


def indices(start, stop):
    return np.arange(start, stop).astype(np.float32)


writes = st.tuples(st.just("write"), st.integers(0, 40), st.sampled_from([0, 0, 0, 1, 3, 25, 60]))
reads = st.tuples(st.just("read"), st.integers(1, 50), st.just(0))


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 30), st.lists(writes | reads, max_size=40))
def test_a_live_stream_is_handed_over_in_order_and_every_loss_counted_once(capacity, operations):
    ring = Ring(capacity)
    written, block_of, end, taken = set(), {}, 0, 0

    for number, (kind, size, gap) in enumerate([*operations, *[("read", 50, 0)] * 80]):
        held = sorted(index for index in written if index >= max(taken, end - capacity))
        run = next((index for index in range(taken, end) if index not in held), end) - taken
        assert ring.waiting == run
        if kind == "write":
            start = end + gap
            assert ring.write(start, indices(start, start + size), arrived=float(number))
            written.update(range(start, start + size))
            block_of.update(dict.fromkeys(range(start, start + size), float(number)))
            end = start + size
            assert ring.end == end
            continue
        chunk = ring.read(size, timeout=0)
        if not held:
            assert chunk is None
            continue
        first = held[0]
        bound = (first // size + 1) * size
        stop = next(index for index in range(first, bound + 1) if index not in held or index == bound)
        assert (chunk.start, chunk.end) == (first, stop)
        assert np.array_equal(chunk.samples, indices(first, stop))
        assert chunk.lost == first - taken
        assert chunk.overwritten == len(written & set(range(taken, first)))
        assert all(chunk.arrived(index) == block_of[index] for index in range(first, stop))
        taken = stop


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from([0, 0, 5, 45])), max_size=12),
    st.integers(0, 200),
)
def test_looking_takes_nothing_and_shows_losses_as_silence(capacity, blocks, since):
    ring, stream = Ring(capacity), np.empty(0, np.float32)
    for size, gap in blocks:
        start = stream.size + gap
        samples = indices(start + 1, start + 1 + size)  # no sample is 0 by itself
        ring.write(start, samples, 0.0)
        stream = np.concatenate([stream, np.zeros(gap, np.float32), samples])
    for _ in range(2):
        tail = ring.since(since)
        first = min(max(since, stream.size - capacity), stream.size)
        assert tail.start == first
        assert np.array_equal(tail.samples, stream[first:])


@settings(max_examples=25, deadline=None)
@given(
    capacity=st.integers(1, 50),
    blocks=st.lists(
        st.tuples(st.integers(1, 120), st.sampled_from([0, 0, 0, 7, 80])), min_size=1, max_size=30
    ),
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=10),
)
def test_a_writer_that_waits_overwrites_nothing(capacity, blocks, sizes):
    ring = Ring(capacity)
    expected, holes, start = [], 0, 0
    starts = []
    for size, gap in blocks:
        start, holes = start + gap, holes + gap
        starts.append(start)
        expected.append(indices(start, start + size))
        start += size

    def write():
        for first, samples in zip(starts, expected, strict=True):
            ring.write(first, samples, 0.0, wait=True)
        ring.close()

    writer = threading.Thread(target=write)
    writer.start()
    chunks, turn = [], 0
    while (chunk := ring.read(sizes[turn % len(sizes)], JOIN_S)) is not None:
        chunks.append(chunk)
        turn += 1
    writer.join(JOIN_S)
    assert not writer.is_alive()
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks]), np.concatenate(expected))
    assert sum(chunk.lost for chunk in chunks) == holes
    assert not any(chunk.overwritten for chunk in chunks)
    assert all(after.start - before.end == after.lost for before, after in pairwise(chunks))


def test_what_is_kept_beyond_a_waiting_writer_can_be_looked_at_when_it_was_taken():
    ring = Ring(50, ahead=40)
    writer = threading.Thread(target=lambda: ring.write(0, indices(0, 100), 0.0, wait=True))
    writer.start()
    until(lambda: ring.end == 40, "the writer is as far ahead as it may be")
    assert np.array_equal(ring.read(10).samples, indices(0, 10))
    until(lambda: ring.end == 50, "the writer goes on")
    assert np.array_equal(ring.since(0).samples, indices(0, 50))
    ring.close()
    writer.join(JOIN_S)
    assert not writer.is_alive()


def test_closing_releases_a_waiting_writer_which_learns_of_it():
    ring, outcome = Ring(10), []
    writer = threading.Thread(target=lambda: outcome.append(ring.write(0, indices(0, 25), 0.0, wait=True)))
    writer.start()
    until(lambda: ring.waiting == 10, "the ring is full")
    ring.close()
    writer.join(JOIN_S)
    assert outcome == [False]
    assert np.array_equal(ring.read(10).samples, indices(0, 10))
    assert ring.read(10) is None


def test_closing_releases_a_writer_that_waits_to_leap():
    ring, outcome = Ring(10), []
    ring.write(0, indices(0, 5), 0.0)
    writer = threading.Thread(target=lambda: outcome.append(ring.write(20, indices(20, 25), 0.0, wait=True)))
    writer.start()
    ring.close()
    writer.join(JOIN_S)
    assert outcome == [False]


def test_closing_releases_a_waiting_reader():
    ring, outcome = Ring(10), []
    reader = threading.Thread(target=lambda: outcome.append(ring.read(10)))
    reader.start()
    ring.close()
    reader.join(JOIN_S)
    assert outcome == [None]
    assert ring.closed
    assert ring.write(0, indices(0, 5), 0.0) is False


def test_a_sample_that_comes_again_is_refused():
    ring = Ring(10)
    ring.write(0, indices(0, 5), 0.0)
    with pytest.raises(ValueError, match="sample 4 comes again"):
        ring.write(4, indices(4, 6), 0.0)
    assert np.array_equal(ring.read(10).samples, indices(0, 5))


def test_a_ring_holds_something():
    with pytest.raises(ValueError, match="less than one sample"):
        Ring(0)
