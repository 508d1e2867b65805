"""The interval of a mean, in percent."""

from dataclasses import asdict, dataclass
from math import exp, inf, isfinite, log
from statistics import NormalDist

import numpy as np
from jaxtyping import Float

from fieldlink.evaluation.measures.variance_components import Estimates, QueryValues, least_error

RECIPE = (
    "S training seeds answered Q queries each. The variance of their mean is MS_seed / (S Q) + "
    "(MS_query - MS_rest) / (S Q), with the mean squares of a two-way analysis of variance, and the gallery's part: "
    "the covariance, over random halves of the gallery, of the means of the two halves of the queries. Negative parts "
    "are 0, and the sum is at least that of S Q independent answers. The half-width is the root of the sum times t*: "
    "the quantiles of Student's t of the three parts (S - 1, Q - 1 and 99 degrees of freedom), weighted by their "
    "variances. Shares have it on the scale of log odds; if all answers are right, or all wrong, they have Wilson's "
    "interval."
)


@dataclass(frozen=True)
class Interval:
    value: float  # percent, like its bounds
    low: float
    high: float

    @property
    def spread(self) -> float:
        return self.high - self.low

    @property
    def rounded(self) -> dict[str, float]:
        """Value and bounds by name, two digits. A bound that isn't finite is left out: JSON has no word for it."""
        return {name: round(number, 2) for name, number in asdict(self).items() if isfinite(number)}

    @property
    def bounds(self) -> dict[str, float]:
        """`rounded` without the value."""
        return {name: number for name, number in self.rounded.items() if name != "value"}


def interval(answers: QueryValues, level: float) -> Interval:
    """The interval of a single mean, in percent.

    Shares of right answers have the interval on the scale of log odds, so that bounds stay between 0 and 1; if all
    answers are 0, or all 1, it is Wilson's over queries. Means of other values, some below 0, have a symmetric one.
    """
    lowest, highest = float(answers.values.min()), float(answers.values.max())
    if lowest == highest and lowest in (0.0, 1.0):  # weights need not sum to exactly 1
        value, (low, high) = lowest, wilson(lowest, answers.values.shape[2], level)
    else:
        independent = float(answers.values.std()) / answers.values.size**0.5  # standard error if no two answers agreed
        estimates = Estimates.of([answers], independent)
        value, reach = float(estimates.means[0]), float(estimates.half_widths((1 - level) / 2)[0])
        if answers.values.shape[2] < 2:
            reach = inf  # one query doesn't say how others differ
        low, high = value - reach, value + reach
        if lowest >= 0 and 0 < value < 1:
            low, high = (_moved_odds(value, step / (value * (1 - value))) for step in (-reach, reach))
        low, high = np.clip((low, high), -1 if lowest < 0 else 0, 1)
    return Interval(100 * value, 100 * float(low), 100 * float(high))


def mean_of_any(values: Float[np.ndarray, " item"], level: float) -> Interval:
    """The mean of independent values in their own unit, with Student's interval; unbounded for a single value."""
    from scipy.special import stdtrit

    count, mean = len(values), float(np.mean(values, dtype=np.float64))
    if count < 2:
        return Interval(mean, -inf, inf)
    reach = float(stdtrit(count - 1, (1 + level) / 2) * np.std(values, ddof=1, dtype=np.float64) / count**0.5)
    return Interval(mean, mean - reach, mean + reach)


def difference(first: QueryValues, second: QueryValues, level: float) -> Interval:
    """One mean less another on the same queries by the same seeds. An untrained side meets every seed of the other."""
    values = first.values - second.values
    in_halves = None
    if first.in_halves is not None and second.in_halves is not None:
        in_halves = first.in_halves - second.in_halves
    estimates = Estimates.of([QueryValues(values, first.weights, in_halves)], least_error(values.shape[2]))
    value, reach = float(estimates.means[0]), float(estimates.half_widths((1 - level) / 2)[0])
    return Interval(100 * value, 100 * (value - reach), 100 * (value + reach))


def wilson(share: float, count: int, level: float) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share of `count` independent draws."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * count)
    reach = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    scale = 1 + z * z / count
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _moved_odds(share: float, step: float) -> float:
    """The share whose log odds are those of `share` plus `step`."""
    odds = log(share / (1 - share)) + step
    return 1 / (1 + exp(-odds)) if odds > -500 else 0.0
