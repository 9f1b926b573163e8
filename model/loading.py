"""Finding and loading weights: safetensors with a card beside it, never a pickle."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from dsp.config import FrontEndConfig
from model.card import ModelCard, ModelError, front_end_of, read_card

if TYPE_CHECKING:
    from torch import Tensor, nn

DEFAULT_MODEL = "default"
SUFFIX = ".safetensors"
_LARGEST_FILE = 64 * 2**20


@dataclass(frozen=True)
class CheckedModel:
    """A weights file that is what its card says, as far as can be told without torch.

    Attributes:
        path: Where it is.
        data: What it holds: safetensors whose hash is the card's.
        card: Its card.
        config: The card's front end, which is this program's.
    """

    path: Path
    data: bytes
    card: ModelCard
    config: FrontEndConfig


def weights_folder() -> Path:
    """Where the packaged weights are."""
    return Path(str(resources.files("model") / "weights"))


def packaged_models() -> list[str]:
    """Names of the packaged models."""
    return sorted(path.stem for path in weights_folder().glob(f"*{SUFFIX}"))


def find_model(name: str) -> Path:
    """The weights file of a packaged name or of a path.

    Args:
        name: For example "paper", or a path that ends in .safetensors.

    Raises:
        ModelError: There is no such model.
    """
    if name.endswith(SUFFIX):
        path = Path(name)
    elif name in packaged_models():
        return weights_folder() / (name + SUFFIX)
    else:
        known = ", ".join(packaged_models()) or "none"
        raise ModelError(f"no model {name!r}; packaged: {known}; or give a path ending in {SUFFIX}")
    if not path.is_file():
        raise ModelError(f"{path}: no such file; give the weights that auscult train wrote")
    return path


def check_model(name: str = DEFAULT_MODEL) -> CheckedModel:
    """Find a model and refuse a wrong one, without the second and more that torch takes.

    The file's hash must be the card's, and the card's front end this program's.

    Args:
        name: Packaged name or path.

    Returns:
        The weights file, its content, its card, and the front end that it was made for.

    Raises:
        ModelError: Missing, corrupt, not safetensors, another hash or another front end.
    """
    path = find_model(name)
    card_path = path.with_suffix(".json")
    card = read_card(card_path)
    config = front_end_of(card, card_path)
    data = _read(path)
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.sha256:
        raise ModelError(
            f"{path}: SHA-256 {digest[:12]}… is not the {card.sha256[:12]}… of its card: "
            "the file is damaged or is another model's; fetch both again"
        )
    from safetensors import SafetensorError, deserialize

    try:
        deserialize(data)
    except SafetensorError as error:
        raise _unfitting(path, error) from None
    return CheckedModel(path, data, card, config)


def load_model(name: str = DEFAULT_MODEL) -> tuple[nn.Module, ModelCard, FrontEndConfig]:
    """Load a network to judge with, not to train: its batch normalisation is folded away.

    Args:
        name: Packaged name or path.

    Raises:
        ModelError: ``check_model`` refuses it, or its weights do not fit the network of its card.
    """

    def probe(network: nn.Module, image: Tensor) -> Tensor:
        if not hasattr(network, "logits"):
            raise ValueError(f"network {network.name!r} does not tell normal from abnormal")
        return network(image)

    return load_network(name, probe)


def load_network(
    name: str, probe: Callable[[nn.Module, Tensor], object]
) -> tuple[nn.Module, ModelCard, FrontEndConfig]:
    """As ``load_model``, of a network of any kind.

    Args:
        name: Packaged name or path.
        probe: Runs it on an image of zeros, shape (1, 1, bands, frames), to see that it can be.

    Raises:
        ModelError: As ``load_model``.
    """
    checked = check_model(name)
    card = checked.card
    # Imported late: torch takes a second and more, and a wrong file should be refused before.
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load

    from model.cnn import build_network, fold_batch_normalisation, use_one_thread

    use_one_thread()
    try:
        tensors = load(checked.data)
        # On the meta device nothing is allocated: a card may describe a network of any size.
        with torch.device("meta"):
            described = build_network(card.network, card.arguments)
        if _shapes(tensors) != _shapes(described.state_dict()):
            raise ValueError("other tensors, or of another shape or type")
        if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
            raise ValueError("weights that are no numbers")
        network = build_network(card.network, card.arguments)
        network.load_state_dict(tensors)
        network.eval()
        fold_batch_normalisation(network)
        with torch.inference_mode():
            probe(network, torch.zeros(1, 1, *checked.config.image_shape))
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise _unfitting(checked.path, error) from None
    return network, card, checked.config


def _unfitting(path: Path, error: Exception) -> ModelError:
    told = str(error).splitlines()[0]
    reason = "".join(char if char.isprintable() else "?" for char in told)
    return ModelError(f"{path}: not the weights that its card describes ({reason}); fetch both again")


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, object]:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ModelError(f"{path}: too large to be a model of this program")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from None
