"""Where S1, systole, S2 and diastole lie in a recording, as people have marked it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from dsp.beats import STATES
from training.records import CorpusError

UNMARKED = -1
"""In place of an index into ``STATES``: noise, or nobody has looked."""

_RATE = 2000
_NOISE_BEGINS, _NOISE_ENDS = "(N", "N)"


@dataclass(frozen=True)
class StateSpan:
    """One state, from its first to before its last second.

    Attributes:
        start_s: In seconds.
        end_s: In seconds.
        state: Index into ``STATES``.
    """

    start_s: float
    end_s: float
    state: int


def read_heart_states(path: Path) -> list[StateSpan]:
    """The marked states of a recording, in order; what is not marked is in none.

    Args:
        path: A ``.mat`` of CinC 2016's hand-corrected annotations, or a ``.tsv`` of CirCor.

    Raises:
        CorpusError: It cannot be read.
    """
    try:
        return sorted(_READERS[path.suffix](path), key=lambda span: span.start_s)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); fetch it again") from None
    except (MatReadError, LookupError, TypeError, ValueError, RuntimeError):
        # A RuntimeError is how scipy refuses MATLAB's newer format.
        raise CorpusError(f"{path}: holds no heart states; fetch it again") from None


def states_at(spans: list[StateSpan], times_s: NDArray[np.float64]) -> NDArray[np.int8]:
    """The state at each of some times.

    Args:
        spans: In order.
        times_s: Shape (n,), seconds.

    Returns:
        Shape (n,), indices into ``STATES``, ``UNMARKED`` where no span lies.
    """
    if not spans:
        return np.full(times_s.shape, UNMARKED, np.int8)
    start, end = (np.array([getattr(span, name) for span in spans]) for name in ("start_s", "end_s"))
    state = np.array([span.state for span in spans], np.int8)
    before = np.searchsorted(start, times_s, side="right") - 1
    inside = (before >= 0) & (times_s < end[before])
    return np.where(inside, state[before], np.int8(UNMARKED))


def marked_share(spans: Sequence[StateSpan], start_s: float, end_s: float) -> float:
    """The share of a stretch that is marked, 0 to 1.

    Args:
        spans: Of its recording.
        start_s: Where it begins, in seconds.
        end_s: Where it ends, later than that.
    """
    marked_s = sum(max(0.0, min(span.end_s, end_s) - max(span.start_s, start_s)) for span in spans)
    return marked_s / (end_s - start_s)


def _cinc2016(path: Path) -> Iterator[StateSpan]:
    """``state_ans``: 1-based sample at 2 kHz and name, each state until the next; cells may nest."""
    events = [(float(_innermost(at)) - 1, str(_innermost(name))) for at, name in loadmat(path)["state_ans"]]
    noisy, open_since, state = False, 0.0, UNMARKED
    for at, name in sorted(events, key=lambda event: event[0]):
        if state != UNMARKED and not noisy and at > open_since:
            yield StateSpan(open_since / _RATE, at / _RATE, state)
        if name in (_NOISE_BEGINS, _NOISE_ENDS):
            noisy = name == _NOISE_BEGINS
        state = STATES.index(name) if name in STATES else UNMARKED
        open_since = at


def _innermost(cell: object) -> object:
    while isinstance(cell, np.ndarray):
        cell = cell.flat[0]
    return cell


def _circor2022(path: Path) -> Iterator[StateSpan]:
    """Start, end, state in each row; state 0 is unmarked, 1 to 4 as in ``STATES``."""
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.reader(lines, delimiter="\t"):
            if not row:
                continue
            start_s, end_s, number = (float(cell) for cell in row)
            if number:
                if number not in (1, 2, 3, 4):
                    raise ValueError(f"state {number:g}")
                yield StateSpan(start_s, end_s, int(number) - 1)


_READERS: Mapping[str, Callable[[Path], Iterator[StateSpan]]] = {".mat": _cinc2016, ".tsv": _circor2022}
