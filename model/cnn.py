"""The networks. Each maps images (batch, 1, bands, frames) to two logits: normal, abnormal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from model.quality_network import QualityCNN
from model.views import two_views

ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}

HEART_STATES = 4
"""S1, systole, S2, diastole."""

_FAINTEST_SPREAD = 1e-3
_STATE_FILTERS = 32


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
        return self.logits(self.views(images))

    def views(self, images: Tensor) -> Tensor:
        """What is looked at of images: themselves."""
        return images

    def logits(self, images: Tensor) -> Tensor:
        """Logits of ``views``."""
        # Pooling before a rising nonlinearity gives the same as after it, for a quarter of the work.
        pool = _max_pool if self.training else halving_max
        images = self._activate(pool(self.first(images)))
        images = self._activate(pool(self.second(images)))
        return self.classify(images.flatten(1))


class AuscultCNN(nn.Module):
    """This project's network: it finds the heart's states, and listens in each of them apart.

    Two views of the image (``model.views``) go through four convolutions that keep the time apart and narrow
    the bands. From the columns so made one head reads how probable S1, systole, S2 and diastole are at each
    time. The mean of the columns, and their means weighted by each of the four, are what is judged: a murmur
    is what systole or diastole should not hold, whatever the rhythm.

    Args:
        filters: Filters of the four stages. The first has a stride of 4 bands and 2 frames; each later one
            is pooled over 2 bands.
        dropout: Share of the pooled features left out while training, 0 to 1.

    Raises:
        ValueError: Not four stages, a stage without filters, or a dropout outside [0, 1).
    """

    name = "auscult-cnn"
    column_step = 2
    """Frames of the image in a column of the states."""
    views = staticmethod(two_views)

    def __init__(self, filters: tuple[int, int, int, int] = (16, 32, 48, 64), dropout: float = 0.3) -> None:
        super().__init__()
        if len(filters) != 4 or min(filters) < 1 or not 0 <= dropout < 1:
            raise ValueError(f"filters {list(filters)} must be four of 1 or more, dropout {dropout} below 1")
        self.arguments = {"filters": list(filters), "dropout": dropout}
        stages: list[nn.Module] = []
        before = 2
        for index, count in enumerate(filters):
            first = index == 0
            kernel, stride = (5, (4, self.column_step)) if first else (3, (1, 1))
            stages.append(nn.Conv2d(before, count, kernel, stride, padding=kernel // 2, bias=False))
            stages += [nn.BatchNorm2d(count), nn.ReLU()]
            if not first:
                stages.append(_RowMax((2, 1), ceil_mode=True))
            before = count
        self.features = nn.Sequential(*stages).to(memory_format=torch.channels_last)
        self.columns = _over_time(before, before, 1)
        # Of the fine image they reach 1.7 s to either side: more than a slow heart's beat.
        self.states = nn.Sequential(
            _over_time(before, _STATE_FILTERS, 9),
            _over_time(_STATE_FILTERS, _STATE_FILTERS, 9, 4),
            _over_time(_STATE_FILTERS, _STATE_FILTERS, 9, 8),
            nn.Conv1d(_STATE_FILTERS, HEART_STATES, 1),
        )
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(before * (1 + HEART_STATES), 2)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, shape (batch, 2), of images, shape (batch, 1, bands, frames)."""
        return self.with_states(images)[0]

    def with_states(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits, and those of S1, systole, S2 and diastole over time.

        Args:
            images: Shape (batch, 1, bands, frames).

        Returns:
            Shapes (batch, 2) and (batch, 4, ceil(frames / 2)): column i lies at frame 2 i.
        """
        return self.logits_and_states(self.views(images))

    def logits(self, views: Tensor) -> Tensor:
        """Logits, shape (batch, 2), of ``views``."""
        return self.logits_and_states(views)[0]

    def logits_and_states(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """As ``with_states``, of ``views``."""
        columns = self.columns(self.features(views).mean(dim=2))
        states = self.states(columns)
        # The verdict must not bend the states to its use: they learn from what people have marked. To tell
        # what moved a verdict, though, its gradient is followed through them too.
        share = torch.softmax((states.detach() if self.training else states).float(), dim=1)
        share = share / (share.sum(dim=2, keepdim=True) + _FAINTEST_SPREAD)
        within = torch.bmm(share, columns.float().transpose(1, 2)).flatten(1)
        pooled = torch.cat([columns.float().mean(dim=2), within], dim=1)
        return self.classify(self.dropout(pooled)), states


class _RowMax(nn.MaxPool2d):
    """The greater of two neighbouring rows, in a quarter of its base's time when nothing is learnt."""

    def forward(self, images: Tensor) -> Tensor:
        if self.training or images.shape[2] % 2:
            return super().forward(images)
        return torch.maximum(images[:, :, 0::2], images[:, :, 1::2])


class _DilatedConv1d(nn.Conv1d):
    """As its base with a zero padding that keeps the length, in half the time when nothing is learnt."""

    def forward(self, columns: Tensor) -> Tensor:
        if self.training:
            return super().forward(columns)
        # Every d-th column side by side: what is dilated over the columns is not over such rows of them.
        (dilation,), (kernel,), count = self.dilation, self.kernel_size, columns.shape[2]
        rows = nn.functional.pad(columns, (0, -count % dilation)).unflatten(2, (-1, dilation))
        rows = rows.contiguous(memory_format=torch.channels_last)
        weight = self.weight.unsqueeze(3)
        return nn.functional.conv2d(rows, weight, self.bias, padding=(kernel // 2, 0)).flatten(2)[..., :count]


def _over_time(before: int, count: int, kernel: int, dilation: int = 1) -> nn.Sequential:
    padding = kernel // 2 * dilation
    kind = nn.Conv1d if dilation == 1 else _DilatedConv1d
    convolution = kind(before, count, kernel, padding=padding, dilation=dilation, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm1d(count), nn.ReLU())


NETWORKS: Mapping[str, type[nn.Module]] = {
    network.name: network for network in (PaperCNN, AuscultCNN, QualityCNN)
}


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


def fold_batch_normalisation(network: nn.Module) -> None:
    """Make each batch normalisation a part of the convolution before it, and rectify in place.

    The same answers but for rounding, in less time. The network can no longer be trained or saved.

    Args:
        network: In evaluation mode; changed in place.
    """
    for stages in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
        for index, (one, other) in reversed([*enumerate(pairwise(stages))]):
            if isinstance(one, nn.Conv1d | nn.Conv2d) and isinstance(other, nn.BatchNorm1d | nn.BatchNorm2d):
                stages[index] = fuse_conv_bn_eval(one, other)
                del stages[index + 1]
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = True


def parameter_count(network: nn.Module) -> int:
    """Trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def use_one_thread() -> None:
    """Keep torch to one intra-op thread: two on two busy cores are many times slower than one."""
    torch.set_num_threads(1)
