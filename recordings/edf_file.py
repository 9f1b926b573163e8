"""EDF and BDF files, through edfio, which alone is imported here."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recordings.annotation import Annotation
from recordings.faults import reason, recording_error
from recordings.signals import Signal, heart_sounds

if TYPE_CHECKING:
    import edfio

_EDF, _BDF = b"0       ", b"\xffBIOSEMI"
_HEADER_BYTES = 256

# Of one data record, so that with its annotations it stays below the 61,440 bytes of the specification.
_MOST_SAMPLES, _FEWEST_SECONDS = 25_000, 0.1


def is_edf(beginning: bytes) -> bool:
    """Whether a file that begins so is one of these."""
    return beginning[: len(_EDF)] in (_EDF, _BDF)


class EdfFile:
    """The heart sounds of an EDF, EDF+ or BDF file; see `SignalFile`.

    Full scale is the digital range of the header, so that a file that was made of 16-bit sound gives back
    the same values as the sound.

    Args:
        path: the file as it was given, for messages.
        file: the file itself.
        wanted: the label of the signal asked for.

    Raises:
        RecordingError: the file is damaged beyond use, has interruptions, or it is
            not clear which of its signals is meant.
    """

    subtype = extra_info = ""

    def __init__(self, path: Path, file: Path, wanted: str | None) -> None:
        opened = _open(path, file)
        places, self.samplerate = heart_sounds(path, opened.kinds, wanted)
        self._signals = [opened.signals[place] for place in places]
        self.channels = len(places)
        per_record = self._signals[0].samples_per_data_record
        self._available = opened.records * per_record
        self.frames = max(opened.promised * per_record, self._available)
        self._next = 0

    def read(self, frames: int, out: NDArray[np.float64]) -> NDArray[np.float64]:
        """Reads on; see `SignalFile`."""
        first, end = self._next, min(self._next + frames, self._available)
        if first >= end:
            return out[:0]
        for channel, signal in enumerate(self._signals):
            low, high = signal.digital_range
            digital = signal.get_digital_slice(first / self.samplerate, end / self.samplerate)
            # Twofold, so that the middle between two whole numbers is one.
            out[: end - first, channel] = (2.0 * digital - (low + high + 1)) / (high + 1 - low)
        self._next = end
        return out[: end - first]

    def close(self) -> None:
        """Lets go of the file."""
        self._signals = []


def write_edf(
    path: Path,
    samples: NDArray[np.integer],
    rate: int,
    annotations: Sequence[Annotation],
    begun: datetime.datetime | None = None,
) -> int:
    """Writes one signal as EDF+ with annotations, without a word of the patient.

    Args:
        path: the file to write.
        samples: shape (n,), of 16 bits; they are physical values too, in no unit.
        rate: samples per second.
        annotations: within the recording.
        begun: when it was recorded; None where that is not known.

    Returns:
        Samples of silence added at the end, since data records are whole; 0 wherever the length allows. The
        annotation "Recording ends" then says where the sound ends.

    Raises:
        OSError: it cannot be written.
    """
    import edfio

    per_record, duration_s = _data_record(samples.size, rate)
    added = -samples.size % per_record
    remarks = [
        edfio.EdfAnnotation(round(one.start_s, 6), round(one.end_s - one.start_s, 6) or None, one.text)
        for one in annotations
    ]
    if added:
        remarks.append(edfio.EdfAnnotation(round(samples.size / rate, 6), None, "Recording ends"))
    signal = edfio.EdfSignal.from_digital(
        np.pad(samples.astype(np.int16), (0, added)), rate, label="PCG", transducer_type="stethoscope"
    )
    whole = edfio.Edf(
        [signal],
        recording=edfio.Recording(startdate=begun and begun.date(), equipment_code="auscult"),
        starttime=begun and begun.time().replace(microsecond=0),
        data_record_duration=duration_s,
        annotations=remarks,
    )
    whole.write(path)
    return added


def _data_record(samples: int, rate: int) -> tuple[int, float]:
    """Samples and seconds of a data record: a part of the whole if any will do, else about a second."""

    def exact(count: int) -> bool:
        return len(f"{count / rate!r}") <= 8

    longest = min(rate, _MOST_SAMPLES)
    possible = [count for count in range(longest, 0, -1) if exact(count)]
    whole = (count for count in possible if samples % count == 0 and count >= _FEWEST_SECONDS * rate)
    count = next(whole, possible[0] if possible else rate)
    return count, count / rate


@dataclass(frozen=True)
class _Opened:
    """Signals and what is said of them, data records that are there, and that the header promises."""

    signals: tuple[edfio.EdfSignal | edfio.BdfSignal, ...]
    kinds: list[Signal]
    records: int
    promised: int


def _open(path: Path, file: Path) -> _Opened:
    import edfio  # it takes a moment, and few files need it

    try:
        with file.open("rb") as handle:
            header = handle.read(_HEADER_BYTES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of records that are missing, which is told here
            whole = edfio.read_bdf(file) if header.startswith(_BDF) else edfio.read_edf(file)
        signals = whole.signals
        kinds = [Signal(one.label, one.sampling_frequency) for one in signals]
        for low, high in (one.digital_range for one in signals):
            if low >= high:
                raise ValueError("a range that is none")
        broken = whole.reserved[3:].startswith("+D") and not whole.is_continuous
        opened = _Opened(signals, kinds, whole.num_data_records, int(header[236:244]))
    except Exception as error:  # the library raises whatever a damaged header leads to
        raise recording_error(
            path, f"has a damaged or incomplete header{reason(error)}; copy or export it again"
        ) from error
    if broken:
        raise recording_error(path, "has interruptions (EDF+D); export its parts as files of their own")
    return opened
