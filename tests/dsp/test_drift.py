import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.drift import DriftedReader, DriftingClock, DriftSpan

BLOCK = 512


@st.composite
def drifts(draw):
    spans = []
    for _ in range(draw(st.integers(0, 4))):
        start = (spans[-1].end if spans else 0) + draw(st.integers(0, 5000))
        spans.append(DriftSpan(start, start + draw(st.integers(1, 50_000)), draw(st.floats(-200, 200))))
    return spans


def read(wave, spans, n):
    """The first n samples of a clock that drifts, of a wave given as a function of the true sample."""
    position = 0

    def true(count):
        nonlocal position
        position += count
        return wave(np.arange(position - count, position))

    reader = DriftedReader(true, DriftingClock(spans))
    return np.concatenate([reader.block(BLOCK) for _ in range(-(-n // BLOCK))])[:n]


@given(drifts(), st.integers(0, 10**9))
def test_there_and_back_is_where_it_was(spans, sample):
    clock = DriftingClock(spans)
    assert clock.sample_at(clock.true_sample(sample)) == pytest.approx(sample, abs=1e-5)


@given(drifts())
def test_each_stretch_takes_as_much_true_time_as_its_clock_is_wrong(spans):
    clock = DriftingClock(spans)
    for span in spans:
        true = clock.true_sample(span.end) - clock.true_sample(span.start)
        assert true * (1 + span.ppm * 1e-6) == pytest.approx(span.end - span.start, abs=1e-6)
    end = spans[-1].end if spans else 0
    assert clock.true_sample(end + 777) - clock.true_sample(end) == pytest.approx(777, abs=1e-6)


@pytest.mark.parametrize("ppm", [-200, -1, 150, 200])
@pytest.mark.parametrize("cycles", [0.005, 0.05, 0.2, 0.35])
def test_a_tone_is_heard_at_the_moments_of_the_clock_that_drifts(ppm, cycles):
    n = 60_000
    heard = read(lambda k: np.sin(2 * np.pi * cycles * k), [DriftSpan(1000, 50_000, ppm)], n)
    slope = 1 / (1 + ppm * 1e-6)
    k = np.arange(n)
    inside = np.clip(k, 1000, 50_000) - 1000
    expected = np.sin(2 * np.pi * cycles * (k - inside + inside * slope))
    # The stream begins from silence, which is no tone.
    assert np.abs(heard - expected)[20:].max() < 1e-4
    assert np.array_equal(heard[:1000], np.sin(2 * np.pi * cycles * k[:1000]))


def test_a_clock_that_is_true_changes_nothing():
    noise = np.random.default_rng(0).standard_normal(4000)
    assert np.array_equal(read(lambda k: noise[k % 4000], [], 4000), noise)
