"""Second-order sections, by scipy's compiled loop alone: to import all of ``scipy.signal`` takes a second.

The loop has no public name of its own. Where it is not found, or does not do what it did, the public function
takes its place: the same numbers, only later.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LOOP = "scipy.signal._sosfilt"


def filter_sections(sections: Array, samples: Array, state: Array) -> tuple[Array, Array]:
    """Filter the next samples of a stream, as ``scipy.signal.sosfilt`` does.

    Args:
        sections: Shape (sections, 6).
        samples: Shape (n,).
        state: Shape (sections, 2), from the samples before.

    Returns:
        Shapes (n,) and (sections, 2): the filtered samples and the state after them.
    """
    filtered, after = np.array(samples[None], np.float64), np.array(state[None], np.float64)
    _filter(sections, filtered, after)
    return filtered[0], after[0]


def _public(sections: Array, samples: Array, state: Array) -> None:
    from scipy.signal import sosfilt

    samples[0], state[0] = sosfilt(sections, samples[0], zi=state[0])


def _compiled() -> Callable[[Array, Array, Array], None]:
    try:
        loop = _module()._sosfilt
        # The mean of each sample and the one before.
        samples, state = np.array([[1.0, 2.0]]), np.zeros((1, 1, 2))
        loop(np.array([[0.5, 0.5, 0.0, 1.0, 0.0, 0.0]]), samples, state)
        if samples.tolist() == [[0.5, 1.5]] and state.tolist() == [[[1.0, 0.0]]]:
            return loop
    except (AttributeError, ImportError, TypeError, ValueError):
        pass
    return _public


def _module() -> ModuleType:
    if _LOOP in sys.modules:
        return sys.modules[_LOOP]
    package = find_spec("scipy.signal")
    found = PathFinder.find_spec(_LOOP, package.submodule_search_locations if package else None)
    if found is None or found.loader is None:
        raise ImportError(_LOOP)
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


_filter = _compiled()
