import pytest
import torch

from dsp.config import FINE_FRONT_END
from model.cnn import AuscultCNN, build_network, parameter_count


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
