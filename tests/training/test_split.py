from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.corpora import Record, load_corpus
from training.folds import split_records

records = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 12), st.booleans(), st.booleans()), max_size=60
).map(
    lambda rows: [
        Record(
            f"{database}{index}", f"cinc2016-{database}", Path("x"), abnormal, f"{database}:{group}", held_out
        )
        for index, (database, group, abnormal, held_out) in enumerate(rows)
    ]
)


def names(part):
    return [record.name for record in part]


@given(records, st.floats(0, 1), st.integers(0, 2**70))
def test_every_record_is_in_one_part_and_every_group_on_one_side(found, share, seed):
    split = split_records(found, share, seed)
    parts = names(split.training) + names(split.calibration) + names(split.held_out)
    assert sorted(parts) == sorted(names(found))
    assert names(split.held_out) == [record.name for record in found if record.held_out]
    sides = [{(r.database, r.group) for r in part} for part in (split.training, split.calibration)]
    assert not sides[0] & sides[1]
    assert abs(len(sides[1]) - share * (len(sides[0]) + len(sides[1]))) <= 0.5 * 3 * 2
    assert split_records(found, share, seed) == split


@given(st.integers(0, 1000))
def test_another_seed_draws_others(seed):
    found = [Record(f"a{n}", "cinc2016-a", Path("x"), n % 2 == 0, f"{n}") for n in range(200)]
    one, other = split_records(found, 0.15, seed), split_records(found, 0.15, seed + 1)
    assert len(one.calibration) == len(other.calibration) == 30
    assert names(one.calibration) != names(other.calibration)
    assert sum(record.abnormal for record in one.calibration) == 15


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_published_corpus_keeps_some_of_every_database_to_calibrate(corpora, seed):
    found, _ = load_corpus("cinc2016", corpora / "cinc2016")
    split = split_records(found, 0.15, seed)
    assert len(split.held_out) == 301
    for part in (split.training, split.calibration):
        assert {record.database for record in part} == {f"cinc2016-{letter}" for letter in "abcde"}
        assert {record.abnormal for record in part} == {True, False}
    assert 0.1 < len(split.calibration) / (len(found) - 301) < 0.2
