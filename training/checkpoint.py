"""Files that are either whole or absent, however the program ends."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from training.failure import TrainingError


class CheckpointError(TrainingError):
    """A checkpoint cannot be used or written; one line that says what to do."""


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place in one step: readers see the old one or the new one, never a part.

    Raises:
        CheckpointError: The folder cannot be written or the disk is full.
    """
    with _placed(path) as new:
        new.write_bytes(data)


def save_checkpoint(path: Path, tensors: dict[str, torch.Tensor], state: dict[str, Any]) -> None:
    """Write tensors and a JSON state, as ``write_whole`` does.

    Raises:
        CheckpointError: It cannot be written.
    """
    whole = {name: tensor.contiguous() for name, tensor in tensors.items()}
    with _placed(path) as new:
        # Not by way of bytes: the images of a corpus would be in memory three times.
        save_file(whole, new, metadata={"state": json.dumps(state)})


@contextmanager
def _placed(path: Path) -> Iterator[Path]:
    """An empty file beside ``path`` that takes its place when all went well, and is gone when not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(descriptor)
        new = Path(name)
        try:
            yield new
            with new.open("r+b") as file:
                os.fsync(file.fileno())
            new.chmod(0o644)
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CheckpointError(
            f"{path}: cannot be written ({reason}); free space or choose another --out"
        ) from None


def load_state(path: Path) -> dict[str, Any] | None:
    """The JSON state of a checkpoint without its tensors; None where there is none.

    Raises:
        CheckpointError: The file is damaged.
    """
    if not path.is_file():
        return None
    with _opened(path) as file:
        return _state(file)


def load_checkpoint(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """What ``save_checkpoint`` wrote; None where there is none.

    Raises:
        CheckpointError: The file is damaged.
    """
    if not path.is_file():
        return None
    with _opened(path) as file:
        return {name: file.get_tensor(name) for name in file.keys()}, _state(file)  # noqa: SIM118


@contextmanager
def _opened(path: Path) -> Iterator[safe_open]:
    try:
        with safe_open(path, "pt") as file:
            yield file
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise CheckpointError(f"{path}: damaged ({error}); delete it to begin anew") from None


def _state(file: safe_open) -> dict[str, Any]:
    return json.loads((file.metadata() or {})["state"])
