"""Recordings that survive: compared sample by sample with what was heard."""

import os
import shutil
import stat
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import soundfile as sf

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.recorder import FLUSH_S, Recorder, RecorderError
from monitor.ring import Ring
from tests.full_disk import files_of_at_most
from tests.monitor.sound_server import until

RATE = 8000
STEP = 1 / 2**23


def heart(seconds, seed=0):
    made = HeartSoundSynthesizer(SynthesisConfig(rate=RATE, seed=seed)).read(round(seconds * RATE))
    return made.astype(np.float32)


@pytest.fixture
def recording(tmp_path):
    """A ring, and a recorder that writes what it is given."""
    ring = Ring(60 * RATE)
    recorder = Recorder(ring, RATE, tmp_path / "recordings")
    recorder.start()
    yield ring, recorder
    recorder.stop()


def flushed(recorder, samples):
    until(lambda: recorder.written >= samples or recorder.failure, "the sound is on the disk")


def test_what_was_heard_is_on_the_disk_at_the_sources_rate(recording):
    ring, recorder = recording
    sound = heart(5)
    for start in range(0, sound.size, 333):
        ring.write(start, sound[start : start + 333], 0.0)
    ring.close()
    recorder.stop()
    (path,) = recorder.files
    read, rate = sf.read(path)
    assert rate == RATE
    np.testing.assert_allclose(read, sound, atol=STEP)
    assert recorder.failure == ""


def test_a_recording_is_the_users_own_and_names_nobody(recording):
    _, recorder = recording
    (path,) = recorder.files
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


def test_a_gap_is_silence_and_what_follows_keeps_its_place(recording):
    ring, recorder = recording
    sound = heart(2)
    ring.write(0, sound, 0.0)
    ring.write(5 * RATE, sound, 0.0)
    recorder.stop()
    (path,) = recorder.files
    read, _ = sf.read(path)
    assert read.size == 7 * RATE
    assert (recorder.written, recorder.missed) == (7 * RATE, 0)
    np.testing.assert_allclose(read[5 * RATE :], sound, atol=STEP)
    assert not read[2 * RATE : 5 * RATE].any()


def test_a_gap_longer_than_the_ring_begins_another_file(recording):
    ring, recorder = recording
    sound = heart(1)
    ring.write(0, sound, 0.0)
    flushed(recorder, RATE)
    ring.write(3600 * RATE, sound, 0.0)
    recorder.stop()
    assert len(recorder.files) == 2
    read, _ = sf.read(recorder.files[1])
    assert read.size <= 61 * RATE
    assert recorder.written == RATE + read.size
    assert recorder.written + recorder.missed == ring.end
    np.testing.assert_allclose(read[-RATE:], sound, atol=STEP)


def test_before_a_gap_that_nothing_precedes_there_is_no_empty_file(recording):
    ring, recorder = recording
    ring.write(3600 * RATE, heart(1), 0.0)
    recorder.stop()
    (path,) = recorder.files
    assert list(path.parent.iterdir()) == [path]
    assert recorder.written + recorder.missed == ring.end


def test_a_file_is_no_longer_than_a_segment(recording, monkeypatch):
    monkeypatch.setattr("monitor.recorder.SEGMENT_S", 2)
    ring, recorder = recording
    sound = heart(5)
    ring.write(0, sound, 0.0)
    recorder.stop()
    parts = [sf.read(path)[0] for path in recorder.files]
    assert [part.size for part in parts] == [2 * RATE, 2 * RATE, RATE]
    np.testing.assert_allclose(np.concatenate(parts), sound, atol=STEP)


def test_values_that_are_no_sound_do_no_harm(recording):
    ring, recorder = recording
    ring.write(0, np.array([np.nan, np.inf, -np.inf, 3.0, -3.0, 0.5], np.float32), 0.0)
    recorder.stop()
    read, _ = sf.read(recorder.files[0])
    np.testing.assert_allclose(read, [0, 1, -1, 1, -1, 0.5], atol=2 * STEP)


def test_a_name_is_the_place_of_the_first_sample(tmp_path, monkeypatch):
    monkeypatch.setattr("monitor.recorder.SEGMENT_S", 1)
    ring = Ring(60 * RATE)
    sound = heart(4)
    ring.write(0, sound, 0.0)
    recorder = Recorder(ring, RATE, tmp_path, first=RATE)
    recorder.start()
    recorder.stop()
    assert [int(path.stem) for path in recorder.files] == [RATE, 2 * RATE, 3 * RATE]
    for path in recorder.files:
        np.testing.assert_allclose(sf.read(path)[0], sound[int(path.stem) :][:RATE], atol=STEP)


def test_nobody_waits_for_a_disk_that_is_not_checked(tmp_path):
    (tmp_path / "file").write_text("")
    recorder = Recorder(Ring(RATE), RATE, tmp_path / "file" / "recordings")
    recorder.start(checked=False)
    until(lambda: recorder.failure, "the failure is told")
    assert "choose another folder" in recorder.failure
    recorder.stop()


def test_by_hand_it_writes_what_a_source_that_waits_gives(tmp_path):
    ring = Ring(RATE)
    recorder = Recorder(ring, RATE, tmp_path)
    recorder.start(by_hand=True)
    sound = heart(5)
    for start in range(0, sound.size, RATE // 2):
        ring.write(start, sound[start : start + RATE // 2], 0.0)
        recorder.take()
        ring.read(RATE)
    recorder.end()
    recorder.take()
    ring.write(sound.size, sound, 0.0)
    recorder.stop()
    np.testing.assert_allclose(sf.read(recorder.files[0])[0], sound, atol=STEP)


def test_a_folder_that_cannot_be_made_is_told_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecorderError, match="choose another folder"):
        Recorder(Ring(RATE), RATE, tmp_path / "file" / "recordings").start()


def test_a_folder_that_disappears_stops_the_recording_and_nothing_else(recording):
    ring, recorder = recording
    ring.write(0, heart(1), 0.0)
    flushed(recorder, RATE)
    shutil.rmtree(recorder.files[0].parent)
    ring.write(RATE, heart(1), 0.0)
    until(lambda: recorder.failure, "the loss is noticed")
    assert "\n" not in recorder.failure
    assert str(recorder.files[0]) in recorder.failure
    assert ring.write(2 * RATE, heart(1), 0.0)
    recorder.stop()


def test_on_a_full_disk_what_was_written_stays_readable(recording):
    ring, recorder = recording
    sound = heart(30)
    ring.write(0, sound[: 2 * RATE], 0.0)
    flushed(recorder, 2 * RATE)
    with files_of_at_most(3 * 4 * RATE):
        ring.write(2 * RATE, sound[2 * RATE :], 0.0)
        until(lambda: recorder.failure, "the full disk is noticed")
        assert "free space" in recorder.failure
        recorder.stop()
    read, _ = sf.read(recorder.files[0])
    assert read.size >= 2 * RATE
    np.testing.assert_allclose(read, sound[: read.size], atol=STEP)


def test_a_disk_that_is_full_from_the_start_is_told(tmp_path):
    ring = Ring(60 * RATE)
    recorder = Recorder(ring, RATE, tmp_path)
    with files_of_at_most(0):
        try:
            recorder.start()
        except RecorderError as error:
            told = str(error)
        else:
            ring.write(0, heart(1), 0.0)
            until(lambda: recorder.failure, "the full disk is noticed")
            told = recorder.failure
        recorder.stop()
    assert str(tmp_path) in told
    assert "\n" not in told


def test_a_disk_that_stalls_loses_nothing(recording, monkeypatch):
    ring, recorder = recording
    stalled = threading.Event()
    write = recorder._write

    def slow(samples):
        stalled.wait(20)
        write(samples)

    monkeypatch.setattr(recorder, "_write", slow)
    sound = heart(20)
    for start in range(0, sound.size, RATE):
        ring.write(start, sound[start : start + RATE], 0.0)
    stalled.set()
    recorder.stop()
    read, _ = sf.read(recorder.files[0])
    np.testing.assert_allclose(read, sound, atol=STEP)


def test_the_machine_does_not_fall_asleep_while_it_records(session_bus, tmp_path):
    recorder = Recorder(Ring(60 * RATE), RATE, tmp_path / "recordings")
    recorder.start()
    until(lambda: session_bus, "sleep is inhibited")
    assert [name for name, _ in session_bus] == ["Inhibit"]
    recorder.stop()
    assert [name for name, _ in session_bus] == ["Inhibit", "UnInhibit"]
    assert session_bus[1][1] == (7,)


KILLED = """
import sys
from pathlib import Path
from monitor.recorder import Recorder
from monitor.ring import Ring
from monitor.sources.synthetic import SyntheticSource
from dsp.synthesis import SynthesisConfig
source = SyntheticSource(SynthesisConfig(rate=8000, seed=3))
ring = Ring(60 * source.rate)
recorder = Recorder(ring, source.rate, Path(sys.argv[1]))
source.start(ring, print)
recorder.start()
while True:
    ring.read(80, 1.0)
    print(ring.end, flush=True)
"""


def test_killed_at_any_moment_it_loses_less_than_a_second(tmp_path):
    rng = np.random.default_rng(4)
    truth = HeartSoundSynthesizer(SynthesisConfig(rate=RATE, seed=3)).read(60 * RATE)
    lost_s = []
    for batch in range(5):
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", KILLED, str(tmp_path / f"{batch}-{index}")],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
            for index in range(10)
        ]
        for index, process in enumerate(processes):
            process.stdout.readline()
            moment = rng.uniform(0, 0.3)
            time.sleep(moment)
            process.kill()
            heard = [int(line) for line in process.communicate()[0].splitlines() if line.isdigit()]
            (path,) = (tmp_path / f"{batch}-{index}").glob("*.wav")
            read, rate = sf.read(path)
            assert rate == RATE
            np.testing.assert_allclose(read, truth[: read.size], atol=STEP)
            lost_s.append(((heard or [0])[-1] - read.size) / RATE)
    assert len(lost_s) == 50
    assert max(lost_s) < 1
    assert min(lost_s) < FLUSH_S
