"""What a field may be, and the one line that says so where it is not."""

from __future__ import annotations

from collections.abc import Iterable


def require_between(field: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside `low` to `high`.

    Raises:
        ValueError: It is outside, or not a number.
    """
    # Written so that NaN fails too.
    if not low <= value <= high:
        raise ValueError(f"{field} must be {low:g} to {high:g}, not {value:g}")


def require_above(field: str, value: float, low: float, high: float) -> None:
    """Refuse a number that is not above `low` and at most `high`.

    Raises:
        ValueError: It is outside, or not a number.
    """
    if not low < value <= high:
        raise ValueError(f"{field} must be above {low:g}, at most {high:g}, not {value:g}")


def require_whole(field: str, value: int, low: int, high: int) -> None:
    """Refuse what is not a whole number from `low` to `high`.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{field} must be a whole number, {low} to {high}, not {value}")


def require_one_of(field: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a word that is not among those allowed.

    Raises:
        ValueError: It is not.
    """
    words = tuple(allowed)
    if value not in words:
        raise ValueError(f"{field} must be one of {', '.join(words)}, not {value!r}")
