"""Weights that keep the commoner kinds of recording from drowning the rarer ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BALANCES = ("none", "class", "database and class")


def balance_weights(
    balance: str, abnormal: NDArray[np.bool_], database: NDArray[np.str_]
) -> NDArray[np.float64]:
    """A weight for each example, such that all kinds weigh the same together.

    Args:
        balance: What a kind is: "none" (all are one kind), "class", or "database and class". With the last,
            recognising the database no longer helps to guess the class.
        abnormal: Shape (n,).
        database: Shape (n,).

    Returns:
        Shape (n,), positive, summing to one.

    Raises:
        ValueError: Unknown ``balance``.
    """
    if balance not in BALANCES:
        raise ValueError(f"balance {balance!r} is not one of {', '.join(BALANCES)}")
    if balance == "none":
        return np.full(abnormal.size, 1 / abnormal.size)
    if balance == "class":
        return _even(abnormal.astype(np.intp))
    _, site = np.unique(database, return_inverse=True)
    return _even(2 * site + abnormal)


def _even(kind: NDArray[np.intp]) -> NDArray[np.float64]:
    share = 1 / np.bincount(kind)[kind]
    return share / share.sum()
