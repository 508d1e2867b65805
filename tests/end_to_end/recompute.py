"""Recomputes a table's cell from the JSON of `fieldlink why --json`, with nothing but the standard library.

fieldlink why 4.4a "nerf2clip siglip" recall@1 --json | python tests/end_to_end/recompute.py
"""

import hashlib
import json
import sys
from fractions import Fraction
from math import exp, lgamma, log, pi, sqrt
from pathlib import Path
from statistics import NormalDist, fmean, pvariance, variance
from typing import Any

DRAWS = 100  # random halves of a gallery


def value(explained: dict[str, Any]) -> float:
    """Percent: the mean over training seeds of the weighted mean over queries, in exact fractions."""
    weights = [Fraction(weight) for weight in explained["weights"] or [1] * len(explained["queries"])]
    means = [
        sum(weight * Fraction(hit) for weight, hit in zip(weights, seed["values"], strict=True)) / sum(weights)
        for seed in explained["seeds"]
    ]
    return float(100 * sum(means) / len(means))


def interval(explained: dict[str, Any], level: float = 0.95) -> tuple[float, float]:
    """Percent: the bounds that the recipe in `explained` gives."""
    values = [seed["values"] for seed in explained["seeds"]]
    answers = [answer for row in values for answer in row]
    lowest, queries, mean = min(answers), len(values[0]), value(explained) / 100
    if lowest == max(answers) and lowest in (0, 1):
        low, high = wilson(lowest, queries, level)
    else:
        low, high = mean_bounds(explained, mean, half_width(explained, values, mean, (1 - level) / 2), lowest)
    least = -1 if lowest < 0 else 0
    return 100 * max(low, least), 100 * min(high, 1)


def mean_bounds(explained: dict[str, Any], mean: float, reach: float, lowest: float) -> tuple[float, float]:
    """`mean` ± `reach`, on the scale of log odds for shares."""
    if lowest < 0 or not 0 < mean < 1:
        return mean - reach, mean + reach
    odds, step = log(mean / (1 - mean)), reach / (mean * (1 - mean))
    low, high = (1 / (1 + exp(-(odds + signed))) for signed in (-step, step))
    return low, high


def half_width(explained: dict[str, Any], values: list[list[float]], mean: float, tail: float) -> float:
    """t* times the standard error: parts of seeds, of queries and of the gallery."""
    seeds, queries = len(values), len(values[0])
    if queries < 2:
        return float("inf")
    weights = explained["weights"] or [1] * queries
    scale = queries / sum(weights)
    linear = [
        [mean + (one - mean) * weight * scale for one, weight in zip(row, weights, strict=True)] for row in values
    ]
    by_seed, by_query = [fmean(row) for row in linear], [fmean(column) for column in zip(*linear, strict=True)]
    middle = fmean(by_seed)
    of_queries = variance(by_query) / queries
    if seeds > 1:
        rest = sum(
            (one - by_seed[seed] - by_query[query] + middle) ** 2
            for seed, row in enumerate(linear)
            for query, one in enumerate(row)
        )
        of_queries -= rest / ((seeds - 1) * (queries - 1)) / (seeds * queries)
    parts = [
        variance(by_seed) / seeds if seeds > 1 else 0,
        max(of_queries, 0),
        max(gallery_part(explained["in_halves"]), 0),
    ]
    independent = pvariance([one for row in values for one in row]) / (seeds * queries)
    parts[1] += max(independent - sum(parts), 0)
    quantiles = [t_quantile(max(freedom, 1), tail) for freedom in (seeds - 1, queries - 1, DRAWS - 1)]
    total = sum(parts)
    weighted = sum(quantile * part for quantile, part in zip(quantiles, parts, strict=True))
    return weighted / sqrt(total) if total else 0


def gallery_part(in_halves: list[list[float]] | None) -> float:
    """Covariance over halves of the gallery of the means of the two halves of the queries."""
    if in_halves is None:
        return 0
    first, second = ([one - fmean(row) for one in row] for row in in_halves)
    return sum(one * other for one, other in zip(first, second, strict=True)) / (len(first) - 1)


def wilson(share: float, count: int, level: float) -> tuple[float, float]:
    """Wilson's score interval of a share of `count` answers."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle, scale = (share + z * z / (2 * count)), 1 + z * z / count
    reach = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max((middle - reach) / scale, 0), min((middle + reach) / scale, 1)


def t_quantile(freedom: int, tail: float) -> float:
    """What Student's t exceeds with probability `tail`, by Simpson's rule and bisection."""
    height = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    low, high, steps = 0.0, 100.0, 400
    for _ in range(40):
        middle = (low + high) / 2
        densities = [(1 + (middle * step / steps) ** 2 / freedom) ** (-(freedom + 1) / 2) for step in range(steps + 1)]
        weighted = densities[0] + densities[-1] + 4 * sum(densities[1:-1:2]) + 2 * sum(densities[2:-1:2])
        low, high = (middle, high) if 0.5 - height * weighted * middle / steps / 3 > tail else (low, middle)
    return low


def digest(path: Path) -> str:
    """The MD5 that DVC records of a file, or of a folder's sorted list of files."""
    if path.is_file():
        return hashlib.md5(path.read_bytes()).hexdigest()
    files = sorted((str(file.relative_to(path)), file) for file in path.rglob("*") if file.is_file())
    entries = [{"md5": digest(file), "relpath": name} for name, file in files]
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest() + ".dir"


if __name__ == "__main__":
    explained = json.load(sys.stdin)
    low, high = interval(explained)
    print(f"recomputed: {value(explained):.2f} [{low:.2f}, {high:.2f}]")
    print(f"in the table: {explained['value']:.2f} [{explained['low']:.2f}, {explained['high']:.2f}]")
