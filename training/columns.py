"""Dataclasses whose fields are columns: arrays with a row for each of many things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Table = TypeVar("Table", bound=Any)


def rows(table: Table, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Table:
    """Those rows alone.

    Args:
        table: The dataclass.
        chosen: Their places, or a mask over all.
    """
    return replace(table, **{item.name: getattr(table, item.name)[chosen] for item in fields(table)})


def joined(parts: Sequence[Table]) -> Table:
    """All rows, one part after the other.

    Args:
        parts: At least one, all of a kind.
    """
    columns = {item.name: [getattr(part, item.name) for part in parts] for item in fields(parts[0])}
    return replace(parts[0], **{name: np.concatenate(column) for name, column in columns.items()})
