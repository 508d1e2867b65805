"""Retrieval in the NeRFs' and CLIP's space at once: [v ; g(v)] searched with [f(c) ; c] (Table 4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fieldlink.core.query_domains import DOMAIN_NAMES
from fieldlink.core.variants import Concatenation, Variant
from fieldlink.evaluation.measures.concatenation import concatenated, weighted_concatenation
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.gallery_halves import neighbours_needed
from fieldlink.evaluation.measures.nearest_neighbours import Gallery
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_results import hit_results
from fieldlink.evaluation.results.searches import SearchResult
from fieldlink.evaluation.results.settings import alpha_setting
from fieldlink.evaluation.study_tables import study_table

TABLE = "4.7"


@dataclass(frozen=True)
class ConcatenatedSpace:
    """Queries and the gallery in both spaces, by every training seed."""

    queries: Queries
    gallery: NerfGallery
    mapped_queries: Float[np.ndarray, "seed query nerf"]  # f(c)
    mapped_nerfs: Float[np.ndarray, "seed object clip"]  # g(v)
    seeds: list[int]

    def search(self, row: str, k: int, alpha: float | None = None) -> SearchResult:
        """The `k` nearest objects of each query. `alpha`: weight of the NeRFs' space, None for the raw vectors."""
        neighbours, count = [], neighbours_needed(k, items_per_object=1)
        for query_nerf, object_clip in zip(self.mapped_queries, self.mapped_nerfs, strict=True):
            queries = _concatenated(query_nerf, self.queries.clip, alpha)
            items = _concatenated(self.gallery.nerf, object_clip, alpha)
            neighbours.append(fast_neighbours(queries, self.queries.own_object, Gallery.of_objects(items), count))
        return SearchResult(row, True, self.seeds, neighbours)

    def best_alpha(self, alphas: Sequence[float]) -> float:
        """The weight whose first item is right most often, over all seeds. Of equal weights the lower wins."""
        return max(alphas, key=lambda alpha: self.search("", 1, alpha).hits(self.queries, self.gallery, 1).mean())

    def best_alpha_of(self, count: int) -> float:
        """The best of `count` weights from 0 to 1, equally spaced."""
        return self.best_alpha(np.linspace(0, 1, count).round(4).tolist())

    def results(self, alpha: float, ranks: Sequence[int]) -> list[QueryResults]:
        """Hits with raw, normalised and weighted parts."""
        rows: dict[Concatenation, float | None] = {"concat": None, "concat l2": 0.5, "concat weighted": alpha}
        domain, table, results = DOMAIN_NAMES[self.queries.domain], study_table(TABLE), []
        for concatenation, weight in rows.items():
            row = Variant(concatenation=concatenation, query_domain=domain).text
            results += hit_results(
                self.search(row, max(ranks), weight),
                self.queries,
                self.gallery,
                ranks,
                table,
                setting="" if weight is None else alpha_setting(weight),
            )
        return results


def _concatenated(
    nerf: Float[np.ndarray, "row nerf"], clip: Float[np.ndarray, "row clip"], alpha: float | None
) -> Float[np.ndarray, "row both"]:
    return concatenated(nerf, clip) if alpha is None else weighted_concatenation(nerf, clip, alpha)
