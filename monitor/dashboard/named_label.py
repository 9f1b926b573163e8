"""A label whose words a screen reader reads behind its name."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel


class NamedLabel(QLabel):
    """Where a label has a name, Qt gives a screen reader that in place of its words; here both."""

    _name = ""

    def setAccessibleName(self, name: str) -> None:  # noqa: N802
        """Say what its words are about."""
        self._name = name
        self._tell()

    def setText(self, words: str) -> None:  # noqa: N802
        """Show other words."""
        super().setText(words)
        self._tell()

    def _tell(self) -> None:
        name, words = self._name, self.text()
        if name:
            super().setAccessibleName(f"{name}: {words}" if words and words != name else name)
