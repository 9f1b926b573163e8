import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings import RecordingError, find_recordings, write_recording
from tests.training.tiny import SPEAKERS, write_noise
from training.noise import RATE, NoiseCorpus
from training.records import CorpusError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_noise(tmp_path_factory.mktemp("noise"))


@pytest.fixture(scope="module")
def noise(folder):
    return NoiseCorpus(folder)


def test_the_parts_share_no_source_and_leave_none_out(folder):
    training, held_back = NoiseCorpus(folder, "training"), NoiseCorpus(folder, "held back")
    assert held_back.clips == ["3", "7"]
    assert held_back.speakers == ["cid"]
    assert sorted([*training.clips, *held_back.clips]) == [str(clip) for clip in range(8)]
    assert sorted([*training.speakers, *held_back.speakers]) == list(SPEAKERS)


def test_what_is_held_back_is_never_read_for_training(folder, monkeypatch):
    opened = []
    reader = NoiseCorpus.__init__.__globals__["Recording"]

    class Watched:
        @staticmethod
        def open(path):
            opened.append(path.stem)
            return reader.open(path)

    monkeypatch.setattr("training.noise.Recording", Watched)
    NoiseCorpus(folder, "training")
    sources = {name.replace("_", "-").split("-")[1] for name in opened}
    assert sources == {"0", "1", "2", "4", "5", "6", "ann", "bob"}


@settings(max_examples=40)
@given(st.integers(0, 30_000), st.integers(0, 2**32))
def test_any_length_can_be_drawn_and_a_seed_decides_it(noise, length, seed):
    drawn = noise.draw(length, np.random.default_rng(seed))
    assert drawn.shape == (length,)
    assert np.isfinite(drawn).all()
    assert drawn.tobytes() == noise.draw(length, np.random.default_rng(seed)).tobytes()


def test_drawn_noise_is_the_callers_own(noise):
    first = noise.draw(500, np.random.default_rng(3))
    before = first.copy()
    first[:] = 0
    assert noise.draw(500, np.random.default_rng(3)).tobytes() == before.tobytes()


def test_looped_noise_keeps_its_level(noise):
    for seed in range(20):
        drawn = noise.draw(10 * RATE, np.random.default_rng(seed))
        power = np.square(drawn.reshape(40, -1)).mean(axis=1)
        assert power.min() > 0.3 * power.mean()


def test_a_folder_that_holds_no_noise_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"esc10: no such folder"):
        NoiseCorpus(tmp_path)
    (tmp_path / "esc10").mkdir()
    (tmp_path / "fsdd").mkdir()
    with pytest.raises(CorpusError, match="too few"):
        NoiseCorpus(tmp_path)
    write_recording(tmp_path / "esc10" / "dog.flac", [np.ones(100)], 4000)
    with pytest.raises(CorpusError, match=r"dog\.flac: the name does not say"):
        NoiseCorpus(tmp_path)


def test_a_sound_that_cannot_be_read_is_named(tmp_path, folder):
    (tmp_path / "fsdd").symlink_to(folder / "fsdd")
    (tmp_path / "esc10").mkdir()
    for clip in range(4):
        (tmp_path / "esc10" / f"1-{clip}-A.flac").write_bytes(b"fLaC" + bytes(50))
    with pytest.raises(RecordingError, match="1-0-A"):
        NoiseCorpus(tmp_path)


def test_silence_throughout_is_refused(tmp_path, folder):
    (tmp_path / "fsdd").symlink_to(folder / "fsdd")
    (tmp_path / "esc10").mkdir()
    for clip in range(4):
        write_recording(tmp_path / "esc10" / f"1-{clip}-A.flac", [np.zeros(100)], 4000)
    with pytest.raises(CorpusError, match="silent"):
        NoiseCorpus(tmp_path)


def test_an_unknown_part_is_refused(folder):
    with pytest.raises(ValueError, match="part 'test' is not one of training, held back"):
        NoiseCorpus(folder, "test")


def test_the_published_noise(corpora):
    training, held_back = (NoiseCorpus(corpora / "noise", part) for part in ("training", "held back"))
    assert not set(training.clips) & set(held_back.clips)
    assert not set(training.speakers) & set(held_back.speakers)
    assert (len(training.clips), len(held_back.clips)) == (228, 76)
    assert (len(training.speakers), len(held_back.speakers)) == (4, 2)
    kinds = {
        path.parent.name
        for path in find_recordings(corpora / "noise" / "esc10")
        if path.stem.split("-")[1] in held_back.clips
    }
    assert len(kinds) == 10
    assert np.isfinite(training.draw(20_000, np.random.default_rng(0))).all()
