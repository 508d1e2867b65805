"""A share of hits over training seeds and queries, in percent, with its interval."""

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from jaxtyping import Bool, Float

from stages.params import Intervals
from stages.runtime import seed_of


@dataclass(frozen=True)
class Interval:
    value: float  # percent, like its bounds
    low: float
    high: float


def interval(hits: Bool[np.ndarray, "seed query"], how: Intervals, study_seed: int) -> Interval:
    """Mean over seeds and queries, with the percentile interval of a bootstrap of both, or Wilson's if all hits agree.

    Seeds and queries are drawn with replacement, each for itself, and every pair of the two counts (crossed): the
    same queries were asked of every seed. Few seeds show less spread than there is, by a factor (seeds − 1) / seeds.
    The draws of queries depend on their number alone: two models asked the same queries are resampled alike.
    """
    value = float(hits.mean())
    if hits.all() or not hits.any():
        low, high = wilson(value, hits.shape[1], how.level)
    else:
        seeds, queries = (_draws(size, how.resamples, seed_of(study_seed, "bootstrap", size)) for size in hits.shape)
        shares = ((seeds @ hits.astype(np.float32)) * queries).sum(1) / hits.size
        low, high = np.quantile(shares, [(1 - how.level) / 2, (1 + how.level) / 2])
    return Interval(100 * value, 100 * float(low), 100 * float(high))


def wilson(share: float, count: int, level: float) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share of `count` independent draws."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * count)
    reach = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    scale = 1 + z * z / count
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


@lru_cache(maxsize=4)
def _draws(size: int, resamples: int, seed: int) -> Float[np.ndarray, "resample item"]:
    """How often each of `size` items comes in as many draws with replacement."""
    return np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), resamples).astype(np.float32)
