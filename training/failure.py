"""How training says that it cannot go on."""

from __future__ import annotations


class TrainingError(Exception):
    """Training or evaluation cannot go on; one line, or one a problem, that says what to do."""
