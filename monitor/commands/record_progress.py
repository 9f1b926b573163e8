"""Progress over the records of corpora."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from tqdm import tqdm

Record = TypeVar("Record")


def record_progress(records: Sequence[Record], title: str) -> Iterable[Record]:
    """The records, with a bar on standard error where that is a terminal."""
    return tqdm(records, desc=title, unit="record", disable=None)
