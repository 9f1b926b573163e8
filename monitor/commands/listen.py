"""``auscult monitor`` and ``auscult replay``."""

from __future__ import annotations

import itertools
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from monitor.failure import CommandError
from monitor.json_lines import event_line, summary_line, verdict_line, write_line
from monitor.keeping import Keeping
from monitor.scenario_file import open_scenario
from monitor.settings import data_folder, read_settings
from monitor.sources.choice import (
    SourceChoice,
    lsl_choice,
    microphone_choice,
    recording_choice,
    remembered_microphone_choice,
    scripted_choice,
    synthetic_choice,
)
from monitor.sources.protocol import SourceError
from monitor.standard_error import keep_standard_error
from recordings import Channel, RecordingError

if TYPE_CHECKING:
    from dsp.synthesis import SynthesisConfig
    from model.classifier import Classifier
    from monitor.sources.protocol import Source

PATIENCE_S = 30.0
"""How long a lost device is waited for where nobody looks at a screen."""

_POLL_S = 0.25


@dataclass(frozen=True)
class ListenOptions:
    """The command line's options, by their own names."""

    headless: bool
    hop: float
    model: str
    pace: float | None
    duration: float | None
    channel: Channel | None
    seed: int | None
    loop: bool
    condition: str = "normal"
    heart_rate: float = 72.0
    jitter: float = 0.03
    snr: float = 30.0
    rate: int | None = None
    pcm_format: str = "s16le"
    reconnect: float | None = None
    record: bool | None = None
    store: bool | None = None
    patient: str | None = None
    data: Path | None = None
    scenario: Path | None = None
    present: bool = False
    language: str | None = None


def run_monitor(source: str, options: ListenOptions) -> int:
    """Listen to one source; returns the exit status.

    Raises:
        CommandError: The source, the model or the display cannot be used.
    """
    # Whoever names no device may choose something else in the window.
    return _listen([_choose(source, options)], options, needed=source != "mic")


def run_replay(files: Sequence[Path], options: ListenOptions) -> int:
    """Replay files one after the other; returns the exit status.

    Raises:
        CommandError: A file, the model or the display cannot be used.
    """
    return _listen([_recording(file, options) for file in files], options)


def _recording(file: Path, options: ListenOptions) -> SourceChoice:
    return recording_choice(file, options.pace, options.channel)


def _choose(source: str, options: ListenOptions) -> SourceChoice:
    # Before a screen somebody decides how long to wait; a program that pipes this must be told.
    patience_s = PATIENCE_S if options.headless and options.reconnect is None else options.reconnect
    if source == "lsl" or source.startswith("lsl:"):
        return lsl_choice(source[4:] or None, options.channel, patience_s)
    if source == "mic" or source.startswith("mic:"):
        if name := source[4:]:
            return microphone_choice(name, options.channel, patience_s, options.rate)
        return remembered_microphone_choice(options.channel, patience_s, options.rate)
    if source == "synth" and options.scenario is not None:
        # A loop's duration is that of all its rounds.
        duration_s = None if options.loop else options.duration
        return scripted_choice(open_scenario(options.scenario, options.seed, duration_s), options.pace)
    if source == "synth":
        return synthetic_choice(_heart(options), options.pace)
    if source == "-":
        return _standard_input(options)
    return _recording(Path(source), options)


def _heart(options: ListenOptions) -> SynthesisConfig:
    from dsp.synthesis import SynthesisConfig

    try:
        return SynthesisConfig(
            condition=options.condition,
            heart_rate_bpm=options.heart_rate,
            jitter=options.jitter,
            snr_db=options.snr,
            seed=options.seed or 0,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _standard_input(options: ListenOptions) -> SourceChoice:
    from monitor.sources.raw_pcm import RawPcmSource

    rate = options.rate or 0

    def open_pipe(duration_s: float | None) -> RawPcmSource:
        if sys.stdin is None or sys.stdin.isatty():
            raise SourceError(
                "standard input is no pipe: send PCM into it, "
                "for example arecord … | auscult monitor --source -"
            )
        return RawPcmSource(sys.stdin.buffer, rate, options.pcm_format, duration_s)

    return SourceChoice("Standard input", open_pipe, replayed=False)


def _keeping(options: ListenOptions) -> Keeping | None:
    """What is written down; nothing is recorded unless somebody has said so, now or before a screen."""
    if options.store is False:
        return None
    settings = read_settings()
    record = options.record
    if record is None:
        record = not options.headless and settings.record
    return Keeping(
        options.data or data_folder(),
        record,
        options.patient or None,
        replayed=bool(options.store or options.record),
        quota_gb=settings.quota_gb,
    )


def _listen(playlist: Sequence[SourceChoice], options: ListenOptions, needed: bool = True) -> int:
    if options.headless:
        return _listen_headless(playlist, options)
    from monitor.dashboard.display import has_display

    if not has_display():
        raise CommandError("no display: set DISPLAY, or add --headless for JSON lines in the terminal")
    if needed:
        # A window that opens only to say that the source is missing helps nobody.
        _need_one(playlist)
    from monitor.dashboard import DashboardError, run_dashboard

    try:
        return run_dashboard(
            playlist,
            hop_s=options.hop,
            model=options.model,
            loop=options.loop,
            limit_s=options.duration,
            keep=_keeping(options),
            present=options.present,
            language=options.language,
        )
    except DashboardError as error:
        raise CommandError(str(error)) from None


def _listen_headless(playlist: Sequence[SourceChoice], options: ListenOptions) -> int:
    """One stream after the other; of several a bad one is told, and the others are still judged."""
    keep_standard_error()
    rounds = itertools.count() if options.loop else range(1)
    several = len(playlist) > 1
    classifier: Classifier | None = None
    keep = _keeping(options)
    left_s, status, failures = options.duration, 0, 0
    # A program that pipes sound through has not asked where its sessions are.
    told = bool(options.record or options.store or options.patient) or sys.stderr.isatty()
    with _interruptible() as interrupted:
        for choice in (choice for _ in rounds for choice in playlist):
            try:
                # A wrong name should not cost the time that loading torch takes.
                source = _open(choice, left_s)
                classifier = classifier or _load(options.model, source)
                named = options.loop or several
                kept = keep if keep and keep.covers(choice.replayed) else None
                _run_headless(source, options.hop, classifier, named, interrupted, kept, told)
                failures = 0
            except _StreamError as error:
                if interrupted.is_set():
                    return 130
                if not several:
                    raise
                click.echo(f"auscult: {error}", err=True)
                status, failures = 1, failures + 1
            if interrupted.is_set():
                return 130
            if failures == len(playlist):  # a loop would go on like that for ever
                break
            if options.loop and left_s is not None and not failures:
                left_s -= source.health().delivered / source.rate
                if left_s * source.rate < 1:
                    break
    return status


class _StreamError(CommandError):
    """One stream failed; another may still go well."""


def _open(choice: SourceChoice, duration_s: float | None = None) -> Source:
    try:
        return choice.open(duration_s)
    except (RecordingError, SourceError) as error:
        raise _StreamError(str(error)) from None


def _need_one(playlist: Sequence[SourceChoice]) -> None:
    """Raise the first one's failure unless there is one that can be opened."""
    failures = []
    for choice in playlist:
        try:
            _open(choice).stop()
            return
        except _StreamError as error:
            failures.append(error)
    raise failures[0]


def _load(model: str, opened: Source) -> Classifier:
    from model.card import ModelError
    from model.classifier import Classifier

    try:
        return Classifier.load(model)
    except ModelError as error:
        opened.stop()
        raise CommandError(str(error)) from None


def _run_headless(
    source: Source,
    hop_s: float,
    classifier: Classifier,
    named: bool,
    interrupted: threading.Event,
    keep: Keeping | None,
    told: bool,
) -> None:
    """One stream to its summary.

    Raises:
        CommandError: The analysis failed, or its lines cannot be written.
    """
    from monitor.session import Session
    from monitor.worker import Listeners

    out = sys.stdout
    refused = False
    # Set on the worker's thread, raised on this one.
    unwritten: list[BrokenPipeError | CommandError] = []

    def write(line: dict[str, object]) -> None:
        if not (unwritten or refused):
            try:
                write_line(line, out)
            except (BrokenPipeError, CommandError) as error:
                unwritten.append(error)

    tag = classifier.card.tag
    session = Session(
        source,
        hop_s,
        classifier,
        Listeners(
            lambda judgement: write(verdict_line(judgement, tag)), lambda event: write(event_line(event))
        ),
        keep=keep,
    )
    if warning := source.warning:
        click.echo(f"auscult: {warning}; choose one by --source mic:NAME", err=True)
    try:
        session.start()
    except SourceError as error:
        raise _StreamError(str(error)) from None
    if keep is not None and keep.record and not session.recorded:
        refused = True
        session.stop()
        raise _StreamError(session.remarks[-1])
    remarked = 0
    over = False
    while not over:
        over = session.wait(_POLL_S)
        if unwritten or interrupted.is_set():
            session.stop()
        remarks = session.remarks
        for remark in remarks[remarked:]:
            click.echo(f"auscult: {remark}", err=True)
        remarked = len(remarks)
    session.stop()
    if session.snapshot.summary is None:
        raise CommandError(session.snapshot.detail)
    write(summary_line(session.snapshot.summary, tag, source.name if named else None))
    if unwritten:
        raise unwritten[0]
    if session.health.state == "failed":
        raise _StreamError(session.health.detail)
    if told and session.log is not None and not session.log.failure:
        click.echo(f"kept: auscult sessions show {session.log.session}", err=True)
    if keep is not None and keep.record and not session.recorded:
        raise _StreamError("the recording is not complete")


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM set an event, so that the summary is still written; a second Ctrl-C ends at once."""
    interrupted = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
