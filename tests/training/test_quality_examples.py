from dataclasses import replace

import numpy as np
import pytest

from dsp.config import FINE_FRONT_END
from dsp.front_end import FrontEnd
from dsp.quality_indices import quality_indices
from model.window_quality import FINDINGS
from tests.training.tiny import write_noise
from training.columns import joined, rows
from training.corpora import load_corpus
from training.images import analysis_samples
from training.noise import NoiseCorpus
from training.quality_examples import (
    ALONE,
    HEARD_DB,
    LOST_DB,
    SPARED_DB,
    SPOILT_DB,
    SYNTHETIC,
    held_back_kinds,
    noise_examples,
    record_examples,
    synthetic_examples,
    training_kinds,
)
from training.synthetic_noise import hiss, hum, rubbing, tapping

GOOD, HEART, AMBIENT, MOVEMENT, HUM = range(len(FINDINGS))


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    return write_noise(tmp_path_factory.mktemp("noise"))


@pytest.fixture(scope="module")
def kinds(noise):
    return training_kinds(NoiseCorpus(noise))


@pytest.fixture(scope="module")
def records(corpus):
    found, _ = load_corpus("cinc2016", corpus)
    rated = [True, False, None]
    return [replace(record, good_quality=rated[at % 3]) for at, record in enumerate(found[:9])]


@pytest.fixture(scope="module")
def examples(records, kinds):
    return record_examples(records, FINE_FRONT_END, kinds, 0, records)


def test_windows_as_they_are_are_those_of_the_live_path(records, examples):
    for index in np.flatnonzero(examples.kind == "")[:6]:
        record = records[examples.record[index]]
        front_end = FrontEnd(2000, 4.0, FINE_FRONT_END)
        windows = [*front_end.push(analysis_samples(record.path, FINE_FRONT_END)).windows]
        windows += front_end.flush().windows
        images = [front_end.image(window).astype(np.float16) for window in windows]
        (place,) = [at for at, image in enumerate(images) if np.array_equal(image, examples.images[index])]
        heard = windows[place].signal[: round(windows[place].heard_s * 2000)]
        assert np.array_equal(examples.indices[index], quality_indices(heard, 2000))


def test_the_publishers_word_is_the_target_where_there_is_one(records, examples):
    clean = examples.kind == ""
    for record, good in zip(examples.record[clean], examples.targets[clean, GOOD], strict=True):
        rated = records[record].good_quality
        assert np.isnan(good) if rated is None else good == rated


@pytest.mark.parametrize(("until_s", "good"), [(30.0, 1.0), (10.5, np.nan)])
def test_where_nobody_has_rated_it_sound_that_could_be_marked_is_good(
    records, kinds, tmp_path, until_s, good
):
    """The second window of 21 s lies from 4 to 14 s, and later ones after that."""
    path = tmp_path / "states.tsv"
    path.write_text("".join(f"{at / 4}\t{at / 4 + 0.25}\t{at % 4 + 1}\n" for at in range(int(4 * until_s))))
    record = replace(records[2], states=path, good_quality=None)
    made = record_examples([record], FINE_FRONT_END, kinds, 0, [record], mixed=0)
    assert len(made) == 3
    assert made.targets[:, HEART].tolist() == [1, 1, 1]
    assert sorted(made.targets[:, GOOD].tolist(), key=np.isnan) == pytest.approx([1, good, good], nan_ok=True)


def test_noise_spoils_by_its_level_and_is_called_by_its_name(records, kinds, examples):
    mixed = np.flatnonzero(examples.kind != "")
    assert mixed.size
    for index in mixed:
        level, targets = examples.snr_db[index], examples.targets[index]
        rated = records[examples.record[index]].good_quality
        if level <= SPOILT_DB:
            assert targets[GOOD] == 0
            assert targets[kinds[examples.kind[index]].finding] == 1
        elif level < SPARED_DB and rated is not False:
            assert np.isnan(targets[GOOD])
        if level <= LOST_DB:
            assert targets[HEART] == 0
        elif level < HEARD_DB or rated is False:
            assert np.isnan(targets[HEART])
        else:
            assert targets[HEART] == 1


def test_noise_alone_is_neither_good_nor_a_heart(kinds):
    alone = noise_examples(150, FINE_FRONT_END, kinds, 0)
    assert set(alone.record) == {ALONE}
    assert set(alone.kind) == set(kinds)
    assert not alone.targets[:, [GOOD, HEART]].any()
    assert (alone.targets[:, [AMBIENT, MOVEMENT, HUM]].sum(axis=1) == 1).all()
    lengths = alone.indices[:, -1]
    assert lengths.min() >= 1
    assert lengths.max() == 10


def test_synthetic_hearts_are_good_until_noise_spoils_them(kinds):
    hearts = synthetic_examples(40, FINE_FRONT_END, kinds, 0)
    assert set(hearts.record) == {SYNTHETIC}
    clean = hearts.kind == ""
    assert (hearts.targets[clean] == [1, 1, 0, 0, 0]).all()
    spoilt = ~clean & (hearts.snr_db <= SPOILT_DB)
    assert spoilt.any()
    assert not hearts.targets[spoilt, GOOD].any()
    assert len(synthetic_examples(10, FINE_FRONT_END, kinds, 0, mixed=False)) <= 10


def test_a_record_gives_the_same_whichever_others_there_are(records, kinds, examples):
    some = records[4:6]
    again = record_examples(some, FINE_FRONT_END, kinds, 0, some)
    own = np.flatnonzero((examples.record == 4) | (examples.record == 5))
    assert np.array_equal(again.images, examples.images[own])
    assert np.array_equal(again.snr_db, examples.snr_db[own])
    twice = joined([again, again])
    assert len(twice) == 2 * len(again)
    assert np.array_equal(rows(twice, np.arange(len(again), len(twice))).images, again.images)


def test_what_is_tested_on_is_of_other_sources(noise):
    kinds = held_back_kinds(NoiseCorpus(noise, "held back"))
    real, made = {"everyday", "voice", "babble", "004_-_Baby_cry"}, set()
    for name, kind in kinds.items():
        sound = kind.make(5000, np.random.default_rng(1))
        assert sound.shape == (5000,)
        assert sound.any()
        made |= {name} - real
    assert made == {
        f"synthetic {kind}" for kind in ("talking", "crying", "movement", "tapping", "hum", "breathing")
    }


@pytest.mark.parametrize("make", [hiss, tapping, rubbing, hum])
@pytest.mark.parametrize("length", [0, 1, 777, 21_000])
def test_made_noise_is_as_long_as_asked_and_the_seeds_alone(make, length):
    if length == 0 and make in (hiss, rubbing):
        length = 2
    one, other = (make(length, np.random.default_rng(5)) for _ in range(2))
    assert one.shape == (length,)
    assert np.isfinite(one).all()
    assert np.array_equal(one, other)


def test_hum_is_the_mains():
    for seed in range(20):
        spectrum = np.abs(np.fft.rfft(hum(20_000, np.random.default_rng(seed)) * np.hanning(20_000)))
        hertz = np.fft.rfftfreq(20_000, 1 / 2000)[np.argmax(spectrum)]
        mains = min((50, 60), key=lambda one: abs(hertz / one - round(hertz / one)))
        assert hertz / mains == pytest.approx(max(1, round(hertz / mains)), rel=0.005)
