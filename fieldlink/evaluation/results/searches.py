"""Every search of the retrieval study: which queries meet which gallery (protocol 6.2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Float, Int

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import labels, only, views_of
from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.evaluation.measures.nearest_neighbours import Gallery, Neighbours, hit_at_k, neighbours
from fieldlink.evaluation.measures.rankings import Ranking, hubness, macro_weights, ranking
from fieldlink.evaluation.results.tables import CellKey, QueryResults

DIRECTIONS = ("clip2nerf", "nerf2clip")


@dataclass(frozen=True)
class NerfGallery:
    """What is searched: the test NeRFs, with the views that baselines compare."""

    ids: list[str]
    nerf: Float[np.ndarray, "object nerf"]
    views: ViewEmbeddings
    classes: Int[np.ndarray, " object"]

    @staticmethod
    def of(test: pa.Table, nerfs: pa.Table, views: pa.Table, classes: Sequence[str]) -> "NerfGallery":
        """From rows of `objects`, `nerf_embeddings` and `image_embeddings`; the latter two may hold more objects."""
        ids = test["object_id"].to_pylist()
        nerf = datasets.matrix(only(nerfs, "object_id", ids)["embedding"])
        return NerfGallery(ids, nerf, views_of(views, ids), labels(test["class_name"].to_pylist(), classes, "objects"))


@dataclass(frozen=True)
class Queries:
    """What is asked: views of test objects (domain gt) or photos."""

    domain: str
    ids: list[str]
    clip: Float[np.ndarray, "query clip"]
    classes: Int[np.ndarray, " query"]
    own: Int[np.ndarray, " query"]  # place of the query's own object among those searched; −1: none

    @staticmethod
    def of_objects(objects: NerfGallery, study_seed: int) -> "Queries":
        """One view of each object, drawn once for every model."""
        clip = objects.views.queries(study_seed)
        return Queries("gt", objects.ids, clip, objects.classes, np.arange(len(objects.ids)))

    @staticmethod
    def of_photos(photos: pa.Table, embeddings: pa.Table, classes: Sequence[str], where: str = "photos") -> "Queries":
        """All photos that have an embedding; `where` they come from is named in errors."""
        taken = only(photos, "photo_id", embeddings["owner_id"].to_pylist())
        ids = taken["photo_id"].to_pylist()
        if not ids:
            raise InputError(f"{where}: no photo has an embedding, expected at least one")
        clip = datasets.matrix(only(embeddings, "owner_id", ids)["embedding"])
        known = labels(taken["class_name"].to_pylist(), classes, where)
        return Queries("photo", ids, clip, known, np.full(len(ids), -1))


@dataclass(frozen=True)
class SearchResult:
    """The objects found for each query in one row of a table, by every training seed."""

    row: str
    part: str  # a: mappers, b: baselines of CLIP alone
    seeds: list[int]
    neighbours: list[Neighbours]  # items are objects
    rankings: Sequence[Ranking] = ()  # of the whole gallery; none where only the nearest matter

    def hits(self, queries: Queries, objects: NerfGallery, k: int) -> Bool[np.ndarray, "seed query"]:
        return np.stack([hit_at_k(found.item, queries.classes, objects.classes, k) for found in self.neighbours])


def search(
    queries: Queries, objects: NerfGallery, mapped: Mapping[str, MappedVectors], k: int
) -> Iterator[SearchResult]:
    """The `k` nearest of each query: by every mapper of `mapped` (by direction), by CLIP mean and by CLIP all."""
    yield from by_mappers(queries, objects, mapped, k)
    yield from baselines(queries, objects, k)


def by_mappers(
    queries: Queries, objects: NerfGallery, mapped: Mapping[str, MappedVectors], k: int
) -> Iterator[SearchResult]:
    """Both directions alone."""
    yield from forward(queries, objects, mapped["clip2nerf"], k)
    yield from inverse(queries, objects, mapped["nerf2clip"], k)


def forward(
    queries: Queries, objects: NerfGallery, clip2nerf: MappedVectors, k: int, nerfs: MappedVectors | None = None
) -> Iterator[SearchResult]:
    """Mapped queries among NeRF vectors (thesis, Fig. 3.2a); `nerfs`: every variant and seed has vectors of its own."""
    for variant, seeds in clip2nerf.variants.items():
        pairs = []
        for seed in seeds:
            vectors = nerfs.vectors(variant, seed, "nerf", objects.ids) if nerfs else objects.nerf
            asked = clip2nerf.vectors(variant, seed, queries.domain, queries.ids)
            pairs.append((asked, Gallery.of_objects(vectors)))
        yield _found(variant, "a", seeds, pairs, queries, objects, k)


def inverse(queries: Queries, objects: NerfGallery, nerf2clip: MappedVectors, k: int) -> Iterator[SearchResult]:
    """CLIP vectors among mapped NeRFs (thesis, Fig. 3.2b)."""
    for variant, seeds in nerf2clip.variants.items():
        galleries = [Gallery.of_objects(nerf2clip.vectors(variant, seed, "nerf", objects.ids)) for seed in seeds]
        yield _found(variant, "a", seeds, [(queries.clip, gallery) for gallery in galleries], queries, objects, k)


def baselines(queries: Queries, objects: NerfGallery, k: int) -> Iterator[SearchResult]:
    """CLIP vectors among those of views: their mean, or every view an item, where `k` counts items, not objects.

    For CLIP all an object may be found several times.
    """
    views = objects.views
    galleries = {
        "CLIP mean": Gallery.of_objects(views.means_of_all()),
        "CLIP all": Gallery(views.embeddings, views.owner),
    }
    for row, gallery in galleries.items():
        yield _found(row, "b", [0], [(queries.clip, gallery)], queries, objects, k)


def among_themselves(row: str, objects: NerfGallery, k: int) -> tuple[SearchResult, Queries]:
    """The `k` NeRFs nearest to each, itself left out; as queries, the NeRFs."""
    queries = Queries("nerf", objects.ids, objects.nerf, objects.classes, np.arange(len(objects.ids)))
    return _found(row, "a", [0], [(objects.nerf, Gallery.of_objects(objects.nerf))], queries, objects, k), queries


def answers(
    found: SearchResult, queries: Queries, objects: NerfGallery, ranks: Sequence[int], place: CellKey, **more: Any
) -> list[QueryResults]:
    """Hits at each rank; `place` lacks the column. `more`: fields of `QueryResults`, such as its setting."""
    hits = {k: found.hits(queries, objects, k) for k in ranks}
    return [_answers(f"recall@{k}", hit, found, queries, place, **more) for k, hit in hits.items()]


def more_answers(
    found: SearchResult, queries: Queries, objects: NerfGallery, ranks: Sequence[int], place: CellKey
) -> list[QueryResults]:
    """Average precision, hits at 1 by class, and whether the query's own object, left in, is within each rank."""
    first, weights = found.hits(queries, objects, 1), macro_weights(queries.classes)
    precision = np.stack([each.precision for each in found.rankings])
    own = np.stack([each.own for each in found.rankings])
    more = [
        _answers("mAP", precision, found, queries, place),
        _answers("macro hit@1", first, found, queries, place, weights=weights),
    ]
    if (queries.own < 0).all():
        return more
    return [*more, *(_answers(f"instance recall@{k}", (own > 0) & (own <= k), found, queries, place) for k in ranks)]


def hubs(found: SearchResult, objects: NerfGallery, k: int) -> float:
    """Skewness of how often each object is among the first `k` found, mean over seeds."""
    return float(np.mean([hubness(each.item[:, :k], len(objects.ids)) for each in found.neighbours]))


def columns(found: SearchResult, queries: Queries, objects: NerfGallery, most: int) -> dict[str, Any]:
    """Columns of `neighbours`: the first `most` of every query, by the first training seed."""
    first = found.neighbours[0]
    query, place = np.nonzero(first.item[:, :most] >= 0)
    return {
        "variant": [found.row] * len(query),
        "seed": [found.seeds[0]] * len(query),
        "query_id": [queries.ids[i] for i in query],
        "domain": [queries.domain] * len(query),
        "rank": place + 1,
        "object_id": [objects.ids[i] for i in first.item[query, place]],
        "similarity": first.similarity[query, place],
    }


def _answers(
    column: str, values: np.ndarray, found: SearchResult, queries: Queries, place: CellKey, **more: Any
) -> QueryResults:
    similarities = [each.similarity for each in found.neighbours]
    return QueryResults.of(place._replace(column=column), values, found.seeds, queries.ids, similarities, **more)


def _found(
    row: str,
    part: str,
    seeds: list[int],
    pairs: Sequence[tuple[Float[np.ndarray, "query dim"], Gallery]],
    queries: Queries,
    objects: NerfGallery,
    k: int,
) -> SearchResult:
    """What each seed's pair of query vectors and gallery finds, with objects in place of items."""
    near, ranked = [], []
    for vectors, gallery in pairs:
        found = neighbours(vectors, queries.own, gallery, k)
        near.append(Neighbours(np.where(found.item >= 0, gallery.owner[found.item], -1), found.similarity))
        ranked.append(ranking(vectors, queries.own, gallery, queries.classes, objects.classes[gallery.owner]))
    return SearchResult(row, part, seeds, near, ranked)
