"""Means over training seeds, queries and galleries, and how far each of the three may move them (docs/statistics.md).

Values are crossed: every seed answers every query. The variance of their mean is
MS_seed / (S Q) + (MS_query − MS_rest) / (S Q) + the gallery's, with the mean squares of a two-way analysis of variance
without replication; several means have a covariance of the same form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fieldlink.evaluation.measures.gallery_halves import DRAWS, gallery_covariance


def least_error(queries: int) -> float:
    """The least standard error of a difference over n `queries`: 2 / n.

    Its 95 % half-width is near Wilson's bound for 0 of n.
    """
    return 2 / queries


@dataclass(frozen=True, eq=False)
class QueryValues:
    """Several means' values on the same queries."""

    values: Float[np.ndarray, "mean seed query"]
    weights: Float[np.ndarray, " query"] | None = None  # none: all count alike
    in_halves: Float[np.ndarray, "mean half draw"] | None = None  # in halves of the gallery; none: it has none

    @property
    def linear(self) -> Float[np.ndarray, "mean seed query"]:
        """Values whose plain mean is the weighted one and that vary about it as far as their weights say."""
        values = self.values.astype(np.float64)
        if self.weights is None:
            return values
        mean = np.average(values, axis=2, weights=self.weights).mean(1)[:, None, None]
        return mean + (values - mean) * self.weights * len(self.weights) / self.weights.sum(dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Component:
    """What one source of chance adds to the covariance of the means."""

    covariance: Float[np.ndarray, "mean mean"]  # an unbiased estimate, which may have negative variances
    freedom: int  # degrees of freedom with which its variances are estimated


@dataclass(frozen=True, eq=False)
class Estimates:
    """Several means with the components of their covariance."""

    means: Float[np.ndarray, " mean"]
    components: tuple[Component, Component, Component]  # training seeds, queries, galleries
    least: Float[np.ndarray, " mean"] | float = 0.0  # standard errors that are never undercut

    @staticmethod
    def of(sets: Sequence[QueryValues], least: Float[np.ndarray, " mean"] | float = 0.0) -> "Estimates":
        """From the answers of the same seeds to several sets of queries, whose contributions to each mean add up.

        `least`: standard errors that are never undercut.
        """
        linear = [answers.linear for answers in sets]
        by_seed = np.sum([values.mean(2) for values in linear], axis=0)
        means, seeds = by_seed.shape
        fewest = min(values.shape[2] for values in linear)
        in_halves = [answers.in_halves for answers in sets if answers.in_halves is not None]
        of_galleries = gallery_covariance(np.sum(in_halves, axis=0)) if in_halves else np.zeros((means, means))
        components = (
            Component(_covariance(by_seed) / seeds, max(seeds - 1, 1)),
            Component(np.sum([query_covariance(values) for values in linear], axis=0), max(fewest - 1, 1)),
            Component(of_galleries, DRAWS - 1),
        )
        return Estimates(by_seed.mean(1), components, least)

    @property
    def variances(self) -> Float[np.ndarray, "component mean"]:
        """Variances of the components; negative ones count as 0.

        If their sum is below `least`², the queries' component makes up the difference.
        """
        variances = np.stack([np.diagonal(component.covariance) for component in self.components]).clip(0)
        variances[1] += np.maximum(np.square(self.least) - variances.sum(0), 0)
        return variances

    def half_widths(self, tail: float) -> Float[np.ndarray, " mean"]:
        """Half-widths of intervals that the truth leaves on either side with probability `tail`.

        The quantile is Cochran's: the mean of the components' quantiles of Student's t, weighted by their variances.
        """
        from scipy.special import stdtrit

        quantiles = np.array([-stdtrit(component.freedom, tail) for component in self.components])
        variance = self.variances.sum(0)
        return np.divide(quantiles @ self.variances, np.sqrt(variance), np.zeros_like(variance), where=variance > 0)

    def tail(self, mean: int, distance: float) -> float:
        """The probability with which an estimate lies further than `distance` above its truth, for one mean.

        It is the tail whose half-width is `distance`, by bisection.
        """
        if distance <= 0:
            return 1 - self.tail(mean, -distance) if distance < 0 else 0.5
        from scipy.special import stdtrit

        freedom, variances = [component.freedom for component in self.components], self.variances[:, mean]
        low, high, reach = 0.0, 0.5, distance * float(variances.sum()) ** 0.5
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if -stdtrit(freedom, middle) @ variances > reach else (low, middle)
        return high

    @property
    def correlation(self) -> Float[np.ndarray, "mean mean"]:
        """Correlation of the means' errors. Those of seeds count as independent: few can't tell how they correlate."""
        _, queries, galleries = self.components
        covariance = queries.covariance + galleries.covariance
        np.fill_diagonal(covariance, self.variances.sum(0))
        scale = np.sqrt(np.maximum(np.diagonal(covariance), np.finfo(float).tiny))
        return covariance / np.outer(scale, scale)


def query_covariance(values: Float[np.ndarray, "mean seed query"]) -> Float[np.ndarray, "mean mean"]:
    """What the choice of queries adds to the covariance of the means: (MS_query − MS_rest) / (S Q); 0 for one query."""
    means, seeds, queries = values.shape
    by_query = values.mean(1)
    of_queries = _covariance(by_query) / queries
    if min(seeds, queries) < 2:
        return of_queries
    residual = values - values.mean(2, keepdims=True) - by_query[:, None] + values.mean((1, 2), keepdims=True)
    residual = residual.reshape(means, -1)
    return of_queries - residual @ residual.T / ((seeds - 1) * (queries - 1)) / (seeds * queries)


def _covariance(rows: Float[np.ndarray, "mean value"]) -> Float[np.ndarray, "mean mean"]:
    """Covariance of rows of values. It is 0 where a row has a single value."""
    return np.cov(rows).reshape(len(rows), len(rows)) if rows.shape[1] > 1 else np.zeros((len(rows), len(rows)))
