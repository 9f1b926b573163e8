import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from training.reliability import brier, calibration_error, most_certain, reliability_table, risk_coverage

rows = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 1 / 3, 0.5, 1.0]) | st.floats(0, 1), st.floats(0.1, 9)),
    min_size=1,
    max_size=40,
)


def columns(found):
    return [np.array([row[at] for row in found]) for at in range(3)]


@given(rows)
def test_brier_is_scikit_learns(found):
    abnormal, p, weight = columns(found)
    assert brier(abnormal, p, weight) == pytest.approx(
        brier_score_loss(abnormal, p, sample_weight=weight, pos_label=True)
    )


@given(rows, st.integers(1, 20))
def test_bins_hold_every_record_once_and_their_own(found, bins):
    abnormal, p, weight = columns(found)
    table = reliability_table(abnormal, p, weight, bins)
    assert sum(item.n for item in table) == p.size
    assert sum(item.weight for item in table) == pytest.approx(1)
    for item in table:
        own = (p >= item.low) & ((p < item.high) | (item.high == 1))
        assert item.n == own.sum()
        if item.n:
            assert item.mean_p == pytest.approx(np.average(p[own], weights=weight[own]))
            assert item.frequency == pytest.approx(np.average(abnormal[own], weights=weight[own]))
        else:
            assert item.mean_p is None and item.frequency is None


def test_calibration_error_tells_true_probabilities_from_bold_ones():
    rng = np.random.default_rng(0)
    p = rng.random(40_000)
    abnormal, even = rng.random(p.size) < p, np.ones(p.size)
    assert calibration_error(reliability_table(abnormal, p, even)) < 0.01
    wrong = calibration_error(reliability_table(abnormal, np.full(p.size, 0.9), even))
    assert wrong == pytest.approx(0.4, abs=0.01)
    assert calibration_error(reliability_table(abnormal[:0], p[:0], even[:0])) is None
    assert brier(abnormal[:0], p[:0], even[:0]) is None


@given(rows)
def test_risk_is_the_error_of_all_at_least_as_certain(found):
    abnormal, p, _ = columns(found)
    curve = risk_coverage(abnormal, p)
    certainty = np.abs(p - 0.5)
    assert curve.coverage[-1] == 1
    for level, coverage, risk in zip(np.unique(certainty)[::-1], curve.coverage, curve.risk, strict=True):
        answered = certainty >= level
        assert coverage == pytest.approx(answered.mean())
        assert risk == pytest.approx(((p >= 0.5) != abnormal)[answered].mean())


@given(rows, st.floats(0, 1))
def test_the_least_certain_are_left_out(found, share):
    p = columns(found)[1]
    answered = most_certain(p, share)
    certainty = np.abs(p - 0.5)
    assert (~answered).sum() == round(share * p.size)
    assert max(certainty[~answered], default=0) <= min(certainty[answered], default=1)
