"""A row of a screening's table: what is said of one recording, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recordings import Channel, RecordingError, printable

if TYPE_CHECKING:
    from monitor.whole_recording import JudgedRecording

Cell = str | float | bool | None
Row = Mapping[str, Cell]

COLUMNS: Mapping[str, type] = {
    "path": str,
    "label": str,
    "p_abnormal": float,
    "quality": float,
    "heart_rate_bpm": float,
    "duration_s": float,
    "windows": int,
    "model": str,
    "error": str,
    "poor_windows": int,
    "reasons": str,
    "heart_rate_confidence": float,
    "irregular": bool,
    "reading": str,
    "reading_part": str,
    "reading_shape": str,
    "reading_frequency_hz": float,
    "hop_s": float,
    "channel": str,
    "program": str,
}
"""In order, and what their cells hold where they hold anything."""

_MADE_BY = ("model", "hop_s", "channel", "program")


@dataclass(frozen=True)
class Settings:
    """What a row depends on beside its recording.

    Attributes:
        model: As ``--model``.
        tag: ``NAME@hash`` of it.
        hop_s: Time between windows in seconds.
        channel: As ``Recording.open`` takes it.
        program: Name and version of this program.
    """

    model: str
    tag: str
    hop_s: float
    channel: Channel | None
    program: str

    @property
    def cells(self) -> Row:
        """As every row of a recording that was judged has them."""
        channel = None if self.channel is None else str(self.channel)
        cells = (self.tag, float(self.hop_s), channel, self.program)
        return dict(zip(_MADE_BY, cells, strict=True))

    def differing(self, row: Row) -> str | None:
        """By what a row was made that this is not, in words; None where it is, or where it does not say."""
        if row["program"] is None:
            return None
        other = [f"{name} {row[name]}" for name, cell in self.cells.items() if row[name] != cell]
        return ", ".join(other) or None


@dataclass(frozen=True)
class Screened:
    """A recording's row.

    Attributes:
        row: With a cell for each of ``COLUMNS``.
        notes: What was wrong with the file and did not keep it from being judged, a clause each.
    """

    row: Row
    notes: Sequence[str] = ()


class Screener:
    """Makes rows of recordings, one after the other.

    Raises:
        ModelError: The model cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        # Imported here: the program that only hands out recordings needs no torch.
        from model.classifier import Classifier
        from monitor.whole_recording import judge_recording

        self._settings, self._judge = settings, judge_recording
        self._classifier = Classifier.load(settings.model)
        self.tag = self._classifier.card.tag

    def screen(self, path: str) -> Screened:
        """The row of a recording; whatever goes wrong with it is in the row."""
        try:
            judged = self._judge(Path(path), self._classifier, self._settings.hop_s, self._settings.channel)
        except RecordingError as error:
            return failed(path, str(error))
        except Exception as error:  # of thousands of recordings one must not cost the others
            told = " ".join(f"{type(error).__name__}: {error}".split())
            return failed(path, f"{printable(str(path))}: cannot be judged ({told}); report it with the file")
        return Screened({**_cells(path, judged), **self._settings.cells}, judged.notes)


def failed(path: str, error: str) -> Screened:
    """The row of a recording that could not be judged."""
    return Screened({**dict.fromkeys(COLUMNS), "path": path, "error": error})


def _cells(path: str, judged: JudgedRecording) -> dict[str, Cell]:
    verdict, reading = judged.verdict, judged.verdict.reading
    return {
        **dict.fromkeys(COLUMNS),
        "path": path,
        "label": str(verdict.label),
        "p_abnormal": _rounded(verdict.p_abnormal),
        "quality": _rounded(verdict.quality),
        "heart_rate_bpm": _rounded(verdict.heart_rate_bpm),
        "duration_s": round(judged.duration_s, 3),
        "windows": verdict.windows,
        "poor_windows": verdict.poor_windows,
        "reasons": " ".join(verdict.reasons) or None,
        "heart_rate_confidence": _rounded(verdict.heart_rate_confidence),
        "irregular": verdict.irregular,
        "reading": reading and reading.timing,
        "reading_part": reading and reading.part,
        "reading_shape": reading and reading.shape,
        "reading_frequency_hz": reading and _rounded(reading.frequency_hz),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
