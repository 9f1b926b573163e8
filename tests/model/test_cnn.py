import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from dsp.config import FINE_FRONT_END
from model.cnn import AuscultCNN, build_network, fold_batch_normalisation, parameter_count


def images(count=3, seed=0):
    made = torch.randn(count, 1, 50, 121, generator=torch.Generator().manual_seed(seed))
    return (made - made.mean((1, 2, 3), keepdim=True)) / made.std((1, 2, 3), keepdim=True)


def network(**arguments):
    torch.manual_seed(1)
    return AuscultCNN(**arguments).eval()


def test_a_fine_image_is_judged_too():
    with torch.inference_mode():
        logits, states = network().with_states(torch.randn(2, 1, *FINE_FRONT_END.image_shape))
    assert (logits.shape, states.shape) == ((2, 2), (2, 4, 311))


def test_it_is_small_enough_to_travel():
    assert parameter_count(AuscultCNN()) <= 300_000


def test_each_image_is_judged_alone():
    net, seen = network(), images(4)
    with torch.inference_mode():
        together = net(seen)
        alone = torch.cat([net(image[None]) for image in seen])
    assert together.shape == (4, 2)
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_its_second_view_does_not_hear_a_steady_response():
    """Without the first view, a curve over frequency that every frame shares is lost."""
    net = network()
    net.features[0].weight.data[:, 0] = 0
    curve = torch.linspace(-2, 1, 50)[:, None]
    with torch.inference_mode():
        torch.testing.assert_close(net(images()), net(images() + curve), atol=1e-4, rtol=1e-4)
        assert not torch.allclose(network()(images()), network()(images() + curve), atol=1e-3)


def test_an_image_without_any_movement_is_answered_with_numbers():
    with torch.inference_mode():
        assert network()(torch.zeros(1, 1, 50, 121)).isfinite().all()


@given(st.integers(1, 40), st.integers(0, 99))
def test_what_is_dilated_is_so_when_it_judges_as_when_it_learns(columns, seed):
    states = network().states
    convolutions = [module for module in states.modules() if isinstance(module, nn.Conv1d)]
    dilated = [module for module in convolutions if module.dilation != (1,)]
    assert len(dilated) == 2
    seen = torch.randn(2, 32, columns, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        for module in dilated:
            torch.testing.assert_close(module.eval()(seen), module.train()(seen), atol=1e-5, rtol=1e-5)


def test_folding_batch_normalisation_leaves_the_answers():
    net = network()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    folded = copy.deepcopy(net)
    fold_batch_normalisation(folded)
    assert not [module for module in folded.modules() if "BatchNorm" in type(module).__name__]
    with torch.inference_mode():
        for one, other in zip(net.with_states(images()), folded.with_states(images()), strict=True):
            torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


def test_a_network_is_its_arguments():
    net = AuscultCNN(filters=(4, 5, 6, 7), dropout=0.1)
    again = build_network(AuscultCNN.name, net.arguments)
    assert {k: v.shape for k, v in again.state_dict().items()} == {
        k: v.shape for k, v in net.state_dict().items()
    }


@pytest.mark.parametrize("arguments", [{"filters": (1, 2, 3)}, {"filters": (0, 1, 1, 1)}, {"dropout": 1.0}])
def test_unfitting_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match="must be four"):
        AuscultCNN(**arguments)
