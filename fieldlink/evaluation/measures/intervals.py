"""A mean over training seeds and queries, in percent, with its interval; and the difference of two such means."""

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from jaxtyping import Float

from fieldlink.core.params import IntervalsParams
from fieldlink.core.seeds import seed_of

Values = Float[np.ndarray, "seed query"]  # of each query by each training seed: 1 right, 0 wrong, or between


@dataclass(frozen=True)
class Interval:
    value: float  # percent, like its bounds
    low: float
    high: float

    @property
    def spread(self) -> float:
        return self.high - self.low


def interval(
    values: Values, how: IntervalsParams, study_seed: int, weights: Float[np.ndarray, " query"] | None = None
) -> Interval:
    """Mean over seeds and queries with the percentile interval of `resampled`; Wilson's if all values are 0, or all 1.

    `weights` of the queries: none means that all count alike. Bounds stay in [0, 1], or in [−1, 1] for a measure that
    was found below 0.
    """
    weights = np.ones(values.shape[1]) if weights is None else weights
    value, least, most = _mean(values, weights), float(values.min()), float(values.max())
    if least == most and least in (0.0, 1.0):  # weights need not sum to exactly 1
        value, (low, high) = least, wilson(least, values.shape[1], how.level)
    else:
        low, high = _bounds(resampled(values, weights, how, study_seed, 0), how.level).clip(-1 if least < 0 else 0, 1)
    return Interval(100 * value, 100 * float(low), 100 * float(high))


def difference(
    first: Values,
    second: Float[np.ndarray, "other_seed query"],
    how: IntervalsParams,
    study_seed: int,
    level: float | None = None,
    weights: Float[np.ndarray, " query"] | None = None,
) -> Interval:
    """Mean of `first` less that of `second`, asked the same queries: paired over queries, each with its own seeds.

    `level`: another confidence than `how.level`. Where no query tells the two apart, the interval is Wilson's of the
    share that might.
    """
    level, weights = level or how.level, np.ones(first.shape[1]) if weights is None else weights
    value = _mean(first, weights) - _mean(second, weights)
    if np.array_equal(first, second):
        high = wilson(0.0, first.shape[1], level)[1]
        return Interval(0.0, -100 * high, 100 * high)
    draws = [resampled(values, weights, how, study_seed, side) for side, values in enumerate((first, second))]
    low, high = _bounds(draws[0] - draws[1], level)
    return Interval(100 * value, 100 * float(low), 100 * float(high))


def resampled(
    values: Values, weights: Float[np.ndarray, " query"], how: IntervalsParams, study_seed: int, side: int
) -> Float[np.ndarray, " resample"]:
    """Means that other seeds and other queries might have given.

    Queries are drawn with replacement. Training seeds are too few for that (three drawn from three show a third less
    spread than there is, and never their tails): each resample adds an error of Student's t with one degree of freedom
    fewer than seeds, scaled to the standard error of the seeds' means. The draws of queries depend on their number
    alone, so that two models asked the same queries are resampled alike; `side` tells apart the seeds of two models.
    """
    seeds, queries = values.shape
    draws = _draws(queries, how.resamples, seed_of(study_seed, "bootstrap", queries))
    found = draws @ (weights * values.mean(0, dtype=np.float64)) / (draws @ weights)
    if seeds > 1:
        error = _mean_by_seed(values, weights).std(ddof=1) / np.sqrt(seeds)
        found = found + error * _errors(seeds, how.resamples, seed_of(study_seed, "seeds", seeds, side))
    return found


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
    """How often each of `size` items comes in as many draws with replacement."""
    return np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), resamples).astype(np.float64)


@lru_cache(maxsize=8)
def _errors(seeds: int, resamples: int, seed: int) -> Float[np.ndarray, " resample"]:
    return np.random.default_rng(seed).standard_t(seeds - 1, resamples)
