"""A quarter of an hour of simulated sound that must be accounted for, and proof that a loss would be seen."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.bench.soak import RATE, measure_soak
from monitor.bench.soak_clock import SoakClock, Stall, drawn_stalls
from monitor.failure import CommandError
from monitor.recorder import Recorder
from monitor.ring import Ring
from monitor.worker import Worker
from tests.full_disk import files_of_at_most
from tests.monitor.sound_server import until

JOIN_S = 60


def soak(folder, model_name, hours):
    """The command as a process, its temporary files in a folder of the test's own."""
    words = ["bench", "--soak", "--soak-hours", str(hours), "--model", model_name]
    return subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", *words, "--seed", "0", "--json", str(folder / "soak.json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )


@pytest.mark.timeout(300)
def test_of_a_quarter_of_an_hour_of_faults_every_sample_and_window_is_accounted_for(tmp_path, model_name):
    process = soak(tmp_path, model_name, 0.25)
    out, err = process.communicate(timeout=240)
    assert (process.returncode, err) == (0, "measuring: 0.25 h of simulated sound\n"), out
    assert "MISSED" not in out
    document = json.loads((tmp_path / "soak.json").read_text())
    figures = {figure["name"]: figure["value"] for figure in document["figures"]}
    balances = [figure for figure in document["figures"] if figure["name"].startswith("balance: ")]
    assert len(balances) == 14
    assert all(figure["value"] == 0 for figure in balances)
    # Nothing would be proved if nothing had gone wrong.
    for name in (
        *("lost by the device", "overwritten in the ring", "gaps told", "bad samples told"),
        *("windows judged", "windows skipped"),
    ):
        assert figures[name] > 0, name
    assert figures["windows judged"] > 0.6 * figures["windows made"]
    assert [path.name for path in tmp_path.iterdir()] == ["soak.json"]


def test_ctrl_c_leaves_nothing_behind(tmp_path, model_name):
    process = soak(tmp_path, model_name, 24)
    assert process.stderr.readline() == "measuring: 24 h of simulated sound\n"
    until(lambda: list(tmp_path.glob("auscult-soak-*/**/*.wav")), "the recording has begun")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=JOIN_S)
    assert (process.returncode, out, err.strip()) == (130, "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_one_line_and_leaves_nothing_behind(model_name, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with files_of_at_most(1_000_000), pytest.raises(CommandError, match="free space") as told:
        measure_soak(model_name, 24, 0)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def once(method, otherwise):
    """A method that does something else the second time."""
    calls = []

    def called(self, *arguments):
        calls.append(self)
        return otherwise(method, self, *arguments) if len(calls) == 2 else method(self, *arguments)

    return called


def a_sample_short(read, ring, most, timeout):
    while (chunk := read(ring, most, timeout)) is None:
        pass
    return replace(chunk, samples=chunk.samples[:-1])


def a_minute_short(write, recorder, samples):
    """More than the recorder may be behind."""
    write(recorder, samples)
    recorder.written -= 60 * RATE


@pytest.mark.parametrize(
    ("kind", "method", "otherwise", "missed"),
    [
        (Ring, "read", a_sample_short, "balance: captured = analysed + overwritten"),
        (Recorder, "_write", a_minute_short, "balance: recorded + missed = clock"),
        (Worker, "_judge", lambda *_: None, "balance: windows made = judged + skipped"),
    ],
)
def test_what_is_lost_on_the_way_is_seen(model_name, monkeypatch, kind, method, otherwise, missed):
    monkeypatch.setattr(kind, method, once(getattr(kind, method), otherwise))
    figures = {figure.name: figure for figure in measure_soak(model_name, 0.03, 1)}
    assert figures[missed].met is False
    assert figures["balance: captured + lost by the device = clock"].met is True


@given(st.integers(0, 2**63 - 1))
def test_stalls_come_one_after_the_other_and_by_the_seed(seed):
    stalls = list(islice(drawn_stalls(seed), 40))
    assert stalls == list(islice(drawn_stalls(seed), 40))
    assert all(stall.start_s < stall.end_s for stall in stalls)
    assert all(before.end_s <= after.start_s for before, after in pairwise(stalls))
    lengths = [stall.end_s - stall.start_s for stall in stalls]
    assert sum(length > 60 for length in lengths) == 5
    assert sum(10 < length <= 60 for length in lengths) == 15


def test_a_stall_holds_up_until_it_is_over_or_nobody_waits_any_more():
    over = threading.Event()
    clock = SoakClock(iter([Stall(2.0, 4.0), Stall(6.0, 8.0), Stall(1e9, 2e9)]), pace=2.0)

    def held():
        thread = threading.Thread(target=clock.hold)
        thread.start()
        return thread

    assert clock.wait(1.0, over) is False  # at 2 s of sound
    first = held()
    clock.wait(0.5, over)
    assert first.is_alive()
    clock.wait(0.5, over)
    first.join(JOIN_S)
    assert not first.is_alive()
    clock.hold()  # between stalls nobody is held up
    clock.wait(1.0, over)
    second = held()
    clock.release()
    second.join(JOIN_S)
    assert not second.is_alive()
    over.set()
    assert clock.wait(0.0, over) is True
    assert clock.now() == 3.0
