"""How a command fails."""

from __future__ import annotations


class CommandError(Exception):
    """Content or device failed: exit status 1, with a message that says what to do."""
