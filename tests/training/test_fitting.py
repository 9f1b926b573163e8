import dataclasses
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from model.cnn import AuscultCNN, PaperCNN
from training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from training.fitting import PATIENCE, Examples, Fit, score, state_loss
from training.heart_states import UNMARKED
from training.image_augmentation import ImageAugmentation
from training.metrics import ConstantClassifierError, auroc
from training.recipes import RECIPES, Recipe

RECIPE = Recipe(
    name="tiny",
    network=PaperCNN.name,
    arguments={"activation": "relu", "filters": [2, 3], "kernel": 3},
    batch=10,
    epochs=5,
    balance="class",
)


def examples(count, seed=0, strength=1.0):
    """Images with a bright corner where abnormal."""
    rng = np.random.default_rng(seed)
    abnormal = rng.random(count) < 0.4
    abnormal[:2] = True, False
    images = rng.standard_normal((count, 50, 121)).astype(np.float32)
    images[abnormal, :20, :40] += np.float32(strength)
    database = np.where(rng.random(count) < 0.5, "a", "b")
    states = np.full((count, 121), UNMARKED, np.int8)
    return Examples(images, np.arange(count, dtype=np.int32), abnormal, database, states)


TRAINING, WATCHED = examples(40, 1), examples(30, 2)


def fitted(path, recipe=RECIPE, seed=0, identity="data"):
    fit = Fit(recipe, seed, path, identity)
    for _ in fit.epochs(TRAINING, WATCHED):
        pass
    return fit


def bits(network):
    return save({name: tensor.contiguous() for name, tensor in network.state_dict().items()})


def told(history):
    """Everything said of the epochs but how long they took."""
    return [dataclasses.replace(epoch, seconds=0.0) for epoch in history]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return {
        (balance, seed): fitted(
            tmp_path_factory.mktemp("whole") / "checkpoint",
            dataclasses.replace(RECIPE, balance=balance),
            seed,
        )
        for balance in ("none", "class", "database and class")
        for seed in (0, 7)
    }


@settings(max_examples=8)
@given(
    st.sampled_from(["none", "class", "database and class"]),
    st.sampled_from([0, 7]),
    st.lists(st.integers(0, 3), max_size=2),
)
def test_an_interrupted_run_ends_in_the_same_weights(tmp_path_factory, whole, balance, seed, stops):
    path = tmp_path_factory.mktemp("run") / "checkpoint"
    recipe = dataclasses.replace(RECIPE, balance=balance)
    for stop in stops:
        torch.manual_seed(12345)  # another process has another state
        for _, _epoch in zip(
            range(stop), Fit(recipe, seed, path, "data").epochs(TRAINING, WATCHED), strict=False
        ):
            pass
    resumed = fitted(path, recipe, seed)
    assert bits(resumed.network) == bits(whole[balance, seed].network)
    assert told(resumed.history) == told(whole[balance, seed].history)


def test_seeds_and_balances_lead_elsewhere(whole):
    assert len({bits(fit.network) for fit in whole.values()}) == len(whole)


def test_a_finished_run_is_not_run_again(tmp_path, whole):
    fitted(tmp_path / "checkpoint")
    again = Fit(RECIPE, 0, tmp_path / "checkpoint", "data")
    assert list(again.epochs(TRAINING, WATCHED)) == []
    assert bits(again.network) == bits(whole["class", 0].network)


@given(st.integers(0, 10**6))
def test_every_epoch_has_its_own_order_and_each_class_its_share(whole, number):
    share = torch.full((200,), 1 / 200)
    orders = [whole["none", 0]._order(share, epoch) for epoch in (number, number + 1)]
    assert sorted(orders[0].tolist()) == sorted(orders[1].tolist()) == list(range(200))
    assert not torch.equal(*orders)
    rare = torch.tensor([0.5 / 10] * 10 + [0.5 / 990] * 990, dtype=torch.float64)
    drawn = whole["class", 0]._order(rare, number)
    assert len(drawn) == 1000
    assert 0.4 < (drawn < 10).double().mean() < 0.6


def test_it_learns_and_says_how_well(whole):
    fit = whole["class", 0]
    assert [epoch.number for epoch in fit.history] == [1, 2, 3, 4, 5]
    assert fit.history[-1].loss < fit.history[0].loss
    last, logits = fit.history[-1], score(fit.network, WATCHED.images)
    assert last.watched_auroc == auroc(WATCHED.abnormal, logits) > 0.95
    assert last.watched_accuracy == np.mean((logits > 0) == WATCHED.abnormal)
    assert last.accuracy > 0.8


def test_scores_are_logit_differences_of_each_image(whole):
    network = whole["class", 0].network
    with torch.inference_mode():
        pairs = [network(torch.from_numpy(image)[None, None])[0] for image in WATCHED.images]
    expected = [float(abnormal - normal) for normal, abnormal in pairs]
    assert np.allclose(score(network, WATCHED.images), expected, atol=1e-5)
    assert score(network, np.empty((0, 50, 121), np.float32)).shape == (0,)
    assert score(network, np.zeros((101, 50, 121), np.float32)).shape == (101,)


def test_a_checkpoint_is_safe_before_an_epoch_is_told(tmp_path):
    for epoch in Fit(RECIPE, 0, tmp_path / "checkpoint", "data").epochs(TRAINING, WATCHED):
        _, state = load_checkpoint(tmp_path / "checkpoint")
        assert len(state["history"]) == epoch.number


@pytest.mark.parametrize(
    ("recipe", "seed", "identity"),
    [
        (RECIPE, 1, "data"),
        (RECIPE, 0, "other data"),
        (RECIPE.with_epochs(6), 0, "data"),
        (dataclasses.replace(RECIPE, learning_rate=0.02), 0, "data"),
        (dataclasses.replace(RECIPE, balance="none"), 0, "data"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, recipe, seed, identity):
    fitted(tmp_path / "checkpoint", RECIPE.with_epochs(5))
    before = (tmp_path / "checkpoint").read_bytes()
    with pytest.raises(CheckpointError, match="belongs to another recipe, seed or data"):
        Fit(recipe, seed, tmp_path / "checkpoint", identity)
    assert (tmp_path / "checkpoint").read_bytes() == before


def test_a_damaged_checkpoint_is_refused(tmp_path):
    fitted(tmp_path / "checkpoint")
    data = (tmp_path / "checkpoint").read_bytes()
    (tmp_path / "checkpoint").write_bytes(data[: len(data) // 2])
    with pytest.raises(CheckpointError, match="damaged"):
        Fit(RECIPE, 0, tmp_path / "checkpoint", "data")


def test_notes_do_not_make_it_another_run(tmp_path):
    fitted(tmp_path / "checkpoint")
    Fit(dataclasses.replace(RECIPE, notes=("a word",)), 0, tmp_path / "checkpoint", "data")


def test_a_saturated_network_is_stopped_also_across_an_interruption(tmp_path):
    """Adagrad from 0 moves every weight by the whole learning rate at once."""
    recipe = dataclasses.replace(RECIPE, initial_accumulator=0.0, learning_rate=10.0, epochs=50)
    fit = Fit(recipe, 0, tmp_path / "checkpoint", "data")
    for _, epoch in zip(range(4), fit.epochs(TRAINING, WATCHED), strict=False):
        assert epoch.watched_auroc == 0.5 or epoch.watched_accuracy in (
            np.mean(WATCHED.abnormal),
            np.mean(~WATCHED.abnormal),
        )
    resumed = Fit(recipe, 0, tmp_path / "checkpoint", "data")
    with pytest.raises(ConstantClassifierError, match=f"for everything for {PATIENCE} epochs"):
        for _ in resumed.epochs(TRAINING, WATCHED):
            pass
    assert len(resumed.history) < 50


def test_without_learning_a_constant_answer_stops_after_the_patience(tmp_path):
    recipe = dataclasses.replace(RECIPE, learning_rate=0.0, epochs=50)
    images = np.zeros((6, 50, 121), np.float32)
    states = np.full((6, 121), UNMARKED, np.int8)
    owner, abnormal = np.arange(6, dtype=np.int32), np.arange(6) % 2 == 0
    constant = Examples(images, owner, abnormal, np.full(6, "a"), states)
    fit = Fit(recipe, 0, tmp_path / "checkpoint", "data")
    with pytest.raises(ConstantClassifierError):
        for _ in fit.epochs(constant, constant):
            pass
    assert len(fit.history) == PATIENCE


@pytest.mark.parametrize("seed", [0, 2**63, 10**40])
def test_any_seed_will_do(tmp_path, seed):
    assert len(fitted(tmp_path / "checkpoint", RECIPE.with_epochs(1), seed).history) == 1


def test_one_class_has_no_auroc_and_that_survives_the_checkpoint(tmp_path):
    watched = dataclasses.replace(WATCHED, abnormal=np.zeros(30, bool))
    fit = Fit(RECIPE.with_epochs(2), 0, tmp_path / "checkpoint", "data")
    assert [epoch.watched_auroc for epoch in fit.epochs(TRAINING, watched)] == [None, None]
    assert Fit(RECIPE.with_epochs(2), 0, tmp_path / "checkpoint", "data").history == fit.history


def test_recipes_are_json_and_their_networks_exist(tmp_path):
    for name, recipe in RECIPES.items():
        assert recipe.name == name
        assert json.loads(json.dumps(recipe.to_dict())) == recipe.to_dict()
        Fit(recipe, 0, tmp_path / name, "data")
        assert recipe.with_epochs(3).epochs == 3


def test_a_checkpoint_that_cannot_be_written_ends_the_run(tmp_path):
    (tmp_path / "folder").mkdir()
    fit = Fit(RECIPE, 0, tmp_path / "folder", "data")
    with pytest.raises(CheckpointError, match="cannot be written"):
        next(fit.epochs(TRAINING, WATCHED))
    save_checkpoint(tmp_path / "other", {}, {"identity": "x"})
    with pytest.raises(CheckpointError, match="another"):
        Fit(RECIPE, 0, tmp_path / "other", "data")


OWN = dataclasses.replace(
    RECIPES["default"],
    arguments={"filters": [3, 4, 4, 4], "dropout": 0.5},
    batch=8,
    epochs=4,
    windows_per_epoch=24,
)


def test_moments_norms_dropout_and_augmentation_survive_a_kill(tmp_path):
    once = fitted(tmp_path / "once", OWN)
    for stop in (1, 2):
        torch.manual_seed(stop)
        for _ in zip(
            range(stop), Fit(OWN, 0, tmp_path / "twice", "data").epochs(TRAINING, WATCHED), strict=False
        ):
            pass
    assert bits(fitted(tmp_path / "twice", OWN).network) == bits(once.network)


def test_a_cycle_of_the_rate_rises_and_falls_to_nothing(tmp_path):
    fit = Fit(OWN, 0, tmp_path / "checkpoint", "data")
    rates = []
    for progress in np.linspace(0, 1, 101):
        fit._set_rate(float(progress))
        rates.append(fit._optimizer.param_groups[0]["lr"])
    top = int(np.argmax(rates))
    assert rates[top] == pytest.approx(OWN.learning_rate)
    assert np.all(np.diff(rates[: top + 1]) > 0) and np.all(np.diff(rates[top:]) < 0)
    assert rates[-1] == pytest.approx(0, abs=1e-12)


def test_an_own_recipe_learns_what_a_plain_one_learns(tmp_path):
    recipe = dataclasses.replace(OWN, epochs=30, windows_per_epoch=80, augmentation=None)
    fit = fitted(tmp_path / "checkpoint", recipe)
    assert auroc(WATCHED.abnormal, score(fit.network, WATCHED.images)) > 0.9


@pytest.mark.parametrize("wrong", [{"loss": "hinge"}, {"optimizer": "sgd"}])
def test_a_recipe_that_nobody_can_follow_is_refused(wrong):
    with pytest.raises(ValueError, match="unknown"):
        dataclasses.replace(OWN, **wrong)


def beating(count, seed, period=20):
    """Images whose lower bands are loud in one state, whose upper bands in another, and their states."""
    rng = np.random.default_rng(seed)
    images = 0.5 * rng.standard_normal((count, 32, 160)).astype(np.float32)
    phase = (np.arange(160)[None] + rng.integers(0, period, count)[:, None]) % period
    states = np.searchsorted([4, 9, 12], phase, side="right").astype(np.int8)
    images += 2 * (states == 0)[:, None] * (np.arange(32) < 12)[None, :, None]
    images += 2 * (states == 2)[:, None] * (np.arange(32) >= 16)[None, :, None]
    abnormal = np.arange(count) % 2 == 0
    images += np.float32(1.5) * (abnormal[:, None] & (states == 1))[:, None]
    owner = np.arange(count, dtype=np.int32)
    return Examples(images.astype(np.float32), owner, abnormal, np.full(count, "a"), states)


LISTENING = Recipe(
    name="listening",
    network=AuscultCNN.name,
    arguments={"filters": [8, 8, 8, 16]},
    loss="cross-entropy",
    state_weight=0.5,
    optimizer="adamw",
    learning_rate=3e-3,
    batch=16,
    epochs=12,
    windows_per_epoch=320,
    augmentation=ImageAugmentation(crop=0.5),
)


@pytest.mark.parametrize("weight", [0.5, 0.0])
def test_marked_states_are_learnt_beside_the_verdict_and_only_where_they_count(tmp_path, weight):
    recipe, unseen = dataclasses.replace(LISTENING, state_weight=weight), beating(40, 2)
    fit = Fit(recipe, 0, tmp_path / "checkpoint", "data")
    for _ in fit.epochs(beating(80, 1), unseen):
        pass
    assert auroc(unseen.abnormal, score(fit.network, unseen.images)) > 0.95
    with torch.inference_mode():
        _, found = fit.network.with_states(torch.from_numpy(unseen.images)[:, None])
    right = float(np.mean(found.argmax(1).numpy() == unseen.states[:, :: AuscultCNN.column_step]))
    assert right > 0.9 if weight else right < 0.6


@given(st.integers(0, 8), st.integers(0, 2**32 - 1))
def test_the_losses_of_two_shares_add_up_to_that_of_the_batch(first, seed):
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(8, 4, 10, generator=generator)
    marked = torch.randint(-1, 4, (8, 20), generator=generator)
    shares = [slice(0, first), slice(first, 8)]
    parts = [state_loss(found[own], marked[own]) * len(marked[own]) / 8 for own in shares if len(marked[own])]
    torch.testing.assert_close(sum(parts), state_loss(found, marked))


def test_what_nobody_has_marked_teaches_no_state(tmp_path):
    """With nothing marked the network is the one that a recipe without states trains."""
    unmarked = dataclasses.replace(beating(40, 1), states=np.full((40, 160), UNMARKED, np.int8))
    trained = []
    for weight in (0.5, 0.0):
        recipe = dataclasses.replace(LISTENING, state_weight=weight, epochs=1)
        fit = Fit(recipe, 0, tmp_path / f"{weight}", "data")
        for _ in fit.epochs(unmarked, unmarked):
            pass
        trained.append(fit.network.state_dict())
    for name, tensor in trained[0].items():
        if not name.startswith("states."):
            torch.testing.assert_close(tensor, trained[1][name])
