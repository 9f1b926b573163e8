"""A stream that is made in blocks, read in portions of any size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


class BlockReader:
    """Reads a stream whose blocks another makes: the same samples however ``read`` divides them.

    Args:
        next_block: Makes the next block, shape (k,), k at least 1.
    """

    def __init__(self, next_block: Callable[[], NDArray[np.float64]]) -> None:
        self._next_block = next_block
        self._rest: NDArray[np.float64] = np.empty(0)

    def read(self, n: int) -> NDArray[np.float64]:
        """The next samples.

        Args:
            n: How many, 0 or more.

        Returns:
            Shape (n,).

        Raises:
            ValueError: ``n`` is negative.
        """
        if n < 0:
            raise ValueError(f"n must be 0 or more, not {n}")
        parts, missing = [], n
        while missing > 0:
            if not self._rest.size:
                self._rest = self._next_block()
            parts.append(self._rest[:missing])
            self._rest = self._rest[missing:]
            missing -= parts[-1].size
        return np.concatenate(parts) if parts else np.empty(0)
