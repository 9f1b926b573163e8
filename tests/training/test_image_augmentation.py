import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.image_augmentation import ImageAugmentation

ALL = ImageAugmentation(equaliser=1.0, floor=1.0, time_mask=0.25)


def images(count=6, seed=0):
    made = torch.randn(count, 1, 50, 121, generator=torch.Generator().manual_seed(seed))
    made = made - made.mean((1, 2, 3), keepdim=True)
    return made / made.std((1, 2, 3), keepdim=True)


def altered(augmentation, seen, seed=0):
    return augmentation(seen, torch.Generator().manual_seed(seed))


@given(
    st.builds(ImageAugmentation, *[st.sampled_from([0.0, 0.5, 1.0])] * 2, st.sampled_from([0.0, 0.25])),
    st.integers(0, 2**32),
)
def test_what_comes_out_is_an_image_and_the_seed_decides_it(augmentation, seed):
    seen = images()
    before = seen.clone()
    made = altered(augmentation, seen, seed)
    assert torch.equal(seen, before)
    assert made.shape == seen.shape
    assert made.isfinite().all()
    assert made.mean((1, 2, 3)).abs().max() < 1e-4
    assert (made.std((1, 2, 3)) - 1).abs().max() < 1e-3
    assert torch.equal(made, altered(augmentation, seen, seed))
    if augmentation == ImageAugmentation():
        assert torch.allclose(made, seen, atol=1e-5)


def test_an_equaliser_adds_the_same_to_every_frame():
    made = altered(ImageAugmentation(equaliser=1.0), images())
    seen = images()
    gain = made.std((1, 2, 3)) * 0 + (
        (made - made.mean(3, keepdim=True)).std((1, 2, 3))
        / (seen - seen.mean(3, keepdim=True)).std((1, 2, 3))
    )
    rest = made - gain[:, None, None, None] * seen
    assert rest.std(3).max() < 1e-4
    assert rest.std(2).min() > 1e-3


def test_a_floor_spares_what_is_loud():
    seen = torch.full((40, 1, 50, 121), -1.0) + 0.05 * images(40)
    seen[:, :, :, 60] = 10.0
    made = altered(ImageAugmentation(floor=1.0), seen)
    assert (made.argmax(3) == 60).float().mean() > 0.95


def test_a_mask_blanks_one_run_of_frames():
    made = altered(ImageAugmentation(time_mask=0.25), images(20))
    blank = made.std(2)[:, 0] < 1e-5
    assert blank.sum(1).max() <= 0.25 * 121 + 1
    assert blank.any()
    for row in blank:
        edges = int((row != row.roll(1)).sum())
        assert edges in (0, 2)


@given(st.floats(0.3, 1), st.floats(0.5, 2), st.integers(0, 1000))
def test_what_is_marked_stays_where_it_is_at_any_tempo(crop, factor, seed):
    frames = torch.arange(240)
    seen = (frames // 20 % 4).float().expand(3, 1, 5, -1)
    marked = (frames // 20 % 4).expand(3, -1)
    change = ImageAugmentation(crop=crop, tempo=(factor, factor), tempo_share=1.0)
    cut, states = change.cut(seen, marked, torch.Generator().manual_seed(seed))
    kept = round(240 * crop)
    assert cut.shape == (3, 1, 5, kept)
    assert states.shape == (3, kept)
    # Between two states the image is between them, and half-way a frame is of either.
    changed = states[0].diff() != 0
    edge = torch.cat([changed, changed[-1:]]) | torch.cat([changed[:1], changed])
    assert torch.equal(cut[0, 0, 0][~edge].round(), states[0][~edge].float())
    changes = int((states[0].diff() != 0).sum())
    taken = min(240, round(kept * factor))
    assert abs(changes - taken / 20) <= 1


def test_without_a_tempo_frames_are_only_cut():
    seen, marked = images(4), torch.arange(121).expand(4, -1)
    cut, states = ImageAugmentation(crop=0.5).cut(seen, marked, torch.Generator().manual_seed(0))
    assert torch.equal(cut, seen[..., states[0]])
    assert torch.equal(states[0].diff(), torch.ones(len(states[0]) - 1, dtype=states.dtype))
    assert int(states[0, 0]) % 2 == 0


@pytest.mark.parametrize("part", ["equaliser", "floor", "time_mask"])
def test_every_part_does_something(part):
    assert not torch.allclose(altered(ImageAugmentation(**{part: 0.2}), images()), images(), atol=1e-3)
