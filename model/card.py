"""The JSON card that travels with a set of weights."""

from __future__ import annotations

import json
import math
import re
import reprlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from dsp.config import FRONT_ENDS, FrontEndConfig

CARD_VERSION = 1
_MISSING = object()


class ModelError(Exception):
    """A model cannot be used; the message is one line that names the file and says why."""


@dataclass(frozen=True)
class Calibration:
    """From the network's logit difference to a probability, and from that to a word.

    p = 1 / (1 + exp(-(slope * (abnormal - normal) + intercept))); normal up to ``low``, abnormal from
    ``high``, uncertain between them. Fitted on recordings that trained nothing, the classes weighing
    the same: p is the probability at even odds, and 0.5 is the decision without abstention.
    """

    slope: float = 1.0
    intercept: float = 0.0
    low: float = 0.5
    high: float = 0.5


@dataclass(frozen=True)
class ModelCard:
    """Everything needed to use a set of weights and to judge them.

    Attributes:
        name: The model's name on the command line.
        sha256: Hash of the weights file, 64 hex digits.
        network: Name of the network class.
        arguments: Its constructor arguments.
        parameters: Its trainable parameters.
        front_end: The configuration that made its training images.
        calibration: From logits to words.
        recipe: How it was trained.
        seed: Seed of everything random in training.
        corpora: For each corpus the record lists: trained on, used to calibrate, held out, left out.
        metrics: Held-out figures.
        notes: What a reader must know, in sentences.
        versions: Libraries it was trained with.
    """

    name: str
    sha256: str
    network: str
    arguments: dict[str, Any]
    parameters: int
    front_end: dict[str, Any]
    calibration: Calibration
    recipe: dict[str, Any]
    seed: int
    corpora: dict[str, dict[str, list[str]]]
    metrics: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    card_version: int = CARD_VERSION

    @property
    def tag(self) -> str:
        """``NAME@`` and the first 12 hex digits of the weights' SHA-256, as every verdict carries it."""
        return f"{self.name}@{self.sha256[:12]}"

    def to_json(self) -> str:
        """The card as JSON text."""
        return json.dumps(asdict(self), indent=1, allow_nan=False) + "\n"


def read_card(path: Path) -> ModelCard:
    """Read a card.

    Raises:
        ModelError: Missing, not JSON, or not a card of this version.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(
            f"{path}: the weights' card is missing; keep the .json beside the .safetensors"
        ) from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise ModelError(f"{path}: not a model card (no valid JSON); fetch the model again") from None
    known = {item.name for item in fields(ModelCard)}
    if (
        not isinstance(content, dict)
        or content.get("card_version") != CARD_VERSION
        or not content.keys() <= known
    ):
        raise ModelError(
            f"{path}: not a model card of version {CARD_VERSION}; fetch a model made for this program"
        )
    try:
        calibration = {name: float(value) for name, value in content.pop("calibration").items()}
        card = ModelCard(**content, calibration=Calibration(**calibration))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise ModelError(
            f"{path}: the model card lacks a field or has a wrong one; fetch the model again"
        ) from None
    if not _well_formed(card):
        raise ModelError(f"{path}: the model card has a field of the wrong kind; fetch the model again")
    return card


def front_end_of(card: ModelCard, path: Path) -> FrontEndConfig:
    """The card's front-end configuration, if it is one of this program's.

    Raises:
        ModelError: It names a configuration that this program does not know.
    """
    config = min(FRONT_ENDS, key=lambda one: len(_differing(card.front_end, one.to_dict())))
    ours = config.to_dict()
    differing = _differing(card.front_end, ours)
    if differing:
        told = ", ".join(
            f"{name} {reprlib.repr(card.front_end.get(name))} here {ours[name]!r}"
            if name in ours
            else f"{reprlib.repr(name)} unknown here"
            for name in differing
        )
        raise ModelError(f"{path}: made for another front end ({told}); use a model made for this program")
    return config


def _differing(told: Mapping[str, Any], ours: Mapping[str, object]) -> list[str]:
    """Names on which two front ends differ.

    They are compared as data: none is built from numbers that this program does not use.
    """
    return [name for name, value in ours.items() if told.get(name, _MISSING) != value] + sorted(
        told.keys() - ours.keys()
    )


def _well_formed(card: ModelCard) -> bool:
    return (
        all(isinstance(value, str) for value in (card.name, card.sha256, card.network))
        and all(
            isinstance(value, dict) for value in (card.arguments, card.front_end, card.corpora, card.metrics)
        )
        and re.fullmatch("[0-9a-f]{64}", card.sha256) is not None
        and math.isfinite(card.calibration.slope)
        and math.isfinite(card.calibration.intercept)
        and 0 <= card.calibration.low <= card.calibration.high <= 1
    )
