"""Retrieval in the NeRFs' and CLIP's space at once: [v ; g(v)] asked with [f(c) ; c] (Table 4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fieldlink.evaluation.measures.nearest_neighbours import Gallery, neighbours, unit
from fieldlink.evaluation.results import searches
from fieldlink.evaluation.results.searches import NerfGallery, Queries, SearchResult
from fieldlink.evaluation.results.tables import CellKey, QueryResults


@dataclass(frozen=True)
class Sides:
    """The same things in both spaces."""

    nerf: Float[np.ndarray, "row nerf"]
    clip: Float[np.ndarray, "row clip"]

    def raw(self) -> Float[np.ndarray, "row both"]:
        """Both as they are: the longer vector decides."""
        return np.concatenate([self.nerf, self.clip], axis=1)

    def weighted(self, alpha: float) -> Float[np.ndarray, "row both"]:
        """[√α v̂ ; √(1−α) ĉ], so that a cosine is α times that of the NeRFs' space plus (1−α) times that of CLIP's.

        α = ½ is both normalised.
        """
        return np.concatenate([alpha**0.5 * unit(self.nerf), (1 - alpha) ** 0.5 * unit(self.clip)], axis=1)


@dataclass(frozen=True)
class ConcatenatedSpace:
    """Queries and the objects searched in both spaces, by every training seed."""

    queries: Queries
    objects: NerfGallery
    asked: Sequence[Sides]
    gallery: Sequence[Sides]
    seeds: list[int]

    @staticmethod
    def of(
        queries: Queries,
        objects: NerfGallery,
        asked: Float[np.ndarray, "seed query nerf"],
        gallery: Float[np.ndarray, "seed object clip"],
        seeds: list[int],
    ) -> "ConcatenatedSpace":
        """`asked`: f(c) of the queries, `gallery`: g(v) of the objects, by training seed."""
        questions = [Sides(vectors, queries.clip) for vectors in asked]
        return ConcatenatedSpace(
            queries, objects, questions, [Sides(objects.nerf, vectors) for vectors in gallery], seeds
        )

    def found(self, row: str, k: int, alpha: float | None = None) -> SearchResult:
        """The `k` nearest objects of each query; `alpha`: none for the raw vectors."""
        nearest = []
        for pair in zip(self.asked, self.gallery, strict=True):
            asked, items = (side.raw() if alpha is None else side.weighted(alpha) for side in pair)
            nearest.append(neighbours(asked, self.queries.own, Gallery.of_objects(items), k))
        return SearchResult(row, "", self.seeds, nearest)

    def best_alpha(self, alphas: Sequence[float]) -> float:
        """The weight whose first item is right most often, over all seeds; ties: the lower."""
        return max(alphas, key=lambda alpha: self.found("", 1, alpha).hits(self.queries, self.objects, 1).mean())


def answers(joined: ConcatenatedSpace, alpha: float, ranks: Sequence[int], place: CellKey) -> list[QueryResults]:
    """Hits with raw, normalised and weighted parts; `place` has the raw ones' row, such as "concat real"."""
    kind = place.row.removeprefix("concat ")
    rows = {place.row: None, f"concat l2 {kind}": 0.5, f"concat weighted {kind}": alpha}
    found = []
    for row, weight in rows.items():
        nearest = joined.found(row, max(ranks), weight)
        setting = "" if weight is None else f"alpha={weight:g}"
        place = place._replace(row=row)
        found += searches.answers(nearest, joined.queries, joined.objects, ranks, place, setting=setting)
    return found
