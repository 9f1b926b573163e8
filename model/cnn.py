"""The networks. Each maps images (batch, 1, 50, 121) to two logits: normal, abnormal."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

ACTIVATIONS: Mapping[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


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
        nonlinearity = ACTIVATIONS[activation]
        first, second = filters
        if min(first, second) < 1 or kernel < 1 or kernel % 2 == 0:
            raise ValueError(f"filters {list(filters)} must be 1 or more and kernel {kernel} odd")
        self.features = nn.Sequential(
            # Pooling before a rising nonlinearity gives the same as after it, for a quarter of the work.
            nn.Conv2d(1, first, kernel, padding=kernel // 2),
            nn.MaxPool2d(2),
            nonlinearity(),
            nn.Conv2d(first, second, kernel, padding=kernel // 2),
            nn.MaxPool2d(2),
            nonlinearity(),
        )
        self.to(memory_format=torch.channels_last)
        self.classify = nn.Linear(second * (50 // 4) * (121 // 4), 2)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, shape (batch, 2), of images, shape (batch, 1, 50, 121)."""
        return self.classify(self.features(images).flatten(1))


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
