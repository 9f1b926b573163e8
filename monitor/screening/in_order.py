"""Results that come in any order, given on in theirs."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from monitor.screening.row import Screened

Results = Generator[tuple[int, Screened], None, None]
"""Places and their results, in any order."""

AHEAD = 1000
"""Most results that wait for an earlier one: beyond it nothing new is begun, so that memory has a bound."""


class InOrder:
    """Hands out the places of a list and takes the results in any order.

    Args:
        first: The first place that is not done.
        stop: The place after the last.
    """

    def __init__(self, first: int, stop: int) -> None:
        self._next, self._written, self._stop = first, first, stop
        self._waiting: dict[int, Screened] = {}

    @property
    def waiting(self) -> int:
        """Results that wait for an earlier one."""
        return len(self._waiting)

    @property
    def done(self) -> bool:
        """All results have been given on."""
        return self._written == self._stop

    def take(self) -> int | None:
        """The next place to work on; None where there is none now."""
        if self._next >= min(self._stop, self._written + AHEAD):
            return None
        self._next += 1
        return self._next - 1

    def put(self, place: int, result: Screened) -> Iterator[Screened]:
        """Take a place's result, and give those whose turn it is."""
        self._waiting[place] = result
        while self._written in self._waiting:
            yield self._waiting.pop(self._written)
            self._written += 1
