"""``auscult export``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.card import ModelError
from model.classifier import Classifier
from monitor.commands.sessions import open_store
from monitor.exhibit import NOTICE, Exhibit, Sound, recording_exhibit, session_exhibit
from monitor.failure import CommandError
from monitor.json_lines import document_text
from monitor.standard_error import keep_standard_error
from monitor.whole_files import whole_files
from recordings import (
    Channel,
    RecordingError,
    SampleWidth,
    locate,
    sample_width,
    whole_numbers,
    write_recording,
)
from recordings.edf_file import write_edf
from recordings.wfdb_record import ANNOTATOR, write_wfdb

_ID = re.compile(r"[0-9a-f]{1,12}")


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


@dataclass(frozen=True)
class _Format:
    """How something is written.

    Attributes:
        title: For people.
        suffix: Of the file that is named.
        beside: Suffixes of those written beside it.
        write: Writes them, given the named file's path; returns what is to be remarked.
        bits: The most that its samples have.
    """

    title: str
    suffix: str
    beside: tuple[str, ...]
    write: Callable[[Exhibit, Path, _Samples], str]
    bits: int


class _Samples:
    """A sound's samples as a format can hold them.

    Args:
        sound: To be written.
        title: Of the format.
        most: Bits that it holds.
        rounded: They may be rounded to so many.

    Raises:
        CommandError: They are finer.
    """

    def __init__(self, sound: Sound, title: str, most: int, rounded: bool) -> None:
        self.sound = sound
        self.width: SampleWidth = sample_width(sound.blocks())
        bits = self.width.bits
        self.remark = ""
        # WAV alone holds 32 bits, and then floating point too.
        self.floating = bits is None and most == 32 and (self.width.single or rounded)
        if self.floating:
            bits = 32
            self.remark = "" if self.width.single else "rounded to floating point of 32 bits"
        if bits is None or bits > most:
            if not rounded:
                need = "floating point" if bits is None else f"{bits} bits"
                raise CommandError(
                    f"its samples need {need} and {title} holds {most} bits: add --round, or export to wav"
                )
            bits = most
            self.remark = (
                f"rounded to {bits} bits; what was beyond full scale is cut, and no number is silence"
            )
        self.bits = bits

    def numbers(self) -> NDArray[np.int32]:
        """All of them."""
        return whole_numbers(self.sound.blocks(), self.bits)


def run_export(source: str, options: ExportOptions) -> None:
    """Write a recording or a session in another program's format.

    Raises:
        CommandError: There is no such recording or session, the model cannot be used, the format cannot hold
            the sound, or it cannot be written.
    """
    keep_standard_error()
    kind = FORMATS[options.to]
    file, _ = locate(Path(source))
    is_file = file.exists() or not _ID.fullmatch(source)
    stem = Path(source).stem if is_file else f"session-{source}"
    paths = _paths(kind, options.out or Path(f"{_plain(stem)}-export{kind.suffix}"))
    _refuse_existing(paths, file, options.force)
    exhibit = _exhibit(source, is_file, options)
    if exhibit.sound is None:
        raise CommandError(f"session {exhibit.session} has no sound: it is kept by --record")
    out = paths[-1]
    try:
        samples = _Samples(exhibit.sound, kind.title, kind.bits, options.rounded)
        with whole_files(paths) as folder:
            remark = kind.write(exhibit, folder / out.name, samples)
    except RecordingError as error:
        # Of the file where it was being written, it speaks as of the one that was to be.
        raise CommandError(re.sub(r"[^:]*\.part[/\\]", "", str(error))) from None
    except OSError as error:
        raise CommandError(
            f"{out}: cannot be written ({error.strerror or error}); choose another --out"
        ) from None
    for words in filter(None, (samples.remark, remark)):
        click.echo(f"auscult: {source}: {words}", err=True)
    click.echo(f"wrote {', '.join(map(str, paths))}", err=True)


def _exhibit(source: str, is_file: bool, options: ExportOptions) -> Exhibit:
    try:
        classifier = Classifier.load(options.model)
        if is_file:
            exhibit, notes = recording_exhibit(Path(source), classifier, options.hop, options.channel, _shown)
            for note in notes:
                click.echo(f"auscult: {source}: {note}", err=True)
            return exhibit
        with open_store(options.data) as store:
            one = store.find(source)
            if one.header is not None and one.ended is None:
                raise CommandError(f"session {one.id} is still running: stop it first")
            return session_exhibit(store, one, classifier, _shown)
    except (ModelError, RecordingError) as error:
        raise CommandError(str(error)) from None


def _shown(sound: Sound) -> Iterator[NDArray[np.floating]]:
    """A sound's blocks, with a bar on standard error where that is a terminal."""
    with tqdm(total=round(sound.frames / sound.rate), desc="analysing", unit="s", disable=None) as bar:
        for block in sound.blocks():
            yield block
            bar.update(block.size / sound.rate)


def _paths(kind: _Format, out: Path) -> list[Path]:
    if kind.suffix == ".hea" and not out.suffix:
        out = out.with_name(out.name + kind.suffix)
    if out.suffix.lower() != kind.suffix:
        raise click.UsageError(f"{kind.title} is written to a name that ends in {kind.suffix}, not {out}")
    # What is named comes last: with it the others are complete.
    return [*(out.with_suffix(suffix) for suffix in kind.beside), out]


def _plain(stem: str) -> str:
    """A stem that every format takes as a name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "recording"


def _refuse_existing(paths: list[Path], source: Path, force: bool) -> None:
    for path in paths:
        if path.exists() and source.exists() and path.samefile(source):
            raise CommandError(f"{path}: is what is exported; choose another --out")
        if path.exists() and not force:
            raise CommandError(f"{path}: exists already; choose another --out, or add --force to replace it")
    if not paths[0].parent.is_dir():
        raise CommandError(f"{paths[0].parent}: is no folder; make it first, or choose another --out")


def _write_sound(exhibit: Exhibit, path: Path, samples: _Samples) -> str:
    write_recording(path, samples.sound.blocks(), samples.sound.rate, samples.floating, samples.bits)
    path.with_suffix(".json").write_text(document_text(exhibit.document()), encoding="utf-8")
    return ""


def _write_edf(exhibit: Exhibit, path: Path, samples: _Samples) -> str:
    added = write_edf(path, samples.numbers(), samples.sound.rate, exhibit.annotations(), exhibit.sound_begun)
    return f"{added} samples of silence were added: EDF+ holds whole data records" if added else ""


def _write_wfdb(exhibit: Exhibit, path: Path, samples: _Samples) -> str:
    write_wfdb(
        path,
        samples.numbers(),
        samples.bits,
        samples.sound.rate,
        exhibit.annotations(),
        exhibit.sound_begun,
        [NOTICE, f"judged by {exhibit.model}"],
    )
    return ""


FORMATS = {
    "flac": _Format("FLAC", ".flac", (".json",), _write_sound, 24),
    "wav": _Format("WAV", ".wav", (".json",), _write_sound, 32),
    "edf": _Format("EDF+", ".edf", (), _write_edf, 16),
    "wfdb": _Format("WFDB", ".hea", (".dat", f".{ANNOTATOR}"), _write_wfdb, 32),
}
