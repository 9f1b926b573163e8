"""``auscult export``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.card import ModelError
from model.classifier import Classifier
from monitor.commands.sessions import open_store
from monitor.exhibit import (
    NOTICE,
    Exhibit,
    RecordingSound,
    SessionSound,
    Sound,
    recording_exhibit,
    session_exhibit,
)
from monitor.failure import CommandError
from monitor.fhir_bundle import bundle_text, check_fhir
from monitor.json_lines import document_text
from monitor.lsl import SOUND_STREAM, VERDICT_STREAM
from monitor.sources.protocol import SourceError
from monitor.standard_error import keep_standard_error
from monitor.whole_files import whole_files
from recordings import (
    MAX_RATE,
    Channel,
    RecordingError,
    locate,
    printable,
    sample_width,
    whole_numbers,
    write_recording,
)
from recordings.dicom_waveform import MOST_HZ, check_dicom, write_dicom
from recordings.edf_file import write_edf
from recordings.wfdb_record import ANNOTATOR, check_wfdb, write_wfdb

WAIT_S = 5.0
"""How long LSL's streams wait for somebody who listens before the sound begins anyway."""

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
        bits_of_lowest: The most where one of them is the lowest value, if that makes a difference.
        floating: They may be floating point of 32 bits too.
        most_hz: The highest rate.
        check: Refuses the named file's path before anything is judged, by a RecordingError.
    """

    title: str
    suffix: str
    beside: tuple[str, ...]
    write: Callable[[Exhibit, Path, _Samples], str]
    bits: int
    bits_of_lowest: int | None = None
    floating: bool = False
    most_hz: int = MAX_RATE
    check: Callable[[Path], object] = lambda path: None


@dataclass(frozen=True)
class _Heard:
    """What is exported, before it is judged.

    Attributes:
        title: Of it.
        sound: None where none was kept.
        judged: Judges it.
    """

    title: str
    sound: Sound | None
    judged: Callable[[Classifier], Exhibit]


class _Samples:
    """A sound's samples as a format can hold them.

    Args:
        sound: To be written.
        kind: The format.
        rounded: They may be rounded to so many.

    Raises:
        CommandError: They are finer, or faster.
    """

    def __init__(self, sound: Sound, kind: _Format, rounded: bool) -> None:
        if sound.rate > kind.most_hz:
            raise CommandError(
                f"{kind.title} audio has at most {kind.most_hz} Hz, and this has {sound.rate}: resample it, "
                "or export to wav"
            )
        self.sound = sound
        width = sample_width(sound.blocks())
        most = (kind.bits_of_lowest if width.lowest else None) or kind.bits
        bits = width.bits
        self.remark = ""
        self.floating = bits is None and kind.floating and (width.single or rounded)
        if self.floating:
            bits = 32
            self.remark = "" if width.single else "rounded to floating point of 32 bits"
        if bits is None or bits > most:
            if not rounded:
                need = f"{bits} bits" if bits else f"floating point{'' if width.single else ' of 64 bits'}"
                other = "" if kind.floating else ", or export to wav"
                raise CommandError(
                    f"its samples need {need} and {kind.title} holds {most} bits: add --round{other}"
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
    file, _ = locate(Path(source))
    is_file = file.exists() or not _ID.fullmatch(source)
    if options.to == "lsl":
        _play(_heard(source, is_file, options), options)
        return
    kind = FORMATS[options.to]
    stem = Path(source).stem if is_file else f"session-{source}"
    paths = _paths(kind, options.out or Path(f"{_plain(stem)}-{options.to}{kind.suffix}"))
    _refuse_existing(paths, file, options.force)
    heard = _heard(source, is_file, options)
    if heard.sound is None and options.to != "fhir":
        raise CommandError(f"{heard.title} has no sound, which --record keeps: export it to fhir")
    out = paths[-1]
    try:
        kind.check(out)
        samples = heard.sound and _Samples(heard.sound, kind, options.rounded)
        exhibit = heard.judged(Classifier.load(options.model))
        with whole_files(paths) as folder:
            remark = _written(kind, exhibit, samples, folder, out)
    except (ModelError, RecordingError) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        fault = error.strerror or str(error).partition("\n")[0]
        raise CommandError(f"{out}: cannot be written ({fault}); choose another --out") from None
    for words in filter(None, (samples and samples.remark, remark)):
        click.echo(f"auscult: {source}: {words}", err=True)
    click.echo(f"wrote {', '.join(map(str, paths))}", err=True)


def _heard(source: str, is_file: bool, options: ExportOptions) -> _Heard:
    try:
        return _recording(source, options) if is_file else _session(source, options)
    except RecordingError as error:
        raise CommandError(str(error)) from None


def _recording(source: str, options: ExportOptions) -> _Heard:
    path = Path(source)
    sound = RecordingSound(path, options.channel)

    def judged(classifier: Classifier) -> Exhibit:
        exhibit, notes = recording_exhibit(path.name, sound, classifier, options.hop, _shown)
        for note in notes:
            click.echo(f"auscult: {source}: {note}", err=True)
        return exhibit

    return _Heard(path.name, sound, judged)


def _session(source: str, options: ExportOptions) -> _Heard:
    with open_store(options.data) as store:
        one = store.find(source)
    if one.header is not None and one.ended is None:
        raise CommandError(f"session {one.id} is still running: stop it first")
    sound = SessionSound(one.sound) if one.sound else None

    def judged(classifier: Classifier) -> Exhibit:
        with open_store(options.data) as store:
            return session_exhibit(store, one, sound, classifier, _shown)

    return _Heard(f"session {one.id}", sound, judged)


def _play(heard: _Heard, options: ExportOptions) -> None:
    from monitor.lsl_playing import play

    sound = heard.sound
    if sound is None:
        raise CommandError(f"{heard.title} has no sound, which --record keeps")
    try:
        classifier = Classifier.load(options.model)
        length_s = sound.frames / sound.rate
        click.echo(
            f"offering the LSL streams {SOUND_STREAM!r} and {VERDICT_STREAM!r} for {length_s:.0f} s", err=True
        )
        with tqdm(total=round(length_s), desc="playing", unit="s", disable=None) as bar:
            play(sound, heard.title, classifier, options.hop, lambda at_s: bar.update(at_s - bar.n), WAIT_S)
    except (ModelError, RecordingError, SourceError) as error:
        raise CommandError(str(error)) from None


def _written(kind: _Format, exhibit: Exhibit, samples: _Samples | None, folder: Path, out: Path) -> str:
    """Write what ``out`` is to be into a folder; what is to be remarked."""
    try:
        return kind.write(exhibit, folder / out.name, samples)
    except RecordingError as error:
        # It speaks of the file as of the one that is to be.
        here, there = f"{folder}{os.sep}", str(out).removesuffix(out.name)
        raise CommandError(str(error).replace(printable(here), printable(there))) from None


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
        if path.is_dir():
            raise CommandError(f"{path}: is a folder; choose another --out")
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


def _write_dicom(exhibit: Exhibit, path: Path, samples: _Samples) -> str:
    begun = exhibit.sound_begun
    write_dicom(
        path,
        samples.numbers(),
        samples.sound.rate,
        exhibit.annotations(),
        begun,
        version("auscult"),
        NOTICE,
    )
    return "" if begun else "DICOM wants a time and the recording has none: that of writing stands there"


def _write_fhir(exhibit: Exhibit, path: Path, samples: _Samples | None) -> str:
    flac = None
    if samples is not None:
        sound = path.with_suffix(".flac")
        write_recording(sound, samples.sound.blocks(), samples.sound.rate, bits=samples.bits)
        flac = sound.read_bytes()
    path.write_text(bundle_text(exhibit, version("auscult"), flac), encoding="utf-8")
    return ""


FORMATS = {
    "flac": _Format("FLAC", ".flac", (".json",), _write_sound, 24),
    "wav": _Format("WAV", ".wav", (".json",), _write_sound, 32, floating=True),
    "edf": _Format("EDF+", ".edf", (), _write_edf, 16),
    # The lowest value of 32 bits means there that there is no sample.
    "wfdb": _Format(
        "WFDB", ".hea", (".dat", f".{ANNOTATOR}"), _write_wfdb, 32, bits_of_lowest=24, check=check_wfdb
    ),
    "dicom": _Format("DICOM", ".dcm", (), _write_dicom, 16, most_hz=MOST_HZ, check=check_dicom),
    "fhir": _Format("FHIR", ".json", (), _write_fhir, 24, check=check_fhir),
}
