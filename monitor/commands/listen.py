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
from monitor.sources.choice import SourceChoice, microphone_choice, recording_choice, synthetic_choice
from monitor.sources.protocol import SourceError
from recordings import RecordingError

if TYPE_CHECKING:
    from dsp.synthesis import SynthesisConfig
    from model.classifier import Classifier
    from monitor.sources.protocol import Source

_POLL_S = 0.25


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
    return _listen([_choose(source, options)], options)


def run_replay(files: Sequence[Path], options: ListenOptions) -> int:
    """Replay files one after the other; returns the exit status.

    Raises:
        CommandError: A file, the model or the display cannot be used.
    """
    return _listen(
        [recording_choice(file, options.pace, options.channel, options.duration) for file in files], options
    )


def _choose(source: str, options: ListenOptions) -> SourceChoice:
    if source == "mic" or source.startswith("mic:"):
        return microphone_choice(source[4:] or None, options.channel, options.duration)
    if source == "synth":
        return synthetic_choice(_heart(options), options.pace, options.duration)
    if source == "-":
        return _standard_input(options)
    return recording_choice(Path(source), options.pace, options.channel, options.duration)


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


def _standard_input(options: ListenOptions) -> SourceChoice:
    from monitor.sources.raw_pcm import RawPcmSource

    rate = options.rate or 0

    def open_pipe() -> RawPcmSource:
        if sys.stdin is None or sys.stdin.isatty():
            raise SourceError(
                "standard input is a terminal: pipe PCM into it, "
                "for example arecord … | auscult monitor --source -"
            )
        return RawPcmSource(sys.stdin.buffer, rate, options.pcm_format, options.duration)

    return SourceChoice("Standard input", open_pipe, replayed=False)


def _listen(playlist: Sequence[SourceChoice], options: ListenOptions) -> int:
    if options.headless:
        return _listen_headless(playlist, options)
    from monitor.dashboard.display import has_display

    if not has_display():
        raise CommandError("no display: set DISPLAY, or add --headless for JSON lines in the terminal")
    try:
        # A window that opens only to say that the file is missing helps nobody.
        playlist[0].open().stop()
    except (RecordingError, SourceError) as error:
        if playlist[0].replayed:
            raise CommandError(str(error)) from None
    from monitor.dashboard import DashboardError, run_dashboard

    try:
        return run_dashboard(playlist, hop_s=options.hop, model=options.model, loop=options.loop)
    except DashboardError as error:
        raise CommandError(str(error)) from None


def _listen_headless(playlist: Sequence[SourceChoice], options: ListenOptions) -> int:
    from model.card import ModelError
    from model.classifier import Classifier

    rounds = itertools.count() if options.loop else range(1)
    named = options.loop or len(playlist) > 1
    # A wrong name should not cost the time that loading torch takes.
    opened = _open(playlist[0])
    try:
        classifier = Classifier.load(options.model)
    except ModelError as error:
        opened.stop()
        raise CommandError(str(error)) from None
    with _interruptible() as interrupted:
        for number, choice in enumerate(choice for _ in rounds for choice in playlist):
            session_source = opened if number == 0 else _open(choice)
            failure = _run_headless(session_source, options.hop, classifier, named, interrupted)
            if interrupted.is_set():
                return 130
            if failure:
                raise CommandError(failure)
    return 0


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
    broken = threading.Event()

    def write(line: dict[str, object]) -> None:
        try:
            if not broken.is_set():
                write_line(line, out)
        except BrokenPipeError:
            broken.set()

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
        if broken.is_set() or interrupted.is_set():
            session.stop()
    session.stop()
    if broken.is_set():
        raise BrokenPipeError
    if session.snapshot.summary is None:
        raise CommandError(session.snapshot.detail)
    write(summary_line(session.snapshot.summary, tag, source.name if named else None))
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
