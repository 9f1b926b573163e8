import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from training.intervals import draws, estimate, resampled_counts, weighted_auroc
from training.metrics import figures

# Few distinct scores, so that ties are the rule.
rows = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.sampled_from("abcdef")),
    min_size=1,
    max_size=30,
)


def columns(found):
    return np.array([r[0] for r in found]), np.array([r[1] for r in found]), [r[2] for r in found]


@given(rows, st.integers(0, 99))
def test_whole_subjects_are_drawn_as_many_as_there_are(found, seed):
    groups = np.array(columns(found)[2])
    counts = resampled_counts(groups, 20, [seed])
    assert np.array_equal(counts, resampled_counts(groups, 20, [seed]))
    names, first = np.unique(groups, return_index=True)
    for name in names:
        assert (np.ptp(counts[:, groups == name], axis=1) == 0).all()
    assert (counts[:, first].sum(axis=1) == names.size).all()


@settings(max_examples=50)
@given(rows, st.integers(0, 99))
def test_a_resamples_figures_are_those_of_its_records_written_out(found, seed):
    abnormal, p, groups = columns(found)
    counts = resampled_counts(groups, 5, [seed])
    drawn = draws(abnormal, p, 0.5, counts)
    for index, count in enumerate(counts.astype(int)):
        expected = figures(np.repeat(abnormal, count), np.repeat(p, count), 0.5)
        for name, values in drawn.items():
            wanted = np.nan if expected[name] is None else expected[name]
            assert values[index] == pytest.approx(wanted, nan_ok=True), name


@settings(max_examples=50)
@given(rows, st.integers(0, 99))
def test_weighted_auroc_is_scikit_learns(found, seed):
    abnormal, p, groups = columns(found)
    counts = resampled_counts(groups, 5, [seed])
    for value, weight in zip(weighted_auroc(abnormal, p, counts), counts, strict=True):
        if (weight[abnormal].sum() == 0) or (weight[~abnormal].sum() == 0):
            assert np.isnan(value)
        else:
            assert value == pytest.approx(roc_auc_score(abnormal, p, sample_weight=weight))


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth, covered, subjects = norm.cdf(1 / np.sqrt(2)), 0, 100
    for seed in range(100):
        rng = np.random.default_rng(seed)
        # Three records of a subject say the same: counted as three they would promise too much.
        sick = np.arange(subjects) < 40
        score = np.repeat(rng.normal(sick, 1.0), 3)
        abnormal, groups = np.repeat(sick, 3), np.repeat(np.arange(subjects).astype(str), 3)
        drawn = weighted_auroc(abnormal, score, resampled_counts(groups, 300, [seed]))
        found = estimate(roc_auc_score(abnormal, score), drawn, subjects)
        covered += found.low <= truth <= found.high
    assert 87 <= covered <= 99


def test_no_interval_where_it_would_mean_nothing():
    steady = np.full(100, 0.7)
    assert estimate(0.7, steady, 2).low == pytest.approx(0.7)
    assert estimate(0.7, steady, 1).low is None
    assert estimate(None, np.full(100, np.nan), 9).high is None
    assert estimate(0.7, np.where(np.arange(100) < 80, 0.7, np.nan), 9).low is None
