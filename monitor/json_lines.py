"""The JSON lines of a headless run."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, TextIO

from dsp.reading import Reading
from model.verdict import RecordingVerdict, WindowVerdict
from monitor.failure import unwritable
from monitor.snapshot import Judgement, SessionEvent, Summary

_DIGITS = 6


def window_object(verdict: WindowVerdict) -> dict[str, Any]:
    """What is said of a window alone."""
    return {
        "window_start_s": verdict.start_s,
        "window_end_s": verdict.end_s,
        "label": str(verdict.label),
        "p_abnormal": _rounded(verdict.p_abnormal),
        "quality": _rounded(verdict.quality),
        "reasons": list(verdict.reasons),
        **heart_object(verdict),
    }


def reading_object(reading: Reading | None) -> dict[str, Any] | None:
    """What is heard between the heart sounds."""
    if reading is None:
        return None
    return {
        "timing": reading.timing,
        "part": reading.part,
        "shape": reading.shape,
        "frequency_hz": _rounded(reading.frequency_hz),
        "strength_db": _rounded(reading.strength_db),
        "beats": reading.beats,
        "heard_in": reading.heard_in,
    }


def whole_object(verdict: RecordingVerdict) -> dict[str, Any]:
    """What is said of several windows together, but for the heart itself."""
    return {
        "label": str(verdict.label),
        "p_abnormal": _rounded(verdict.p_abnormal),
        "quality": _rounded(verdict.quality),
        "reasons": list(verdict.reasons),
        "windows": verdict.windows,
        "poor_windows": verdict.poor_windows,
    }


def verdict_line(judgement: Judgement, model: str) -> dict[str, Any]:
    """A window's verdict and what stands after it, as the contract's object."""
    rolling = judgement.rolling
    return {
        "kind": "verdict",
        **window_object(judgement.verdict),
        "rolling": {"label": str(rolling.label), "p_abnormal": _rounded(rolling.p_abnormal)},
        "model": model,
        "latency_ms": judgement.latency_ms,
    }


def event_line(event: SessionEvent) -> dict[str, Any]:
    """Something that happened to the sound, as the contract's object."""
    return {"kind": "event", "t_s": event.t_s, "event": event.event, "detail": event.detail}


def summary_line(summary: Summary, model: str, source: str | None = None) -> dict[str, Any]:
    """The end of a stream, as the contract's object.

    Args:
        summary: Of the stream.
        model: ``NAME@hash``.
        source: Named where a run has several streams.
    """
    verdict = summary.verdict
    line = {
        "kind": "summary",
        **whole_object(verdict),
        "gap_s": summary.gap_s,
        "duration_s": summary.duration_s,
        **heart_object(verdict),
        "model": model,
    }
    return line if source is None else {**line, "source": source}


def write_line(line: dict[str, Any], out: TextIO) -> None:
    """Write one line, ASCII whatever the names in it, and flush it.

    Raises:
        BrokenPipeError: Nobody reads any more.
        CommandError: It cannot be written.
        ValueError: A number is not finite, which no line may be.
    """
    write_text(json.dumps(line, allow_nan=False) + "\n", out)


def write_text(text: str, out: TextIO) -> None:
    """Write to standard output or in its place, and flush.

    Raises:
        BrokenPipeError: Nobody reads any more.
        CommandError: It cannot be written.
    """
    try:
        out.write(text)
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error) from None


def document_text(document: dict[str, Any]) -> str:
    """A JSON document for people and programs.

    Raises:
        ValueError: A number is not finite.
    """
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def read_schema() -> dict[str, Any]:
    """The JSON Schema of the lines."""
    return json.loads(resources.files("monitor").joinpath("schema", "lines.schema.json").read_text("utf-8"))


def heart_object(verdict: WindowVerdict | RecordingVerdict) -> dict[str, Any]:
    """What is said of the heart itself, of a window or of a whole."""
    return {
        "heart_rate_bpm": _rounded(verdict.heart_rate_bpm),
        "heart_rate_confidence": _rounded(verdict.heart_rate_confidence),
        "irregular": verdict.irregular,
        "reading": reading_object(verdict.reading),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
