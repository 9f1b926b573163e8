"""Everyday noise and babble to mix into heart sound, in two parts that share no source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from dsp.padding import loop_to_length
from recordings import Recording, find_recordings
from training.records import CorpusError

PARTS = ("training", "held back")

RATE = 2000
"""Rate of the noise in hertz: the analysis rate."""

_HELD_BACK_CLIPS = 4
_HELD_BACK_SPEAKERS = 3
_BABBLE_SHARE = 0.25
_VOICES = (3, 6)
_VOICE_LEVEL_DB = 6.0
_LONGEST_MEAN_PAUSE_S = 0.5
_FADE = RATE // 20
_BLOCK = 1 << 16


class NoiseCorpus:
    """Seeded noise from the ESC-10 sounds and from spoken digits, all held in memory (about 25 MB).

    What tests robustness must not have been mixed in training, and noise repeats as subjects do: several
    ESC-10 files are cut from one clip, and a speaker says every digit. So every fourth clip and every third
    speaker, in the order of their names, is held back whole.

    Args:
        folder: Holds ``esc10`` (class folders of ``<fold>-<clip>-<take>`` sounds) and ``fsdd``
            (``<digit>_<speaker>_<take>`` sounds), at any rate.
        part: "training" or "held back".

    Attributes:
        clips: The ESC-10 source clips in this part, sorted.
        speakers: The speakers in this part, sorted.
        categories: ESC-10's categories, by the names of their folders, that this part has sounds of, sorted.

    Raises:
        CorpusError: The folder holds no such noise, or too little for two parts.
        RecordingError: A sound cannot be read.
        ValueError: Unknown ``part``.
    """

    def __init__(self, folder: Path, part: str = "training") -> None:
        if part not in PARTS:
            raise ValueError(f"part {part!r} is not one of {', '.join(PARTS)}")
        held_back = part == "held back"
        clips = _by_source(folder / "esc10", "-")
        digits = _by_source(folder / "fsdd", "_")
        self.clips = _part(folder / "esc10", clips, _HELD_BACK_CLIPS, held_back)
        self.speakers = _part(folder / "fsdd", digits, _HELD_BACK_SPEAKERS, held_back)
        paths = [path for clip in self.clips for path in clips[clip]]
        sounding = [(path.parent.name, sound) for path in paths for sound in _sounds([path])]
        self._clips = [sound for _, sound in sounding]
        self._category = np.array([category for category, _ in sounding], str)
        self.categories = sorted(set(self._category.tolist()))
        self._digits = [_sounds(digits[speaker]) for speaker in self.speakers]
        if not self._clips or not all(self._digits):
            raise CorpusError(f"{folder}: some of the noise is silent throughout; fetch it again")

    def draw(self, length: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """Noise of any length: one ESC-10 sound cropped or looped, or, one time in four, babble.

        Args:
            length: Samples at 2 kHz, at least 0.
            generator: Decides everything.

        Returns:
            Shape (length,), at no particular level; a crop may fall on a silent stretch.
        """
        if generator.random() < _BABBLE_SHARE:
            return self.babble(length, generator)
        return self.everyday(length, generator)

    def everyday(
        self, length: int, generator: np.random.Generator, category: str | None = None
    ) -> NDArray[np.float64]:
        """One ESC-10 sound, cropped or looped; as ``draw``.

        Args:
            length: Samples at 2 kHz, at least 0.
            generator: Decides everything.
            category: One of ``categories``; None for any.

        Raises:
            ValueError: There is none of that category.
        """
        among = (
            np.arange(len(self._clips)) if category is None else np.flatnonzero(self._category == category)
        )
        if not among.size:
            raise ValueError(f"there are no sounds of the category {category!r}")
        sound = self._clips[among[generator.integers(among.size)]]
        return _from(sound, int(generator.integers(sound.size)), length)

    def voice(self, length: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """One speaker who says random digits, with pauses of up to a second or so; as ``draw``."""
        said = self._digits[generator.integers(len(self._digits))]
        pause_s, skipped = generator.uniform(0, _LONGEST_MEAN_PAUSE_S), int(generator.integers(RATE))
        parts, spoken = [np.empty(0)], 0
        while spoken < skipped + length:
            digit = said[generator.integers(len(said))]
            pause = np.zeros(round(pause_s * generator.exponential() * RATE))
            parts += [digit, pause]
            spoken += digit.size + pause.size
        return np.concatenate(parts)[skipped : skipped + length]

    def babble(self, length: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """Several voices at once, each a speaker who says random digits without end; as ``draw``."""
        total = np.zeros(length)
        for _ in range(generator.integers(_VOICES[0], _VOICES[1], endpoint=True)):
            said = self._digits[generator.integers(len(self._digits))]
            parts, spoken = [], 0
            skipped = int(generator.integers(RATE))
            while spoken < skipped + length:
                parts.append(said[generator.integers(len(said))])
                spoken += parts[-1].size
            level = 10 ** (generator.uniform(-_VOICE_LEVEL_DB, 0) / 20)
            if parts:
                total += level * np.concatenate(parts)[skipped : skipped + length]
        return total


def _by_source(folder: Path, separator: str) -> dict[str, list[Path]]:
    """The sounds in a folder by the second part of their names."""
    if not folder.is_dir():
        raise CorpusError(f"{folder}: no such folder; give the folder that holds esc10 and fsdd")
    found: dict[str, list[Path]] = {}
    for path in find_recordings(folder):
        parts = path.stem.split(separator)
        if len(parts) < 3:
            raise CorpusError(f"{path}: the name does not say where the sound is from; fetch it again")
        found.setdefault(parts[1], []).append(path)
    return found


def _part(folder: Path, sources: Mapping[str, Sequence[Path]], every: int, held_back: bool) -> list[str]:
    if len(sources) < every:
        raise CorpusError(f"{folder}: {len(sources)} sources are too few to hold one of {every} back")
    names = sorted(sources)
    back = names[every - 1 :: every]
    return back if held_back else sorted(set(names) - set(back))


def _sounds(paths: Iterable[Path]) -> list[NDArray[np.float64]]:
    """The sounds at 2 kHz and equal power, without the silence that many clips are filled up with."""
    found = []
    for path in paths:
        with Recording.open(path) as recording:
            samples = np.nan_to_num(np.concatenate(list(recording.blocks(_BLOCK))), posinf=0.0, neginf=0.0)
            ratio = Fraction(RATE, recording.rate)
        sounding = np.flatnonzero(samples)
        if not sounding.size:
            continue
        samples = samples[sounding[0] : sounding[-1] + 1]
        sound = resample_poly(samples, ratio.numerator, ratio.denominator)
        power = float(np.mean(np.square(sound)))
        if power > 0:
            found.append(sound / np.sqrt(power))
    return found


def _from(sound: NDArray[np.float64], start: int, length: int) -> NDArray[np.float64]:
    """The sound from a place on, repeated without a seam as often as needed."""
    needed = start + length
    if needed > sound.size:
        sound = loop_to_length(sound, needed, _FADE)
    return sound[start:needed].copy()
