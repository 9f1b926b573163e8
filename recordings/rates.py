"""The rates at which sound can be listened to."""

from __future__ import annotations

MIN_RATE = 1_000
MAX_RATE = 192_000
