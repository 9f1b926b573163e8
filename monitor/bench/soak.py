"""A day of simulated sound from the source to the session store: what went in must be accounted for."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import psutil
from tqdm import tqdm

from dsp.faulty_stream import FaultyStream
from dsp.front_end import FrontEnd
from dsp.scenario import RandomFaults, Scenario
from dsp.synthesis import SynthesisConfig
from model.classifier import Classifier
from model.verdict import Label
from monitor.bench.figure import Figure
from monitor.bench.soak_clock import SoakClock, drawn_stalls
from monitor.failure import CommandError
from monitor.keeping import Keeping
from monitor.session import Session
from monitor.session_store import SessionStore
from monitor.snapshot import Judgement, SessionEvent
from monitor.sources.protocol import SourceError
from monitor.sources.scripted import ScriptedSource
from monitor.worker import Listeners
from recordings import Recording

HOP_S = 0.4
RATE = 4000
LONGEST_H = 24.0

FAULTS = (
    RandomFaults("dropout", 40, (0.002, 0.5)),
    RandomFaults("disconnect", 6, (1, 75)),
    RandomFaults("late", 12, (0.5, 20)),
    RandomFaults("clipping", 12, (0.1, 5), gain_db=(20, 40)),
    RandomFaults("nan", 20, (0.001, 0.5)),
    RandomFaults("drift", 4, (30, 900), ppm=(-200, 200)),
)
"""Of every kind; some dropouts are short enough to be bridged, some disconnections longer than the ring."""

# Blocks of 80 ms of listening are then 0.4 s of sound: each brings one window, as the hop is as long.
_PACE = 5.0
_LOOK_S = 0.25
_FLAT_MIB = 16
_MIB = 2**20


def measure_soak(model: str, hours: float, seed: int) -> list[Figure]:
    """Play so many hours of simulated sound, live, and compare what each part counted.

    The source gives its next block when the last has been analysed, but in stalls, in which it runs ahead
    and fills the ring or more. All counts come from those who counted them: the scenario's truth, the ring,
    the worker, its lines, the recorder, the session store and the files of sound, which go to a temporary
    folder and are deleted one by one.

    Args:
        model: As ``--model``.
        hours: Simulated, 0.01 to 24.
        seed: Of the heart, the faults and the stalls.

    Returns:
        Figures whose target is 0 where counts must balance to the sample.

    Raises:
        ModelError: The model cannot be used.
        CommandError: There is no place for temporary files, or a part failed.
    """
    classifier = Classifier.load(model)
    try:
        folder = tempfile.TemporaryDirectory(prefix="auscult-soak-")
    except OSError as error:
        raise CommandError(
            f"temporary files cannot be written ({error.strerror}); make room or set TMPDIR"
        ) from None
    scenario = Scenario(SynthesisConfig("as", rate=RATE, seed=seed), hours * 3600, random=FAULTS)
    clock = SoakClock(drawn_stalls(seed), _PACE)
    said = _Said(FrontEnd(RATE, HOP_S, classifier.config))

    def judgement(line: Judgement) -> None:
        said.judgement(line)
        clock.hold()

    memory: list[tuple[float, int]] = []
    with (
        folder as path,
        tqdm(total=round(scenario.duration_s), desc="soak", unit="s", disable=None) as bar,
    ):
        before = set(threading.enumerate())
        session = Session(
            ScriptedSource(scenario, _PACE, clock=clock),
            HOP_S,
            classifier,
            Listeners(judgement, said.event),
            keep=Keeping(Path(path), record=True, replayed=True),
        )
        files = _Files()
        clock.follow(session)
        try:
            session.start()
            while not session.wait(_LOOK_S):
                if session.health.state in ("ended", "failed"):
                    clock.release()
                _require_no_failure(session)
                memory.append((session.snapshot.now_s, psutil.Process().memory_info().rss))
                files.count_closed(session)
                bar.update(int(session.snapshot.now_s) - bar.n)
        except SourceError as error:
            raise CommandError(str(error)) from None
        finally:
            clock.release()
            session.stop()
        _require_no_failure(session)
        files.count_all(session)
        kept = _kept_windows(session, Path(path))
        leaked = set(threading.enumerate()) - before
    balances = _balances(session, scenario, said, files.samples)
    lines = _balance("windows judged = kept in the store", said.judged - kept, "windows")
    return [*balances, lines, Figure("threads left behind", len(leaked), "threads", 0), *_memory(memory)]


class _Said:
    """What the lines of a session add up to.

    Args:
        front_end: Like the session's, and not yet used.
    """

    def __init__(self, front_end: FrontEnd) -> None:
        self._first_window = front_end.samples_to_next_window
        self._look_ahead = round(front_end.look_ahead_s * RATE)
        self._hop = round(HOP_S * RATE)
        self._origin_s: float | None = None
        self.judged = self.skipped = self.bad = self.gaps = 0
        self.due = 0  # windows that the sound between gaps holds
        self.away = {"device_lost": 0, "device_back": 0}

    def judgement(self, line: Judgement) -> None:
        """A line about a window, or about a stretch that is still too short for one."""
        if line.verdict.label is Label.WARMING_UP:
            self._origin_s = line.verdict.start_s
        else:
            self.judged += 1

    def event(self, line: SessionEvent) -> None:
        """A line about something that happened."""
        if line.event == "gap":
            self.gaps += 1
            if not line.detail.endswith("bridged"):
                self._close_stretch(line.t_s)
        elif line.event in self.away:
            self.away[line.event] += 1
        elif line.event == "skipped":
            self.skipped += int(line.detail.split()[0])
        elif line.event == "bad_samples":
            self.bad += int(line.detail.split()[0])

    def end(self, end_s: float) -> None:
        """The stream is over; the last windows need not wait for what would follow."""
        self._close_stretch(end_s + self._look_ahead / RATE)

    def _close_stretch(self, end_s: float) -> None:
        if self._origin_s is not None:
            samples = round((end_s - self._origin_s) * RATE)
            if samples >= self._first_window:
                self.due += (samples - self._first_window) // self._hop + 1
        self._origin_s = None


class _Files:
    """Counts the samples in a session's sound files and deletes those that are closed."""

    def __init__(self) -> None:
        self._counted = 0
        self.samples = 0

    def count_closed(self, session: Session) -> None:
        """All but the newest, which is still being written."""
        self._count(session, -1)

    def count_all(self, session: Session) -> None:
        """Once the session has ended."""
        self._count(session, None)

    def _count(self, session: Session, until: int | None) -> None:
        assert session.recorder is not None
        for path in session.recorder.files[self._counted : until]:
            with Recording.open(path) as recording:
                self.samples += recording.frames
            path.unlink()
            self._counted += 1


def _kept_windows(session: Session, folder: Path) -> int:
    assert session.log is not None
    with SessionStore(folder) as store:
        said = store.judgements(session.log.session)
        return sum(line.verdict.label is not Label.WARMING_UP for line in said)


def _balances(session: Session, scenario: Scenario, said: _Said, on_disk: int) -> list[Figure]:
    snapshot, recorder, clock = session.snapshot, session.recorder, session.ring.end
    assert recorder is not None
    stream = FaultyStream(scenario)
    # A hole at the very end is followed by nothing, so nobody learns of it.
    held = [part for part in stream.stretches() if part.lost or part.end <= clock]
    captured = sum(part.end - part.start for part in held if not part.lost)
    holes = sum(part.end - part.start for part in held if part.lost and part.end <= clock)
    away = sum(fault.kind == "disconnect" for fault in stream.faults)
    back = sum(fault.kind == "disconnect" and fault.end < stream.samples for fault in stream.faults)
    said.end(clock / RATE)
    judged = snapshot.summary.verdict.windows if snapshot.summary else 0
    hours = clock / RATE / 3600
    return [
        Figure(f"soak at hop {HOP_S:g} s: simulated", hours, "h"),
        Figure("captured", captured, "samples"),
        Figure("lost by the device", holes, "samples"),
        Figure("analysed", snapshot.analysed_samples, "samples"),
        Figure("overwritten in the ring", snapshot.overwritten_samples, "samples"),
        Figure("gaps told", said.gaps, "gaps"),
        Figure("bad samples told", said.bad, "samples"),
        Figure("windows made", snapshot.made_windows, "windows"),
        Figure("windows judged", judged, "windows"),
        Figure("windows skipped", snapshot.skipped_windows, "windows"),
        Figure("recorded", recorder.written, "samples"),
        Figure("missed by the recorder", recorder.missed, "samples"),
        _balance("captured + lost by the device = clock", captured + holes - clock),
        _balance(
            "captured = analysed + overwritten",
            captured - snapshot.analysed_samples - snapshot.overwritten_samples,
        ),
        _balance(
            "lost = by the device + overwritten", snapshot.lost_samples - holes - snapshot.overwritten_samples
        ),
        _balance("gap in the summary = lost", _gap_samples(session) - snapshot.lost_samples),
        _balance("windows made = due by the gaps told", snapshot.made_windows - said.due, "windows"),
        _balance(
            "windows made = judged + skipped",
            snapshot.made_windows - judged - snapshot.skipped_windows,
            "windows",
        ),
        _balance("windows judged = lines written", judged - said.judged, "windows"),
        _balance("windows skipped = told in events", snapshot.skipped_windows - said.skipped, "windows"),
        _balance("bad samples told beyond those made", max(0, said.bad - stream.bad_samples())),
        _balance("device lost = told", away - said.away["device_lost"], "times"),
        _balance("device back = told", back - said.away["device_back"], "times"),
        _balance("recorded + missed = clock", recorder.written + recorder.missed - clock),
        _balance("recorded = on the disk", recorder.written - on_disk),
    ]


def _balance(name: str, difference: int, unit: str = "samples") -> Figure:
    return Figure(f"balance: {name}", abs(difference), unit, 0)


def _gap_samples(session: Session) -> int:
    summary = session.snapshot.summary
    return round(summary.gap_s * RATE) if summary else 0


def _require_no_failure(session: Session) -> None:
    if session.snapshot.state == "failed":
        raise CommandError(session.snapshot.detail)
    if session.health.state == "failed":
        raise CommandError(session.health.detail)
    if session.log is None or session.log.failure or not session.recorded:
        raise CommandError(session.remarks[-1])


def _memory(told: list[tuple[float, int]]) -> list[Figure]:
    """Level after the first twelfth: the last quarter of what follows against its first."""
    settled = [rss for now_s, rss in told if now_s >= told[-1][0] / 12]
    quarter = len(settled) // 4 or 1
    head, tail = sorted(settled[:quarter]), sorted(settled[-quarter:])
    growth = tail[quarter // 2] - head[quarter // 2]
    return [
        Figure("soak: peak memory", max(rss for _, rss in told) / _MIB, "MiB"),
        Figure("soak: growth of memory, first to last quarter", growth / _MIB, "MiB", _FLAT_MIB),
    ]
