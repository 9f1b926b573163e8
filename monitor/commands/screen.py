"""``auscult screen``."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import click
from tqdm import tqdm

from model.card import ModelError
from model.loading import check_model
from monitor.failure import INTERRUPTED, CommandError
from monitor.screening.failure import ScreeningError
from monitor.screening.in_order import InOrder
from monitor.screening.own_cores import judge_here, judge_on_cores
from monitor.screening.row import Screened, Settings
from monitor.screening.summary import SUFFIX, check_place, write_summary
from monitor.screening.table import Table
from monitor.screening.tally import ERROR, Tally
from monitor.screening.words import done_words, note_words, stopped_words
from monitor.standard_error import keep_standard_error
from recordings import Channel, RecordingError, find_recordings


def run_screen(
    paths: Sequence[Path],
    out: Path,
    hop_s: float,
    model: str,
    channel: Channel | None,
    summary: Path | None,
    jobs: int,
    scheduler: str | None,
) -> int:
    """Write a row for each recording, and a summary.

    Stopped at any moment and started again it goes on where it was.

    Returns:
        0 if any was scored, else 1; 130 after Ctrl-C.

    Raises:
        CommandError: The model or the scheduler cannot be used, a folder cannot be read, the table is another
            one's, or it cannot be written.
    """
    keep_standard_error()
    summary = summary or out.with_suffix(SUFFIX)
    try:
        files = sorted({str(file) for path in paths for file in _expand(path)})
        card = check_model(model).card
    except (ModelError, RecordingError) as error:
        raise CommandError(str(error)) from None
    if not files:
        raise CommandError(
            f"no recordings in {', '.join(map(str, paths))}; give files, or folders that hold some"
        )
    settings = Settings(model, card.tag, hop_s, channel, f"auscult {version('auscult')}")
    tally = Tally()
    try:
        check_place(summary)
        with Table(out) as table:
            for row in table.kept(files, settings):
                tally.add(row)
            results = _judged(files, tally.recordings, settings, jobs, scheduler)
            try:
                for screened in results:
                    for note in screened.notes:
                        tqdm.write(note_words(str(screened.row["path"]), note), file=sys.stderr)
                    table.add(screened.row)
                    tally.add(screened.row)
            except KeyboardInterrupt:
                click.echo(stopped_words(tally.recordings, len(files), str(out)), err=True)
                return INTERRUPTED
            finally:
                results.close()
            table.finish()
            write_summary(summary, out, tally, settings, card.sha256)
    except ScreeningError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{out}: cannot be written ({error.strerror}); choose another --out") from None
    click.echo(done_words(tally.scored, len(files), str(out), str(summary), tally.labels[ERROR]), err=True)
    return 0 if tally.scored else 1


def _judged(
    files: Sequence[str], first: int, settings: Settings, jobs: int, scheduler: str | None
) -> Generator[Screened, None, None]:
    """The results from the first place on, in order, with a bar where standard error is a terminal."""
    order = InOrder(first, len(files))
    if order.done:
        return
    if scheduler is not None:
        from monitor.screening.cluster import judge_on_cluster

        found = judge_on_cluster(files, order, settings, scheduler)
    elif len(files) == 1:
        found = judge_here(files, order, settings)
    else:
        found = judge_on_cores(files, order, settings, min(jobs, len(files) - first))
    began, heard_s = time.monotonic(), 0.0
    with tqdm(
        total=len(files), initial=first, desc="screening", unit="recording", disable=None, smoothing=0.02
    ) as bar:
        try:
            for place, screened in found:
                heard_s += float(screened.row["duration_s"] or 0)
                bar.set_postfix_str(f"{heard_s / (time.monotonic() - began):.0f}x real time", refresh=False)
                bar.update()
                yield from order.put(place, screened)
        finally:
            found.close()


def _expand(path: Path) -> Iterable[Path]:
    return find_recordings(path) if path.is_dir() else (path,)
