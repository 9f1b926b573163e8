import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from training.metrics import (
    ConstantClassifierError,
    auroc,
    class_weighted_figures,
    figures,
    figures_by_database,
    mean_by_record,
    refuse_constant,
)

# Few distinct scores, so that ties are the rule.
scores = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]) | st.floats(0, 1)
answers = st.lists(st.tuples(st.booleans(), scores), max_size=40)


def arrays(rows):
    return np.array([row[0] for row in rows], bool), np.array([row[1] for row in rows], float)


@given(answers)
def test_auroc_is_the_share_of_pairs_in_the_right_order(rows):
    abnormal, score = arrays(rows)
    pairs = list(product(score[abnormal], score[~abnormal]))
    if not pairs:
        assert auroc(abnormal, score) is None
    else:
        right = sum((high > low) + 0.5 * (high == low) for high, low in pairs)
        assert auroc(abnormal, score) == pytest.approx(right / len(pairs), abs=1e-12)


@given(answers, scores)
def test_figures_are_those_of_counting(rows, threshold):
    abnormal, probability = arrays(rows)
    hit = sum(a and p >= threshold for a, p in rows)
    missed = sum(a and p < threshold for a, p in rows)
    alarm = sum(not a and p >= threshold for a, p in rows)
    quiet = sum(not a and p < threshold for a, p in rows)

    def ratio(part, whole):
        return part / whole if whole else None

    recall, specificity = ratio(hit, hit + missed), ratio(quiet, quiet + alarm)
    precision = ratio(hit, hit + alarm)
    expected = {
        "n": len(rows),
        "n_abnormal": hit + missed,
        "accuracy": ratio(hit + quiet, len(rows)),
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "f1": ratio(2 * hit, 2 * hit + alarm + missed),
        "macc": None if None in (recall, specificity) else (recall + specificity) / 2,
        "auroc": auroc(abnormal, probability),
    }
    found = figures(abnormal, probability, threshold)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == (value if value is None else pytest.approx(value)), name
    if precision and recall:
        assert found["f1"] == pytest.approx(2 / (1 / precision + 1 / recall))


@given(answers, scores)
def test_class_weighted_figures_are_those_of_an_independent_library(rows, threshold):
    abnormal, probability = arrays(rows)
    called = probability >= threshold
    found = class_weighted_figures(abnormal, probability, threshold)
    if called.all() or not called.any():
        assert found["weighted_precision"] is None
        return
    expected = precision_recall_fscore_support(abnormal, called, average="weighted", zero_division=0)
    precision, recall, f1, _ = expected
    assert found["weighted_precision"] == pytest.approx(precision)
    assert found["weighted_f1"] == pytest.approx(f1)
    assert figures(abnormal, probability, threshold)["accuracy"] == pytest.approx(recall)


@given(st.lists(st.tuples(st.booleans(), scores, st.sampled_from("abc")), max_size=40))
def test_figures_by_database_are_those_of_its_own_records(rows):
    abnormal, probability = arrays(rows)
    found = figures_by_database(abnormal, probability, 0.5, [row[2] for row in rows])
    assert set(found) == {row[2] for row in rows}
    for database, inside in found.items():
        assert inside == figures(*arrays([row for row in rows if row[2] == database]), 0.5)


@given(st.integers(1, 8), st.lists(st.tuples(st.integers(0, 7), st.floats(0, 1)), max_size=40))
def test_a_records_mean_is_over_its_own_windows(count, rows):
    rows = [(record % count, value) for record, value in rows]
    record = np.array([row[0] for row in rows], np.int32)
    means = mean_by_record(np.array([row[1] for row in rows], float), record, count)
    assert means.shape == (count,)
    for index, mean in enumerate(means):
        own = [value for owner, value in rows if owner == index]
        assert math.isnan(mean) if not own else mean == pytest.approx(sum(own) / len(own))


def test_no_scored_recording_is_said_as_such_and_not_as_an_answer():
    with pytest.raises(ConstantClassifierError, match="refuses every window") as caught:
        refuse_constant(np.empty(0), 0.5)
    assert "for all 0" not in str(caught.value)
    assert str(caught.value).isprintable()


@given(st.lists(scores, min_size=1), scores)
def test_one_answer_for_everything_is_refused(probability, threshold):
    called = {p >= threshold for p in probability}
    if len(called) == 2:
        refuse_constant(np.array(probability), threshold)
    else:
        answer = "abnormal" if True in called else "normal"
        with pytest.raises(ConstantClassifierError, match=f"'{answer}' for all {len(probability)} "):
            refuse_constant(np.array(probability), threshold)
