"""The networks. Each maps images (batch, 1, 50, 121) to two logits: normal, abnormal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def halving_max(images: Tensor) -> Tensor:
    """2 x 2 max pooling, an odd last row or column left out.

    The same as ``max_pool2d``, in two thirds of its time; with gradients in twice its time.

    Args:
        images: Shape (batch, channels, rows, columns).

    Returns:
        Shape (batch, channels, rows // 2, columns // 2).
    """
    rows, columns = images.shape[2] // 2 * 2, images.shape[3] // 2 * 2
    taller = torch.maximum(images[:, :, 0:rows:2, :columns], images[:, :, 1:rows:2, :columns])
    return torch.maximum(taller[..., 0::2], taller[..., 1::2])


def _max_pool(images: Tensor) -> Tensor:
    return nn.functional.max_pool2d(images, 2)


class PaperCNN(nn.Module):
    """The reference paper's network: two convolution and pooling stages, one fully connected layer, softmax.

    The paper gives neither filter counts nor kernel sizes; 8 and 16 filters of 5 x 5 with 2 x 2 pooling are
    this project's reading (15 k parameters).

    Args:
        activation: "relu", "tanh" or "sigmoid".
        filters: Filters of the two stages.
        kernel: Odd side of the square kernels.

    Raises:
        ValueError: Unknown activation, no filters, or an even kernel, which would change the image's size.
    """

    name = "paper-cnn"

    def __init__(self, activation: str = "relu", filters: tuple[int, int] = (8, 16), kernel: int = 5) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation {activation!r} is not one of {', '.join(ACTIVATIONS)}")
        self.arguments = {"activation": activation, "filters": list(filters), "kernel": kernel}
        first, second = filters
        if min(first, second) < 1 or kernel < 1 or kernel % 2 == 0:
            raise ValueError(f"filters {list(filters)} must be 1 or more and kernel {kernel} odd")
        self._activate = ACTIVATIONS[activation]
        self.first = nn.Conv2d(1, first, kernel, padding=kernel // 2)
        self.second = nn.Conv2d(first, second, kernel, padding=kernel // 2)
        self.to(memory_format=torch.channels_last)
        self.classify = nn.Linear(second * (50 // 4) * (121 // 4), 2)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, shape (batch, 2), of images, shape (batch, 1, 50, 121)."""
        # Pooling before a rising nonlinearity gives the same as after it, for a quarter of the work.
        pool = _max_pool if self.training else halving_max
        images = self._activate(pool(self.first(images)))
        images = self._activate(pool(self.second(images)))
        return self.classify(images.flatten(1))


NETWORKS: Mapping[str, type[nn.Module]] = {PaperCNN.name: PaperCNN}


def build_network(name: str, arguments: Mapping[str, object]) -> nn.Module:
    """The untrained network that a card or a recipe describes.

    Raises:
        ValueError: Unknown name or unfitting arguments.
    """
    if name not in NETWORKS:
        raise ValueError(f"unknown network {name!r}; known: {', '.join(NETWORKS)}")
    try:
        return NETWORKS[name](**arguments)
    except TypeError as error:
        raise ValueError(f"network {name!r}: {error}") from None


def parameter_count(network: nn.Module) -> int:
    """Trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def use_one_thread() -> None:
    """Keep torch to one intra-op thread: two on two busy cores are many times slower than one."""
    torch.set_num_threads(1)
