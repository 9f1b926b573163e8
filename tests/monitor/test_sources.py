import os
import sqlite3
import threading
from contextlib import closing

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd
from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier
from model.loading import packaged_models
from model.verdict import Label
from monitor.keeping import Keeping
from monitor.ring import Ring
from monitor.session import Session
from monitor.session_store import DATABASE
from monitor.settings import Settings, remember
from monitor.snapshot import Judgement
from monitor.sources import microphone
from monitor.sources.choice import remembered_microphone_choice
from monitor.sources.paced import Clock, PacedSource
from monitor.sources.protocol import SourceError
from monitor.sources.raw_pcm import FORMATS, RawPcmSource
from monitor.sources.recording import RecordingSource
from monitor.sources.synthetic import SyntheticSource
from monitor.whole_recording import judge_recording
from monitor.worker import Listeners
from recordings import Recording, RecordingError, demo_recordings, write_recording
from tests.monitor.sound_server import until
from tests.monitor.streams import noise

JOIN_S = 30
DEMO = demo_recordings()[0]


def heard(source, ring_s=60, feed=lambda: None):
    """All that a source delivers, the arrival of each sample, and what it reports."""
    ring, reports, chunks = Ring(ring_s * source.rate), [], []
    source.start(ring, lambda *report: reports.append(report))
    feed()
    while (chunk := ring.read(source.rate, JOIN_S)) is not None:
        chunks.append(chunk)
    assert ring.closed
    source.stop()
    assert all(chunk.lost == 0 for chunk in chunks)
    samples = np.concatenate([chunk.samples for chunk in chunks]) if chunks else np.empty(0, np.float32)
    assert source.health().delivered == samples.size
    return (
        samples,
        [chunk.arrived(index) for chunk in chunks for index in range(chunk.start, chunk.end)],
        reports,
    )


class VirtualClock(Clock):
    """Time that passes only by waiting, and always a little more than was asked for."""

    def __init__(self):
        self.time = 1000.0
        self.waits = []

    def now(self):
        return self.time

    def wait(self, seconds, over):
        self.waits.append(seconds)
        self.time += seconds + 0.001
        return over.is_set()


def test_at_full_speed_a_recording_is_delivered_exactly():
    samples, _, reports = heard(RecordingSource(DEMO.path, None), ring_s=2)
    assert np.array_equal(samples, sf.read(DEMO.path, dtype="float32")[0])
    assert reports == []


@pytest.mark.parametrize("pace", [0.5, 1.0, 4.0])
def test_a_paced_recording_comes_when_its_samples_would_be_heard(pace):
    clock = VirtualClock()
    source = RecordingSource(DEMO.path, pace, clock=clock)
    assert not source.waits
    samples, arrivals, _ = heard(source)
    assert np.array_equal(samples, sf.read(DEMO.path, dtype="float32")[0])
    due = 1000.0 + np.arange(1, samples.size + 1) / source.rate / pace
    late = np.array(arrivals) - due
    # A sample waits for its block to fill, 80 ms of listening; being woken late never adds up.
    assert late.min() >= -1e-6
    assert late.max() <= 0.08 + 0.001 + 1e-6
    assert sum(clock.waits) + 0.001 * len(clock.waits) == pytest.approx(
        DEMO.truth["duration_s"] / pace, abs=0.002
    )


def test_a_stopped_pace_delivers_no_more():
    clock, source = VirtualClock(), RecordingSource(DEMO.path, 1.0)
    ring = Ring(60 * source.rate)
    source.start(ring, lambda *_: None)
    until(lambda: ring.end, "the first block")
    source.stop()
    delivered = ring.end
    assert delivered < source.duration_s * source.rate
    assert ring.closed
    assert source.health().state == "ended"
    assert ring.end == delivered
    assert clock.waits == []


class HoldingClock(VirtualClock):
    """Lets the source be held for so long during some of its waits."""

    def __init__(self, holds):
        super().__init__()
        self.holds, self.held_at = dict(holds), []
        self.source = None

    def wait(self, seconds, over):
        if held_s := self.holds.pop(len(self.waits), 0.0):
            self.source.hold()
            self.source.hold()
            self.held_at.append((self.time, held_s))
            self.time += held_s
            self.source.resume()
            self.source.resume()
        return super().wait(seconds, over)


@given(
    holds=st.dictionaries(st.integers(0, 100), st.floats(0.01, 3600.0), max_size=5),
    pace=st.sampled_from([0.5, 1.0, 4.0]),
)
@settings(max_examples=15)
def test_what_was_held_goes_on_where_it_was_and_is_not_late(holds, pace):
    clock = HoldingClock(holds)
    source = clock.source = RecordingSource(DEMO.path, pace, clock=clock, duration_s=5.0)
    samples, arrivals, _ = heard(source)
    assert np.array_equal(samples, sf.read(DEMO.path, dtype="float32")[0][: samples.size])
    due = 1000.0 + np.arange(1, samples.size + 1) / source.rate / pace
    for held_at, held_s in clock.held_at:
        due[due > held_at] += held_s
    ends = np.flatnonzero(np.diff(arrivals, append=np.inf))  # a block is due with its last sample
    late = (np.array(arrivals) - due)[ends]
    # What is held moves what is still to come by as long, and by no more.
    assert late.min() >= -1e-6
    assert late.max() <= 0.001 * (1 + len(clock.held_at)) + 1e-6


@pytest.mark.parametrize("pace", [None, 1.0])
def test_while_it_is_held_nothing_comes_and_it_can_be_stopped(pace):
    source = SyntheticSource(SynthesisConfig(), pace)
    ring = Ring(60 * source.rate)
    source.start(ring, lambda *_: None)
    until(lambda: ring.end, "the first block")
    source.hold()
    block = source.block_frames
    held = ring.end
    ring.read(held)
    assert ring.read(60 * source.rate, 0.3) is None or ring.end <= held + block
    still = ring.end
    assert ring.read(60 * source.rate, 0.3) is None
    source.resume()
    until(lambda: ring.end > still, "it goes on")
    source.hold()
    source.stop()
    assert source.health().state == "ended"


@pytest.mark.parametrize("pace", [None, 1.0])
@pytest.mark.parametrize("duration_s", [0.0005, 1.2345, 7.0])
def test_duration_is_exact(pace, duration_s):
    source = RecordingSource(DEMO.path, pace, duration_s=duration_s, clock=VirtualClock())
    assert source.duration_s == duration_s
    samples, _, _ = heard(source)
    count = round(duration_s * source.rate)
    assert np.array_equal(samples, sf.read(DEMO.path, dtype="float32")[0][:count])


def test_a_recording_knows_its_length_whatever_is_asked_for():
    for asked in (None, 1e6):
        source = RecordingSource(DEMO.path, duration_s=asked)
        assert source.duration_s == DEMO.truth["duration_s"]
        source.stop()


def test_a_truncated_file_is_read_to_its_end_and_reported_as_a_gap(tmp_path):
    whole, cut = tmp_path / "whole.wav", tmp_path / "cut.wav"
    write_recording(whole, [noise(8000).astype(float)], 4000)
    cut.write_bytes(whole.read_bytes()[: -2 * 3000])
    samples, _, reports = heard(RecordingSource(cut, None))
    assert samples.size == 5000
    ((event, t_s, detail),) = reports
    assert (event, t_s) == ("gap", 1.25)
    assert detail == "the file ends at 1.25 s although its header promises 2.00 s"


def test_values_beyond_float32_do_no_harm(tmp_path):
    path = tmp_path / "huge.wav"
    sf.write(path, np.array([0.5, 1e300, -1e300, np.nan, 0.25]), 4000, subtype="DOUBLE")
    source = RecordingSource(path, None)
    samples, _, _ = heard(source)
    assert source.health().detail == ""
    assert np.array_equal(samples, np.float32([0.5, np.inf, -np.inf, np.nan, 0.25]), equal_nan=True)


def test_a_file_that_is_missing_is_told_before_anything_starts(tmp_path):
    with pytest.raises(RecordingError, match="does not exist"):
        RecordingSource(tmp_path / "none.wav")


@settings(max_examples=10, deadline=None)
@given(
    condition=st.sampled_from(CONDITIONS),
    seed=st.integers(0, 2**32),
    pace=st.sampled_from([None, 1.0, 3.7]),
    rate=st.sampled_from([1000, 4000]),
)
def test_a_synthetic_heart_is_its_seed_whatever_the_pace(condition, seed, pace, rate):
    config = SynthesisConfig(condition=condition, seed=seed, rate=rate)
    samples, _, _ = heard(SyntheticSource(config, pace, duration_s=3.3, clock=VirtualClock()))
    assert np.array_equal(samples, HeartSoundSynthesizer(config).read(round(3.3 * rate)).astype(np.float32))


VALUES = {
    "s16le": np.array([0, 1, -1, 32_767, -32_768, 12_345], "<i2"),
    "s32le": np.array([0, 2**8, -(2**8), 2**31 - 2**8, -(2**31), 2**30], "<i4"),
    "f32le": np.array([0, 0.5, -0.5, 1.0, -1.0, 1e-6], "<f4"),
}


@pytest.mark.parametrize("sample_format", FORMATS)
@settings(max_examples=15, deadline=None)
@given(splits=st.lists(st.integers(1, 11), min_size=1, max_size=12), tail=st.integers(0, 1))
def test_pcm_arrives_whole_however_the_pipe_splits_it(sample_format, splits, tail):
    values = np.tile(VALUES[sample_format], 20)
    data = values.tobytes() + b"\x7f" * tail
    reader, writer = os.pipe()

    def feed():
        first, turn = 0, 0
        while first < len(data):
            first += os.write(writer, data[first : first + splits[turn % len(splits)]])
            turn += 1
        os.close(writer)

    with os.fdopen(reader, "rb", buffering=0) as pipe:
        samples, _, reports = heard(RawPcmSource(pipe, 4000, sample_format), feed=feed)
    scale = {"s16le": 2.0**15, "s32le": 2.0**31, "f32le": 1.0}[sample_format]
    assert np.array_equal(samples, (values / scale).astype(np.float32))
    expected = [("bad_samples", values.size / 4000, "the stream ends within a sample")] if tail else []
    assert reports == expected


def test_pcm_stops_at_its_duration_though_the_pipe_has_more():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as pipe, os.fdopen(writer, "wb", buffering=0) as end:
        end.write(bytes(2 * 4000))
        samples, _, _ = heard(RawPcmSource(pipe, 4000, "s16le", duration_s=0.5))
    assert samples.size == 2000


def test_pcm_can_be_stopped_while_nothing_comes():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as pipe, os.fdopen(writer, "wb", buffering=0) as end:
        source, ring = RawPcmSource(pipe, 4000, "s16le"), Ring(4000)
        source.start(ring, lambda *_: None)
        end.write(bytes(200))
        until(lambda: ring.end == 100, "what was written")
        stopping = threading.Thread(target=source.stop)
        stopping.start()
        stopping.join(3)
        assert not stopping.is_alive()
    assert ring.closed


class BrokenSource(PacedSource):
    """Fails in the middle of the stream."""

    def blocks(self, report):
        yield np.zeros(4000)
        raise OSError("the cable\nis cut")


def test_a_source_that_breaks_ends_the_session_with_a_summary(classifier):
    session = Session(BrokenSource("broken", 4000, None), 0.4, classifier)
    session.start()
    assert session.wait(JOIN_S)
    session.stop()
    assert session.health.state == "failed"
    assert session.health.detail == "broken: the cable is cut"
    assert session.ended
    assert session.snapshot.summary.duration_s == 1.0


def test_a_session_hands_on_what_its_source_reports(tmp_path, classifier):
    write_recording(tmp_path / "whole.wav", [noise(60_000).astype(float)], 4000)
    path = tmp_path / "cut.wav"
    path.write_bytes((tmp_path / "whole.wav").read_bytes()[: -2 * 6000])
    said = []
    session = Session(RecordingSource(path, None), 0.4, classifier, Listeners(said.append, said.append))
    session.start()
    assert session.wait(JOIN_S)
    session.stop()
    session.stop()  # harmless
    events = [index for index, line in enumerate(said) if hasattr(line, "event")]
    # It belongs to the end of the sound, though the source knows it long before the analysis is there.
    assert [said[index].event for index in events] == ["gap"]
    assert events == [len(said) - 1]
    assert session.snapshot.summary.verdict.windows == 9


@pytest.mark.parametrize("name", packaged_models())
def test_each_model_sees_the_images_that_it_was_made_for(name):
    """Live and over a whole recording, as the front end that its card names makes them from the samples."""
    classifier, said = Classifier.load(name), []
    with Recording.open(DEMO.path) as recording:
        front_end = FrontEnd(recording.rate, 2.0, FrontEndConfig(**classifier.card.front_end))
        windows = [window for block in recording.blocks(1000) for window in front_end.push(block).windows]
        windows += front_end.flush().windows
    expected = [classifier.probability(front_end.image(window)) for window in windows]
    session = Session(RecordingSource(DEMO.path, None), 2.0, classifier, Listeners(said.append, said.append))
    session.start()
    assert session.wait(JOIN_S)
    session.stop()
    judged = [line.verdict for line in said if isinstance(line, Judgement)]
    live = [verdict.p_abnormal for verdict in judged if verdict.label is not Label.WARMING_UP]
    whole = judge_recording(DEMO.path, classifier, 2.0, keep_windows=True).windows
    assert live == expected
    # Windows are judged together there, and rounded otherwise.
    assert [verdict.p_abnormal for verdict in whole] == pytest.approx(expected, abs=1e-5)
    assert len(expected) > 3


def test_a_model_that_cannot_be_loaded_fails_the_session_in_one_line():
    session = Session(RecordingSource(DEMO.path, None), 0.4, lambda: Classifier("/nowhere/none.safetensors"))
    session.start()
    assert session.wait(JOIN_S)
    session.stop()
    assert session.snapshot.state == "failed"
    assert "no such file" in session.snapshot.detail
    assert session.ring.closed


def test_what_of_a_session_cannot_be_kept_is_told_in_the_order_in_which_it_fails(classifier, tmp_path):
    source = SyntheticSource(SynthesisConfig(), 1.0)
    session = Session(source, 0.4, classifier, keep=Keeping(tmp_path, record=True, replayed=True))
    session.start()
    until(lambda: session.recorder.written, "something is recorded")
    session.recorder.files[0].unlink()
    until(lambda: session.remarks, "it is missed")
    (told,) = session.remarks
    assert told.startswith("recording stopped")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        database.executescript("ALTER TABLE event RENAME TO events; ALTER TABLE verdict RENAME TO verdicts")
    until(lambda: len(session.remarks) == 2, "the table is missed")
    session.stop()
    assert session.remarks[0] == told
    assert session.remarks[1].startswith("this session is not kept any more")


def test_a_session_can_be_stopped_in_the_middle(classifier):
    session = Session(SyntheticSource(SynthesisConfig(), None), 0.4, classifier)
    session.start()
    until(lambda: session.snapshot.now_s > 12, "some sound was analysed")
    session.stop()
    assert session.ended
    assert session.snapshot.summary.duration_s == session.snapshot.now_s > 12
    assert session.health.state == "ended"


def test_a_device_that_is_there_and_cannot_be_opened_is_no_reason_to_listen_to_another(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    remember(Settings(input="Stethoscope [ALSA]"))

    def busy(name, *_):
        assert name == "Stethoscope [ALSA]"
        raise SourceError("Stethoscope cannot be opened: another program uses it")

    monkeypatch.setattr(microphone, "MicrophoneSource", busy)
    with pytest.raises(SourceError, match="another program uses it"):
        remembered_microphone_choice().open()
