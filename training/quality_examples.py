"""What the quality gate learns from and is tested on: heart sound as it is, noise, and both at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd, Window, WindowImage
from dsp.murmur import PITCHES, SHAPES, TIMINGS, Murmur
from dsp.noise_kinds import Noise
from dsp.quality_indices import QUALITY_INDICES, quality_indices
from dsp.rhythm import RHYTHMS
from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from model.window_quality import FINDINGS
from training.beat_scores import MARKED_SHARE
from training.heart_states import StateSpan, marked_share, read_heart_states
from training.images import analysis_samples
from training.noise import RATE, NoiseCorpus
from training.records import Record
from training.synthetic_noise import hiss, hum, rubbing, tapping

ALONE, SYNTHETIC = -1, -2
"""In place of a record's index: noise without a heart; a heart of the synthesis."""

SPOILT_DB, SPARED_DB = 5.0, 12.0
"""Heart over noise, in the band: up to the first a window is no longer good, from the second on it is."""

LOST_DB, HEARD_DB = -8.0, 0.0
"""Up to the first nobody hears the heart, from the second on it is heard."""

_HOP_S = 4.0
_SNR_DB = (-20.0, 20.0)
_ALONE_S = (1.5, 10.5)
_SHORT_SHARE = 0.2
_SILENT = 1e-9
_FLOOR_SHARE, _FLOOR_DB = 0.75, (-60.0, -20.0)

_GOOD, _HEART, _AMBIENT, _MOVEMENT, _HUM = range(len(FINDINGS))

Make = Callable[[int, np.random.Generator], NDArray[np.float64]]


@dataclass(frozen=True)
class NoiseKind:
    """One kind of noise.

    Attributes:
        finding: Index into ``FINDINGS`` of what it is to be called.
        share: How often it is drawn against the others.
        make: Gives so many samples at 2 kHz.
    """

    finding: int
    share: float
    make: Make


def training_kinds(noise: NoiseCorpus) -> dict[str, NoiseKind]:
    """All that a gate shall learn to refuse.

    Args:
        noise: The part for training.
    """
    return {
        "everyday": NoiseKind(_AMBIENT, 2.5, noise.everyday),
        **_crying(noise),
        "voice": NoiseKind(_AMBIENT, 1, noise.voice),
        "babble": NoiseKind(_AMBIENT, 1, noise.babble),
        "hiss": NoiseKind(_AMBIENT, 1, hiss),
        "tapping": NoiseKind(_MOVEMENT, 1, tapping),
        "rubbing": NoiseKind(_MOVEMENT, 1, rubbing),
        "hum": NoiseKind(_HUM, 1, hum),
        **_synthetic_kinds(0.6),
    }


def held_back_kinds(noise: NoiseCorpus) -> dict[str, NoiseKind]:
    """What a gate is tested on.

    Args:
        noise: The part that is held back.
    """
    return {
        "everyday": NoiseKind(_AMBIENT, 2.5, noise.everyday),
        **_crying(noise),
        "voice": NoiseKind(_AMBIENT, 1, noise.voice),
        "babble": NoiseKind(_AMBIENT, 1, noise.babble),
        **_synthetic_kinds(1),
    }


def _crying(noise: NoiseCorpus) -> dict[str, NoiseKind]:
    cries = [category for category in noise.categories if "cry" in category.lower()]
    return {name: NoiseKind(_AMBIENT, 1, partial(noise.everyday, category=name)) for name in cries}


_SYNTHETIC = {
    "talking": _AMBIENT,
    "crying": _AMBIENT,
    "movement": _MOVEMENT,
    "tapping": _MOVEMENT,
    "hum": _HUM,
    "breathing": _AMBIENT,
}


def _synthetic_kinds(share: float) -> dict[str, NoiseKind]:
    return {
        f"synthetic {kind}": NoiseKind(finding, share, _synthetic(kind))
        for kind, finding in _SYNTHETIC.items()
    }


def _synthetic(kind: str) -> Make:
    """A noise of the synthesis; what is tested has other seeds than what is learnt from."""

    def make(length: int, generator: np.random.Generator) -> NDArray[np.float64]:
        silent = SynthesisConfig(heard=False, snr_db=None, rate=RATE, seed=int(generator.integers(2**31)))
        return HeartSoundSynthesizer(silent, noises=[Noise(kind, level_db=-20.0)]).read(length)

    return make


@dataclass(frozen=True, eq=False)
class QualityExamples:
    """Windows and what is known of them.

    Attributes:
        images: Shape (n, bands, frames), float16.
        indices: Shape (n, 12), float32, as ``dsp.quality_indices`` gives them.
        targets: Shape (n, 5), float32: of each of ``FINDINGS`` 1 or 0, NaN where nobody knows.
        record: Shape (n,), int32, index among the records; ``ALONE`` or ``SYNTHETIC``.
        kind: Shape (n,), the kind of noise mixed in; empty for none.
        snr_db: Shape (n,), float32, heart over noise in the band; infinite for none of either.
    """

    images: NDArray[np.float16]
    indices: NDArray[np.float32]
    targets: NDArray[np.float32]
    record: NDArray[np.int32]
    kind: NDArray[np.str_]
    snr_db: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.record)


class _Collector:
    """Examples as they are made."""

    def __init__(self, config: FrontEndConfig) -> None:
        self._config, self._image = config, WindowImage(config)
        self._rows: list[tuple[NDArray, NDArray, NDArray, int, str, float]] = []

    def add(
        self,
        signal: NDArray[np.floating],
        heard_s: float,
        targets: NDArray[np.float32],
        record: int = ALONE,
        kind: str = "",
        snr_db: float = np.inf,
    ) -> None:
        signal = signal.astype(np.float32)
        indices = quality_indices(signal[: round(heard_s * RATE)], RATE)
        self._rows.append((self._image(signal).astype(np.float16), indices, targets, record, kind, snr_db))

    def examples(self) -> QualityExamples:
        if not self._rows:
            empty = np.empty(0)
            shape = (0, *self._config.image_shape)
            return QualityExamples(
                np.empty(shape, np.float16),
                np.empty((0, len(QUALITY_INDICES)), np.float32),
                np.empty((0, len(FINDINGS)), np.float32),
                empty.astype(np.int32),
                empty.astype(str),
                empty.astype(np.float32),
            )
        images, indices, targets, record, kind, snr_db = zip(*self._rows, strict=True)
        return QualityExamples(
            np.stack(images),
            np.stack(indices),
            np.stack(targets),
            np.array(record, np.int32),
            np.array(kind, str),
            np.array(snr_db, np.float32),
        )


def record_examples(
    records: Sequence[Record],
    config: FrontEndConfig,
    kinds: Mapping[str, NoiseKind],
    seed: int,
    progress: Iterable[Record],
    snr_db: tuple[float, float] = _SNR_DB,
    clean: int = 6,
    mixed: int = 2,
) -> QualityExamples:
    """Some windows of each record, and some with noise mixed in.

    Noise is mixed at a stated level of what the bandpass lets through, window by window.

    Args:
        records: What ``QualityExamples.record`` counts.
        config: The front end's numbers.
        kinds: Noise to mix in.
        seed: Decides everything, each record by its name.
        progress: The records again, perhaps wrapped in a progress bar.
        snr_db: Least and greatest level of the heart over the noise.
        clean: Most windows of a record as they are.
        mixed: Most windows of a record with noise.

    Raises:
        RecordingError: A recording cannot be read.
    """
    collected = _Collector(config)
    for index, record in enumerate(progress):
        generator = np.random.default_rng([seed, *record.name.encode()])
        samples = analysis_samples(record.path, config)
        windows = _windows(samples, config)
        passed = [place for place, window in enumerate(windows) if not window.refused]
        spans = read_heart_states(record.states) if record.states and record.good_quality is None else []
        chosen = generator.permutation(passed).astype(np.intp)
        for place in chosen[:clean]:
            window = windows[place]
            collected.add(window.signal, window.heard_s, _known(record, window, spans), index)
        # A short recording's one window as often as two of a long one.
        for place in np.resize(chosen, mixed if chosen.size else 0):
            name, kind = _drawn(kinds, generator)
            noisy = _windows(kind.make(samples.size, generator), config)
            level_db = float(generator.uniform(*snr_db))
            both = _mixed(windows[place], noisy[place], level_db)
            if both is not None:
                known = _known(record, windows[place], spans)
                targets = _in_noise(known, kind.finding, level_db)
                collected.add(both, windows[place].heard_s, targets, index, name, level_db)
    return collected.examples()


def noise_examples(
    count: int, config: FrontEndConfig, kinds: Mapping[str, NoiseKind], seed: int
) -> QualityExamples:
    """Windows of noise alone, some of them short; what a rule refuses unheard is left out.

    Args:
        count: How many are made; the silent ones are then missing.
        config: The front end's numbers.
        kinds: Of noise.
        seed: Decides everything.
    """
    collected = _Collector(config)
    for number in range(count):
        generator = np.random.default_rng([seed, number])
        name, kind = _drawn(kinds, generator)
        short = generator.random() < _SHORT_SHARE
        length = round((generator.uniform(*_ALONE_S) if short else _ALONE_S[1]) * RATE)
        made = kind.make(length, generator)
        loudest = float(np.max(np.abs(made)))
        if not loudest > _SILENT:
            continue
        made = made / loudest
        if generator.random() < _FLOOR_SHARE:
            # Between taps no device is silent.
            floor = hiss(length, generator)
            made = made + floor * (10 ** (generator.uniform(*_FLOOR_DB) / 20) / np.std(floor))
        windows = _windows(10 ** generator.uniform(-1.5, 0) * made, config)
        if windows[0].refused:
            continue
        targets = np.zeros(len(FINDINGS), np.float32)
        targets[kind.finding] = 1
        collected.add(windows[0].signal, windows[0].heard_s, targets, kind=name, snr_db=-np.inf)
    return collected.examples()


def synthetic_examples(
    count: int, config: FrontEndConfig, kinds: Mapping[str, NoiseKind], seed: int, mixed: bool = True
) -> QualityExamples:
    """Hearts at rates and with murmurs that corpora hardly have, all of them good; and some in noise.

    Without them what a corpus lacks would be taken for noise: a heart at 180 beats per minute for tapping.

    Args:
        count: How many hearts.
        config: The front end's numbers.
        kinds: Of noise to mix in.
        seed: Decides everything.
        mixed: Whether each comes in noise too.
    """
    collected = _Collector(config)
    for number in range(count):
        generator = np.random.default_rng([seed, number])
        samples = HeartSoundSynthesizer(_drawn_heart(generator)).read(config.window)
        (window,) = _windows(samples, config)
        if window.refused:
            continue
        targets = np.array([1, 1, 0, 0, 0], np.float32)
        collected.add(window.signal, window.heard_s, targets, SYNTHETIC)
        if mixed:
            name, kind = _drawn(kinds, generator)
            (noisy,) = _windows(kind.make(samples.size, generator), config)
            level_db = float(generator.uniform(*_SNR_DB))
            both = _mixed(window, noisy, level_db)
            if both is not None:
                targets = _in_noise(targets, kind.finding, level_db)
                collected.add(both, window.heard_s, targets, SYNTHETIC, name, level_db)
    return collected.examples()


def _drawn_heart(generator: np.random.Generator) -> SynthesisConfig:
    condition, murmurs = "normal", ()
    if generator.random() < 0.5:
        condition = str(generator.choice(CONDITIONS))
    elif generator.random() < 0.6:
        timing, shape, pitch = (str(generator.choice(list(one))) for one in (TIMINGS, SHAPES, PITCHES))
        murmurs = (Murmur(timing, shape, int(generator.integers(1, 7)), pitch),)
    sinus = generator.random() < 0.7 or condition == "s4"
    return SynthesisConfig(
        condition,
        heart_rate_bpm=float(np.exp(generator.uniform(np.log(35), np.log(200)))),
        jitter=generator.uniform(0, 0.08),
        snr_db=None if generator.random() < 0.15 else generator.uniform(8, 40),
        murmur_level=generator.uniform(0.1, 1),
        rate=RATE,
        seed=int(generator.integers(2**31)),
        amplitude=float(np.exp(generator.uniform(np.log(0.02), np.log(0.8)))),
        murmurs=murmurs,
        rhythm="sinus" if sinus else str(generator.choice(RHYTHMS)),
    )


def _known(record: Record, window: Window, spans: Sequence[StateSpan]) -> NDArray[np.float32]:
    """What is known of a record's window as it is.

    Where nobody has rated a recording, as of CirCor's, a window in which people could mark the heart's states
    nearly throughout is good, and of the others nothing is known but that there is a heart.
    """
    good = record.good_quality
    if good is None and spans:
        share = marked_share(spans, window.start_s, window.start_s + window.heard_s)
        good = True if share >= MARKED_SHARE else None
    targets = np.full(len(FINDINGS), np.nan, np.float32)
    if good is not None:
        targets[_GOOD] = good
    if good is not False:
        targets[_HEART] = 1
    if good:
        targets[_AMBIENT:] = 0
    return targets


def _in_noise(known: NDArray[np.float32], finding: int, snr_db: float) -> NDArray[np.float32]:
    """What is known of a window to which noise was added, of what was known of it before."""
    targets = known.copy()
    if snr_db <= SPOILT_DB:
        targets[_GOOD] = 0
    elif snr_db < SPARED_DB and known[_GOOD] != 0:
        targets[_GOOD] = np.nan
    if snr_db < HEARD_DB:
        targets[_HEART] = 0 if snr_db <= LOST_DB else np.nan
    if snr_db <= SPOILT_DB:
        targets[finding] = 1
    elif snr_db < SPARED_DB:
        targets[finding] = np.nan
    return targets


def _drawn(kinds: Mapping[str, NoiseKind], generator: np.random.Generator) -> tuple[str, NoiseKind]:
    names = list(kinds)
    share = np.array([kind.share for kind in kinds.values()])
    name = names[generator.choice(len(names), p=share / share.sum())]
    return name, kinds[name]


def _windows(samples: NDArray[np.floating], config: FrontEndConfig) -> list[Window]:
    front_end = FrontEnd(config.rate, _HOP_S, config)
    return [*front_end.push(samples).windows, *front_end.flush().windows]


def _mixed(heart: Window, noise: Window, snr_db: float) -> NDArray[np.float64] | None:
    """Both at a level; None where the noise happens to be silent there."""
    sound, other = heart.signal.astype(np.float64), noise.signal.astype(np.float64)
    loudness, noise_loudness = np.std(sound), np.std(other)
    if not noise_loudness > _SILENT:
        return None
    return sound + other * (loudness / noise_loudness * 10 ** (-snr_db / 20))
