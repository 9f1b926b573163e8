"""Tables and numbers as a Markdown document shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NONE = "–"
"""In place of a figure that is undefined."""

FIGURE_NAMES = {
    "auroc": "AUROC",
    "macc": "MAcc",
    "accuracy": "accuracy",
    "recall": "recall",
    "precision": "precision",
    "f1": "F1",
}
"""The figures that are shown, in this order, by their names as data."""

SPREAD_NAMES = FIGURE_NAMES | {
    "weighted_precision": "precision, class-weighted",
    "weighted_f1": "F1, class-weighted",
}
"""The same for means over folds."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells; each row is as long as the header."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def estimated(found: Mapping[str, float | None]) -> str:
    """A figure with its interval where it has one.

    Args:
        found: Of ``training.intervals.Estimate.to_json``.
    """
    value, low, high = (number(found[name]) for name in ("value", "low", "high"))
    return value if found["low"] is None else f"{value} ({low}–{high})"


def number(value: float | None, digits: int = 3) -> str:
    """A number to so many digits behind the point."""
    return NONE if value is None else f"{value:.{digits}f}"


def signed(value: float | None) -> str:
    """A difference, with its sign."""
    return NONE if value is None else f"{value:+.3f}"


def percent(value: float | None) -> str:
    """A share, in percent."""
    return NONE if value is None else f"{100 * value:.1f} %"
