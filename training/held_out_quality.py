"""The quality of each window of each recording, by gates that have not learnt from its subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dsp.config import FINE_FRONT_END
from dsp.quality_indices import quality_indices
from model.quality_network import QualityCNN
from model.window_quality import quality_of
from training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from training.image_store import EVALUATION_HOP_S
from training.images import recording_windows
from training.quality_fitting import quality_findings
from training.records import Record

FILE = "window-quality.safetensors"

_BATCH = 32


def judge_records(
    gate: QualityCNN, records: Iterable[Record], hop_s: float = EVALUATION_HOP_S
) -> list[NDArray[np.float64]]:
    """Quality of all windows of each recording, in order; NaN where a rule refuses one.

    Args:
        gate: Set to evaluation mode.
        records: Perhaps wrapped in a progress bar.
        hop_s: Time between windows in seconds.

    Raises:
        RecordingError: A recording cannot be read.
    """
    qualities = []
    for record in records:
        front_end, windows = recording_windows(record.path, FINE_FRONT_END, hop_s)
        value = np.full(len(windows), np.nan)
        passed = [at for at, window in enumerate(windows) if not window.refused]
        for first in range(0, len(passed), _BATCH):
            own = passed[first : first + _BATCH]
            images = np.stack([front_end.image(windows[at]) for at in own])
            heard = [windows[at].signal[: round(windows[at].heard_s * FINE_FRONT_END.rate)] for at in own]
            indices = np.stack([quality_indices(one, FINE_FRONT_END.rate) for one in heard])
            value[own] = [quality_of(found).value for found in quality_findings(gate, images, indices)]
        qualities.append(value)
    return qualities


class HeldOutQuality:
    """A file of them, for evaluations with the gate on.

    Args:
        folder: That the training of a quality gate has written.

    Raises:
        CheckpointError: It holds none, or a damaged file.
    """

    def __init__(self, folder: Path) -> None:
        found = load_checkpoint(folder / FILE)
        if found is None:
            raise CheckpointError(
                f"{folder / FILE}: missing; give a folder that auscult train --recipe quality has finished"
            )
        tensors, state = found
        parts = np.split(tensors["value"].numpy(), np.cumsum(tensors["windows"].numpy())[:-1])
        self._of = dict(zip(state["records"], parts, strict=True))

    def passed(self, record: Record) -> NDArray[np.float64]:
        """Quality of the windows of a recording that no rule refuses, in order, every ``EVALUATION_HOP_S``.

        Raises:
            CheckpointError: The gates were not asked about this one.
        """
        if record.name not in self._of:
            raise CheckpointError(f"{record.name}: the quality gates have not judged it; train them with it")
        value = self._of[record.name]
        return value[~np.isnan(value)]


def keep_qualities(folder: Path, records: Sequence[Record], qualities: Sequence[NDArray[np.float64]]) -> None:
    """Write what ``HeldOutQuality`` reads.

    Raises:
        CheckpointError: It cannot be written.
    """
    tensors = {
        "value": torch.from_numpy(np.concatenate([np.empty(0), *qualities])),
        "windows": torch.tensor([one.size for one in qualities]),
    }
    save_checkpoint(folder / FILE, tensors, {"records": [record.name for record in records]})
