"""``auscult synth``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.failure import CommandError
from monitor.json_lines import document_text
from recordings import RecordingError, write_recording

_BLOCK_S = 10


def run_synth(
    out: Path,
    condition: str,
    heart_rate: float,
    jitter: float,
    snr: float,
    duration: float,
    rate: int,
    seed: int,
) -> None:
    """Write the recording and its truth.

    Raises:
        CommandError: A file cannot be written.
    """
    try:
        config = SynthesisConfig(
            condition=condition, heart_rate_bpm=heart_rate, jitter=jitter, snr_db=snr, rate=rate, seed=seed
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    synthesizer = HeartSoundSynthesizer(config)
    truth_path = out.with_suffix(".json")
    try:
        write_recording(out, _blocks(synthesizer, round(duration * rate), rate), rate)
        truth = {
            "synthesis": asdict(config),
            "duration_s": duration,
            "heart_rate_bpm": config.heart_rate_bpm,
            "sounds": [asdict(sound) for sound in synthesizer.truth(duration)],
        }
        truth_path.write_text(document_text(truth), encoding="utf-8")
    except RecordingError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(
            f"{truth_path}: cannot be written ({error.strerror}); choose another folder"
        ) from None
    click.echo(f"wrote {out} and {truth_path}", err=True)


def _blocks(synthesizer: HeartSoundSynthesizer, samples: int, rate: int) -> Iterator[NDArray[np.float64]]:
    while samples > 0:
        block = synthesizer.read(min(samples, _BLOCK_S * rate))
        samples -= block.size
        yield block
