import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from training.balance import balance_weights
from training.reliability import (
    brier,
    calibration_error,
    chance_calibration_errors,
    most_certain,
    reliability_table,
    risk_coverage,
)

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


def drawn_at_recorded_odds(rng, n):
    """Records of two sites, where p is what came true at even odds of the classes of each."""
    site = rng.integers(0, 2, n)
    share = np.where(site, 0.8, 0.2)
    abnormal = rng.random(n) < share
    log_odds = rng.normal(2.0 * abnormal - 1.0, np.sqrt(2))
    return site, share, abnormal, 1 / (1 + np.exp(-log_odds))


def test_what_comes_true_errs_as_by_chance_and_what_is_too_bold_errs_more():
    rng = np.random.default_rng(0)
    places, bold_places = [], []
    for seed in range(40):
        site, share, abnormal, p = drawn_at_recorded_odds(rng, 250)

        def weigh(labels, site=site):
            return balance_weights("database and class", labels, site)

        def place(p, share=share, abnormal=abnormal, weigh=weigh, seed=seed):
            errors = chance_calibration_errors(p, share, weigh, 100, seed)
            own = calibration_error(reliability_table(abnormal, p, weigh(abnormal)))
            return np.searchsorted(errors, own) / 100

        places.append(place(p))
        bold_places.append(place(p**4 / (p**4 + (1 - p) ** 4)))
    assert 0.35 < np.mean(places) < 0.65
    assert min(places) < 0.25 and max(places) > 0.75
    assert np.mean(bold_places) > 0.98


def test_chance_errs_less_on_more_records_and_says_nothing_of_none():
    rng = np.random.default_rng(1)

    def error(n):
        site, share, _, p = drawn_at_recorded_odds(rng, n)
        weigh = lambda labels: balance_weights("database and class", labels, site)  # noqa: E731
        return chance_calibration_errors(p, share, weigh, 50, 0).mean()

    assert error(5000) < error(500) / 2
    assert chance_calibration_errors(np.empty(0), np.empty(0), lambda labels: np.empty(0), 50, 0).size == 0


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
