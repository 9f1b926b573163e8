"""Recordings and sessions written in other programs' formats."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.classifier import Classifier
from monitor.exhibit import (
    NOTICE,
    Exhibit,
    RecordingSound,
    SessionSound,
    Shown,
    Sound,
    recording_exhibit,
    session_exhibit,
)
from monitor.export_format import ExportFormat
from monitor.fhir_bundle import bundle_text, check_fhir
from monitor.json_lines import document_text
from monitor.session_store import SessionStore
from monitor.whole_files import whole_files
from recordings import Channel, RecordingError, printable, sample_width, whole_numbers, write_recording
from recordings.dicom_waveform import check_dicom, write_dicom
from recordings.edf_file import write_edf
from recordings.wfdb_record import check_wfdb, write_wfdb

Progress = Callable[[float], None]

_MEASURED, _JUDGED = 0.05, 0.95


class Remedy(StrEnum):
    """What helps where something cannot be exported, which a command says otherwise than a window."""

    NONE = "none"
    ROUND = "round"
    ROUND_OR_WAV = "round or wav"
    FHIR = "fhir"
    PLACE = "another place"


class ExportError(Exception):
    """Something cannot be exported; one line, without its end where that is a remedy.

    Attributes:
        remedy: What helps; NONE where the line says it.
    """

    def __init__(self, fault: str, remedy: Remedy = Remedy.NONE) -> None:
        super().__init__(fault)
        self.remedy = remedy


class ExportNameError(ExportError):
    """A file cannot have such a name."""


@dataclass(frozen=True)
class Heard:
    """What is exported, before it is judged.

    Attributes:
        title: Of it.
        sound: None where none was kept.
        judged: Judges it, and gives with it what is to be remarked.
    """

    title: str
    sound: Sound | None
    judged: Callable[[Classifier, Shown], tuple[Exhibit, list[str]]]


def heard_recording(path: Path, channel: Channel | None, hop_s: float) -> Heard:
    """A recording, to be judged with a time between windows.

    Raises:
        RecordingError: It cannot be read.
    """
    sound = RecordingSound(path, channel)
    return Heard(
        path.name,
        sound,
        lambda classifier, shown: recording_exhibit(path.name, sound, classifier, hop_s, shown),
    )


def heard_session(opened: Callable[[], AbstractContextManager[SessionStore]], beginning: str) -> Heard:
    """A session that was kept.

    Args:
        opened: Opens the store.
        beginning: Of its id.

    Raises:
        ExportError: It still runs.
        RecordingError: Its sound cannot be read.
        StoreError: There is no such session.
    """
    with opened() as store:
        one = store.find(beginning)
    if one.header is not None and one.ended is None:
        raise ExportError(f"session {one.id} is still running: stop it first")
    sound = SessionSound(one.sound) if one.sound else None

    def judged(classifier: Classifier, shown: Shown) -> tuple[Exhibit, list[str]]:
        with opened() as store:
            return session_exhibit(store, one, sound, classifier, shown), []

    return Heard(f"session {one.id}", sound, judged)


def export_paths(kind: ExportFormat, out: Path) -> list[Path]:
    """Every file that is written, that which is named last: with it the others are complete.

    Raises:
        ExportNameError: The format has no such name.
    """
    if kind.suffix == ".hea" and not out.suffix:
        out = out.with_name(out.name + kind.suffix)
    if out.suffix.lower() != kind.suffix:
        raise ExportNameError(f"{kind.title} is written to a name that ends in {kind.suffix}, not {out}")
    return [*(out.with_suffix(suffix) for suffix in kind.beside), out]


def write_export(
    heard: Heard,
    kind: ExportFormat,
    paths: list[Path],
    take_classifier: Callable[[], Classifier],
    rounded: bool,
    progress: Progress = lambda share: None,
) -> list[str]:
    """Judge and write; the files are there as a whole or not at all. What cannot be is refused first.

    Args:
        heard: To be exported.
        kind: The format.
        paths: As ``export_paths`` has them; what is there is replaced.
        take_classifier: Gives the model.
        rounded: Samples may be rounded to what the format holds.
        progress: Called with how much is done, 0 to 1; what it raises ends the work, and nothing is written.

    Returns:
        What is to be remarked, a clause each.

    Raises:
        ExportError: The format cannot hold the sound, or the files cannot be written.
        ModelError: The model cannot be used.
        RecordingError: The sound cannot be read, or the format has no such name or its library is missing.
        StoreError: The session store cannot be read.
    """
    check, write = _WRITERS[kind.key]
    out = paths[-1]
    if heard.sound is None and not kind.silent:
        raise ExportError(f"{heard.title} has no sound", Remedy.FHIR)
    try:
        check(out)
        samples = heard.sound and _Samples(heard.sound, kind, rounded, progress)
        exhibit, notes = heard.judged(
            take_classifier(), lambda sound: _followed(sound, progress, _MEASURED, _JUDGED)
        )
        with whole_files(paths) as folder:
            remark = _written(write, exhibit, samples, folder, out)
    except OSError as error:
        fault = error.strerror or str(error).partition("\n")[0]
        raise ExportError(f"{out}: cannot be written ({fault})", Remedy.PLACE) from None
    progress(1.0)
    return [*notes, *filter(None, (samples and samples.remark, remark))]


class _Samples:
    """A sound's samples as a format can hold them.

    Args:
        sound: To be written.
        kind: The format.
        rounded: They may be rounded to so many.
        progress: Told while they are read.

    Raises:
        ExportError: They are finer, or faster.
    """

    def __init__(self, sound: Sound, kind: ExportFormat, rounded: bool, progress: Progress) -> None:
        if sound.rate > kind.most_hz:
            raise ExportError(
                f"{kind.title} audio has at most {kind.most_hz} Hz, and this has {sound.rate}: resample it, "
                "or export to wav"
            )
        self._sound, self._progress = sound, progress
        self.rate = sound.rate
        width = sample_width(_followed(sound, progress, 0.0, _MEASURED))
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
                raise ExportError(
                    f"its samples need {need} and {kind.title} holds {most} bits",
                    Remedy.ROUND if kind.floating else Remedy.ROUND_OR_WAV,
                )
            bits = most
            self.remark = (
                f"rounded to {bits} bits; what was beyond full scale is cut, and no number is silence"
            )
        self.bits = bits

    def blocks(self) -> Iterator[NDArray[np.floating]]:
        """They, shape (n,) each."""
        return _followed(self._sound, self._progress, _JUDGED, 1.0)

    def numbers(self) -> NDArray[np.int32]:
        """All of them."""
        return whole_numbers(self.blocks(), self.bits)


_Write = Callable[[Exhibit, Path, _Samples], str]


def _followed(sound: Sound, progress: Progress, begin: float, end: float) -> Iterator[NDArray[np.floating]]:
    """A sound's blocks; how far they have been taken is told as a part of the whole."""
    at = 0
    for block in sound.blocks():
        yield block
        at += block.size
        progress(begin + (end - begin) * min(1.0, at / max(1, sound.frames)))


def _written(write: _Write, exhibit: Exhibit, samples: _Samples | None, folder: Path, out: Path) -> str:
    """Write what ``out`` is to be into a folder; what is to be remarked."""
    try:
        return write(exhibit, folder / out.name, samples)
    except RecordingError as error:
        # It speaks of the file as of the one that is to be.
        here, there = f"{folder}{os.sep}", str(out).removesuffix(out.name)
        raise RecordingError(str(error).replace(printable(here), printable(there))) from None


def _write_sound(exhibit: Exhibit, path: Path, samples: _Samples) -> str:
    write_recording(path, samples.blocks(), samples.rate, samples.floating, samples.bits)
    path.with_suffix(".json").write_text(document_text(exhibit.document()), encoding="utf-8")
    return ""


def _write_edf(exhibit: Exhibit, path: Path, samples: _Samples) -> str:
    added = write_edf(path, samples.numbers(), samples.rate, exhibit.annotations(), exhibit.sound_begun)
    return f"{added} samples of silence were added: EDF+ holds whole data records" if added else ""


def _write_wfdb(exhibit: Exhibit, path: Path, samples: _Samples) -> str:
    write_wfdb(
        path,
        samples.numbers(),
        samples.bits,
        samples.rate,
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
        samples.rate,
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
        write_recording(sound, samples.blocks(), samples.rate, bits=samples.bits)
        flac = sound.read_bytes()
    path.write_text(bundle_text(exhibit, version("auscult"), flac), encoding="utf-8")
    return ""


def _unchecked(path: Path) -> None:
    """Any name will do, and no library can be missing."""


_WRITERS: dict[str, tuple[Callable[[Path], object], _Write]] = {
    "flac": (_unchecked, _write_sound),
    "wav": (_unchecked, _write_sound),
    "edf": (_unchecked, _write_edf),
    "wfdb": (check_wfdb, _write_wfdb),
    "dicom": (check_dicom, _write_dicom),
    "fhir": (check_fhir, _write_fhir),
}
