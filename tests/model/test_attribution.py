import itertools

import numpy as np
import pytest
import torch
from torch import nn

from dsp.config import FINE_FRONT_END, PAPER_FRONT_END
from dsp.front_end import FrontEnd
from dsp.spectrogram import band_edges
from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from model.attribution import STEPS, Attribution, AttributionWork, nothing_happens
from model.classifier import Classifier
from recordings import Recording

RATE = 2000
RANDOM_REGIONS = 6


@pytest.fixture(scope="module")
def default():
    return Classifier.load()


@pytest.fixture(scope="module", params=["default", "paper"])
def packaged(request):
    return Classifier.load(request.param)


def synthetic_windows(config, seeds=range(3)):
    """One window of every condition and seed, and what makes its image."""
    for condition, seed in itertools.product(CONDITIONS, seeds):
        front_end = FrontEnd(RATE, 2.0, config)
        heart = HeartSoundSynthesizer(SynthesisConfig(condition, rate=RATE, snr_db=15, seed=seed))
        (window,) = front_end.push(heart.read(10 * RATE)).windows
        yield window, front_end.image


def real_windows(folder, config, each=6):
    """The first window of some recordings of each database."""
    for database in "abcde":
        paths = sorted((folder / "cinc2016" / f"training-{database}").glob("*.flac"))
        for path in paths[:: len(paths) // each][:each]:
            with Recording.open(path) as recording:
                front_end = FrontEnd(recording.rate, 2.0, config)
                found = (
                    window for block in recording.blocks(4000) for window in front_end.push(block).windows
                )
                window = next(found, None)
            if window is not None and not window.refused:
                yield window, front_end.image


def score(classifier, image):
    """The difference of the logits, abnormal less normal."""
    with torch.inference_mode():
        normal, abnormal = classifier._network(torch.from_numpy(image)[None, None])[0].tolist()
    return abnormal - normal


def without(image, region):
    return np.where(region, nothing_happens(image), image)


def moves(classifier, windows):
    """What it moves the answer to remove a region.

    Returns:
        One row for each window and direction in which cells moved its answer: the change, counted in the
        direction away from that, when those cells are removed that hold half of all that moved; as many that
        differ most from where nothing happens; and the mean greatness of the change for random regions of the
        same shape and size.
    """
    random = np.random.default_rng(0)
    rows = []
    for window, image_of in windows:
        image = image_of(window)
        told = classifier.attribution(window, lambda _, image=image: image).finish()
        threshold, whole = told.threshold(0.5), score(classifier, image)
        energy = np.abs(image - nothing_happens(image))
        for direction in (1, -1):
            region = direction * told.moved >= threshold
            count = np.count_nonzero(region)
            if not count:
                continue
            loudest = energy >= np.sort(energy, axis=None)[-count]
            shifted = [
                np.roll(region, [int(random.integers(size)) for size in region.shape], axis=(0, 1))
                for _ in range(RANDOM_REGIONS)
            ]
            rows.append(
                (
                    direction * (whole - score(classifier, without(image, region))),
                    direction * (whole - score(classifier, without(image, loudest))),
                    np.mean([abs(whole - score(classifier, without(image, one))) for one in shifted]),
                )
            )
    return np.array(rows)


def stands_the_test(rows):
    attributed, loudest, random = rows.T
    means = (
        f"{name} {of.mean():.2f}"
        for name, of in zip(("attributed", "loudest", "random"), rows.T, strict=True)
    )
    print(*means, sep=", ")  # -s shows it
    assert attributed.mean() > 3 * random.mean()
    assert attributed.mean() > 3 * loudest.mean()
    assert np.mean(attributed > random) > 0.9


def test_what_is_shown_moves_the_answer_more_than_any_other_part(default):
    rows = moves(default, synthetic_windows(default.config))
    assert len(rows) >= 40
    stands_the_test(rows)


def test_so_it_does_of_real_recordings(default, corpora):
    rows = moves(default, real_windows(corpora, default.config))
    assert len(rows) >= 40
    stands_the_test(rows)


def test_all_cells_together_are_the_difference_of_the_answers(packaged):
    off, differences = [], []
    for window, image_of in synthetic_windows(packaged.config, seeds=[0]):
        image = image_of(window)
        told = packaged.attribution(window, image_of).finish()
        difference = score(packaged, image) - score(packaged, nothing_happens(image))
        off.append(abs(told.moved.sum() - difference))
        differences.append(abs(difference))
    assert max(differences) > 1
    assert np.mean(off) < 0.05 * np.mean(differences)
    assert max(off) < 0.15 * np.mean(differences)


def test_verdicts_are_the_same_to_the_bit_before_between_and_after(packaged):
    windows = list(synthetic_windows(packaged.config, seeds=[1]))[:3]
    before = [packaged.judge(window, image_of).verdict for window, image_of in windows]
    works = [packaged.attribution(window, image_of) for window, image_of in windows]
    for _ in range(STEPS):
        for work in works:
            work.step()
        assert [packaged.judge(window, image_of).verdict for window, image_of in windows] == before
    assert all(parameter.grad is None for parameter in packaged._network.parameters())


def test_it_is_told_after_so_many_steps_and_the_same_every_time(packaged):
    window, image_of = next(synthetic_windows(packaged.config))
    work = packaged.attribution(window, image_of)
    told = [work.step() for _ in range(STEPS)]
    assert told[:-1] == [None] * (STEPS - 1)
    again = packaged.attribution(window, image_of).finish()
    assert np.array_equal(told[-1].moved, again.moved)
    assert np.array_equal(work.step().moved, again.moved)
    assert again.moved.dtype == np.float32
    assert again.moved.shape == packaged.config.image_shape
    with pytest.raises(ValueError, match="read-only"):
        again.moved[0, 0] = 1


class OneCell(nn.Module):
    """Answers by one cell of the image alone."""

    def __init__(self, row, column):
        super().__init__()
        self.at = row, column

    def views(self, images):
        return images

    def logits(self, views):
        row, column = self.at
        cell = views[:, 0, row, column]
        return torch.stack([-cell, 2 * cell], dim=1)


@pytest.mark.parametrize("config", [FINE_FRONT_END, PAPER_FRONT_END], ids=["fine", "paper"])
def test_what_moved_lies_where_it_was_heard_in_time_and_frequency(config):
    """A tone burst, and a network that listens only there."""
    at_s, tone_hz = 4.0, 300.0
    time_s = np.arange(10 * RATE) / RATE
    sound = 0.3 * np.sin(2 * np.pi * tone_hz * time_s) * np.exp(-(((time_s - at_s) / 0.05) ** 2))
    front_end = FrontEnd(RATE, 2.0, config)
    front_end.reset(100.0)
    (window,) = front_end.push(sound + 1e-4 * np.random.default_rng(0).standard_normal(sound.size)).windows
    image = front_end.image(window)
    row, column = np.unravel_index(np.argmax(image), image.shape)
    told = AttributionWork(OneCell(row, column), image, window, config).finish()
    found_row, found_column = np.unravel_index(np.argmax(told.moved), told.moved.shape)
    assert told.start_s + found_column * told.step_s == pytest.approx(
        100 + at_s, abs=config.frame_step / RATE
    )
    low_hz, high_hz = told.edges_hz[found_row : found_row + 2]
    assert low_hz - 30 < tone_hz < high_hz + 30
    assert low_hz < band_edges(config)[1 + row] < high_hz
    assert told.edges_hz.shape == (config.bands + 1,)
    assert np.all(np.diff(told.edges_hz) > 0)
    # A network that is a mere sum gets exactly what it added, however it is smoothed.
    assert told.moved.sum() == pytest.approx(3 * (image - nothing_happens(image))[row, column], rel=1e-4)


def test_of_a_short_recording_only_what_was_heard_is_told(default):
    front_end = FrontEnd(RATE, 2.0, default.config)
    front_end.push(HeartSoundSynthesizer(SynthesisConfig("as", rate=RATE)).read(6 * RATE))
    (window,) = front_end.flush().windows
    told = default.attribution(window, front_end.image).finish()
    assert 6 - 0.1 < told.start_s + told.moved.shape[1] * told.step_s <= 6 + told.step_s


def test_a_threshold_leaves_the_fewest_cells_that_hold_a_share():
    def made(values):
        return Attribution(0.0, 0.1, np.array([20.0, 100.0]), np.array([values], np.float32))

    assert made([4, -3, 2, -1]).threshold(0.4) == 4
    assert made([4, -3, 2, -1]).threshold(0.5) == 3
    assert made([4, -3, 2, -1]).threshold(1.0) == 1
    assert made([0, 0]).threshold(0.5) == float("inf")
    assert made([]).threshold(0.5) == float("inf")
