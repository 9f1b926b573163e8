import threading
import time

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.listening_filter import ListeningFilter
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.feeds import NewestFeed, PastFeed
from monitor.listener import Listener
from monitor.recall import EDGE_S, Recall, as_heard, save
from monitor.ring import Ring
from monitor.sources.protocol import SourceError
from tests.full_disk import files_of_at_most
from tests.monitor.sound_server import until

RATE = 4_000
TEMPOS = (1.0, 0.5, 0.25)


def ring_of(samples, seconds=60, rate=RATE):
    ring = Ring(seconds * rate)
    ring.write(0, samples.astype(np.float32), 0.0)
    return ring


@pytest.fixture(scope="module")
def heart():
    config = SynthesisConfig(condition="as", rate=RATE, seed=2)
    return HeartSoundSynthesizer(config).read(20 * RATE).astype(np.float32)


def heard(samples, tempo, band, rate=RATE):
    return np.concatenate(list(as_heard(samples, tempo, ListeningFilter(rate, band))))


def test_a_recall_is_the_raw_sound_and_outlives_the_ring(heart):
    ring = ring_of(heart, seconds=20)
    recall = Recall(ring, RATE, 5.0, 8.0)
    assert np.array_equal(recall.samples, heart[5 * RATE : 8 * RATE])
    ring.write(heart.size, np.zeros(20 * RATE, np.float32), 0.0)
    assert np.array_equal(recall.samples, heart[5 * RATE : 8 * RATE])
    assert (recall.begin_s, recall.end_s) == (5.0, 8.0)


@settings(max_examples=20)
@given(st.floats(0, 20), st.floats(0, 20), st.integers(1, 12))
def test_of_what_the_ring_no_longer_holds_there_is_nothing(one, other, seconds):
    begin_s, end_s = sorted((one, other))
    sound = np.arange(12 * 1_000) / 12_000
    ring = ring_of(sound, seconds, 1_000)
    recall = Recall(ring, 1_000, begin_s, end_s)
    first = round(recall.begin_s * 1_000)
    assert np.array_equal(recall.samples, sound[first : first + recall.samples.size].astype(np.float32))
    assert recall.begin_s >= min(12 - seconds, begin_s) - 1e-9
    assert recall.end_s <= 12


@pytest.mark.parametrize("tempo", TEMPOS)
@pytest.mark.parametrize("band", ["bell", "wide"])
def test_what_is_played_never_clips_and_begins_and_ends_at_rest(heart, tempo, band):
    loud = np.clip(40 * heart[: 4 * RATE], -1, 1)
    played = heard(loud, tempo, band)
    assert played.size == round(loud.size / tempo)
    assert np.abs(played).max() <= 1
    assert np.abs(played[[0, -1]]).max() < 0.05
    edge = np.abs(np.diff(np.concatenate([[0], played, [0]])))
    assert edge[:5].max() < 0.05
    assert edge[-5:].max() < 0.05
    assert round(EDGE_S * RATE) == 40


def test_what_is_no_sound_is_heard_as_silence():
    samples = np.array([0.0, np.nan, np.inf, -np.inf, 1e30] * 800, np.float32)
    assert np.array_equal(heard(samples, 1.0, "wide"), np.zeros(4_000))


def test_what_is_saved_is_what_came_in_24_bit_and_replaces_nothing(heart, tmp_path):
    path = tmp_path / "Zürich 1.wav"
    first = save(path, [heart[:1000], heart[1000:5000]], RATE)
    second = save(path, [heart[:7]], RATE)
    assert (first, second) == (path, tmp_path / "Zürich 1 (2).wav")
    sound, rate = sf.read(first, dtype="float64")
    assert (rate, sf.info(first).subtype) == (RATE, "PCM_24")
    assert np.abs(sound - heart[:5000]).max() <= 2**-23
    assert first.stat().st_mode & 0o777 == 0o600


def test_where_nothing_can_be_written_nothing_is_left(heart, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        save(tmp_path / "none" / "x.wav", [heart], RATE)
    with files_of_at_most(20_000), pytest.raises(OSError, match=r"."):
        save(tmp_path / "x.wav", [heart], RATE)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def listener():
    one = Listener()
    yield one
    one.close()


def play_to_the_end(listener, outputs, feed):
    listener.play(feed)
    until(lambda: outputs, "an output is opened")

    outputs[-1].drive(lambda: listener.feed is None)
    return np.concatenate(outputs[-1].played)


@pytest.mark.parametrize("tempo", TEMPOS)
@pytest.mark.parametrize("band", ["wide", "bell", "diaphragm"])
def test_the_output_gets_the_same_samples_as_the_file(heart, listener, outputs, tmp_path, tempo, band):
    recall = Recall(ring_of(heart), RATE, 3.0, 4.0)
    played = play_to_the_end(listener, outputs, PastFeed(recall, band, tempo))
    path = save(tmp_path / "heard.wav", as_heard(recall.samples, tempo, ListeningFilter(RATE, band)), RATE)
    saved, _ = sf.read(path, dtype="float32")
    expected = heard(recall.samples, tempo, band)
    first = np.flatnonzero(played)[0] - np.flatnonzero(expected)[0]
    # Whatever was asked for before it came, or after, is silence.
    assert np.array_equal(played[first : first + expected.size], expected)
    assert not played[:first].any()
    assert not played[first + expected.size :].any()
    assert np.abs(saved - expected).max() <= 2**-23


def test_a_loop_is_the_same_again_and_again_until_it_is_ended(heart, listener, outputs):
    recall = Recall(ring_of(heart), RATE, 3.0, 3.5)
    feed = PastFeed(recall, "wide", 1.0, loop=True)
    listener.play(feed)
    until(lambda: outputs, "an output is opened")
    once = heard(recall.samples, 1.0, "wide")
    outputs[0].drive(lambda: sum(map(np.count_nonzero, outputs[0].played)) > 3 * once.size)
    feed.loop = False
    outputs[0].drive(lambda: listener.feed is None)
    played = np.concatenate(outputs[0].played)
    first = np.flatnonzero(played)[0] - np.flatnonzero(once)[0]
    again = played[first:]
    rounds = again[: again.size // once.size * once.size].reshape(-1, once.size)
    assert len(rounds) >= 3
    for each in rounds[:3]:
        assert np.array_equal(each, once)


def test_where_it_is_heard_follows_tempo(heart, listener, outputs):
    recall = Recall(ring_of(heart), RATE, 3.0, 5.0)
    listener.play(PastFeed(recall, "wide", 0.5, from_s=4.0))
    until(lambda: outputs, "an output is opened")
    outputs[0].drive(lambda: listener.heard_s is not None)
    before, count = listener.heard_s, len(outputs[0].played)
    assert 4.0 <= before < 4.2
    outputs[0].drive(lambda: listener.heard_s > before + 0.1)
    asked = (len(outputs[0].played) - count) * 100 / RATE
    assert listener.heard_s - before == pytest.approx(0.5 * asked, abs=0.06)


def test_an_output_of_another_rate_is_given_the_same_sound(heart, listener, outputs):
    outputs.own_rate = 8_000
    recall = Recall(ring_of(heart), RATE, 3.0, 5.0)
    played = play_to_the_end(listener, outputs, PastFeed(recall, "wide", 1.0))
    expected = heard(recall.samples, 1.0, "wide")
    product = np.correlate(played[::2], expected, "full")
    alike = product.max() / np.sqrt(np.sum(played[::2] ** 2) * np.sum(expected**2))
    assert alike > 0.99


def test_another_feed_takes_over_without_a_click(heart, listener, outputs):
    tone = 0.5 * np.sin(2 * np.pi * 100 * np.arange(10 * RATE) / RATE).astype(np.float32)
    ring = ring_of(tone)
    listener.play(PastFeed(Recall(ring, RATE, 0.0, 5.0), "wide", 1.0))
    until(lambda: outputs, "an output is opened")
    outputs[0].drive(lambda: (listener.heard_s or 0) > 1)
    listener.play(PastFeed(Recall(ring, RATE, 7.0, 8.0), "wide", 1.0))
    outputs[0].drive(lambda: listener.feed is None)
    assert len(outputs) == 1
    played = np.concatenate(outputs[0].played)
    assert np.abs(np.diff(played)).max() < 1.3 * 0.5 * 2 * np.pi * 100 / RATE


def test_where_it_is_heard_is_the_new_feeds_alone_from_the_turn_on(listener, outputs):
    tone = 0.5 * np.sin(2 * np.pi * 100 * np.arange(10 * RATE) / RATE).astype(np.float32)
    ring = ring_of(tone)
    listener.play(PastFeed(Recall(ring, RATE, 0.0, 5.0), "wide", 1.0))
    until(lambda: outputs, "an output is opened")
    outputs[0].drive(lambda: (listener.heard_s or 0) > 1)
    outputs[0].latency_s = 0.1
    listener.play(PastFeed(Recall(ring, RATE, 7.0, 8.0), "wide", 1.0))
    told = []

    def ended():
        told.append(listener.heard_s)
        return listener.feed is None

    outputs[0].drive(ended)
    places = [at_s for at_s in told if at_s is not None]
    assert places == sorted(places)
    assert 7.0 <= places[0] < 7.1
    assert 7.9 < places[-1] <= 8.0


def test_where_it_is_heard_waits_for_sound_that_broke_off(heart, listener, outputs):
    ring = Ring(60 * RATE)
    listener.play(NewestFeed(ring, RATE, "wide", prompt=True))
    until(lambda: outputs, "an output is opened")
    outputs[0].latency_s = 0.3
    told = []

    def ask():
        outputs[0].ask()
        told.append(listener.heard_s)

    def heard_until(end_s):
        ring.write(ring.end, heart[ring.end : round(end_s * RATE)], time.monotonic())
        until(lambda: listener._output.waiting_s > 0.2, "it is queued")
        while listener._output.waiting_s > 0:
            ask()

    heard_until(0.3)
    # Shorter than what is on its way to the loudspeaker.
    for _ in range(round(0.2 * RATE / 100)):
        ask()
    heard_until(0.6)
    outputs[0].drive(lambda: told.append(listener.heard_s) or told[-1] > 0.59)
    places = [at_s for at_s in told if at_s is not None]
    assert places == sorted(places)
    assert places[-1] <= 0.6 + 1e-9


@pytest.mark.parametrize("early", [True, False])
def test_what_is_held_is_silent_and_then_goes_on_where_it_was(heart, listener, outputs, monkeypatch, early):
    monkeypatch.setattr("monitor.listener._SILENT_S", 0.5)
    recall = Recall(ring_of(heart), RATE, 3.0, 4.0)
    if early:
        listener.hold(True)
    listener.play(PastFeed(recall, "wide", 1.0))
    until(lambda: outputs, "an output is opened")
    if not early:
        outputs[0].drive(lambda: (listener.heard_s or 0) > 3.3)
        listener.hold(True)
    before, at_s, until_s = len(outputs[0].played), listener.heard_s, time.monotonic() + 0.7
    outputs[0].drive(lambda: time.monotonic() > until_s)
    assert not np.concatenate(outputs[0].played[before:]).any()
    assert (listener.heard_s, listener.failure) == (at_s, "")
    assert listener.feed is not None
    del outputs[0].played[before:]
    listener.hold(False)
    outputs[0].drive(lambda: listener.feed is None)
    played = np.concatenate(outputs[0].played)
    expected = heard(recall.samples, 1.0, "wide")
    first = np.flatnonzero(played)[0] - np.flatnonzero(expected)[0]
    assert np.array_equal(played[first : first + expected.size], expected)


def test_a_device_is_heard_through_a_filter_and_its_delay_is_measured(heart, listener, outputs):
    outputs.name = "Headphones"
    ring = Ring(60 * RATE)
    feed = NewestFeed(ring, RATE, "bell", prompt=True)
    listener.play(feed)
    until(lambda: outputs, "an output is opened")
    at = 0

    def fed():
        nonlocal at
        ring.write(at, heart[at : at + 400], time.monotonic())
        at += 400
        outputs[0].ask(400)
        return at >= 8_000 and listener.delay_s is not None

    until(fed, "it is heard")
    assert 0 < listener.delay_s < 1
    assert listener.output_kind == "headphones"
    assert np.concatenate(outputs[0].played).any()


def test_an_output_that_goes_away_is_told_and_closed(heart, listener, outputs):
    listener.play(PastFeed(Recall(ring_of(heart), RATE, 0.0, 20.0), "wide", 1.0))
    until(lambda: outputs, "an output is opened")
    outputs[0].finished()
    until(lambda: listener.failure, "it is told")
    assert listener.was_heard
    assert listener.feed is None
    assert outputs[0].closed


def test_where_there_is_no_output_nothing_is_heard_and_it_is_told(heart, listener, monkeypatch):
    def none(*_):
        raise SourceError("no output device")

    monkeypatch.setattr("monitor.listener.open_output", none)
    listener.play(PastFeed(Recall(ring_of(heart), RATE, 0.0, 20.0), "wide", 1.0))
    until(lambda: listener.failure, "it is told")
    assert (listener.feed, listener.heard_s, listener.was_heard) == (None, None, False)


def test_a_listener_that_is_closed_leaves_no_thread(heart, outputs):
    before = set(threading.enumerate())
    one = Listener()
    one.play(PastFeed(Recall(ring_of(heart), RATE, 0.0, 20.0), "wide", 1.0))
    until(lambda: outputs, "an output is opened")
    one.close()
    one.close()
    assert set(threading.enumerate()) == before
    assert outputs[0].closed
