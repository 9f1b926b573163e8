"""Files that hold signals of many kinds: which of them are heart sounds, and how such a file is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recordings.faults import printable, recording_error
from recordings.rates import MIN_RATE

HEADER_SUFFIX = ".hea"
"""Of the file that a WFDB record is named by."""

SIGNAL_SUFFIXES: frozenset[str] = frozenset({".bdf", ".edf", HEADER_SUFFIX})
"""Lower-case file name suffixes of files that hold signals."""

_HEART_SOUND = re.compile(r"pcg|phono|heart.?sound|steth|auscult", re.IGNORECASE)
_OTHER = re.compile(
    r"e[ck]g|eeg|emg|eog|resp|airflow|abp|art|cvp|press|ppg|pleth|spo2|accel|trigger|status", re.IGNORECASE
)
_LISTED = 10


class SignalFile(Protocol):
    """What a recording is read from: libsndfile's own, or one of these formats.

    Attributes:
        samplerate: Samples per second.
        channels: Number of channels.
        frames: Samples per channel that the header promises.
        subtype: Sample format, where libsndfile names it.
        extra_info: What libsndfile noticed.
    """

    samplerate: int
    channels: int
    frames: int
    subtype: str
    extra_info: str

    def read(self, frames: int, out: NDArray[np.float64]) -> NDArray[np.float64]:
        """Reads on into `out`, of shape (frames, channels); returns what of it was filled."""

    def close(self) -> None:
        """Lets go of the file."""


@dataclass(frozen=True)
class Signal:
    """What a header says of a signal.

    Attributes:
        name: Its label.
        rate: Samples per second.
    """

    name: str
    rate: float


def locate(path: Path) -> tuple[Path, str | None]:
    """Finds the file that a name means, and the signal that is asked for.

    A WFDB record may be named without its header's suffix, and a signal of any such file by its label after
    a colon, as in `record.hea:PCG`.
    """
    try:
        return _located(path)
    except (OSError, ValueError):  # a name that no file can have; opening it says so
        return path, None


def _located(path: Path) -> tuple[Path, str | None]:
    if path.exists():
        return path, None
    name, colon, signal = str(path).rpartition(":")
    for whole, wanted in ((str(path), None), (name, signal)):
        if not whole or (wanted is not None and not (colon and wanted)):
            continue
        for candidate in (Path(whole), Path(whole + HEADER_SUFFIX)):
            if candidate.is_file() and (wanted is None or candidate.suffix.lower() in SIGNAL_SUFFIXES):
                return candidate, wanted
    return path, None


def heart_sounds(path: Path, signals: Sequence[Signal], wanted: str | None) -> tuple[list[int], int]:
    """Chooses the signals that are listened to.

    Args:
        path: the file as it was given, for messages.
        signals: all that it holds, in order.
        wanted: the label, or a part of it, of the one asked for; None for whatever is called a heart sound,
            or else the only signal, or the only one fast enough that is not called something else.

    Returns:
        Their places, counted from 0, and their common rate in Hz.

    Raises:
        RecordingError: it is not clear which is meant, or its rate is no whole number.
    """
    found = _named(signals, wanted) if wanted is not None else _called_so(signals)
    if not found:
        words = f"holds no signal {printable(wanted)!r}" if wanted is not None else _unclear(signals)
        file = str(path)[: -len(wanted) - 1] if wanted is not None else str(path)
        raise recording_error(
            path, f"{words}: {_list(signals)}; pick one by its name after a colon, {printable(file)}:NAME"
        )
    rate = signals[found[0]].rate
    if rate != round(rate):
        raise recording_error(path, f"has a rate of {rate:g} Hz, which is no whole number; resample it")
    return [place for place in found if signals[place].rate == rate], round(rate)


def _named(signals: Sequence[Signal], wanted: str) -> list[int]:
    names = [signal.name.casefold() for signal in signals]
    exact = [place for place, name in enumerate(names) if name == wanted.casefold()]
    return exact or [place for place, name in enumerate(names) if wanted.casefold() in name]


def _called_so(signals: Sequence[Signal]) -> list[int]:
    if found := [place for place, signal in enumerate(signals) if _HEART_SOUND.search(signal.name)]:
        return found
    if len(signals) == 1:
        return [0]
    possible = [
        place
        for place, signal in enumerate(signals)
        if signal.rate >= MIN_RATE and not _OTHER.search(signal.name)
    ]
    return possible if len(possible) == 1 else []


def _unclear(signals: Sequence[Signal]) -> str:
    return "holds signals of which none is called a heart sound" if signals else "holds no signals"


def _list(signals: Sequence[Signal]) -> str:
    told = [f"{printable(signal.name)} ({signal.rate:g} Hz)" for signal in signals[:_LISTED]]
    more = [f"{len(signals) - _LISTED} more"] if len(signals) > _LISTED else []
    return ", ".join(told + more) or "nothing"
