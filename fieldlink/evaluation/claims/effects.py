"""Effects of contrasts as values of every query by every training seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fieldlink.core.errors import InputError
from fieldlink.evaluation.claims.contrasts import ClaimPart, Side
from fieldlink.evaluation.measures.variance_components import Estimates, QueryValues, least_error
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, readable, require_same_queries

FOLDS = 10  # a query meets the rival that is best on the other folds


@dataclass(frozen=True, eq=False)
class Effect:
    """What one contrast makes of its queries."""

    values: Float[np.ndarray, "seed query"]
    in_halves: Float[np.ndarray, "half draw"] | None
    first: SavedResults  # one of its cells: all have the same queries, with the same weights

    @staticmethod
    def of(part: ClaimPart, results: Mapping[CellKey, SavedResults]) -> "Effect":
        """The effect of a part, whose sides have the same queries. An untrained side meets every seed of the other."""
        cells = {key: results[key] for key in sorted(part.cells)}
        require_same_queries(cells)
        _require_same_seeds(cells)
        weights = query_weights(part, cells)
        values = sum((weights[key] * cell.values for key, cell in cells.items()), np.zeros((1, 1)))
        halves = [weights[key].mean() * c.in_halves.mean(0) for key, c in cells.items() if c.in_halves is not None]
        return Effect(values, np.sum(halves, axis=0) if halves else None, next(iter(cells.values())))


def estimates(effects: Sequence[Sequence[Effect]]) -> Estimates:
    """Estimates of several means: `effects[m]` are the effects that mean m averages.

    Effects on the same queries are correlated, and so are those of equal seeds.
    """
    effects_of_means = [(mean, effect, len(several)) for mean, several in enumerate(effects) for effect in several]
    sets: dict[tuple[str, bytes | None], list[tuple[int, Effect, int]]] = {}
    for mean, effect, count in effects_of_means:
        weights = effect.first.weights
        query_set = effect.first.queries, None if weights is None else weights.tobytes()
        sets.setdefault(query_set, []).append((mean, effect, count))
    seeds = max(len(effect.values) for _, effect, _ in effects_of_means)
    least = [max(least_error(effect.values.shape[1]) for effect in several) for several in effects]
    return Estimates.of([_query_values(of_set, len(effects), seeds) for of_set in sets.values()], np.array(least))


def query_weights(part: ClaimPart, cells: Mapping[CellKey, SavedResults]) -> dict[CellKey, Float[np.ndarray, " query"]]:
    """The weight of each cell in the effect, query by query: of several rivals that of `best_on_other_folds`."""
    weights = {key: np.zeros(cell.values.shape[1]) for key, cell in cells.items()}
    for key, weight in part.first.items():
        weights[key] += weight
    means = np.stack([_mean_by_query(side, cells) for side in part.rivals])
    best = best_on_other_folds(means, next(iter(cells.values())).weights)
    for index, side in enumerate(part.rivals):
        for key, weight in side.items():
            weights[key] -= weight * (best == index)
    return weights


def best_on_other_folds(
    values: Float[np.ndarray, "rival query"], weights: Float[np.ndarray, " query"] | None = None
) -> Int[np.ndarray, " query"]:
    """For each query the rival of the highest mean over queries of other folds: so its luck doesn't pick it."""
    fold = np.arange(values.shape[1]) % min(FOLDS, max(values.shape[1], 2))
    weighted = values if weights is None else values * weights
    sums = np.stack([weighted[:, fold != number].sum(1) for number in range(fold.max() + 1)])
    return sums.argmax(1)[fold]


def _query_values(of_set: Sequence[tuple[int, Effect, int]], means: int, seeds: int) -> QueryValues:
    """The effects on one set of queries, added up to the means that they belong to."""
    first = of_set[0][1]
    values = np.zeros((means, seeds, first.values.shape[1]))
    halves = [effect.in_halves for _, effect, _ in of_set if effect.in_halves is not None]
    in_halves = np.zeros((means, *halves[0].shape)) if halves else None
    for mean, effect, count in of_set:
        values[mean] += effect.values / count
        if in_halves is not None and effect.in_halves is not None:
            in_halves[mean] += effect.in_halves / count
    return QueryValues(values, first.first.weights, in_halves)


def _mean_by_query(side: Side, cells: Mapping[CellKey, SavedResults]) -> Float[np.ndarray, " query"]:
    queries = next(iter(cells.values())).values.shape[1]
    return sum((weight * cells[key].values.mean(0) for key, weight in side.items()), np.zeros(queries))


def _require_same_seeds(cells: Mapping[CellKey, SavedResults]) -> None:
    trained = {cell.seeds: key for key, cell in cells.items() if len(cell.seeds) > 1}
    if len(trained) > 1:
        names = ", ".join(f"{readable(key)}: {seeds}" for seeds, key in trained.items())
        raise InputError(f"answers: cells that a claim compares must share their training seeds, found {names}")
