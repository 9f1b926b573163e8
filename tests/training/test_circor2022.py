import csv
from collections import Counter

import pytest

from recordings import Recording
from training.circor2022 import load_circor2022
from training.corpora import CorpusError, load_corpus
from training.records import Murmur

COLUMNS = ["Patient ID", "Locations", "Age", "Murmur", "Murmur locations", "Additional ID"]
ROWS = [
    ["10", "AV+MV", "Child", "Present", "MV", "30"],
    ["20", "AV", "Child", "Absent", "nan", "nan"],
    ["30", "TV", "Child", "Unknown", "nan", "40.0"],
    ["40", "PV", "nan", "Absent", "nan", ""],
    ["50", "Phc", "Infant", "Present", "nan", "60"],
]
SOUNDS = ["10_AV", "10_MV_1", "10_MV_2", "20_AV", "30_TV", "40_PV", "50_Phc"]


def write_table(folder, rows, columns=COLUMNS):
    with (folder / "training_data.csv").open("w", newline="") as lines:
        csv.writer(lines).writerows([columns, *rows])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "training_data").mkdir()
    for name in SOUNDS:
        (tmp_path / "training_data" / f"{name}.flac").write_bytes(b"")
    for other in ("10.txt", "10_AV.tsv", "10_AV_x.flac", "20_AV_1_1.wav", "notes.flac"):
        (tmp_path / "training_data" / other).write_bytes(b"")
    write_table(tmp_path, ROWS)
    return tmp_path


def problem(folder):
    _, (problem,) = load_circor2022(folder)
    assert problem.isprintable()
    return problem


def test_a_recording_has_its_patients_label_and_what_is_heard_at_its_site(folder):
    records, problems = load_corpus("circor2022", folder)
    assert problems == []
    assert [(record.name, record.patient, record.abnormal, record.heard) for record in records] == [
        ("10_AV", "10", True, False),
        ("10_MV_1", "10", True, True),
        ("10_MV_2", "10", True, True),
        ("20_AV", "20", False, False),
        ("40_PV", "40", False, False),
        ("50_Phc", "50", True, None),
    ]
    assert {record.database for record in records} == {"circor2022"}
    assert not any(record.held_out for record in records)
    assert {record.good_quality for record in records} == {None}
    assert all(record.path.stem == record.name and record.path.is_file() for record in records)


def test_what_people_heard_is_said_of_the_sites_where_they_heard_it(folder):
    phases = [
        f"{phase} murmur {mark}"
        for phase in ("Systolic", "Diastolic")
        for mark in ("timing", "shape", "pitch")
    ]
    nothing = ["nan"] * 3
    rows = [
        [*ROWS[0], "Early-systolic", "Decrescendo", "Low", *nothing],
        [*ROWS[1], *nothing, *nothing],
        [*ROWS[2], *nothing, *nothing],
        ["40", "PV", "nan", "Present", "PV", "", *nothing, "Holodiastolic", "nan", "High"],
        [
            "50",
            "Phc",
            "Infant",
            "Present",
            "Phc",
            "60",
            "Holosystolic",
            "Plateau",
            "Low",
            "Holodiastolic",
            "nan",
            "",
        ],
    ]
    write_table(folder, rows, [*COLUMNS, *phases])
    records, _ = load_circor2022(folder)
    assert [(record.name, record.murmur) for record in records] == [
        ("10_AV", None),
        ("10_MV_1", Murmur("systolic", "early", "decrescendo", "low")),
        ("10_MV_2", Murmur("systolic", "early", "decrescendo", "low")),
        ("20_AV", Murmur("none")),
        ("40_PV", Murmur("diastolic", "holo", None, "high")),
        ("50_Phc", None),  # two murmurs at once
    ]
    write_table(folder, ROWS)
    records, problems = load_circor2022(folder)
    assert problems == []
    assert {record.murmur for record in records} == {None, Murmur("none")}


def test_linked_patients_are_one_group_over_however_many_links(folder):
    groups = {record.patient: record.group for record in load_circor2022(folder)[0]}
    assert groups["10"] == groups["40"] == "circor2022:10"
    assert len(set(groups.values())) == 3


def test_patients_linked_to_the_same_absent_one_are_one_group(folder):
    write_table(
        folder, [*ROWS[:4], ["50", "Phc", "", "Absent", "", "99"], ["20", "AV", "", "Absent", "", "99"]][2:]
    )
    groups = {record.patient: record.group for record in load_circor2022(folder)[0]}
    assert groups["50"] == groups["20"]


def test_a_fresh_download_in_wav_is_read_too(folder):
    sound = folder / "training_data" / "20_AV.flac"
    sound.rename(sound.with_suffix(".wav"))
    records, problems = load_circor2022(folder)
    assert problems == []
    assert records[3].path.suffix == ".wav"


def test_a_listed_location_without_sound_is_told(folder):
    (folder / "training_data" / "10_AV.flac").unlink()
    assert problem(folder) == f"10_AV: no audio file in {folder / 'training_data'}"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["60", "AV", "", "present", "", ""], "60: murmur 'present' in "),
        (["60", "AV", "", "", "", ""], "60: murmur '' in "),
        (["60"], "60: murmur '' in "),
        (["6x", "AV", "", "Absent", "", ""], "patient '6x' in "),
        (["", "AV", "", "Absent", "", ""], "patient '' in "),
        (["60", "AV", "", "Absent", "", "seven"], "60: additional patient 'seven' in "),
        (["60", "nan", "", "Absent", "", ""], "60: no location in "),
        (["60", "../AV", "", "Absent", "", ""], "60_../AV: no audio file in "),
        (["10", "AV", "", "Absent", "", ""], "10: listed twice"),
    ],
)
def test_a_row_that_makes_no_sense_is_told_and_left_out(folder, row, told):
    before = load_circor2022(folder)[0]
    write_table(folder, [*ROWS, row, []])
    assert problem(folder).startswith(told)
    assert load_circor2022(folder)[0] == before


@pytest.mark.parametrize("column", [0, 1, 3, 4, 5])
def test_a_table_without_a_column_is_refused(folder, column):
    write_table(folder, ROWS, [name for at, name in enumerate(COLUMNS) if at != column])
    with pytest.raises(CorpusError, match=f"has no column '{COLUMNS[column]}'"):
        load_circor2022(folder)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00a", b"a" * 200_000, b"only,other\ncolumns\n"])
def test_a_damaged_table_is_refused_in_one_line(folder, content):
    (folder / "training_data.csv").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        load_circor2022(folder)
    assert str(folder / "training_data.csv") in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_folder_that_holds_no_corpus_is_refused(tmp_path, folder):
    (folder / "training_data").rename(folder / "elsewhere")
    with pytest.raises(CorpusError, match=r"training_data is missing"):
        load_circor2022(folder)
    (folder / "training_data.csv").unlink()
    with pytest.raises(CorpusError, match=r"training_data\.csv is missing"):
        load_circor2022(folder)


def test_the_published_corpus(corpora):
    records, problems = load_corpus("circor2022", corpora / "circor2022")
    assert problems == []
    murmur = {record.patient: record.abnormal for record in records}
    assert Counter(murmur.values()) == {False: 84, True: 24}
    with (corpora / "circor2022" / "training_data.csv").open() as lines:
        assert Counter(row["Murmur"] for row in csv.DictReader(lines)) == {
            "Absent": 84, "Present": 24, "Unknown": 9
        }  # fmt: skip
    assert len(set(murmur)) + 9 == 117
    groups = {record.patient: record.group for record in records}
    # Of the seven linked pairs, two have a patient whose murmur is unknown.
    assert Counter(Counter(groups.values()).values()) == {1: 98, 2: 5}
    assert len({record.name for record in records}) == len(records)
    assert not any(record.heard for record in records if not record.abnormal)
    assert {record.patient for record in records if record.heard} == {
        patient for patient, abnormal in murmur.items() if abnormal
    }
    with Recording.open(records[0].path) as recording:
        assert recording.rate == 2000
