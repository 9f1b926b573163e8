"""How a command fails."""

from __future__ import annotations


class CommandError(Exception):
    """Content or device failed: exit status 1, with a message that says what to do."""


def unwritable(error: OSError) -> CommandError:
    """What to say when standard output takes nothing more."""
    return CommandError(
        f"standard output cannot be written ({error.strerror}); send it elsewhere or make room"
    )
