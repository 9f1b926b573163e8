"""How a screening fails as a whole."""

from __future__ import annotations

NO_TABLE = "there and is no table of this version's; choose another --out, or delete it"


class ScreeningError(Exception):
    """It cannot begin or go on; one line that says what to do. What is done is kept."""
