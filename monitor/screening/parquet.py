"""Parquet, by pyarrow, which is needed for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.screening.failure import NO_TABLE, ScreeningError
from monitor.screening.row import COLUMNS, Row

_ROWS_AT_ONCE = 10_000


def need_library() -> None:
    """See that pyarrow is there.

    Raises:
        ScreeningError: It is not.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise ScreeningError(
            "a Parquet table needs pyarrow: pip install 'auscult[parquet]', or choose .csv or .jsonl"
        ) from None


def write(path: Path, rows: Iterator[Row]) -> None:
    """Write a table, which takes its name when it is whole.

    A name that is no text has its odd bytes escaped.

    Raises:
        OSError: It cannot be written.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    kinds = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    part = path.with_name(f".{path.name}.part")
    try:
        with ParquetWriter(part, schema) as writer:
            while some := [_text(row) for row in islice(rows, _ROWS_AT_ONCE)]:
                writer.write_table(pa.Table.from_pylist(some, schema))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def rows(path: Path) -> Iterator[Row]:
    """The rows of a table.

    Raises:
        ScreeningError: It is no such table.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            if file.schema_arrow.names != list(COLUMNS):
                raise pa.ArrowInvalid("other columns")
            for batch in file.iter_batches(_ROWS_AT_ONCE):
                yield from batch.to_pylist()
    except pa.ArrowException:
        raise ScreeningError(f"{path}: is {NO_TABLE}") from None


def _text(row: Row) -> dict[str, Any]:
    path = str(row["path"]).encode("utf-8", "backslashreplace").decode()
    return {**row, "path": path}
