"""Percentile-bootstrap intervals of means (Efron 1979): how far a mean could be off because of the seeds played."""

import numpy as np
import numpy.typing as npt

RESAMPLES = 10_000
LEVEL = 0.95
SEED = 20_260_101
"""The resampling begins with it, so that the same episodes always give the same interval."""

_CHUNK = 500

Floats = npt.NDArray[np.float64]


def mean_intervals(values: Floats) -> tuple[Floats, Floats]:
    """Lower and upper ends float64[k] of the intervals of the means of ``values`` float64[n, k].

    An episode is drawn with all its k values, so intervals of one call belong together.
    """
    n = len(values)
    rng = np.random.default_rng(SEED)
    means = np.empty((RESAMPLES, values.shape[1]))
    for begin in range(0, RESAMPLES, _CHUNK):
        drawn = rng.integers(0, n, size=(_CHUNK, n)) + np.arange(_CHUNK)[:, None] * n
        times_drawn = np.bincount(drawn.ravel(), minlength=_CHUNK * n).reshape(_CHUNK, n)
        means[begin : begin + _CHUNK] = times_drawn @ values / n
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, (tail, 1 - tail), axis=0)
    return low, high


def mean_interval(values: Floats) -> tuple[float, float]:
    """The interval of the mean of ``values`` float64[n]."""
    low, high = mean_intervals(values[:, None])
    return float(low[0]), float(high[0])
