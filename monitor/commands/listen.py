"""``auscult monitor`` and ``auscult replay``."""

from __future__ import annotations

import itertools
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from monitor.failure import CommandError
from monitor.json_lines import event_line, summary_line, verdict_line, write_line
from monitor.sources.choice import SourceChoice, microphone_choice, recording_choice, synthetic_choice
from monitor.sources.protocol import SourceError
from recordings import RecordingError

if TYPE_CHECKING:
    from dsp.synthesis import SynthesisConfig
    from model.classifier import Classifier
    from monitor.sources.protocol import Source

_POLL_S = 0.25

_Make = Callable[[float | None], SourceChoice]
"""Makes a choice that stops after so many seconds of sound; None lets it play to its end."""


@dataclass(frozen=True)
class ListenOptions:
    """The command line's options, by their own names."""

    headless: bool
    hop: float
    model: str
    pace: float | None
    duration: float | None
    channel: int | None
    seed: int
    loop: bool
    condition: str = "normal"
    heart_rate: float = 72.0
    jitter: float = 0.03
    snr: float = 30.0
    rate: int | None = None
    pcm_format: str = "s16le"


def run_monitor(source: str, options: ListenOptions) -> int:
    """Listen to one source; returns the exit status.

    Raises:
        CommandError: The source, the model or the display cannot be used.
    """
    # Whoever names no device may choose something else in the window.
    return _listen([partial(_choose, source, options)], options, needed=source != "mic")


def run_replay(files: Sequence[Path], options: ListenOptions) -> int:
    """Replay files one after the other; returns the exit status.

    Raises:
        CommandError: A file, the model or the display cannot be used.
    """
    return _listen([partial(_recording, file, options) for file in files], options)


def _recording(file: Path, options: ListenOptions, duration_s: float | None) -> SourceChoice:
    return recording_choice(file, options.pace, options.channel, duration_s)


def _choose(source: str, options: ListenOptions, duration_s: float | None) -> SourceChoice:
    if source == "mic" or source.startswith("mic:"):
        return microphone_choice(source[4:] or None, options.channel, duration_s)
    if source == "synth":
        return synthetic_choice(_heart(options), options.pace, duration_s)
    if source == "-":
        return _standard_input(options, duration_s)
    return _recording(Path(source), options, duration_s)


def _heart(options: ListenOptions) -> SynthesisConfig:
    from dsp.synthesis import SynthesisConfig

    try:
        return SynthesisConfig(
            condition=options.condition,
            heart_rate_bpm=options.heart_rate,
            jitter=options.jitter,
            snr_db=options.snr,
            seed=options.seed,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _standard_input(options: ListenOptions, duration_s: float | None) -> SourceChoice:
    from monitor.sources.raw_pcm import RawPcmSource

    rate = options.rate or 0

    def open_pipe() -> RawPcmSource:
        if sys.stdin is None or sys.stdin.isatty():
            raise SourceError(
                "standard input is no pipe: send PCM into it, "
                "for example arecord … | auscult monitor --source -"
            )
        return RawPcmSource(sys.stdin.buffer, rate, options.pcm_format, duration_s)

    return SourceChoice("Standard input", open_pipe, replayed=False)


def _listen(playlist: Sequence[_Make], options: ListenOptions, needed: bool = True) -> int:
    if options.headless:
        return _listen_headless(playlist, options)
    from monitor.dashboard.display import has_display

    if not has_display():
        raise CommandError("no display: set DISPLAY, or add --headless for JSON lines in the terminal")
    choices = [make(options.duration) for make in playlist]
    if needed:
        # A window that opens only to say that the source is missing helps nobody.
        _open(choices[0]).stop()
    from monitor.dashboard import DashboardError, run_dashboard

    try:
        return run_dashboard(choices, hop_s=options.hop, model=options.model, loop=options.loop)
    except DashboardError as error:
        raise CommandError(str(error)) from None


def _listen_headless(playlist: Sequence[_Make], options: ListenOptions) -> int:
    from model.card import ModelError
    from model.classifier import Classifier

    rounds = itertools.count() if options.loop else range(1)
    named = options.loop or len(playlist) > 1
    left_s = options.duration
    status = failed_in_a_row = 0
    classifier = None
    with _interruptible() as interrupted:
        for make in (make for _ in rounds for make in playlist):
            failure = ""
            try:
                # Before the model: a wrong name should not cost the time that loading torch takes.
                source = _open(make(left_s))
            except CommandError as error:
                failure = str(error)
            else:
                try:
                    classifier = classifier or Classifier.load(options.model)
                except ModelError as error:
                    source.stop()
                    raise CommandError(str(error)) from None
                failure = _run_headless(source, options.hop, classifier, named, interrupted)
                if interrupted.is_set():
                    return 130
                if options.loop and left_s is not None:
                    left_s -= source.health().delivered / source.rate
                    if left_s * source.rate < 1:
                        break
            if failure:
                if len(playlist) == 1:
                    raise CommandError(failure)
                # The recordings after a bad one are as good as ever.
                click.echo(f"auscult: {failure}", err=True)
                status = 1
            failed_in_a_row = failed_in_a_row + 1 if failure else 0
            if failed_in_a_row == len(playlist):
                break
    return status


def _open(choice: SourceChoice) -> Source:
    try:
        return choice.open()
    except (RecordingError, SourceError) as error:
        raise CommandError(str(error)) from None


def _run_headless(
    source: Source, hop_s: float, classifier: Classifier, named: bool, interrupted: threading.Event
) -> str:
    """One stream to its summary; returns what went wrong with the source, if anything."""
    from monitor.session import Session
    from monitor.worker import Listeners

    out = sys.stdout
    # Set on the worker's thread, raised on this one.
    unwritten: list[BrokenPipeError | CommandError] = []

    def write(line: dict[str, object]) -> None:
        if not unwritten:
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
    )
    try:
        session.start()
    except SourceError as error:
        raise CommandError(str(error)) from None
    while not session.wait(_POLL_S):
        if unwritten or interrupted.is_set():
            session.stop()
    session.stop()
    if session.snapshot.summary is None:
        raise CommandError(session.snapshot.detail)
    write(summary_line(session.snapshot.summary, tag, source.name if named else None))
    if unwritten:
        raise unwritten[0]
    return session.health.detail


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
