from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from model.card import Calibration
from model.classifier import calibrated
from training.balance import BALANCES, balance_weights
from training.calibration import MOST_ABSTAINED, STATED_RISK, calibrate, prior_penalty, probability
from training.metrics import InvertedClassifierError


def even(abnormal):
    return balance_weights("class", abnormal, np.full(abnormal.size, "a"))


def drawn(seed, count, slope, intercept, normals_per_abnormal=1):
    """Logits whose true probability at even odds is expit(slope * logit + intercept)."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 4, count * 4)
    abnormal = rng.random(logits.size) < expit(slope * logits + intercept)
    keep = abnormal | (rng.random(logits.size) < normals_per_abnormal)
    return logits[keep], abnormal[keep]


@settings(max_examples=15)
@given(st.integers(0, 100), st.sampled_from([0.3, 1.0, 2.0]), st.floats(-1, 1))
def test_probabilities_come_true(seed, slope, intercept):
    logits, abnormal = drawn(seed, 20_000, slope, intercept)
    # Equal weights: the odds are those of the sample.
    p = probability(logits, calibrate(logits, abnormal, np.full(logits.size, 1 / logits.size)))
    for low in np.arange(0, 1, 0.2):
        inside = (p >= low) & (p < low + 0.2)
        assert p[inside].mean() == pytest.approx(abnormal[inside].mean(), abs=0.04)


@settings(max_examples=15)
@given(st.integers(0, 100), st.floats(0.05, 1.0))
def test_odds_are_even_however_rare_a_class_is(seed, share):
    logits, abnormal = drawn(seed, 20_000, 0.8, 0.0)
    thinned = ~abnormal | (np.random.default_rng(seed).random(abnormal.size) < share)
    whole = calibrate(logits, abnormal, even(abnormal))
    thin = calibrate(logits[thinned], abnormal[thinned], even(abnormal[thinned]))
    assert thin.slope == pytest.approx(whole.slope, rel=0.15)
    assert thin.intercept == pytest.approx(whole.intercept, abs=0.15)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.floats(1e-3, 1e3))
def test_the_slope_has_the_scale_of_the_logits_and_turned_round_they_are_refused(seed, scale):
    rng = np.random.default_rng(seed)
    abnormal = rng.random(400) < 0.3
    logits = scale * (rng.normal(0, 1, 400) + 1.5 * abnormal)
    fitted = calibrate(logits, abnormal, even(abnormal))
    assert fitted.slope > 0
    p = probability(logits, fitted)
    assert p[abnormal].mean() > 0.6 > 0.4 > p[~abnormal].mean()
    with pytest.raises(InvertedClassifierError, match="do not rise with abnormality") as caught:
        calibrate(-logits, abnormal, even(abnormal))
    assert str(caught.value).isprintable()


@settings(max_examples=15)
@given(st.integers(0, 1000), st.floats(0.3, 3), st.floats(-1, 1))
def test_the_greater_the_penalty_the_nearer_to_the_networks_own_softmax(seed, slope, intercept):
    logits, abnormal = drawn(seed, 300, slope, intercept)
    weight = even(abnormal)
    fits = [calibrate(logits, abnormal, weight, penalty) for penalty in (0, 0.01, 0.1, 1, 1e4)]
    away = [(fit.slope - 1) ** 2 + fit.intercept**2 for fit in fits]
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(away))
    assert away[-1] < 1e-4


def test_subjects_that_weigh_in_lower_the_penalty():
    few, many = (prior_penalty(0.25, np.full(count, 1 / count)) for count in (10, 1000))
    assert few == pytest.approx(1 / (2 * 0.25**2 * 10))
    assert many == pytest.approx(few / 100)
    # One subject with nearly all the weight tells little more than one subject.
    assert prior_penalty(0.25, np.array([0.98, *np.full(20, 0.001)])) > prior_penalty(0.25, np.full(2, 0.5))
    assert prior_penalty(None, np.ones(1)) == 0


def test_a_penalty_does_not_hide_an_inverted_classifier():
    abnormal = np.array([True, False] * 50)
    with pytest.raises(InvertedClassifierError):
        calibrate(np.where(abnormal, -1.0, 1.0) + np.linspace(-2, 2, 100), abnormal, even(abnormal), 10.0)


def test_a_slope_of_nothing_is_refused():
    abnormal = np.array([True, False] * 50)
    logits = np.repeat([-1.0, 1.0], 50)  # as many of each class at either
    with pytest.raises(InvertedClassifierError):
        calibrate(logits, abnormal, even(abnormal))


@settings(max_examples=30)
@given(st.integers(0, 1000), st.floats(1, 4))
def test_no_other_line_fits_better(seed, apart):
    rng = np.random.default_rng(seed)
    abnormal = rng.random(300) < 0.4
    logits = rng.normal(0, 1, 300) + apart * (abnormal - 0.5)
    weight = even(abnormal)
    fitted = calibrate(logits, abnormal, weight)

    def loss(slope, intercept):
        p = np.clip(expit(slope * logits + intercept), 1e-300, None)
        q = np.clip(expit(-slope * logits - intercept), 1e-300, None)
        return -np.sum(weight * np.where(abnormal, np.log(p), np.log(q)))

    least = loss(fitted.slope, fitted.intercept)
    for slope, intercept in rng.normal([fitted.slope, fitted.intercept], 0.3, (50, 2)):
        assert loss(slope, intercept) >= least - 1e-4


@settings(max_examples=60)
@given(st.integers(0, 1000), st.floats(1, 4), st.floats(0.1, 0.9))
def test_the_band_is_the_narrowest_that_keeps_the_risk_within_its_cap(seed, apart, share):
    rng = np.random.default_rng(seed)
    abnormal = rng.random(500) < share
    logits = rng.normal(0, 1, 500) + apart * (abnormal - 0.5)
    weight = even(abnormal)
    fitted = calibrate(logits, abnormal, weight)
    width = fitted.high - 0.5
    assert fitted.low == pytest.approx(0.5 - width)
    assert 0 <= width < 0.5
    distance = np.abs(probability(logits, fitted) - 0.5)
    wrong = (probability(logits, fitted) >= 0.5) != abnormal

    def answered(at):
        return weight[distance >= at].sum()

    def risk(at):
        return weight[(distance >= at) & wrong].sum() / answered(at)

    assert 1 - answered(round(width, 2)) <= MOST_ABSTAINED + 1e-9
    narrower = [step / 100 for step in range(round(width * 100))]
    assert all(risk(at) > STATED_RISK for at in narrower)
    wider = round(width + 0.01, 2)
    assert risk(round(width, 2)) <= STATED_RISK or 1 - answered(wider) > MOST_ABSTAINED - 1e-9


@given(st.floats(-50, 50), st.floats(-5, 5), st.floats(-5, 5))
def test_training_and_serving_mean_the_same_probability(logit, slope, intercept):
    calibration = Calibration(slope, intercept)
    assert probability(np.array([logit]), calibration)[0] == pytest.approx(
        calibrated(logit, calibration), abs=1e-12
    )


@given(st.sampled_from(BALANCES), st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), min_size=1))
def test_all_kinds_weigh_the_same(balance, rows):
    abnormal, database = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    weight = balance_weights(balance, abnormal, database)
    kinds = {"none": lambda row: 0, "class": lambda row: row[0], "database and class": lambda row: row}[
        balance
    ]
    total = {}
    for row, share in zip(rows, weight, strict=True):
        total.setdefault(kinds(row), []).append(share)
    assert sum(map(sum, total.values())) == pytest.approx(1)
    for shares in total.values():
        assert sum(shares) == pytest.approx(1 / len(total))
        assert max(shares) == pytest.approx(min(shares))


def test_an_unknown_balance_is_refused():
    with pytest.raises(ValueError, match="balance 'even' is not one of none, class"):
        balance_weights("even", np.ones(2, bool), np.array(["a", "b"]))
