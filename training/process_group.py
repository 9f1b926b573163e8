"""The processes that ``torchrun`` starts to train one network together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed
from torch import Tensor, nn

from training.failure import TrainingError

# The others wait while the first makes all images; one that dies is noticed at once, without it.
_TIME_OUT = timedelta(days=7)
_WATCH_S = 0.5


class ProcessGroupError(TrainingError):
    """The processes cannot go on together; one line that says what to do."""


@dataclass(frozen=True)
class ProcessGroup:
    """Processes that run the same program, each on its share of every batch; by default one alone.

    What is summed is the same in all of them to the last bit, so their networks stay equal.

    Attributes:
        rank: This one's number, from 0. The first alone writes and speaks.
        size: How many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes and speaks."""
        return self.rank == 0

    def share(self, count: int) -> slice:
        """This process's part of ``count`` things; empty where there are too few."""
        return slice(count * self.rank // self.size, count * (self.rank + 1) // self.size)

    def sum(self, tensor: Tensor) -> Tensor:
        """Put the sum over all processes into a tensor.

        Raises:
            ProcessGroupError: Another process has ended.
        """
        if self.size > 1:
            try:
                torch.distributed.all_reduce(tensor)
            except RuntimeError:
                raise ProcessGroupError(
                    "another training process has ended, perhaps for want of memory; start again: "
                    "training goes on where it was"
                ) from None
        return tensor

    def sum_gradients(self, network: nn.Module) -> None:
        """Give every process the sum of their gradients; where one has none, it adds nothing.

        Raises:
            ProcessGroupError: Another process has ended.
        """
        if self.size == 1:
            return
        parameters = list(network.parameters())
        own = [torch.zeros_like(each) if each.grad is None else each.grad for each in parameters]
        for parameter, gradient in zip(parameters, self._summed(own), strict=True):
            parameter.grad = gradient

    def average_buffers(self, network: nn.Module) -> None:
        """Give every process the mean of their running statistics.

        Raises:
            ProcessGroupError: Another process has ended.
        """
        buffers = [buffer for buffer in network.buffers() if buffer.is_floating_point()]
        if self.size == 1 or not buffers:
            return
        for buffer, total in zip(buffers, self._summed(buffers), strict=True):
            buffer.copy_(total / self.size)

    def barrier(self) -> None:
        """Wait until every process is here.

        Raises:
            ProcessGroupError: Another process has ended.
        """
        self.sum(torch.zeros(1))

    def _summed(self, tensors: list[Tensor]) -> list[Tensor]:
        """One message for all of them: a step of a small network takes about as long as a few messages."""
        flat = self.sum(torch.cat([tensor.flatten() for tensor in tensors]))
        parts = flat.split([tensor.numel() for tensor in tensors])
        # In the memory format of each, as without other processes.
        return [
            torch.empty_like(tensor).copy_(part.view(tensor.shape))
            for tensor, part in zip(tensors, parts, strict=True)
        ]


ALONE = ProcessGroup()


@contextmanager
def joined_processes() -> Iterator[ProcessGroup]:
    """The processes of the ``torchrun`` that started this one, joined; without it this one alone.

    Raises:
        ProcessGroupError: They cannot reach each other.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ or os.environ.get("WORLD_SIZE") == "1":
        yield ALONE
        return
    _end_with_parent()
    try:
        torch.distributed.init_process_group("gloo", timeout=_TIME_OUT)
    except (RuntimeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ProcessGroupError(
            f"the processes of torchrun cannot reach each other ({reason}); "
            "start again, or train without torchrun"
        ) from None
    yield ProcessGroup(torch.distributed.get_rank(), torch.distributed.get_world_size())
    # Not after an error: the others would speak of a process that has ended before it says why.
    torch.distributed.destroy_process_group()


def _end_with_parent() -> None:
    """Do not outlive torchrun: when it is killed outright, a run started again would meet this one."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_S)
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
