from collections import Counter

import pytest

from recordings import Recording
from tests.training.tiny import write_appendix, write_corpus
from training.cinc2016 import load_cinc2016
from training.corpora import CorpusError, load_corpus

RECORDS = {
    "a0001": (0.5, True),
    "a0002": (0.5, False),
    "b0001": (0.5, False),
    "b0002": (0.5, True),
    "e00001": (0.5, False),
}


@pytest.fixture
def folder(tmp_path):
    return write_corpus(tmp_path / "cinc", RECORDS, ["a0002", "e00001"])


def test_every_record_has_its_label_its_database_and_its_sound(folder):
    records, problems = load_corpus("cinc2016", folder)
    assert problems == []
    assert [record.name for record in records] == sorted(RECORDS)
    for record in records:
        assert record.abnormal is RECORDS[record.name][1]
        assert record.database == f"cinc2016-{record.name[0]}"
        assert record.held_out is (record.name in ("a0002", "e00001"))
        assert record.group == record.name
        with Recording.open(record.path) as recording:
            assert (recording.rate, recording.frames) == (2000, 1000)


def test_groups_follow_the_appendix(folder):
    write_appendix(
        folder,
        [
            ["a0001", "C45S1", "MVP", "", ""],
            ["a0002", "C45S3", "Normal", "", ""],
            ["b0001", "x", "CAD", "17", ""],
            ["b0002", "y", "Normal", " 17 ", ""],
            ["e00001", "z", "CAD", "9", "4"],
        ],
    )
    groups = {record.name: record.group for record in load_corpus("cinc2016", folder)[0]}
    assert groups["a0001"] == groups["a0002"]
    assert groups["b0001"] == groups["b0002"]
    assert len(set(groups.values())) == 3
    patients = {record.name: record.patient for record in load_corpus("cinc2016", folder)[0]}
    assert patients == {name: groups[name] if name[0] == "b" else "" for name in groups}
    assert "CAD" in groups["e00001"]
    assert "4" in groups["e00001"]


def test_a_fresh_download_in_wav_is_read_too(folder):
    sound = folder / "training-a" / "a0001.flac"
    sound.rename(sound.with_suffix(".wav"))
    records, problems = load_corpus("cinc2016", folder)
    assert problems == []
    assert records[0].path.suffix == ".wav"


def problem(folder):
    _, (problem,) = load_cinc2016(folder)
    assert problem.isprintable()
    return problem


def append(path, text):
    with path.open("a") as lines:
        lines.write(text)


def test_problems_with_a_record_are_told_one_a_line(folder):
    (folder / "training-b" / "b0002.flac").unlink()
    assert problem(folder) == f"b0002: no audio file in {folder / 'training-b'}"


@pytest.mark.parametrize("label", ["0", "2", "", "abnormal", "1.0"])
def test_a_label_outside_the_set_is_told(folder, label):
    append(folder / "training-a" / "REFERENCE.csv", f"a0003,{label}\n")
    assert f"a0003: label {label!r}" in problem(folder)


def test_a_row_without_label_is_told(folder):
    append(folder / "training-a" / "REFERENCE.csv", "a0003\n\n")
    assert "a0003: label ''" in problem(folder)


@pytest.mark.parametrize("label", [1, -1])
def test_a_record_listed_twice_is_told_and_kept_once(folder, label):
    append(folder / "training-a" / "REFERENCE.csv", f"a0001,{label}\n")
    assert problem(folder) == "a0001: listed twice"
    names = Counter(record.name for record in load_cinc2016(folder)[0])
    assert set(names.values()) == {1}


def test_a_record_in_two_databases_lists_is_told_and_kept_once(folder):
    append(folder / "training-b" / "REFERENCE.csv", "a0001,-1\n")
    assert problem(folder) == "a0001: in the lists of both training-a and training-b"
    records, _ = load_cinc2016(folder)
    assert [(record.database, record.abnormal) for record in records if record.name == "a0001"] == [
        ("cinc2016-a", True)
    ]


def test_a_held_out_record_without_sound_is_told_once(folder):
    (folder / "training-a" / "a0002.flac").unlink()
    assert problem(folder) == f"a0002: no audio file in {folder / 'training-a'}"


def test_signal_quality_is_the_publishers_where_there_is_one(folder):
    append(folder / "training-a" / "REFERENCE_withSQI.csv", "a0001,1,1\na0002,-1,0\n")
    append(folder / "training-b" / "REFERENCE_withSQI.csv", "b0002,1,1\n")
    records, problems = load_cinc2016(folder)
    assert problems == []
    quality = {record.name: record.good_quality for record in records}
    assert quality == {"a0001": True, "a0002": False, "b0001": None, "b0002": True, "e00001": None}


@pytest.mark.parametrize("row", ["a0001,1,2", "a0001,1", "a0001,1,good"])
def test_a_signal_quality_outside_the_set_is_told(folder, row):
    append(folder / "training-a" / "REFERENCE_withSQI.csv", f"{row}\n\n")
    assert problem(folder).startswith("a0001: signal quality ")
    assert load_cinc2016(folder)[0][0].good_quality is None


def test_a_held_out_name_that_does_not_exist_is_told(folder):
    append(folder / "RECORDS-validation", "a9999\n")
    assert problem(folder) == "a9999: in RECORDS-validation but in no REFERENCE.csv"


@pytest.mark.parametrize("missing", ["training-a/REFERENCE.csv", "RECORDS-validation"])
def test_a_missing_list_stops_everything(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(CorpusError) as caught:
        load_cinc2016(folder)
    assert str(folder / missing) in str(caught.value)
    assert "is missing" in str(caught.value)


@pytest.mark.parametrize(
    "damaged",
    [
        "training-a/REFERENCE.csv",
        "training-a/REFERENCE_withSQI.csv",
        "RECORDS-validation",
        "annotations/Online_Appendix_training_set.csv",
    ],
)
@pytest.mark.parametrize("content", [b"\xff\xfe\x00a", b"a" * 200_000, b"only,other\ncolumns\n"])
def test_a_damaged_list_never_ends_in_a_traceback(folder, damaged, content):
    path = folder / damaged
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    try:
        _, problems = load_cinc2016(folder)
    except CorpusError as error:
        assert str(path) in str(error)
        assert str(error).isprintable()
    else:
        assert problems
        assert all(problem.isprintable() for problem in problems)


def test_a_folder_that_holds_no_corpus_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="no folders training-a"):
        load_corpus("cinc2016", tmp_path)
    with pytest.raises(CorpusError, match="no such folder"):
        load_corpus("cinc2016", tmp_path / "none")
    with pytest.raises(CorpusError, match="unknown corpus 'cinc2017'; known: cinc2016, circor2022"):
        load_corpus("cinc2017", tmp_path)


def test_the_published_corpus(corpora):
    records, problems = load_corpus("cinc2016", corpora / "cinc2016")
    assert problems == []
    databases = Counter(record.database[-1] for record in records)
    assert databases == {"a": 409, "b": 490, "c": 31, "d": 55, "e": 2141}
    assert sum(record.held_out for record in records) == 301
    assert sum(record.abnormal for record in records) == 631
    assert Counter(record.good_quality for record in records) == {True: 2765, False: 274, None: 87}
    assert all(bool(record.patient) is (record.database[-1] == "b") for record in records)
    assert all(record.heard is None for record in records)
    groups = {database: Counter() for database in "abcde"}
    for record in records:
        groups[record.database[-1]][record.group] += 1
    assert len(groups["a"]) == 60
    assert len(groups["b"]) == 106
    assert set(groups["c"].values()) | set(groups["d"].values()) == {1}
    known = [group for group in groups["e"] if group.startswith("e:")]
    assert len(known) == 221 + 183
    assert sum(groups["e"][group] for group in known) == 2054
    assert len(groups["e"]) - len(known) == 87
    assert len(set().union(*groups.values())) == sum(map(len, groups.values()))
