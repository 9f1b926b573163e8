"""What every source of sound is to the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from monitor.ring import Ring

Report = Callable[[str, float, str], None]
"""Takes an event's code, its time on the source's clock in seconds, and a detail in words."""


class SourceError(Exception):
    """A source cannot be opened; one line that says what to do."""


class NoSuchDeviceError(SourceError):
    """No device of that name is there."""


@dataclass(frozen=True)
class SourceHealth:
    """How a source is doing.

    Attributes:
        state: "idle", "running", "alarmed" (it runs and something is wrong), "recovering" (its device is lost
            and looked for), "ended" (nothing more will come) or "failed".
        delivered: Samples put into the ring so far, holes between them included.
        detail: What is wrong or why it failed, in one line; empty otherwise.
    """

    state: str
    delivered: int = 0
    detail: str = ""


class Source(Protocol):
    """Sound at one rate, mono, from a device, a file, a synthesiser or a pipe.

    Attributes:
        name: What a person calls it.
        identity: What it is kept and found again by: of a device its name and interface, else its name.
        warning: Why this may not be the source that is meant, in one line; empty otherwise.
        rate: Samples a second.
        waits: The sound can wait for a slow reader: nothing is ever overwritten or skipped.
        duration_s: Its length in seconds where it is known beforehand.
    """

    name: str
    identity: str
    warning: str
    rate: int
    waits: bool
    duration_s: float | None

    def start(self, ring: Ring, report: Report) -> None:
        """Begin to fill the ring; returns at once. The source closes the ring at its end."""

    def stop(self) -> None:
        """End it and close the ring; returns when no thread of it is left. Harmless when it has ended."""

    def health(self) -> SourceHealth:
        """How it is doing; callable from any thread."""
