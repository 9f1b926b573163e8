"""How a model is trained, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from model.cnn import AuscultCNN, PaperCNN
from training.image_augmentation import ImageAugmentation
from training.sound_augmentation import PAPER, SoundAugmentation

LOSSES = ("mse", "cross-entropy")
OPTIMIZERS = ("adagrad", "adamw")


@dataclass(frozen=True)
class Recipe:
    """One way to train.

    Attributes:
        name: On the command line.
        network: Name of the network class.
        arguments: Its constructor arguments.
        hop_s: Time between training windows in seconds, a multiple of the evaluation's hop.
        loss: "mse" on the softmax, or "cross-entropy".
        label_smoothing: Of the cross-entropy, 0 to 1.
        optimizer: "adagrad" at a constant rate, or "adamw" on one cycle of the rate: up, then down to zero.
        learning_rate: Its step size; the greatest one of a cycle.
        initial_accumulator: What Adagrad's sum of squared gradients starts from.
        weight_decay: AdamW's.
        batch: Windows in a step.
        epochs: Passes.
        windows_per_epoch: Windows drawn for a pass; None for as many as there are, copies not counted.
        balance: What is drawn equally often; see ``balance_weights``.
        sound: What is done to the sound of the altered copies.
        altered_copies: Altered copies of each training record that are drawn from beside the record itself.
        augmentation: What is done to the images, anew each time one is drawn.
        bfloat16: Convolve in bfloat16 while training, for speed.
        calibration_share: Share of the subject groups that train nothing and calibrate the probability.
        holds_out: Whether ``auscult train`` keeps the publishers' test list out. Where not, the weights have
            seen everything, and only sister models, trained the same way on folds, can be judged.
        notes: What is a reading of the source rather than its word.
    """

    name: str
    network: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    hop_s: float = 10.0
    loss: str = "mse"
    label_smoothing: float = 0.0
    optimizer: str = "adagrad"
    learning_rate: float = 0.01
    initial_accumulator: float = 0.1
    weight_decay: float = 0.0
    batch: int = 100
    epochs: int = 200
    windows_per_epoch: int | None = None
    balance: str = "database and class"
    sound: SoundAugmentation | None = None
    altered_copies: int = 0
    augmentation: ImageAugmentation | None = None
    bfloat16: bool = False
    calibration_share: float = 0.15
    holds_out: bool = True
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.loss not in LOSSES or self.optimizer not in OPTIMIZERS:
            raise ValueError(f"loss {self.loss!r} or optimizer {self.optimizer!r} is unknown")
        if bool(self.sound) != bool(self.altered_copies):
            raise ValueError("altered copies need something to be done to their sound, and nothing else does")

    def with_epochs(self, epochs: int) -> Recipe:
        """The same recipe, shorter or longer."""
        return replace(self, epochs=epochs)

    def essence(self) -> dict[str, Any]:
        """What decides the outcome: all but the notes."""
        return {name: value for name, value in self.to_dict().items() if name != "notes"}

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON holds them."""
        return json.loads(json.dumps(asdict(self)))


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="paper",
            network=PaperCNN.name,
            arguments={"activation": "relu", "filters": [8, 16], "kernel": 5},
            sound=PAPER,
            altered_copies=1,
            notes=(
                "The paper names the mean squared error on the softmax, Adagrad at 0.01, batches of 100, "
                "200 epochs.",
                "Adagrad's accumulator starts at 0.1, the default of one common framework. From 0, another's "
                "default, the first step moves every weight by 0.01 whatever its gradient, saturates the "
                "softmax, and the network answers the same for everything from then on.",
                "Filter counts and kernel size are not in the paper.",
                "Both classes of each database are drawn equally often; otherwise 80 % of the windows are "
                "normal, and to recognise the database is nearly to know the class.",
                "The paper alters sound by stretching, noise and pitch; here one altered copy of each record "
                "is drawn from as often as the record itself.",
            ),
        ),
        Recipe(
            name="default",
            network=AuscultCNN.name,
            arguments={"filters": [16, 32, 48, 64], "dropout": 0.3},
            hop_s=4.0,
            loss="cross-entropy",
            label_smoothing=0.05,
            optimizer="adamw",
            learning_rate=3e-3,
            weight_decay=0.02,
            batch=64,
            epochs=10,
            windows_per_epoch=6400,
            augmentation=ImageAugmentation(equaliser=1.0, floor=1.0, time_mask=0.25),
            bfloat16=True,
            calibration_share=0.1,
            holds_out=False,
            notes=("Both classes of each database are drawn equally often.",),
        ),
    )
}


def recipe_named(name: str, epochs: int | None = None) -> Recipe:
    """A recipe by name, for another number of epochs where one is given."""
    recipe = RECIPES[name]
    return recipe if epochs is None else recipe.with_epochs(epochs)
