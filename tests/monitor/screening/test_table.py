import csv
import io
import json
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.screening.failure import ScreeningError
from monitor.screening.row import COLUMNS, failed
from monitor.screening.table import SUFFIXES, Table
from tests.monitor.screening.rows import NAMES, SETTINGS, rows

TEXTS = [suffix for suffix in SUFFIXES if suffix != ".parquet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def written(out, wanted):
    """Write a table, or go on with one; gives the rows that were there."""
    paths = [row["path"] for row in wanted]
    with Table(out) as table:
        kept = list(table.kept(paths, SETTINGS))
        for row in wanted[len(kept) :]:
            table.add(row)
        table.finish()
    return kept


def fresh(folder, suffix):
    out = folder / f"table{suffix}"
    for old in folder.glob("*table*"):
        old.unlink()
    return out


@pytest.mark.parametrize("suffix", TEXTS)
@given(wanted=rows(), data=st.data())
def test_cut_off_anywhere_and_gone_on_with_it_is_the_same_bytes(folder, suffix, wanted, data):
    out = fresh(folder, suffix)
    assert written(out, wanted) == []
    whole = out.read_bytes()
    left = data.draw(st.integers(0, len(whole)))
    out.write_bytes(whole[:left])
    kept = written(out, wanted)
    assert kept == wanted[: len(kept)]
    assert out.read_bytes() == whole
    # What was whole is not done again: a row is lost only with its own end.
    assert len(kept) >= len(wanted) or left < len(whole)
    assert written(out, wanted) == wanted


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(wanted=rows(NAMES), others=rows(NAMES))
def test_recordings_that_came_and_went_leave_no_row_twice_and_none_out(folder, suffix, wanted, others):
    out = fresh(folder, suffix)
    written(out, others)
    written(out, wanted)
    again = out.read_bytes()
    out.unlink()
    written(out, wanted)
    assert out.read_bytes() == again


@given(wanted=rows())
def test_a_csv_is_read_by_the_standard_library(folder, wanted):
    out = fresh(folder, ".csv")
    written(out, wanted)
    text = io.StringIO(out.read_bytes().decode("utf-8", "surrogateescape"), newline="")
    found = list(csv.DictReader(text))
    assert [row["path"] for row in found] == [row["path"] for row in wanted]
    for row, original in zip(found, wanted, strict=True):
        for name, kind in COLUMNS.items():
            if kind is float:
                assert row[name] == ("" if original[name] is None else repr(original[name]))


@given(wanted=rows())
def test_json_lines_hold_the_rows(folder, wanted):
    out = fresh(folder, ".jsonl")
    written(out, wanted)
    assert [json.loads(line) for line in out.read_text("ascii").splitlines()] == wanted


@given(wanted=rows(NAMES))
def test_a_parquet_table_holds_the_rows_with_their_types(folder, wanted):
    pq = pytest.importorskip("pyarrow.parquet")
    out = fresh(folder, ".parquet")
    written(out, wanted)
    found = pq.read_table(out)
    assert found.to_pylist() == wanted
    assert [str(kind) for kind in found.schema.types] == [
        {str: "string", float: "double", int: "int64", bool: "bool"}[kind] for kind in COLUMNS.values()
    ]
    assert not out.with_name("table.parquet.jsonl").exists()


def test_a_parquet_table_that_was_cut_short_goes_on(folder):
    pytest.importorskip("pyarrow")
    wanted = [{**failed(f"{number}", "none").row, **SETTINGS.cells} for number in range(9)]
    out = fresh(folder, ".parquet")
    written(out, wanted)
    whole = out.read_bytes()
    out.unlink()
    paths = [row["path"] for row in wanted]
    with Table(out) as table:
        assert list(table.kept(paths, SETTINGS)) == []
        for row in wanted[:4]:
            table.add(row)
    assert not out.exists()
    assert written(out, wanted) == wanted[:4]
    assert out.read_bytes() == whole


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"tag": "other@0123456789ab"}, "model any@0123456789ab"),
        ({"hop_s": 2.0}, "hop_s 0.4"),
        ({"channel": 2}, "channel None"),
        ({"program": "auscult 9.9.9"}, "program auscult 1.2.3"),
    ],
)
def test_what_was_made_otherwise_is_not_mixed_with(folder, suffix, other, told):
    out = fresh(folder, suffix)
    error = failed("a.wav", "none").row
    wanted = [error, {**error, **SETTINGS.cells, "path": "b.wav", "error": None}]
    written(out, wanted)
    whole = out.read_bytes()
    with Table(out) as table, pytest.raises(ScreeningError) as refused:
        list(table.kept(["a.wav", "b.wav"], replace(SETTINGS, **other)))
    assert str(refused.value) == (
        f"{out}: was made with {told}; go on with that, choose another --out, or delete it"
    )
    assert out.read_bytes() == whole
    assert list(folder.iterdir()) == [out]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [b"dear diary\n", b"path,label\r\n", b'{"path": "a"}\n', b"\0" * 99])
def test_a_file_that_is_no_table_is_left_alone(folder, suffix, content):
    out = fresh(folder, suffix)
    out.write_bytes(content)
    with Table(out) as table, pytest.raises(ScreeningError, match="is there and is no table"):
        list(table.kept(["a"], SETTINGS))
    assert out.read_bytes() == content
    assert list(folder.iterdir()) == [out]


def test_two_do_not_write_one_table(folder):
    out = fresh(folder, ".csv")
    with Table(out), pytest.raises(ScreeningError, match="another screening is writing it"), Table(out):
        pass
    written(out, [])
    assert not out.with_name(".table.csv.lock").exists()


def test_a_pipe_is_no_table(folder):
    out = folder / "pipe.csv"
    os.mkfifo(out)
    with pytest.raises(ScreeningError, match="not a regular file"):
        Table(out)
