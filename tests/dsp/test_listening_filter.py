import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfreqz

from dsp.listening_filter import BANDS_HZ, FADE_S, ORDER, ListeningFilter
from tests.dsp.streams import cuts, heart, pieces

bands = st.sampled_from(sorted(BANDS_HZ))
rates = st.one_of(
    st.integers(1_000, 192_000), st.sampled_from([1_000, 2_000, 4_000, 44_100, 48_000, 192_000])
)


def response(band, rate, seconds=2.0):
    click = np.zeros(round(seconds * rate))
    click[1] = 1.0  # the first sample sets the initial state
    return np.fft.rfft(ListeningFilter(rate, band).push(click)), np.fft.rfftfreq(click.size, 1 / rate)


@settings(max_examples=15)
@given(bands, rates)
def test_each_band_has_the_response_that_scipy_designs(band, rate):
    low, high = BANDS_HZ[band]
    # An edge just below half the rate rings for longer than the click is listened to.
    assume(not 0 < rate / 2 - high < 10)
    kind, edges = ("bandpass", [low, high]) if high < rate / 2 else ("highpass", low)
    sections = butter(ORDER, edges, kind, fs=rate, output="sos")
    heard, hertz = response(band, rate)
    _, expected = sosfreqz(sections, hertz, fs=rate)
    assert np.abs(np.abs(heard) - np.abs(expected)).max() < 1e-3


@pytest.mark.parametrize(("band", "passed", "stopped"), [("bell", 60, 400), ("diaphragm", 220, 50)])
def test_the_bell_lets_low_and_the_diaphragm_high_sound_through(band, passed, stopped):
    heard, hertz = response(band, 4_000)
    db = 20 * np.log10(np.abs(np.interp([passed, stopped], hertz, np.abs(heard))))
    assert db[0] > -0.5
    assert db[1] < -23


def test_an_edge_that_the_rate_cannot_carry_is_left_out():
    heard, hertz = response("wide", 1_000)
    assert np.abs(heard[hertz > 50]) == pytest.approx(1, abs=2e-3)


@settings(max_examples=20)
@given(bands, bands, st.integers(0, 8_000), cuts)
def test_chunks_do_not_matter_to_the_bit(before, after, when, sizes):
    sound = heart(4_000, 2)
    outputs = []
    for split in ([], sizes):
        one = ListeningFilter(4_000, before)
        heard = [one.push(piece) for piece in pieces(sound[:when], split)]
        one.choose(after)
        heard += [one.push(piece) for piece in pieces(sound[when:], split)]
        outputs.append(np.concatenate(heard))
    assert np.array_equal(*outputs)


@settings(max_examples=20)
@given(st.lists(st.tuples(bands, st.integers(1, 400)), min_size=1, max_size=8), bands)
def test_a_change_does_not_click(changes, first):
    """Nothing is heard above what the bands let through: a step would be."""
    rate = 8_000
    one = ListeningFilter(rate, first)
    tone = 0.5 * np.sin(2 * np.pi * 150 * np.arange(2 * rate) / rate)
    heard, at = [one.push(tone[: rate // 2])], rate // 2
    for band, count in changes:
        one.choose(band)
        heard.append(one.push(tone[at : at + count]))
        at += count
    heard.append(one.push(tone[at:]))
    played = np.concatenate(heard)
    steady = 0.5 * 2 * np.pi * 150 / rate
    # The steepest that the tone itself is, and the fade on top of it.
    assert np.abs(np.diff(played)[rate // 4 :]).max() < 1.01 * steady + 1 / (FADE_S * rate)
    second = np.abs(np.diff(played, 2)[rate // 4 :])
    assert second.max() < 3 * 0.5 * (2 * np.pi * 150 / rate) ** 2


def test_after_a_change_only_the_new_band_is_heard():
    sound = heart(4_000, 3)
    changed, new = ListeningFilter(4_000, "wide"), ListeningFilter(4_000, "bell")
    head, tail = sound[:4_000], sound[4_000:]
    expected = np.concatenate([new.push(head), new.push(tail)])
    changed.push(head)
    changed.choose("bell")
    assert np.array_equal(changed.push(tail)[200:], expected[4_200:])


def test_after_a_reset_the_same_sound_gives_the_same_bits():
    sound = 0.1 + heart(4_000, 1)
    one = ListeningFilter(4_000, "wide")
    one.choose("diaphragm")
    one.push(sound)
    one.reset()
    assert np.array_equal(one.push(sound), ListeningFilter(4_000, "diaphragm").push(sound))


def test_an_offset_makes_no_thump():
    assert np.abs(ListeningFilter(48_000, "bell").push(np.full(4_800, 0.7))).max() < 1e-9
