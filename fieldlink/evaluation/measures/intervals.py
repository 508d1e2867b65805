"""A mean over training seeds and queries, in percent, with its interval; and the difference of two such means."""

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from jaxtyping import Float

from fieldlink.core.params import IntervalsParams
from fieldlink.core.seeds import seed_of

Values = Float[np.ndarray, "seed query"]  # 1 right, 0 wrong, or a value between


@dataclass(frozen=True)
class Interval:
    value: float  # percent, like its bounds
    low: float
    high: float

    @property
    def spread(self) -> float:
        return self.high - self.low


def interval(
    values: Values, intervals: IntervalsParams, study_seed: int, weights: Float[np.ndarray, " query"] | None = None
) -> Interval:
    """Mean over seeds and queries with the percentile interval of `resampled_means`.

    If all values are 0, or all 1, the interval is Wilson's over queries. `weights`: of the queries; all count alike by
    default. Bounds stay in [0, 1], or in [−1, 1] if a value is below 0.
    """
    weights = np.ones(values.shape[1]) if weights is None else weights
    value, lowest, highest = _mean(values, weights), float(values.min()), float(values.max())
    if lowest == highest and lowest in (0.0, 1.0):  # weights need not sum to exactly 1
        value, (low, high) = lowest, wilson(lowest, values.shape[1], intervals.level)
    else:
        means = resampled_means(values, weights, intervals, study_seed, 0)
        low, high = _bounds(means, intervals.level).clip(-1 if lowest < 0 else 0, 1)
    return Interval(100 * value, 100 * float(low), 100 * float(high))


def difference(
    first: Values,
    second: Float[np.ndarray, "other_seed query"],
    intervals: IntervalsParams,
    study_seed: int,
    level: float | None = None,
    weights: Float[np.ndarray, " query"] | None = None,
) -> Interval:
    """Mean of `first` minus that of `second` on the same queries, paired over queries; both have their own seeds.

    `level`: confidence, `intervals.level` by default. If `first` equals `second`, the interval is Wilson's of the share
    of queries on which the two may differ.
    """
    level, weights = level or intervals.level, np.ones(first.shape[1]) if weights is None else weights
    value = _mean(first, weights) - _mean(second, weights)
    if np.array_equal(first, second):
        high = wilson(0.0, first.shape[1], level)[1]
        return Interval(0.0, -100 * high, 100 * high)
    draws = [
        resampled_means(values, weights, intervals, study_seed, side) for side, values in enumerate((first, second))
    ]
    low, high = _bounds(draws[0] - draws[1], level)
    return Interval(100 * value, 100 * float(low), 100 * float(high))


def resampled_means(
    values: Values, weights: Float[np.ndarray, " query"], intervals: IntervalsParams, study_seed: int, side: int
) -> Float[np.ndarray, " resample"]:
    """Means over resampled queries and training seeds.

    Queries are drawn with replacement. Training seeds are too few for that: three drawn from three show a third less
    than the true spread, and never its tails. Each resample adds an error of Student's t with one degree of freedom
    fewer than seeds, scaled to the standard error of the seeds' means. The draws of queries depend on the number of
    queries alone, so that two models are resampled alike on the same queries. `side`: 0 or 1, which of two models the
    seeds belong to.
    """
    seeds, queries = values.shape
    draws = _draws(queries, intervals.resamples, seed_of(study_seed, "bootstrap", queries))
    means = draws @ (weights * values.mean(0, dtype=np.float64)) / (draws @ weights)
    if seeds > 1:
        error = _mean_by_seed(values, weights).std(ddof=1) / np.sqrt(seeds)
        means = means + error * _errors(seeds, intervals.resamples, seed_of(study_seed, "seeds", seeds, side))
    return means


def wilson(share: float, count: int, level: float) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share of `count` independent draws."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * count)
    reach = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    scale = 1 + z * z / count
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _mean(values: Values, weights: Float[np.ndarray, " query"]) -> float:
    return float(weights @ values.mean(0, dtype=np.float64) / weights.sum())


def _mean_by_seed(values: Values, weights: Float[np.ndarray, " query"]) -> Float[np.ndarray, " seed"]:
    return values.astype(np.float64) @ weights / weights.sum()


def _bounds(draws: Float[np.ndarray, " resample"], level: float) -> Float[np.ndarray, "2"]:
    return np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])


@lru_cache(maxsize=4)
def _draws(size: int, resamples: int, seed: int) -> Float[np.ndarray, "resample item"]:
    """Counts of each of `size` items among `size` draws with replacement."""
    return np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), resamples).astype(np.float64)


@lru_cache(maxsize=8)
def _errors(seeds: int, resamples: int, seed: int) -> Float[np.ndarray, " resample"]:
    return np.random.default_rng(seed).standard_t(seeds - 1, resamples)
