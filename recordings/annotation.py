"""What is remarked of a stretch of a recording."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Annotation:
    """A remark.

    Attributes:
        start_s: Where its stretch begins, in seconds from the recording's first sample.
        end_s: Where it ends; where it begins, of a moment.
        text: In words.
    """

    start_s: float
    end_s: float
    text: str
