"""A scenario as a source: what a worker says of it is what the scenario meant."""

from collections import deque

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.faulty_stream import FaultyStream
from dsp.scenario import LOST, Fault, RandomFaults, Scenario
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.ring import Ring
from monitor.session import BACKPRESSURE_S, Keeping, Session
from monitor.snapshot import SessionEvent
from monitor.sources.scripted import ScriptedSource
from monitor.worker import BRIDGED_S, Listeners
from tests.dsp.scenarios import scenarios
from tests.monitor.sound_server import until
from tests.monitor.streams import Bench
from tests.monitor.test_sources import VirtualClock

JOIN_S = 30


def heard(scenario, pace=None, clock=None, duration_s=None):
    """The chunks that a ring hands over, what was reported, and the source."""
    source = ScriptedSource(scenario, pace, duration_s, clock or VirtualClock())
    # Nothing must be overwritten, as nobody reads before a paced source has ended.
    ring, reports, chunks = Ring(source._stream.samples + 1), [], []
    source.start(ring, lambda *report: reports.append(report))
    while (chunk := ring.read(source.rate, JOIN_S)) is not None:
        chunks.append(chunk)
    source.stop()
    assert source.health().state == "ended", source.health()
    return chunks, reports, source


def judged(scenario):
    """A worker that has analysed the whole scenario at full speed."""
    reports = deque()
    bench = Bench(scenario.heart.rate, 2.0, capacity_s=4, options={"reports": reports})
    source = ScriptedSource(scenario, None)
    source.start(
        bench.ring, lambda event, t_s, detail: reports.append(SessionEvent(round(t_s, 6), event, detail))
    )
    bench.worker.run()
    source.stop()
    return bench


def lost_samples(scenario):
    lost = np.zeros(scenario.samples, bool)
    for span in scenario.happened():
        if span.kind in LOST:
            lost[span.start : span.end] = True
    return lost


def holes(scenario):
    """First sample and length of each loss that something follows."""
    edges = np.flatnonzero(np.diff(lost_samples(scenario).astype(int), prepend=0, append=0))
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(first, end - first) for first, end in pairs if end < scenario.samples]


@settings(max_examples=25, deadline=None)
@given(scenarios(), st.sampled_from([None, 1.0, 7.3]))
def test_what_comes_is_the_stream_without_what_is_lost_in_its_place(scenario, pace):
    chunks, _, _ = heard(scenario, pace)
    expected = FaultyStream(scenario).read(scenario.samples).astype(np.float32)
    delivered = np.zeros(scenario.samples, bool)
    for chunk in chunks:
        assert np.array_equal(chunk.samples, expected[chunk.start : chunk.end], equal_nan=True)
        delivered[chunk.start : chunk.end] = True
    assert np.array_equal(delivered, ~lost_samples(scenario))


@settings(max_examples=25, deadline=None)
@given(scenarios())
def test_the_events_are_the_truth(scenario):
    rate, bench, expected = scenario.heart.rate, judged(scenario), holes(scenario)
    assert [said.t_s for said in bench.told("gap")] == [round(first / rate, 6) for first, _ in expected]
    bridged = [said.detail.endswith("bridged") for said in bench.told("gap")]
    assert bridged == [length / rate < BRIDGED_S for _, length in expected]
    assert bench.worker.snapshot.lost_samples == sum(length for _, length in expected)
    away = [span for span in scenario.happened() if span.kind == "disconnect"]
    assert [said.t_s for said in bench.told("device_lost")] == [round(span.start / rate, 6) for span in away]
    assert [said.t_s for said in bench.told("device_back")] == [
        round(span.end / rate, 6) for span in away if span.end < scenario.samples
    ]
    bad = sum(int(said.detail.split()[0]) for said in bench.told("bad_samples"))
    assert bad == FaultyStream(scenario).bad_samples()


@settings(max_examples=10, deadline=None)
@given(scenarios())
def test_at_full_speed_the_same_is_said_each_time(scenario):
    assert judged(scenario).text() == judged(scenario).text()


@pytest.mark.parametrize("away", [(0, 70), (15, 3), (15, 70)])
def test_at_full_speed_all_that_comes_is_recorded(classifier, tmp_path, away):
    """Also where the worker takes, from a ring that has run empty, what the recorder has not seen yet."""
    faults = (Fault("disconnect", *away), Fault("dropout", 94, 0.01), Fault("nan", 96, 0.01))
    scenario = Scenario(duration_s=100.0, faults=faults)
    source = ScriptedSource(scenario, None)

    def slow(line):
        if line.verdict.label == "warming_up" and line.verdict.end_s - line.verdict.start_s == 1:
            until(lambda: session.ring.waiting >= BACKPRESSURE_S * source.rate, "the source is far ahead")

    keep = Keeping(tmp_path, record=True, replayed=True)
    session = Session(source, 2.0, classifier, Listeners(slow), keep=keep)
    session.start()
    assert session.wait(JOIN_S)
    session.stop()
    assert session.remarks == ()
    expected = np.nan_to_num(FaultyStream(scenario).read(scenario.samples))
    recorded = np.zeros(scenario.samples, bool)
    for path in session.recorder.files:
        first, (read, _) = int(path.stem), sf.read(path)
        np.testing.assert_allclose(read, expected[first : first + read.size], atol=2**-23)
        recorded[first : first + read.size] = True
    assert recorded[~lost_samples(scenario)].all()
    assert session.recorder.written == np.count_nonzero(recorded)


def test_clipping_is_told_where_it_is():
    quiet = SynthesisConfig(amplitude=0.1)
    scenario = Scenario(quiet, 30.0, (Fault("clipping", 12, 3, gain_db=40),))
    loud = HeartSoundSynthesizer(quiet).read(30 * 4000)[12 * 4000 : 15 * 4000] * 100
    bench = judged(scenario)
    assert [said.t_s for said in bench.told("clipping")] == [13.0, 14.0, 15.0]
    told = sum(int(said.detail.split()[0]) for said in bench.told("clipping"))
    assert told == bench.worker.snapshot.clipped == np.count_nonzero(np.abs(loud) >= 0.999)


def test_a_device_is_lost_before_its_gap_and_back_before_what_it_gives_then():
    bench = judged(Scenario(duration_s=30.0, faults=(Fault("disconnect", 12.3456, 4),)))
    said = [line.get("event", line["kind"]) for line in bench.lines]
    at = said.index("device_lost")
    assert said[at - 1 : at + 4] == ["verdict", "device_lost", "gap", "device_back", "verdict"]


def test_late_blocks_come_together_when_it_is_over_and_nothing_is_lost():
    chunks, _, source = heard(Scenario(duration_s=10.0, faults=(Fault("late", 4, 2),)), 1.0)
    assert all(chunk.lost == 0 for chunk in chunks)
    arrivals = np.array([chunk.arrived(at) for chunk in chunks for at in range(chunk.start, chunk.end)])
    assert arrivals.size == 10 * source.rate
    came = arrivals - 1000.0
    due = np.arange(1, arrivals.size + 1) / source.rate
    held = (due > 4.08) & (due <= 5.92)
    assert came[held] == pytest.approx(6.0, abs=0.1)
    assert (came[held] >= 6.0).all()
    on_time = (due < 3.9) | (due > 6.1)
    assert (came - due)[on_time].max() < 0.09


@pytest.mark.parametrize("ppm", [-200, 200])
def test_a_fast_clock_gives_its_samples_in_less_time(ppm):
    """An hour at one kilohertz, to tell 200 millionths from being woken a millisecond late."""
    scenario = Scenario(SynthesisConfig(rate=1000), 600.0, (Fault("drift", 0, 600, ppm=ppm),))
    chunks, _, _ = heard(scenario, 1.0)
    last = chunks[-1]
    assert last.arrived(last.end - 1) - 1000.0 == pytest.approx(600 / (1 + ppm * 1e-6), abs=0.01)


def test_a_device_that_is_away_is_being_looked_for():
    states = []

    class Watched(VirtualClock):
        def wait(self, seconds, over):
            states.append((round(self.time - 1000, 1), source.health().state))
            return super().wait(seconds, over)

    source = ScriptedSource(
        Scenario(duration_s=8.0, faults=(Fault("disconnect", 2, 3), Fault("dropout", 6, 1))),
        1.0,
        None,
        Watched(),
    )
    ring = Ring(10 * source.rate)
    source.start(ring, lambda *_: None)
    while ring.read(source.rate, JOIN_S) is not None:
        pass
    source.stop()
    away = [when for when, state in states if state == "recovering"]
    assert 2.0 <= min(away) <= max(away) <= 5.0
    assert max(away) - min(away) > 2.8
    assert {state for when, state in states if not 2.0 <= when <= 5.0} == {"running"}


@pytest.mark.parametrize("duration_s", [0.05, 3.3, 5.0, 100.0])
def test_it_stops_at_its_duration_or_at_the_scenarios_end(duration_s):
    scenario = Scenario(duration_s=6.0, faults=(Fault("disconnect", 3.3, 1.7),))
    chunks, reports, source = heard(scenario, duration_s=duration_s)
    end = min(duration_s, 6.0)
    assert source.duration_s == end
    assert source.health().delivered == round(end * source.rate)
    assert [event for event, _, _ in reports] == {
        0.05: [],
        3.3: [],
        5.0: ["device_lost"],
        100.0: ["device_lost", "device_back"],
    }[duration_s]
    assert chunks[-1].end == {0.05: 200, 3.3: 13_200, 5.0: 13_200, 100.0: 24_000}[duration_s]


def test_a_stream_that_is_lost_as_a_whole_ends():
    bench = judged(Scenario(duration_s=20.0, faults=(Fault("disconnect", 0, 60),)))
    assert [said.event for said in bench.events] == ["device_lost"]
    assert bench.worker.snapshot.summary.verdict.windows == 0


def test_many_faults_of_every_kind_at_once_do_no_harm():
    everything = (
        RandomFaults("dropout", 900, (0.001, 0.4)),
        RandomFaults("disconnect", 300, (0.1, 2)),
        RandomFaults("late", 300, (0.1, 2)),
        RandomFaults("clipping", 600, (0.01, 2), gain_db=(0, 60)),
        RandomFaults("nan", 900, (0.001, 0.4)),
        RandomFaults("drift", 300, (0.1, 10), ppm=(-200, 200)),
    )
    scenario = Scenario(SynthesisConfig(seed=11), 300.0, random=everything)
    bench = judged(scenario)
    snapshot = bench.worker.snapshot
    assert snapshot.lost_samples == sum(length for _, length in holes(scenario)) > 0
    assert {said.event for said in bench.events} == {
        "gap", "bad_samples", "clipping", "device_lost", "device_back"
    }  # fmt: skip
