"""What a person wants written down of sessions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keeping:
    """What is kept of a session, and where.

    Attributes:
        folder: Of the session store.
        record: Its sound too.
        patient: Reference in the user's own words; None for none.
        replayed: Not only of devices and pipes, which nobody can hear again, but of what is replayed too.
        quota_gb: Gigabytes of recorded sound beyond which it is remarked that there is too much.
    """

    folder: Path
    record: bool = False
    patient: str | None = None
    replayed: bool = False
    quota_gb: float = math.inf

    def covers(self, replayed: bool) -> bool:
        """Whether a session of what is replayed, or is not, is kept."""
        return self.replayed or not replayed
