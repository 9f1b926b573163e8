"""One measured figure beside its target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes:
        name: What was measured.
        value: The measurement; a whole number where it counts something.
        unit: Its unit.
        target: Greatest value that meets the target; None where there is no such.
        least: Least value that meets it, of what should be much; None likewise. A row without both informs.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None and self.least is None:
            return None
        return (self.target is None or self.value <= self.target) and (
            self.least is None or self.value >= self.least
        )


def table(figures: list[Figure]) -> str:
    """The figures as text."""
    width = max(len(figure.name) for figure in figures)
    lines = [f"{'figure':<{width}}  {'measured':>10}  {'target':>8}  unit"]
    for figure in figures:
        target = "" if figure.target is None else f"{figure.target:g}"
        if figure.least is not None:
            target = f"≥ {figure.least:g}"
        verdict = "" if figure.met is None else ("  met" if figure.met else "  MISSED")
        value = f"{figure.value:.3f}" if isinstance(figure.value, float) else str(figure.value)
        lines.append(f"{figure.name:<{width}}  {value:>10}  {target:>8}  {figure.unit}{verdict}")
    return "\n".join(lines)
