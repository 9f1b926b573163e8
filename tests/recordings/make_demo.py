"""Writes the packaged demonstration recordings anew: python -m tests.recordings.make_demo.

They are made here and not in `recordings`, which knows no signal processing. Run it after a change to the
synthesis that is meant to change the recordings, listen to the result, and commit both.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from recordings import write_recording

FOLDER = Path(__file__).resolve().parents[2] / "recordings" / "demo"
DURATION_S = 20.0
S3_NOTE = (
    "A third sound alone is physiological in children and young adults; here it stands for the gallop of an "
    "adult and counts as abnormal."
)

# name: (title, synthesis, label, note)
DEMOS: dict[str, tuple[str, SynthesisConfig, str, str | None]] = {
    "01-normal": (
        "Normal heart, 72 per minute",
        SynthesisConfig("normal", 72, 0.03, 20, seed=1),
        "normal",
        None,
    ),
    "02-normal-fast": (
        "Normal heart, 104 per minute, noisy",
        SynthesisConfig("normal", 104, 0.04, 9, seed=2),
        "normal",
        None,
    ),
    "03-aortic-stenosis": (
        "Aortic stenosis",
        SynthesisConfig("as", 76, 0.03, 20, 0.6, seed=3),
        "abnormal",
        None,
    ),
    "04-mitral-regurgitation": (
        "Mitral regurgitation",
        SynthesisConfig("mr", 80, 0.03, 20, 0.5, seed=4),
        "abnormal",
        None,
    ),
    "05-mitral-valve-prolapse": (
        "Mitral valve prolapse: click and late systolic murmur",
        SynthesisConfig("mvp", 70, 0.03, 20, 0.4, seed=5),
        "abnormal",
        None,
    ),
    "06-mitral-stenosis": (
        "Mitral stenosis: opening snap and diastolic rumble",
        SynthesisConfig("ms", 68, 0.03, 20, 0.5, seed=6),
        "abnormal",
        None,
    ),
    "07-aortic-regurgitation": (
        "Aortic regurgitation",
        SynthesisConfig("ar", 74, 0.03, 20, 0.4, seed=7),
        "abnormal",
        None,
    ),
    "08-third-sound": (
        "Third heart sound (gallop)",
        SynthesisConfig("s3", 88, 0.03, 20, seed=8),
        "abnormal",
        S3_NOTE,
    ),
}


def samples(synthesis: dict, duration_s: float) -> NDArray[np.float64]:
    """Synthesises what a description's "synthesis" and "duration_s" stand for, shape (n,)."""
    config = SynthesisConfig(**synthesis)
    return HeartSoundSynthesizer(config).read(round(duration_s * config.rate))


def description(name: str) -> dict:
    """Everything the JSON file of a demonstration recording holds."""
    title, config, label, note = DEMOS[name]
    truth = HeartSoundSynthesizer(config).truth(DURATION_S)
    return {
        "title": title,
        "label": label,
        **({"note": note} if note else {}),
        "duration_s": DURATION_S,
        "heart_rate_bpm": config.heart_rate_bpm,
        "synthesis": asdict(config),
        "sounds": [asdict(sound) for sound in truth],
    }


def write(folder: Path) -> None:
    """Writes all of them into a folder."""
    folder.mkdir(exist_ok=True)
    for name in DEMOS:
        facts = description(name)
        blocks = [samples(facts["synthesis"], DURATION_S)]
        write_recording(folder / f"{name}.flac", blocks, facts["synthesis"]["rate"])
        text = json.dumps(facts, indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
