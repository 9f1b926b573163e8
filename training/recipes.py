"""How a model is trained, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from model.cnn import PaperCNN


@dataclass(frozen=True)
class Recipe:
    """One way to train.

    Attributes:
        name: On the command line.
        network: Name of the network class.
        arguments: Its constructor arguments.
        hop_s: Time between training windows in seconds.
        loss: "mse" on the softmax.
        optimizer: "adagrad".
        learning_rate: Its step size.
        initial_accumulator: What Adagrad's sum of squared gradients starts from.
        batch: Windows in a step.
        epochs: Passes over as many windows as there are.
        balance: What is drawn equally often; see ``balance_weights``.
        calibration_share: Share of the subject groups that train nothing and calibrate the probability.
        notes: What is a reading of the source rather than its word.
    """

    name: str
    network: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    hop_s: float = 10.0
    loss: str = "mse"
    optimizer: str = "adagrad"
    learning_rate: float = 0.01
    initial_accumulator: float = 0.1
    batch: int = 100
    epochs: int = 200
    balance: str = "database and class"
    calibration_share: float = 0.15
    notes: tuple[str, ...] = ()

    def with_epochs(self, epochs: int) -> Recipe:
        """The same recipe, shorter or longer."""
        return replace(self, epochs=epochs)

    def essence(self) -> dict[str, Any]:
        """What decides the outcome: all but the notes."""
        return {name: value for name, value in self.to_dict().items() if name != "notes"}

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON holds them."""
        return {**asdict(self), "notes": list(self.notes)}


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="paper",
            network=PaperCNN.name,
            arguments={"activation": "relu", "filters": [8, 16], "kernel": 5},
            notes=(
                "The paper names the mean squared error on the softmax, Adagrad at 0.01, batches of 100, "
                "200 epochs.",
                "Adagrad's accumulator starts at 0.1, the default of one common framework. From 0, another's "
                "default, the first step moves every weight by 0.01 whatever its gradient, saturates the "
                "softmax, and the network answers the same for everything from then on.",
                "Filter counts and kernel size are not in the paper.",
                "Both classes of each database are drawn equally often; otherwise 80 % of the windows are "
                "normal, and to recognise the database is nearly to know the class.",
                "No augmentation yet.",
            ),
        ),
    )
}
