"""Fits small networks in the processes that torchrun starts; each writes what it has come to."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from tests.training.test_fitting import OWN, RECIPE, TRAINING, WATCHED
from training.fitting import Fit
from training.process_group import ALONE, joined_processes

# Batches that no two processes can halve, the last one of a single window.
RECIPES = {
    # Nothing in it depends on who else is in the batch: what differs is the order of sums.
    "plain": replace(
        RECIPE,
        batch=13,
        epochs=2,
        balance="none",
        loss="cross-entropy",
        augmentation=replace(OWN.augmentation, crop=1.0),
    ),
    "own": replace(OWN, epochs=12, windows_per_epoch=161, batch=16, augmentation=None),
}


def fitted(name, folder, group=ALONE):
    fit = Fit(RECIPES[name], 0, folder / f"{name}.checkpoint", "data", group)
    for _ in fit.epochs(TRAINING, WATCHED):
        pass
    return fit


def told(fit):
    """The count of batches is the process's own and decides nothing."""
    state = fit.network.state_dict()
    return {
        "history": [{**vars(epoch), "seconds": 0} for epoch in fit.history],
        "network": {key: state[key].tolist() for key in state if not key.endswith("num_batches_tracked")},
    }


if __name__ == "__main__":
    with joined_processes() as processes:
        for each in RECIPES:
            came_to = told(fitted(each, Path(sys.argv[1]), processes))
            (Path(sys.argv[1]) / f"{each}-{processes.rank}.json").write_text(json.dumps(came_to))
