"""The mean of an effect over worlds, with its intervals: random effects by Hartung and Knapp.

The worlds of a study are draws of one design, so their variances within a world differ by chance alone. All are given
the mean of the estimates, and all worlds weigh alike: an estimated variance is smallest where a share happens to be
near 0 or 100, and weights by it would pull the mean there. With one variance the estimators of Paule and Mandel, of
DerSimonian and Laird and of Hedges are the same, and Hartung and Knapp's interval is Student's.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import norm, t

from fieldlink.core.errors import InputError

Effects = Float[np.ndarray, " world"]


@dataclass(frozen=True)
class PooledEffect:
    """An effect over worlds, in the unit of the effects."""

    mean: float
    std_error: float  # of the mean; NaN for one world, and so are all that follow from it
    sd_between: float  # of the effects that worlds would have without noise of seeds and queries
    sd_within: float  # of that noise in one world; NaN where no world states it
    worlds: int

    def interval(self, level: float) -> tuple[float, float]:
        """Where the mean over all worlds lies."""
        return self._around(self.std_error, level)

    def prediction(self, level: float) -> tuple[float, float]:
        """Where the effect of one more world lies, with the noise within it."""
        return self._around(self.std_error * (self.worlds + 1) ** 0.5, level)

    def _around(self, spread: float, level: float) -> tuple[float, float]:
        if self.worlds == 1:
            return float("nan"), float("nan")
        reach = float(t.ppf((1 + level) / 2, self.worlds - 1)) * spread
        return self.mean - reach, self.mean + reach


def pool(effects: Effects, within: Effects | None = None) -> PooledEffect:
    """The mean over worlds with its standard error, and the spread between worlds.

    `within`: variance within each world, NaN where unknown. If all worlds have the same effect, as shares of few
    queries may, the standard error is that of the variance within. Raises `InputError` without a world.
    """
    worlds = len(effects)
    if not worlds:
        raise InputError("no world has this effect, expected at least one")
    stated = np.empty(0) if within is None else within[np.isfinite(within)]
    noise = float(stated.mean()) if len(stated) else float("nan")
    mean = float(effects.mean())
    if worlds == 1:
        return PooledEffect(mean, float("nan"), float("nan"), noise**0.5, worlds)
    spread, floor = float(effects.var(ddof=1)), np.nan_to_num(noise)
    between = max(0.0, spread - floor)
    error = spread if np.ptp(effects) > 0 else floor
    return PooledEffect(mean, (error / worlds) ** 0.5, between**0.5, noise**0.5, worlds)


def within_variance(low: float, high: float, level: float, seed_part: float = 0.0, seeds: int = 1) -> float:
    """The variance of a value with this interval, at least that of its training seeds.

    `seed_part`: what `seeds` training seeds add to the variance. The half-width is Cochran's: each part of the variance
    with its own quantile, Student's for the seeds and the normal one for the rest, over the root of the whole. Of two
    variances with this interval, which two or three seeds may have, it is the greater.
    """
    half, normal = (high - low) / 2, float(norm.ppf((1 + level) / 2))
    if not seed_part:
        return (half / normal) ** 2
    student = float(t.ppf((1 + level) / 2, seeds - 1))
    # half² (s + q) = (student s + normal q)², a quadratic equation of the queries' part q
    linear = half**2 - 2 * student * normal * seed_part
    constant = (student * seed_part) ** 2 - half**2 * seed_part
    root = max(0.0, linear**2 - 4 * normal**2 * constant) ** 0.5
    return seed_part + max(0.0, (linear + root) / (2 * normal**2))
