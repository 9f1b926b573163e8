"""Rows as text that grows by one at a time, and as much of it as can be read again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

from monitor.screening.row import COLUMNS, Cell, Row


class RowText(Protocol):
    """How rows are written."""

    header: bytes

    def begins(self, line: bytes) -> bool:
        """Whether a file of which this is the first line, perhaps cut off, can be such a table."""

    def line(self, row: Row) -> bytes:
        """A row, with the end of its line."""

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The rows from where a file stands, each when the file stands behind it, up to one that is none."""


class CsvText:
    """Comma-separated values: an empty cell holds nothing, a name that is no text is written as it is."""

    def __init__(self) -> None:
        self.header = self._line(COLUMNS)

    def begins(self, line: bytes) -> bool:
        """Whether a file of which this is the first line can be such a table."""
        return self.header.startswith(line)

    def line(self, row: Row) -> bytes:
        """A row, with the end of its line."""
        return self._line([_told(row[name]) for name in COLUMNS])

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The whole rows from where a file stands."""
        whole = False

        def lines() -> Iterator[str]:
            nonlocal whole
            for line in iter(file.readline, b""):
                whole = line.endswith(b"\r\n")
                yield line.decode("utf-8", "surrogateescape")

        try:
            for cells in csv.reader(lines(), strict=True):
                if not whole or len(cells) != len(COLUMNS):
                    return
                kinds = COLUMNS.items()
                yield {name: _read(cell, kind) for (name, kind), cell in zip(kinds, cells, strict=True)}
        except (csv.Error, ValueError):
            return

    @staticmethod
    def _line(cells: object) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerow(cells)
        return text.getvalue().encode("utf-8", "surrogateescape")


class JsonText:
    """JSON lines: null is nothing; ASCII whatever the names."""

    header = b""

    def begins(self, line: bytes) -> bool:
        """Whether a file of which this is the first line can be such a table."""
        if line.endswith(b"\n"):
            return any(self.rows(io.BytesIO(line)))
        first = b'{"path": "'
        return line.startswith(first) or first.startswith(line)

    def line(self, row: Row) -> bytes:
        """A row, with the end of its line."""
        return json.dumps({name: row[name] for name in COLUMNS}, allow_nan=False).encode() + b"\n"

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The whole rows from where a file stands."""
        for line in iter(file.readline, b""):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                return
            if not (line.endswith(b"\n") and isinstance(row, dict) and _fits(row)):
                return
            yield row


def _fits(row: dict[str, object]) -> bool:
    kinds: Sequence[type] = tuple(COLUMNS.values())
    return list(row) == list(COLUMNS) and all(
        cell is None or type(cell) is kind for cell, kind in zip(row.values(), kinds, strict=True)
    )


def _told(cell: Cell) -> Cell:
    return str(cell).lower() if isinstance(cell, bool) else cell


def _read(cell: str, kind: type) -> Cell:
    if not cell:
        return None
    if kind is bool:
        return bool(("false", "true").index(cell))
    return kind(cell)
