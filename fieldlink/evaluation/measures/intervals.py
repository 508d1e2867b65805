"""The interval of a mean, in percent."""

from dataclasses import dataclass
from math import exp, inf, log
from statistics import NormalDist

import numpy as np

from fieldlink.evaluation.measures.variance_components import Estimates, QueryValues, least_error


@dataclass(frozen=True)
class Interval:
    value: float  # percent, like its bounds
    low: float
    high: float

    @property
    def spread(self) -> float:
        return self.high - self.low


def interval(answers: QueryValues, level: float) -> Interval:
    """Of a single mean.

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


def difference(first: QueryValues, second: QueryValues, level: float) -> Interval:
    """One mean less another on the same queries. Seeds are paired in their order, as many as both have."""
    seeds = min(first.values.shape[1], second.values.shape[1])
    values = first.values[:, :seeds] - second.values[:, :seeds]
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
