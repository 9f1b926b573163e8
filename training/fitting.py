"""Fitting a network to images, one epoch after the other, resumable at each."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from model.cnn import AuscultCNN, build_network, use_one_thread
from training.balance import balance_weights
from training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from training.heart_states import UNMARKED
from training.metrics import ConstantClassifierError, auroc
from training.process_group import ALONE, ProcessGroup
from training.recipes import Recipe

PATIENCE = 10
"""Epochs in a row in which the classifier may answer the same for everything before training stops."""

_SCORING_BATCH = 100
_WARM_UP = 0.2
_SEEDS = 2**63  # torch takes no greater one
_BETWEEN_RANKS = 10**12  # more than epochs or seeds of one run lie apart


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to.

    Attributes:
        number: Counted from 1.
        loss: Mean over its training windows.
        accuracy: Share of its training windows called right.
        watched_accuracy: The same on windows that train nothing.
        watched_auroc: AUROC on those; None where they hold one class.
        seconds: How long it took.
    """

    number: int
    loss: float
    accuracy: float
    watched_accuracy: float
    watched_auroc: float | None
    seconds: float


@dataclass(frozen=True, eq=False)
class Examples:
    """Images and their labels.

    Attributes:
        images: Shape (n, bands, frames), float32.
        record: Shape (n,), index of each one's recording among those asked for.
        abnormal: Shape (n,).
        database: Shape (n,), where each was recorded.
        states: Shape (n, frames), heart state at each frame, as ``states_at`` gives it.
    """

    images: NDArray[np.float32]
    record: NDArray[np.int32]
    abnormal: NDArray[np.bool_]
    database: NDArray[np.str_]
    states: NDArray[np.int8]


class Fit:
    """A network in training.

    Everything random is drawn from the seed and the epoch's number, so a run that was killed and resumed
    ends in the same weights as one that was not.

    Several processes may train it together: each has the same network, order and augmentation and learns
    from its share of every batch; the first alone writes checkpoints.

    Args:
        recipe: How.
        seed: Of weights and order.
        checkpoint: Where to keep the state after each epoch; resumed from if there.
        identity: What the checkpoint must belong to (data, configuration); another one is refused.
        group: The processes that train it; each makes a ``Fit`` of the same arguments.

    Raises:
        CheckpointError: The checkpoint is damaged or of another run.
    """

    def __init__(
        self, recipe: Recipe, seed: int, checkpoint: Path, identity: str, group: ProcessGroup = ALONE
    ) -> None:
        use_one_thread()
        torch.manual_seed(seed % _SEEDS)
        self._recipe, self._seed, self._checkpoint, self._group = recipe, seed, checkpoint, group
        self._identity = f"{recipe.essence()} seed {seed} {identity}"
        self.network = build_network(recipe.network, recipe.arguments)
        self.network.apply(_glorot)
        self._optimizer = _optimizer(recipe, self.network)
        self.history: list[Epoch] = []
        self._constant = 0
        self._resume()

    def epochs(self, training: Examples, watched: Examples) -> Iterator[Epoch]:
        """Run the epochs that remain, yielding after each, when its checkpoint is safe.

        Args:
            training: What is learnt from.
            watched: What the network is watched on; nothing is chosen by it.

        Raises:
            ConstantClassifierError: It has answered the same for everything for ``PATIENCE`` epochs.
            CheckpointError: The checkpoint cannot be written.
            ProcessGroupError: Another process that trains the network has ended.
        """
        images = torch.from_numpy(training.images)
        labels = torch.from_numpy(training.abnormal.astype(np.int64))
        states = torch.from_numpy(training.states)
        weights = balance_weights(self._recipe.balance, training.abnormal, training.database)
        share = torch.from_numpy(weights)
        for number in range(len(self.history) + 1, self._recipe.epochs + 1):
            began = time.perf_counter()
            loss, accuracy = self._epoch(images, labels, states, self._order(share, number), number)
            logits = self._scores(watched.images)
            called = logits > 0
            constant = bool(called.all() or not called.any())
            self._constant = self._constant + 1 if constant else 0
            epoch = Epoch(
                number,
                loss,
                accuracy,
                float(np.mean(called == watched.abnormal)),
                auroc(watched.abnormal, logits),
                time.perf_counter() - began,
            )
            self.history.append(epoch)
            if self._constant >= PATIENCE:
                answer = "abnormal" if called.all() else "normal"
                raise ConstantClassifierError(
                    f"the classifier has answered {answer!r} for everything for "
                    f"{PATIENCE} epochs: nothing is learnt. Try another seed, activation or learning rate"
                )
            if self._group.is_first:
                self._save()
            yield epoch

    def _epoch(
        self, images: Tensor, labels: Tensor, states: Tensor, order: Tensor, number: int
    ) -> tuple[float, float]:
        recipe, group = self._recipe, self._group
        self.network.train()
        # Dropout's: two shares of a batch leave out different features, as two parts of it do.
        torch.manual_seed((self._seed_of(number) + group.rank * _BETWEEN_RANKS) % _SEEDS)
        generator = torch.Generator().manual_seed(self._seed_of(-number))
        batches = order.split(recipe.batch)
        total = right = 0.0
        for index, batch in enumerate(batches):
            self._set_rate((number - 1 + index / len(batches)) / recipe.epochs)
            seen, marked = images[batch].unsqueeze(1), states[batch]
            if recipe.augmentation is not None:
                # Of the whole batch: it is then the same however many processes share it.
                seen, marked = recipe.augmentation.cut(seen, marked, generator)
                seen = recipe.augmentation(seen, generator)
            own = group.share(len(batch))
            seen, wanted, marked = seen[own], labels[batch][own], marked[own]
            self._optimizer.zero_grad()
            if len(wanted):
                with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
                    logits, found = self._answers(seen)
                loss = self._loss(logits.float(), wanted)
                if found is not None:
                    loss = loss + recipe.state_weight * state_loss(found.float(), marked)
                # The shares may differ by one: their means, so weighted, add up to the mean of the batch.
                (loss * (len(wanted) / len(batch))).backward()
                total += loss.item() * len(wanted)
                right += float((logits.argmax(1) == wanted).sum())
            group.sum_gradients(self.network)
            self._optimizer.step()
        # Batch normalisation goes by each process's own share while it learns: gloo has no synchronised
        # one, a share holds many thousands of values of each channel, and what differs is noise of the
        # kind that every batch has. To score, the network must be one: the mean of what each has met.
        group.average_buffers(self.network)
        total, right = group.sum(torch.tensor([total, right], dtype=torch.float64)).tolist()
        return total / len(order), right / len(order)

    def _answers(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        if self._recipe.state_weight:
            return self.network.with_states(images)
        return self.network(images), None

    def _scores(self, images: NDArray[np.float32]) -> NDArray[np.float64]:
        """As ``score``; each process scores its share."""
        own = self._group.share(len(images))
        logits = torch.zeros(len(images), dtype=torch.float64)
        logits[own] = torch.from_numpy(score(self.network, images[own]))
        return self._group.sum(logits).numpy()

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        if self._recipe.loss == "cross-entropy":
            smoothing = self._recipe.label_smoothing
            return nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)
        target = nn.functional.one_hot(labels, 2).to(logits.dtype)
        return nn.functional.mse_loss(torch.softmax(logits, dim=1), target)

    def _set_rate(self, progress: float) -> None:
        if self._recipe.optimizer == "adagrad":
            return
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.learning_rate * one_cycle(progress)

    def _seed_of(self, number: int) -> int:
        return (self._seed * 1_000_003 + number) % _SEEDS

    def _order(self, share: Tensor, number: int) -> Tensor:
        generator = torch.Generator().manual_seed(self._seed_of(number))
        count = self._recipe.windows_per_epoch or len(share) // (1 + self._recipe.altered_copies)
        if self._recipe.balance == "none":
            return torch.randperm(len(share), generator=generator)[:count]
        return torch.multinomial(share, count, replacement=True, generator=generator)

    def _save(self) -> None:
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        for index, parameter in enumerate(self.network.parameters()):
            for name, value in self._optimizer.state[parameter].items():
                tensors[f"optimizer.{index}.{name}"] = value
        state = {
            "identity": self._identity,
            "history": [vars(epoch) for epoch in self.history],
            "constant": self._constant,
        }
        save_checkpoint(self._checkpoint, tensors, state)

    def _resume(self) -> None:
        found = load_checkpoint(self._checkpoint)
        if found is None:
            return
        tensors, state = found
        if state.get("identity") != self._identity:
            raise CheckpointError(
                f"{self._checkpoint}: belongs to another recipe, seed or data; "
                "delete it or choose another --out"
            )
        self.network.load_state_dict(
            {
                name.removeprefix("network."): tensor
                for name, tensor in tensors.items()
                if name.startswith("network.")
            }
        )
        parameters = list(self.network.parameters())
        for key, tensor in tensors.items():
            if key.startswith("optimizer."):
                _, index, slot = key.split(".")
                self._optimizer.state[parameters[int(index)]][slot] = tensor
        self.history = [Epoch(**entry) for entry in state["history"]]
        self._constant = state["constant"]


def one_cycle(progress: float) -> float:
    """The learning rate's share of its greatest: up over a fifth of the run, then down a half cosine to 0.

    Args:
        progress: Share of the run that is done, 0 to 1.
    """
    if progress < _WARM_UP:
        return 0.04 + 0.96 * progress / _WARM_UP
    return 0.5 + 0.5 * math.cos(math.pi * (progress - _WARM_UP) / (1 - _WARM_UP))


def state_loss(found: Tensor, marked: Tensor) -> Tensor:
    """Cross-entropy of heart states, the mean over all columns; one that is not marked costs nothing.

    Over all, so that the losses of two shares of a batch add up to that of the batch.

    Args:
        found: Logits, shape (batch, 4, columns).
        marked: Shape (batch, frames).
    """
    wanted = marked[:, :: AuscultCNN.column_step].long()
    total = nn.functional.cross_entropy(found, wanted, ignore_index=UNMARKED, reduction="sum")
    return total / wanted.numel()


def _optimizer(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW(
            network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
    return torch.optim.Adagrad(
        network.parameters(),
        lr=recipe.learning_rate,
        initial_accumulator_value=recipe.initial_accumulator,
    )


def score(network: nn.Module, images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Logit differences, abnormal minus normal.

    Args:
        network: Set to evaluation mode.
        images: Shape (n, bands, frames).

    Returns:
        Shape (n,).
    """
    network.eval()
    with torch.inference_mode():
        parts = [network(part.unsqueeze(1)) for part in torch.from_numpy(images).split(_SCORING_BATCH)]
    logits = torch.cat(parts).double().numpy() if parts else np.empty((0, 2))
    return logits[:, 1] - logits[:, 0]


def _glorot(module: nn.Module) -> None:
    """Glorot uniform weights and zero biases."""
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
