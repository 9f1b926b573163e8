"""``auscult export``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import click
from tqdm import tqdm

from model.card import ModelError
from model.classifier import Classifier
from monitor.commands.sessions import open_store
from monitor.export import (
    ExportError,
    ExportNameError,
    Heard,
    Remedy,
    export_paths,
    heard_recording,
    heard_session,
    write_export,
)
from monitor.export_format import FORMATS
from monitor.failure import CommandError
from monitor.lsl import SOUND_STREAM, VERDICT_STREAM
from monitor.sources.protocol import SourceError
from monitor.standard_error import keep_standard_error
from recordings import Channel, RecordingError, locate

WAIT_S = 5.0
"""How long LSL's streams wait for somebody who listens before the sound begins anyway."""

_ID = re.compile(r"[0-9a-f]{1,12}")

_REMEDIES = {
    Remedy.NONE: "",
    Remedy.ROUND: ": add --round",
    Remedy.ROUND_OR_WAV: ": add --round, or export to wav",
    Remedy.FHIR: ", which --record keeps: export it to fhir",
    Remedy.PLACE: "; choose another --out",
}


@dataclass(frozen=True)
class ExportOptions:
    """The command line's options, by their own names."""

    to: str
    out: Path | None
    force: bool
    rounded: bool
    hop: float
    model: str
    channel: Channel | None
    data: Path | None


def run_export(source: str, options: ExportOptions) -> None:
    """Write a recording or a session in another program's format.

    Raises:
        CommandError: There is no such recording or session, the model cannot be used, the format cannot hold
            the sound, or it cannot be written.
    """
    keep_standard_error()
    file, _ = locate(Path(source))
    is_file = file.exists() or not _ID.fullmatch(source)
    try:
        if options.to == "lsl":
            _play(_heard(source, is_file, options), options)
        else:
            _write(source, file, is_file, options)
    except ExportNameError as error:
        raise click.UsageError(str(error)) from None
    except ExportError as error:
        raise CommandError(f"{error}{_REMEDIES[error.remedy]}") from None
    except (ModelError, RecordingError, SourceError) as error:
        raise CommandError(str(error)) from None


def _heard(source: str, is_file: bool, options: ExportOptions) -> Heard:
    if is_file:
        return heard_recording(Path(source), options.channel, options.hop)
    return heard_session(lambda: open_store(options.data), source)


def _write(source: str, file: Path, is_file: bool, options: ExportOptions) -> None:
    kind = FORMATS[options.to]
    stem = Path(source).stem if is_file else f"session-{source}"
    paths = export_paths(kind, options.out or Path(kind.name(stem)))
    _refuse_existing(paths, file, options.force)
    heard = _heard(source, is_file, options)
    length_s = heard.sound.frames / heard.sound.rate if heard.sound else 0.0
    with tqdm(total=round(length_s), desc="exporting", unit="s", disable=None, leave=False) as bar:
        remarks = write_export(
            heard,
            kind,
            paths,
            lambda: Classifier.load(options.model),
            options.rounded,
            lambda share: bar.update(share * length_s - bar.n),
        )
    for words in remarks:
        click.echo(f"auscult: {source}: {words}", err=True)
    click.echo(f"wrote {', '.join(map(str, paths))}", err=True)


def _play(heard: Heard, options: ExportOptions) -> None:
    from monitor.lsl_playing import play

    sound = heard.sound
    if sound is None:
        raise CommandError(f"{heard.title} has no sound, which --record keeps")
    classifier = Classifier.load(options.model)
    length_s = sound.frames / sound.rate
    click.echo(
        f"offering the LSL streams {SOUND_STREAM!r} and {VERDICT_STREAM!r} for {length_s:.0f} s", err=True
    )
    with tqdm(total=round(length_s), desc="playing", unit="s", disable=None) as bar:
        play(sound, heard.title, classifier, options.hop, lambda at_s: bar.update(at_s - bar.n), WAIT_S)


def _refuse_existing(paths: list[Path], source: Path, force: bool) -> None:
    for path in paths:
        if path.exists() and source.exists() and path.samefile(source):
            raise CommandError(f"{path}: is what is exported; choose another --out")
        if path.is_dir():
            raise CommandError(f"{path}: is a folder; choose another --out")
        if path.exists() and not force:
            raise CommandError(f"{path}: exists already; choose another --out, or add --force to replace it")
    if not paths[0].parent.is_dir():
        raise CommandError(f"{paths[0].parent}: is no folder; make it first, or choose another --out")
