"""The formats of other programs that recordings and sessions are exported to, and what they can hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recordings import MAX_RATE
from recordings.dicom_waveform import MOST_HZ
from recordings.wfdb_record import ANNOTATOR


@dataclass(frozen=True)
class ExportFormat:
    """A format.

    Attributes:
        key: What it is called for.
        title: For people.
        suffix: Of the file that is named.
        beside: Suffixes of those written beside it.
        bits: The most that its samples have.
        bits_of_lowest: The most where one of them is the lowest value, if that makes a difference.
        floating: They may be floating point of 32 bits too.
        most_hz: The highest rate.
        silent: It can tell of a session without sound.
    """

    key: str
    title: str
    suffix: str
    beside: tuple[str, ...]
    bits: int
    bits_of_lowest: int | None = None
    floating: bool = False
    most_hz: int = MAX_RATE
    silent: bool = False

    def name(self, stem: str) -> str:
        """A file's name for what is called so; every format takes it."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "recording"
        return f"{plain}-{self.key}{self.suffix}"


FORMATS = {
    kind.key: kind
    for kind in (
        ExportFormat("flac", "FLAC", ".flac", (".json",), 24),
        ExportFormat("wav", "WAV", ".wav", (".json",), 32, floating=True),
        ExportFormat("edf", "EDF+", ".edf", (), 16),
        # The lowest value of 32 bits means there that there is no sample.
        ExportFormat("wfdb", "WFDB", ".hea", (".dat", f".{ANNOTATOR}"), 32, bits_of_lowest=24),
        ExportFormat("dicom", "DICOM", ".dcm", (), 16, most_hz=MOST_HZ),
        ExportFormat("fhir", "FHIR", ".json", (), 24, silent=True),
    )
}
