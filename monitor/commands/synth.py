"""``auscult synth``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from dsp.faulty_stream import FaultyStream
from dsp.heart import SynthesisConfig
from dsp.scenario import LOST, PARAMETERS, FaultSpan, Scenario
from dsp.synthesis import ChangeInterval, NoiseInterval
from monitor.failure import CommandError
from monitor.json_lines import document_text
from recordings import RecordingError, write_recording

_BLOCK_S = 10


def plain_scenario(
    condition: str,
    heart_rate: float,
    jitter: float,
    snr: float,
    rate: int,
    duration_s: float,
    seed: int,
) -> Scenario:
    """A heart with which nothing goes wrong.

    Raises:
        click.UsageError: A value is outside its range.
    """
    try:
        heart = SynthesisConfig(
            condition=condition, heart_rate_bpm=heart_rate, jitter=jitter, snr_db=snr, rate=rate, seed=seed
        )
        return Scenario(heart, duration_s)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def run_synth(out: Path, scenario: Scenario) -> None:
    """Write the recording and its truth.

    What is lost is silence in its place. Samples that are not a number need a WAV file, which then holds
    32-bit floating point.

    Raises:
        CommandError: A file cannot be written.
    """
    stream = FaultyStream(scenario)
    truth_path = out.with_suffix(".json")
    try:
        write_recording(out, _blocks(stream), stream.rate, floating=stream.bad_samples() > 0)
        truth_path.write_text(document_text(_truth(scenario, stream)), encoding="utf-8")
    except RecordingError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(
            f"{truth_path}: cannot be written ({error.strerror}); choose another folder"
        ) from None
    click.echo(f"wrote {out} and {truth_path}", err=True)


def _blocks(stream: FaultyStream) -> Iterator[NDArray[np.float64]]:
    for first in range(0, stream.samples, _BLOCK_S * stream.rate):
        yield stream.read(min(_BLOCK_S * stream.rate, stream.samples - first))


def _truth(scenario: Scenario, stream: FaultyStream) -> dict[str, Any]:
    return {
        "synthesis": asdict(scenario.heart),
        "duration_s": scenario.duration_s,
        "heart_rate_bpm": scenario.heart.heart_rate_bpm,
        "sounds": [asdict(sound) for sound in stream.sounds()],
        "beats": [asdict(beat) for beat in stream.beats()],
        "changes": [_change(interval) for interval in stream.changes()],
        "noises": [_noise(interval) for interval in stream.noises()],
        "faults": [_fault(span, stream.rate) for span in stream.faults],
        "lost_samples": sum(part.end - part.start for part in stream.stretches() if part.lost in LOST),
        "bad_samples": stream.bad_samples(),
    }


def _change(interval: ChangeInterval) -> dict[str, Any]:
    change = interval.change
    to = dict(change.to)
    if "murmurs" in to:
        to["murmurs"] = [asdict(murmur) for murmur in to["murmurs"]]
    return {"at_s": change.at_s, "start_s": interval.start_s, "end_s": interval.end_s, **to}


def _noise(interval: NoiseInterval) -> dict[str, Any]:
    noise = interval.noise
    parameters = {"snr_db": noise.snr_db, "level_db": noise.level_db, "mains_hz": noise.mains_hz}
    return {
        "kind": noise.kind,
        "start_s": interval.start_s,
        "end_s": interval.end_s,
        **_said(parameters),
    }


def _fault(span: FaultSpan, rate: int) -> dict[str, Any]:
    return {
        "kind": span.kind,
        "start_s": span.start / rate,
        "end_s": span.end / rate,
        "start_sample": span.start,
        "end_sample": span.end,
        **_said({name: getattr(span, name) for name in PARAMETERS}),
    }


def _said(parameters: dict[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in parameters.items() if value is not None}
