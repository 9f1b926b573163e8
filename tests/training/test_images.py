import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd
from recordings import Recording, RecordingError, write_recording
from tests.dsp.streams import cuts, pieces
from tests.training.tiny import sound
from training.corpora import Record
from training.images import front_end_fingerprint, make_images
from training.sound_augmentation import PAPER, SoundAugmenter

CONFIG = FrontEndConfig()
KINDS = {"long": (25.0, 2000), "short": (4.3, 2000), "exact": (10.0, 4000), "cd": (11.0, 44_100)}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("sounds"), []
    for index, (name, (seconds, rate)) in enumerate(KINDS.items()):
        path = folder / f"{name}.flac"
        samples = sound(seconds, True, index, min(rate, 4000))
        if rate > 4000:
            samples = np.interp(
                np.arange(int(seconds * rate)) / rate, np.arange(samples.size) / 4000, samples
            )
        if name == "exact":
            samples[12_000:] = 0
        write_recording(path, [samples], rate)
        made.append(Record(name, "cinc2016-a", path, True, name))
    return made


@pytest.fixture(scope="module")
def made(recordings):
    return make_images(recordings, CONFIG, 2.0, recordings)


@settings(max_examples=12)
@given(st.integers(0, len(KINDS) - 1), st.integers(3000, 200_000), cuts)
def test_training_sees_what_the_live_path_sees(recordings, made, index, block, at):
    with Recording.open(recordings[index].path) as recording:
        front_end = FrontEnd(recording.rate, 2.0)
        parts = [part for samples in recording.blocks(block) for part in pieces(samples, at)]
    windows = [window for part in parts for window in front_end.push(part).windows]
    windows += front_end.flush().windows
    own = made.record == index
    live = np.stack([front_end.image(window) for window in windows])
    assert made.images[own].tobytes() == live.tobytes()
    assert made.refused[own].tolist() == [bool(window.refused) for window in windows]


def test_images_belong_to_their_recordings(made):
    assert made.images.dtype == np.float32
    assert made.images.shape[1:] == (50, 121)
    assert np.bincount(made.record).tolist() == [8, 1, 1, 1]
    assert made.refused.tolist() == [False] * 9 + [True, False]


def test_sound_left_as_it_is_gives_the_live_images(recordings, made):
    sizes = {}

    def keep(index, samples):
        sizes[index] = samples.size
        return samples

    kept = make_images(recordings, CONFIG, 2.0, recordings, keep)
    assert kept.record.tolist() == made.record.tolist()
    assert sizes == {index: round(2000 * seconds) for index, (seconds, _) in enumerate(KINDS.values())}
    same = kept.record < 2  # the others are resampled on the way
    assert kept.images[same].tobytes() == made.images[same].tobytes()
    assert kept.images == pytest.approx(made.images, abs=0.1)
    assert kept.refused.tolist() == made.refused.tolist()


def test_sound_is_altered_by_record_before_the_front_end(recordings, made):
    def alter(index, samples):
        return samples[: 20_000 * (index == 0)]

    altered = make_images(recordings, CONFIG, 2.0, recordings, alter)
    assert altered.record.tolist() == [0]
    assert altered.images[0].tobytes() == made.images[0].tobytes()


def test_augmented_sound_makes_other_images_by_its_seed(recordings):
    augment = SoundAugmenter(PAPER)

    def images(seed):
        def alter(index, samples):
            return augment(samples, np.random.default_rng((seed, index)))

        return make_images(recordings[:2], CONFIG, 2.0, recordings[:2], alter).images

    assert images(1).tobytes() == images(1).tobytes()
    assert images(1)[0].tobytes() != images(2)[0].tobytes()


def test_a_recording_of_the_published_corpus(corpora):
    path = corpora / "cinc2016" / "training-b" / "b0001.flac"
    record = Record("b0001", "cinc2016-b", path, False, "b")
    (image,) = make_images([record], CONFIG, 10.0, [record]).images
    with Recording.open(path) as recording:
        samples = np.concatenate(list(recording.blocks(777)))
    front_end = FrontEnd(2000)
    front_end.push(samples[:5000])
    front_end.push(samples[5000:])
    (window,) = front_end.flush().windows
    assert front_end.image(window).tobytes() == image.tobytes()


def test_no_recordings_are_no_images():
    made = make_images([], CONFIG, 2.0, [])
    assert made.images.shape == (0, 50, 121)
    assert made.record.size == made.refused.size == 0


def test_a_recording_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "broken.flac").write_bytes(b"fLaC" + bytes(50))
    record = Record("broken", "cinc2016-a", tmp_path / "broken.flac", False, "g")
    with pytest.raises(RecordingError, match="broken"):
        make_images([record], CONFIG, 2.0, [record])


def test_another_arithmetic_has_another_fingerprint(monkeypatch):
    before = front_end_fingerprint(FrontEndConfig())
    assert front_end_fingerprint(FrontEndConfig()) == before
    assert front_end_fingerprint(FrontEndConfig(floor_db=-60.0)) != before
    monkeypatch.setattr("dsp.front_end.WindowImage.denoised", lambda self, signal: signal)
    assert front_end_fingerprint(FrontEndConfig()) != before
