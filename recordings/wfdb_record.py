"""WFDB records, through the wfdb package, which alone is imported here."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings.annotation import Annotation
from recordings.faults import missing_library, reason, recording_error
from recordings.signals import HEADER_SUFFIX, Signal, heart_sounds

# Bits that a sample takes in a file, and that it has, by format.
# https://physionet.org/physiotools/wag/signal-5.htm
_STORED = {
    "16": 16, "24": 24, "32": 32, "61": 16, "80": 8, "160": 16, "212": 12, "310": 32 / 3, "311": 32 / 3
}  # fmt: skip
_BITS = {**_STORED, "310": 10, "311": 10, "508": 8, "516": 16, "524": 24}

ANNOTATOR = "auscult"
"""Suffix of the annotation file."""

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_NOTE = 250  # bytes


class WfdbRecord:
    """The heart sounds of a WFDB record; see `SignalFile`.

    Full scale is the range of the converter as the header has it. The least value of a format means that
    there is none, and becomes NaN, but for signals that lie in WAV files, where it is a value.

    Args:
        path: the record as it was given, for messages.
        header: its header file.
        wanted: the name of the signal asked for.

    Raises:
        RecordingError: wfdb is not installed, the header is damaged, a signal file is missing, the record has
            several segments, or it is not clear which of its signals is meant.
    """

    subtype = extra_info = ""

    def __init__(self, path: Path, header: Path, wanted: str | None) -> None:
        self._wfdb = _library(path)
        self._path = path
        self._name = str(header.absolute())[: -len(HEADER_SUFFIX)]
        record = self._opened()
        names = record.sig_name or []
        per_frame = record.samps_per_frame or []
        self._places, self.samplerate = heart_sounds(
            path,
            [
                Signal(name or str(place + 1), record.fs * each)
                for place, (name, each) in enumerate(zip(names, per_frame, strict=True))
            ],
            wanted,
        )
        self.channels = len(self._places)
        self._per_frame = per_frame[self._places[0]]
        available = min(self._available(record, place, header.parent) for place in self._places)
        self.frames = (available if record.sig_len is None else record.sig_len) * self._per_frame
        self._end = min(available * self._per_frame, self.frames)
        self._scales = [_scale(record, place) for place in self._places]
        self._next = 0

    def read(self, frames: int, out: NDArray[np.float64]) -> NDArray[np.float64]:
        """Reads on; see `SignalFile`."""
        first, each = self._next // self._per_frame, self._per_frame
        end = min(first + frames // each, self._end // each)
        if first >= end:
            return out[:0]
        try:
            record = self._wfdb.rdrecord(
                self._name,
                sampfrom=first,
                sampto=end,
                channels=self._places,
                physical=False,
                smooth_frames=False,
                return_res=32,
            )
            read = (end - first) * each
            for channel, digital in enumerate(record.e_d_signal):
                zero, full, none = self._scales[channel]
                values = np.asarray(digital[:read], np.int64)
                out[: values.size, channel] = np.where(values == none, np.nan, (values - zero) / full)
        except Exception as error:
            raise OSError(str(error)) from error
        self._next += read
        return out[:read]

    def close(self) -> None:
        """Nothing is held open."""

    def _opened(self) -> Any:
        try:
            record = self._wfdb.rdheader(self._name)
        except Exception as error:  # the library raises whatever a damaged header leads to
            raise recording_error(
                self._path, f"has a damaged or incomplete header{reason(error)}; copy it again"
            ) from error
        if segments := getattr(record, "seg_name", None):
            parts = ", ".join(name for name in segments if name != "~")
            raise recording_error(self._path, f"is a record of several segments; name one: {parts[:80]}")
        if unread := next((kind for kind in record.fmt or [] if kind not in _BITS), None):
            raise recording_error(self._path, f"is in WFDB format {unread}; convert it to format 16")
        return record

    def _available(self, record: Any, place: int, folder: Path) -> int:
        """Frames that a signal's file holds; what the header says where that cannot be counted."""
        name, kind = record.file_name[place], record.fmt[place]
        file = folder / name
        try:
            size = file.stat().st_size - (record.byte_offset[place] or 0)
        except OSError:
            raise recording_error(
                self._path, f"its signal file {name} is missing; copy it beside it"
            ) from None
        if kind not in _STORED:
            if record.sig_len is None:
                raise recording_error(self._path, "does not say how long it is; copy or export it again")
            return record.sig_len
        together = sum(
            each
            for each, other in zip(record.samps_per_frame, record.file_name, strict=True)
            if other == name
        )
        return int(max(0, size) * 8 / (_STORED[kind] * together) + 1e-6)


def check_wfdb(path: Path) -> ModuleType:
    """Refuses a name that `write_wfdb` would, before there are samples.

    Returns:
        The wfdb package.

    Raises:
        RecordingError: wfdb is not installed, or the name holds what no record's may.
    """
    if not _NAME.fullmatch(path.stem):
        raise recording_error(path, "a WFDB record's name has letters, digits, - and _ alone; choose another")
    return _library(path)


def write_wfdb(
    path: Path,
    samples: NDArray[np.integer],
    bits: int,
    rate: int,
    annotations: Sequence[Annotation],
    begun: datetime.datetime | None = None,
    comments: Sequence[str] = (),
) -> None:
    """Writes a record of one phonocardiogram: its header, its signal and its annotations.

    A stretch that is S1 or S2 is annotated by `(` and `)` with its name; all else is a comment, `"`, at its
    beginning.

    Args:
        path: the header, ending in .hea; the others are written beside it.
        samples: shape (n,), of so many bits.
        bits: 16, 24 or 32.
        rate: samples per second.
        annotations: within the recording.
        begun: when it was recorded; None where that is not known.
        comments: lines for the header.

    Raises:
        RecordingError: wfdb is not installed, the name holds what no record's may, or a sample is -2^31.
        OSError: it cannot be written.
    """
    wfdb = check_wfdb(path)
    lowest = int(samples.min(initial=0))
    # The least value of a format means that there is no sample.
    kind = next((kind for kind in (bits, 24, 32) if lowest > -(2 ** (kind - 1))), None)
    if kind is None:
        raise recording_error(path, "WFDB has no room for the lowest value of 32 bits; choose another format")
    record = wfdb.Record(
        record_name=path.stem,
        n_sig=1,
        fs=rate,
        sig_len=samples.size,
        base_time=begun and begun.time(),
        base_date=begun and begun.date(),
        d_signal=samples.reshape(-1, 1).astype(np.int64),
        file_name=[f"{path.stem}.dat"],
        fmt=[str(kind)],
        adc_gain=[float(2 ** (bits - 1))],
        baseline=[0],
        units=["NU"],
        adc_res=[bits],
        adc_zero=[0],
        init_value=[int(samples[0])],
        checksum=[int(samples.sum(dtype=np.int64)) % 65_536],
        block_size=[0],
        sig_name=["PCG"],
        comments=list(comments),
    )
    record.wrsamp(write_dir=str(path.parent))
    marks = sorted(mark for one in annotations for mark in _marks(one, rate, samples.size))
    if marks:
        wfdb.wrann(
            path.stem,
            ANNOTATOR,
            np.array([mark[0] for mark in marks]),
            symbol=[mark[1] for mark in marks],
            aux_note=[mark[2] for mark in marks],
            fs=rate,
            write_dir=str(path.parent),
        )


def _marks(one: Annotation, rate: int, samples: int) -> list[tuple[int, str, str]]:
    """Place, symbol and note of what an annotation becomes."""
    start, end = (min(max(0, round(at_s * rate)), samples - 1) for at_s in (one.start_s, one.end_s))
    if one.text in ("S1", "S2"):
        return [(start, "(", one.text), (end, ")", one.text)]
    # Readers take a comment at the first sample for one on the whole file.
    return [(max(1, start), '"', one.text.encode("ascii", "replace")[:_LONGEST_NOTE].decode("ascii"))]


def _scale(record: Any, place: int) -> tuple[int, float, int | None]:
    """Of a signal: its middle, its full scale, and the value that is none."""
    bits = _BITS[record.fmt[place]]
    full = 2.0 ** ((record.adc_res[place] or bits) - 1)
    is_wav = record.file_name[place].lower().endswith(".wav")
    return record.adc_zero[place] or 0, full, None if is_wav else -(2 ** (bits - 1))


def _library(path: Path) -> ModuleType:
    try:
        import wfdb
    except ImportError:
        raise missing_library(path, "wfdb", "formats") from None
    return wfdb
