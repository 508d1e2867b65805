"""What searches say: hits at each rank, measures of the whole list, hubness, and the neighbours themselves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.variants import parse
from fieldlink.evaluation.measures.gallery_halves import means_in_halves
from fieldlink.evaluation.measures.rankings import hubness, macro_weights
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.query_results import CellKey, QueryResults, hit_key
from fieldlink.evaluation.results.searches import SearchResult
from fieldlink.evaluation.table_type import StudyTable


def hit_results(
    result: SearchResult,
    queries: Queries,
    gallery: NerfGallery,
    ranks: Sequence[int],
    table: StudyTable,
    *,
    setting: str = "",
) -> list[QueryResults]:
    """Hits at each rank in a row of `table`."""
    row, first_right = parse(result.row), result.first_right_ranks(queries, gallery)
    return [
        _results(
            hit_key(table, row, k),
            result.hits(queries, gallery, k),
            result,
            queries,
            setting=setting,
            in_halves=means_in_halves((first_right > 0) & (first_right <= k)),
        )
        for k in ranks
    ]


def whole_list_results(
    result: SearchResult,
    queries: Queries,
    gallery: NerfGallery,
    ranks: Sequence[int],
    table: StudyTable,
) -> list[QueryResults]:
    """Average precision, hits at 1 by class, and whether the query's own object, left in, is within each rank.

    Of these, only hits are searched in halves of the gallery.
    """

    def key(column: str) -> CellKey:
        return CellKey(table.number, result.row, column, table.only_metric)

    precision = np.stack([ranking.precision for ranking in result.rankings])
    first, weights = result.hits(queries, gallery, 1), macro_weights(queries.classes)
    in_halves = means_in_halves(result.first_right_ranks(queries, gallery) == 1, weights)
    results = [
        _results(key("mAP"), precision, result, queries),
        _results(key("macro hit@1"), first, result, queries, weights=weights, in_halves=in_halves),
    ]
    if (queries.own_object < 0).all():
        return results
    own_rank = np.stack([ranking.own_rank for ranking in result.rankings])
    within = {k: (own_rank > 0) & (own_rank <= k) for k in ranks}
    return [*results, *(_results(key(f"instance recall@{k}"), hits, result, queries) for k, hits in within.items())]


def mean_hubness(result: SearchResult, gallery: NerfGallery, k: int) -> float:
    """Skewness of how often each object is among the first `k` neighbours, mean over seeds, 4 digits."""
    values = [hubness(nearest.item[:, :k], len(gallery.ids)) for nearest in result.neighbours]
    return round(float(np.mean(values)), 4)


def neighbour_columns(result: SearchResult, queries: Queries, gallery: NerfGallery, most: int) -> dict[str, Any]:
    """Columns of dataset `neighbours`: the first `most` of every query, by the first training seed."""
    nearest = result.neighbours[0]
    query, column = np.nonzero(nearest.item[:, :most] >= 0)
    return {
        "variant": [result.row] * len(query),
        "seed": [result.seeds[0]] * len(query),
        "query_id": [queries.ids[i] for i in query],
        "domain": [queries.domain] * len(query),
        "rank": column + 1,
        "object_id": [gallery.ids[i] for i in nearest.item[query, column]],
        "similarity": nearest.similarity[query, column],
    }


def _results(
    key: CellKey,
    values: np.ndarray,
    result: SearchResult,
    queries: Queries,
    *,
    setting: str = "",
    weights: Float[np.ndarray, " query"] | None = None,
    in_halves: Float[np.ndarray, "seed half draw"] | None = None,
) -> QueryResults:
    return QueryResults.of(
        key,
        values,
        result.seeds,
        queries.ids,
        [nearest.similarity for nearest in result.neighbours],
        setting=setting,
        weights=weights,
        in_halves=in_halves,
    )
