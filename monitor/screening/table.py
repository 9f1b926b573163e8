"""A screening's table: what of it is there already, and the rows that are added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import SEEK_END
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from monitor.screening import parquet
from monitor.screening.failure import NO_TABLE, ScreeningError
from monitor.screening.row import Row, Settings
from monitor.screening.text_rows import CsvText, JsonText, RowText

_PARQUET = ".parquet"
_FORMS: Mapping[str, type[RowText]] = {".csv": CsvText, ".jsonl": JsonText, _PARQUET: JsonText}
SUFFIXES = tuple(_FORMS)
"""The names that a table may end in, which say how it is written."""


class Table:
    """Rows in the order of their recordings. Killed at any moment it holds the first of them, each whole.

    Parquet cannot grow by a row: such a table is made when all are there, of JSON lines beside it.
    A context manager: no other program writes the same table meanwhile.

    Args:
        out: Ends in one of ``SUFFIXES``.

    Raises:
        OSError: The folder cannot be written to.
        ScreeningError: Another program writes it, or the library for it is missing.
    """

    def __init__(self, out: Path) -> None:
        self._out, self._form = out, _FORMS[out.suffix.lower()]()
        self._is_parquet = out.suffix.lower() == _PARQUET
        if self._is_parquet:
            parquet.need_library()
        self._path = out.with_name(f"{out.name}.jsonl") if self._is_parquet else out
        if self._path.exists() and not self._path.is_file():
            raise ScreeningError(f"{self._path}: is not a regular file; choose another --out")
        self._lock = FileLock(out.with_name(f".{out.name}.lock"), timeout=0)
        self._file: BinaryIO

    def __enter__(self) -> Table:
        self._file = self._path.open("r+b" if self._path.exists() else "w+b")
        try:
            self._lock.acquire()
        except BaseException as error:
            self._file.close()
            if not isinstance(error, Timeout):
                raise
            raise ScreeningError(
                f"{self._out}: another screening is writing it; wait for that, or choose another --out"
            ) from None
        return self

    def __exit__(self, *error: object) -> None:
        empty = not self._file.seek(0, SEEK_END)
        self._file.close()
        if self._is_parquet and empty:
            self._path.unlink(missing_ok=True)
        with suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def kept(self, paths: Sequence[str], settings: Settings) -> Iterator[Row]:
        """The rows that are there of the first of these recordings; what follows them is cut off.

        To be gone through before a row is added.

        Raises:
            ScreeningError: What is there is no such table, or was made otherwise.
            OSError: It cannot be read or written.
        """
        there = self._path
        if self._is_parquet and not self._file.seek(0, SEEK_END) and self._out.exists():
            there = self._out
            for row in parquet.rows(there):
                self.add(row)
        try:
            yield from self._kept(paths, settings)
        except ScreeningError as error:
            if there != self._path:
                self._file.truncate(0)
            raise ScreeningError(f"{there}: {error}") from None

    def _kept(self, paths: Sequence[str], settings: Settings) -> Iterator[Row]:
        self._file.seek(0)
        first = self._file.readline()
        if first and not self._form.begins(first):
            raise ScreeningError(f"is {NO_TABLE}")
        self._file.seek(0)
        self._file.write(self._form.header)
        self._file.flush()
        end = self._file.tell()
        # Errors do not say how they were made: where there is nothing else, they are found again.
        if not any(row["program"] for row in self._form.rows(self._file)):
            paths = ()
        self._file.seek(end)
        for path, row in zip(paths, self._form.rows(self._file), strict=False):
            if differing := settings.differing(row):
                raise ScreeningError(
                    f"was made with {differing}; go on with that, choose another --out, or delete it"
                )
            if row["path"] != path:
                break
            end = self._file.tell()
            yield row
        self._file.seek(end)
        self._file.truncate()

    def add(self, row: Row) -> None:
        """Add the next row.

        Raises:
            OSError: It cannot be written.
        """
        self._file.write(self._form.line(row))
        self._file.flush()

    def finish(self) -> None:
        """All rows are there.

        Raises:
            OSError: It cannot be written.
        """
        if self._is_parquet:
            self._file.seek(0)
            parquet.write(self._out, self._form.rows(self._file))
            self._path.unlink()
