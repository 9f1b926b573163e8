"""Fitting the quality network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from model.cnn import use_one_thread
from model.quality_network import QualityCNN
from training.columns import rows
from training.fitting import one_cycle
from training.image_augmentation import ImageAugmentation
from training.quality_examples import ALONE, SYNTHETIC, QualityExamples
from training.records import CorpusError, Record

_SCORING_BATCH = 100
_RARE = 40


@dataclass(frozen=True)
class QualityRecipe:
    """How the quality network is trained; adamw on one cycle of the rate, as the default model.

    Attributes:
        epochs: Passes.
        windows_per_epoch: Windows drawn for each.
        batch: Windows in a step.
        learning_rate: Greatest of the cycle.
        weight_decay: AdamW's.
        smoothing: Targets are so far from 0 and 1.
        good_weight: Weight of the quality itself against each other finding.
        rated_batch: Rated windows in a step of what learns from the indices alone.
        rated_weight_decay: AdamW's, of that.
        clean_share: Share of windows drawn as they are with a known quality, spread evenly over databases,
            over good and unsure, and over normal and abnormal.
        unrated_share: Of such as nobody has rated.
        alone_share: Of noise without a heart, spread over its kinds.
        synthetic_share: Of synthetic hearts without noise; the rest is of mixtures.
        alone: How many windows of that are made to draw from.
        alone_tested: How many are made to test on.
        synthetic: How many synthetic hearts are made to draw from.
        synthetic_tested: How many are made to test on.
    """

    epochs: int = 10
    windows_per_epoch: int = 6400
    batch: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    smoothing: float = 0.02
    good_weight: float = 2.0
    rated_batch: int = 256
    rated_weight_decay: float = 0.5
    clean_share: float = 0.46
    unrated_share: float = 0.06
    alone_share: float = 0.10
    synthetic_share: float = 0.08
    alone: int = 5000
    alone_tested: int = 1000
    synthetic: int = 2500
    synthetic_tested: int = 500

    augmentation = ImageAugmentation(equaliser=1.0, time_mask=0.15)


def fit_quality(
    recipe: QualityRecipe,
    examples: QualityExamples,
    records: Sequence[Record],
    seed: int,
    on_epoch: Callable[[int, float], None],
) -> QualityCNN:
    """Train a quality network.

    Args:
        recipe: How.
        examples: What it learns from.
        records: That these count.
        seed: Of everything random.
        on_epoch: Told each epoch's number, from 1, and its loss.

    Returns:
        The network, set to evaluation mode.

    Raises:
        CorpusError: The quality of no recording is known.
    """
    use_one_thread()
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = QualityCNN()
    optimizer = _optimizer(recipe, network)
    drawing = _drawing_weights(recipe, examples, records)
    weights, rated = torch.from_numpy(drawing), torch.from_numpy(drawing * _is_rated(examples))
    if not rated.any():
        raise CorpusError("of no recording is the quality known: add a corpus of which it is (cinc2016)")
    images, indices, targets = (
        torch.from_numpy(part) for part in (examples.images, examples.indices, examples.targets)
    )
    for number in range(1, recipe.epochs + 1):
        network.train()
        order = torch.multinomial(weights, recipe.windows_per_epoch, replacement=True, generator=generator)
        batches, total = order.split(recipe.batch), 0.0
        for index, batch in enumerate(batches):
            progress = (number - 1 + index / len(batches)) / recipe.epochs
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate * one_cycle(progress)
            seen = recipe.augmentation(images[batch].float().unsqueeze(1), generator)
            with torch.autocast("cpu", torch.bfloat16):
                logits = network.heard(network.views(seen), indices[batch])
            loss = _loss(logits.float(), targets[batch], recipe)
            own = torch.multinomial(rated, recipe.rated_batch, replacement=True, generator=generator)
            loss = loss + _cross_entropy(network.rated(indices[own])[:, 0], targets[own, 0], recipe).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        on_epoch(number, total / len(batches))
    return network.eval()


def score_quality(network: QualityCNN, examples: QualityExamples) -> NDArray[np.float64]:
    """Probabilities of the findings, shape (n, 5)."""
    found = []
    for first in range(0, len(examples), _SCORING_BATCH):
        part = rows(examples, np.arange(first, min(first + _SCORING_BATCH, len(examples))))
        found.append(quality_findings(network, part.images.astype(np.float32), part.indices))
    return np.concatenate(found) if found else np.empty((0, examples.targets.shape[1]))


def quality_findings(
    network: QualityCNN, images: NDArray[np.float32], indices: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Probabilities of the findings, shape (n, 5).

    Args:
        network: Set to evaluation mode.
        images: Shape (n, bands, frames).
        indices: Shape (n, 12).
    """
    with torch.inference_mode():
        logits = network(torch.from_numpy(images).unsqueeze(1), torch.from_numpy(indices))
        return torch.sigmoid(logits).double().numpy()


def _loss(logits: Tensor, targets: Tensor, recipe: QualityRecipe) -> Tensor:
    """Cross-entropy of what is known; the mean over windows of the sum over findings."""
    known = ~targets.isnan()
    each = _cross_entropy(logits, torch.where(known, targets, 0.5), recipe) * known
    weight = torch.ones(targets.shape[1])
    weight[0] = recipe.good_weight
    return (each * weight).sum() / len(targets)


def _cross_entropy(logits: Tensor, targets: Tensor, recipe: QualityRecipe) -> Tensor:
    wanted = targets.clamp(recipe.smoothing, 1 - recipe.smoothing)
    return nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")


def _optimizer(recipe: QualityRecipe, network: QualityCNN) -> torch.optim.Optimizer:
    rated = list(network.rated.parameters())
    others = [one for name, one in network.named_parameters() if not name.startswith("rated.")]
    return torch.optim.AdamW(
        [
            {"params": others, "weight_decay": recipe.weight_decay},
            {"params": rated, "weight_decay": recipe.rated_weight_decay},
        ],
        lr=recipe.learning_rate,
    )


def _is_rated(examples: QualityExamples) -> NDArray[np.bool_]:
    """Which examples are windows of recordings as they are, with a known quality."""
    return (examples.record >= 0) & (examples.kind == "") & ~np.isnan(examples.targets[:, 0])


def _drawing_weights(
    recipe: QualityRecipe, examples: QualityExamples, records: Sequence[Record]
) -> NDArray[np.float64]:
    """How often each example is drawn: kinds weigh the same within their share.

    A database of which a few recordings at most are unsure does not have those again and again.
    """
    strata: dict[tuple[str, ...], list[int]] = {}
    for index in range(len(examples)):
        owner, kind = int(examples.record[index]), str(examples.kind[index])
        if owner == ALONE:
            key = ("alone", kind)
        elif kind:
            key = ("mixed", kind)
        elif owner == SYNTHETIC:
            key = ("synthetic",)
        else:
            record, good = records[owner], examples.targets[index, 0]
            # By class too: where the sick are recorded less well, they must not be taken for noise.
            rated = ("clean", record.database, str(bool(good)), str(record.abnormal))
            key = ("unrated", record.database) if np.isnan(good) else rated
        strata.setdefault(key, []).append(index)
    apart = recipe.clean_share + recipe.unrated_share + recipe.alone_share + recipe.synthetic_share
    share = {
        "synthetic": recipe.synthetic_share,
        "clean": recipe.clean_share,
        "unrated": recipe.unrated_share,
        "alone": recipe.alone_share,
        "mixed": 1 - apart,
    }
    weights = np.zeros(len(examples))
    for key, own in strata.items():
        alike = sum(other[0] == key[0] for other in strata)
        rarity = min(1.0, len(own) / _RARE) if key[0] == "clean" else 1.0
        weights[own] = share[key[0]] / alike * rarity / len(own)
    return weights
