from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.corpora import CorpusError, Record
from training.folds import folds_by_group, folds_by_record
from training.protocols import PROTOCOLS
from training.recipes import RECIPES

CLASSES = {"a": 5, "b": 7, "e": 3}


def made(subjects, corpus="cinc2016"):
    """Records of some subjects: (database letter, how many recordings, abnormal, on the test list)."""
    return [
        Record(
            f"{letter}{subject}-{index}",
            f"{corpus}-{letter}",
            Path(__file__),
            abnormal,
            f"{letter}:{subject}",
            listed,
        )
        for subject, (letter, count, abnormal, listed) in enumerate(subjects)
        for index in range(count)
    ]


subjects = st.lists(
    st.tuples(st.sampled_from("abe"), st.integers(1, 4), st.booleans(), st.booleans()),
    min_size=12,
    max_size=60,
)


@given(subjects, st.integers(2, 10), st.integers(0, 2**32))
def test_each_record_is_in_one_fold_and_a_subject_in_one(found, count, seed):
    records = made(found)
    for deal in (folds_by_record, folds_by_group):
        folds = deal(records, count, seed)
        assert len(folds) == count
        assert Counter(name for fold in folds for name in fold) == Counter(record.name for record in records)
        assert folds == deal(records, count, seed)
    for group in {record.group for record in records}:
        names = {record.name for record in records if record.group == group}
        assert sum(bool(names & fold) for fold in folds) == 1


@given(st.integers(2, 10), st.integers(0, 2**32))
def test_folds_by_record_spread_each_class_of_each_database(count, seed):
    records = made(
        [("a", 1, False, False)] * 40 + [("a", 1, True, False)] * 23 + [("e", 1, False, False)] * 31
    )
    by_name = {record.name: record for record in records}
    for kind in {(record.database, record.abnormal) for record in records}:
        held = [
            sum((by_name[name].database, by_name[name].abnormal) == kind for name in fold)
            for fold in folds_by_record(records, count, seed)
        ]
        assert max(held) - min(held) <= 1


def corpora(seed=0):
    rng = np.random.default_rng(seed)
    reference = made(
        [
            (
                str(rng.choice(list("abe"))),
                int(rng.integers(1, 4)),
                bool(rng.random() < 0.4),
                bool(rng.random() < 0.1),
            )
            for _ in range(150)
        ]
    )
    murmurs = [
        Record(
            f"{patient}_AV",
            "circor2022",
            Path(__file__),
            patient % 3 == 0,
            str(patient),
            patient=str(patient),
        )
        for patient in range(30)
    ]
    twin = next(record for record in reference if record.held_out)
    return [replace(twin, name="twin", held_out=False), *reference, *murmurs]


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("model", RECIPES)
def test_no_record_is_on_two_sides_of_a_split(name, model):
    records = corpora()
    groups = {record.name: (record.database, record.group) for record in records}
    tested = Counter()
    for variant in PROTOCOLS[name].plan(records, RECIPES[model], 5, 3):
        for split in variant.folds.values():
            parts = [
                {record.name for record in part}
                for part in (split.training, split.calibration, split.held_out)
            ]
            assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
            assert all(parts)
            assert not {groups[record] for record in parts[0]} & {groups[record] for record in parts[1]}
            learnt = {groups[record] for record in parts[0] | parts[1]}
            shared = name == "paper" or variant.name.endswith("subjects shared")
            assert shared == bool(learnt & {groups[record] for record in parts[2]})
            if name == "lodo":
                assert len({record.database for record in split.held_out}) == 1
            tested.update((variant.name, record) for record in parts[2])
    assert set(tested.values()) == {1}
    if name == "front-end":
        return
    compared = name in ("lodo", "validation") or (name, model) == ("paper", "paper")
    assert len({variant for variant, _ in tested}) == (2 if compared else 1)


@pytest.mark.parametrize(
    ("name", "left", "said"), [("grouped", "circor2022", "cinc2016"), ("circor", "cinc2016", "circor2022")]
)
def test_a_missing_corpus_is_asked_for(name, left, said):
    records = [record for record in corpora() if record.database.startswith(left)]
    with pytest.raises(CorpusError, match=f"--corpus {said}=DIR"):
        PROTOCOLS[name].plan(records, RECIPES["default"], 5, 0)
