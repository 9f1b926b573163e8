"""How a command fails."""

from __future__ import annotations

import os
import time

INTERRUPTED = 130
"""Exit status after Ctrl-C."""

_LEFT_TO_THE_FIRST_S = 30.0


class CommandError(Exception):
    """Content or device failed: exit status 1, with a message that says what to do."""


def unwritable(error: OSError) -> CommandError:
    """What to say when standard output takes nothing more."""
    return CommandError(
        f"standard output cannot be written ({error.strerror}); send it elsewhere or make room"
    )


def leave_it_to_the_first() -> None:
    """Among processes that torchrun started: let the first say what went wrong.

    All come to the same failure, or to that of having lost the first, and torchrun ends the others as soon
    as one has failed. This returns in the first, and in another one whose failure is its own.
    """
    if "TORCHELASTIC_RUN_ID" in os.environ and os.environ.get("RANK", "0") != "0":
        time.sleep(_LEFT_TO_THE_FIRST_S)
