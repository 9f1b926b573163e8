"""The corpora that can be trained on, in their publishers' own folder layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from training.cinc2016 import load_cinc2016
from training.circor2022 import load_circor2022
from training.records import CorpusError, Record

__all__ = ["CORPORA", "CorpusError", "Record", "load_corpus"]

CORPORA: Mapping[str, Callable[[Path], tuple[list[Record], list[str]]]] = {
    "cinc2016": load_cinc2016,
    "circor2022": load_circor2022,
}


def load_corpus(name: str, folder: Path) -> tuple[list[Record], list[str]]:
    """Read a corpus by name; see the loaders for what comes back.

    Raises:
        CorpusError: Unknown name, or the folder does not hold it.
    """
    if name not in CORPORA:
        raise CorpusError(f"unknown corpus {name!r}; known: {', '.join(CORPORA)}")
    if not folder.is_dir():
        raise CorpusError(f"{folder}: no such folder; give the folder of corpus {name}")
    return CORPORA[name](folder)
