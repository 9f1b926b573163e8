"""A corpus of a few seconds, in the publishers' layout."""

import csv

import numpy as np

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from recordings import write_recording
from training.cinc2016 import APPENDIX

SPEAKERS = ("ann", "bob", "cid")


def sound(seconds, abnormal, seed, rate=2000):
    condition = "mr" if abnormal else "normal"
    config = SynthesisConfig(condition, rate=rate, seed=seed, snr_db=30.0, murmur_level=1.0, amplitude=0.4)
    return HeartSoundSynthesizer(config).read(int(seconds * rate))


def write_appendix(folder, rows):
    """Rows: record name, original name, diagnosis, subject, raw record."""
    path = folder / APPENDIX
    path.parent.mkdir()
    with path.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            ["Challenge record name", "Original record name", "Diagnosis", "Subject ID", "# Raw record"]
        )
        writer.writerows(rows)


def write_corpus(folder, records, held_out=()):
    """Records: name -> (seconds, abnormal). The first letter of a name is its database."""
    for database in sorted({name[0] for name in records}):
        (folder / f"training-{database}").mkdir(parents=True)
    for index, (name, (seconds, abnormal)) in enumerate(records.items()):
        base = folder / f"training-{name[0]}"
        write_recording(base / f"{name}.flac", [sound(seconds, abnormal, index)], 2000)
        with (base / "REFERENCE.csv").open("a") as lines:
            lines.write(f"{name},{1 if abnormal else -1}\n")
    (folder / "RECORDS-validation").write_text("".join(f"{name}\n" for name in held_out))
    return folder


def learnable_corpus(folder):
    records = {}
    for database in "ab":
        for index in range(12):
            seconds = 8 if database == "b" and index % 4 < 2 else 21
            records[f"{database}{index:04}"] = (seconds, index % 2 == 0)
    return write_corpus(folder, records, ("a0000", "a0001", "b0002", "b0003"))


def write_noise(folder):
    """Barks, cries and words that are noise, in the publishers' layout."""
    generator = np.random.default_rng(0)
    sorts = ("001_-_Dog_bark", "004_-_Baby_cry")
    for sort in sorts:
        (folder / "esc10" / sort).mkdir(parents=True)
    (folder / "fsdd").mkdir()
    for clip in range(8):
        # Two files of one clip, the second filled up with silence.
        for take, silence in (("A", 0), ("B", 4000)):
            bark = np.concatenate([0.1 * generator.standard_normal(4000), np.zeros(silence)])
            write_recording(folder / "esc10" / sorts[clip // 4] / f"1-{clip}-{take}.flac", [bark], 4000)
    for speaker in SPEAKERS:
        for digit in range(3):
            word = 0.1 * generator.standard_normal(1500)
            write_recording(folder / "fsdd" / f"{digit}_{speaker}_0.wav", [word], 4000)
    return folder
