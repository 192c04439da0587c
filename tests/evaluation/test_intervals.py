"""Bootstrap intervals: the same for the same episodes, and as wide as the normal theory says."""

import numpy as np
import pytest

from abp.evaluation.intervals import mean_interval, mean_intervals


def test_the_interval_of_a_mean_is_about_two_standard_errors_each_way():
    values = np.random.default_rng(3).normal(10, 4, size=400)
    low, high = mean_interval(values)
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_it_covers_the_truth_nineteen_times_in_twenty():
    values = np.random.default_rng(4).exponential(1.0, size=(60, 400))
    low, high = mean_intervals(values)
    covered = ((low < 1) & (high > 1)).mean()
    assert 0.90 < covered < 0.98


def test_the_same_values_give_the_same_interval_and_columns_share_their_draws():
    values = np.random.default_rng(5).normal(size=50)
    assert mean_interval(values) == mean_interval(values)
    low, high = mean_intervals(np.stack([values, 2 * values], axis=1))
    assert low[1] == pytest.approx(2 * low[0])
    assert (low[0], high[0]) == pytest.approx(mean_interval(values))


def test_one_episode_says_nothing_of_its_error():
    assert mean_interval(np.array([7.0])) == (7.0, 7.0)
