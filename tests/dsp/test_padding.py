import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsp.padding import loop_to_length


@given(st.integers(1, 20_000), st.integers(0, 20_000), st.integers(0, 400))
def test_it_fills_the_window_and_begins_with_the_recording(count, more, fade):
    samples = np.random.default_rng(count).standard_normal(count)
    before = samples.copy()
    looped = loop_to_length(samples, count + more, fade)
    assert looped.shape == (count + more,)
    body = count - min(fade, count // 4)
    assert np.array_equal(looped[:body], samples[:body])
    assert np.array_equal(samples, before)


@given(st.integers(1000, 10_000), st.integers(20, 200), st.floats(0, 6.28))
def test_no_seam_is_harder_than_the_sound_itself(count, fade, phase):
    """A slow sine, cut anywhere: its own steps are small, so a jump at a seam would stand out."""
    samples = np.sin(2 * np.pi * 5 * np.arange(count) / 2000 + phase)
    looped = loop_to_length(samples, 20_000, fade)
    own = np.abs(np.diff(samples)).max()
    # Where two sounds of amplitude 1 hand over within `fade` samples, both gains move by pi / 2 / fade.
    assert np.abs(np.diff(looped)).max() <= np.sqrt(2) * own + np.sqrt(2) * np.pi / 2 / fade


@given(st.integers(400, 5000), st.integers(0, 100))
def test_every_pass_after_the_first_is_the_same(count, fade):
    samples = np.random.default_rng(count).standard_normal(count)
    body = count - min(fade, count // 4)
    looped = loop_to_length(samples, 3 * body + 7, fade)
    assert np.array_equal(looped[body : 2 * body], looped[2 * body : 3 * body])
    faded = count - body
    assert np.array_equal(looped[body + faded : 2 * body], samples[faded:body])


def test_a_fade_keeps_the_power_of_noise():
    noise = np.random.default_rng(0).standard_normal((2000, 400))
    looped = np.array([loop_to_length(row, 800, 100) for row in noise])
    power = np.mean(looped**2, axis=0)
    assert np.abs(power[300:400] - 1).max() < 0.15
    assert abs(power[300:400].mean() - 1) < 0.02
