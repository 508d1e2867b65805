"""Searches of galleries of NeRFs, for all studies (protocol 6.2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from fieldlink.core.progress import progress
from fieldlink.core.variants import Variant
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.measures.class_hits import hit_at_k
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.gallery_halves import first_right_ranks, neighbours_needed
from fieldlink.evaluation.measures.nearest_neighbours import Gallery, Neighbours
from fieldlink.evaluation.measures.rankings import Ranking, nearest_objects, ranking
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries

SECONDS = 5.0  # of searches before their bar appears


@dataclass(frozen=True)
class SearchResult:
    """The objects nearest to each query in one row of a table, by every training seed.

    They are more than the ranks need, so that enough of them are in any half of the gallery.
    """

    row: str
    trained: bool  # by a mapper; else by CLIP or a space alone
    seeds: list[int]
    neighbours: list[Neighbours]  # items are objects
    rankings: Sequence[Ranking] = ()  # of the whole gallery; none where only the nearest matter

    def hits(self, queries: Queries, gallery: NerfGallery, k: int) -> Bool[np.ndarray, "seed query"]:
        """Whether an object of the query's class is among the first `k`."""
        return np.stack([hit_at_k(nearest.item, queries.classes, gallery.classes, k) for nearest in self.neighbours])

    def first_right_ranks(self, queries: Queries, gallery: NerfGallery) -> Int[np.ndarray, "seed query draw"]:
        """Where the first object of the query's class is, from 1, in each random half of the gallery; 0: not seen."""
        right = [gallery.classes[nearest.item] == queries.classes[:, None] for nearest in self.neighbours]
        pairs = zip(self.neighbours, right, strict=True)
        return np.stack([first_right_ranks(nearest.item, is_right, gallery.halves) for nearest, is_right in pairs])


def search(
    queries: Queries, gallery: NerfGallery, mapped: Mapping[str, MappedVectors], k: int
) -> Iterator[SearchResult]:
    """The `k` nearest of each query: by every mapper of `mapped` (by direction), and by CLIP alone."""
    yield from by_mappers(queries, gallery, mapped, k)
    baselines = by_clip_alone(queries, gallery, k)
    yield from progress(baselines, f"CLIP alone, {queries.domain}", "searches", total=3, after=SECONDS)


def by_mappers(
    queries: Queries, gallery: NerfGallery, mapped: Mapping[str, MappedVectors], k: int
) -> Iterator[SearchResult]:
    """The result of every mapper: first forward, by clip2nerf, then inverse, by nerf2clip."""
    yield from forward(queries, gallery, mapped["clip2nerf"], k)
    yield from inverse(queries, gallery, mapped["nerf2clip"], k)


def forward(
    queries: Queries, gallery: NerfGallery, clip2nerf: MappedVectors, k: int, nerfs: MappedVectors | None = None
) -> Iterator[SearchResult]:
    """Mapped queries among NeRF vectors (thesis, Fig. 3.2a).

    `nerfs`: NeRF vectors by variant and seed, where each has a space of its own; none means those of `gallery`.
    """
    for variant, seeds in progress(clip2nerf.variants.items(), f"clip2nerf, {queries.domain}", "rows", after=SECONDS):
        pairs = []
        for seed in seeds:
            items = nerfs.vectors(variant, seed, "nerf", gallery.ids) if nerfs else gallery.nerf
            vectors = clip2nerf.vectors(variant, seed, queries.mapped_domain, queries.ids)
            pairs.append((vectors, Gallery.of_objects(items)))
        neighbours, rankings = _by_seed(pairs, queries, gallery, k)
        yield SearchResult(variant, True, seeds, neighbours, rankings)


def inverse(queries: Queries, gallery: NerfGallery, nerf2clip: MappedVectors, k: int) -> Iterator[SearchResult]:
    """CLIP vectors among mapped NeRFs (thesis, Fig. 3.2b)."""
    for variant, seeds in progress(nerf2clip.variants.items(), f"nerf2clip, {queries.domain}", "rows", after=SECONDS):
        galleries = [Gallery.of_objects(nerf2clip.vectors(variant, seed, "nerf", gallery.ids)) for seed in seeds]
        neighbours, rankings = _by_seed([(queries.clip, items) for items in galleries], queries, gallery, k)
        yield SearchResult(variant, True, seeds, neighbours, rankings)


def by_clip_alone(queries: Queries, gallery: NerfGallery, k: int) -> Iterator[SearchResult]:
    """CLIP vectors among those of views: their mean, or every view an item.

    For CLIP all `k` counts views, and an object may be found several times; for CLIP all distinct it counts objects.
    """
    views = gallery.rendered or gallery.views
    yield _untrained(
        Variant(method="CLIP mean").text, queries.clip, Gallery.of_objects(views.means_of_all()), queries, gallery, k
    )
    all_views = Gallery(views.embeddings, views.owner)
    yield _untrained(Variant(method="CLIP all").text, queries.clip, all_views, queries, gallery, k)
    yield _distinct(queries, all_views, gallery, k)


def _distinct(queries: Queries, views: Gallery, gallery: NerfGallery, k: int) -> SearchResult:
    """The objects of the nearest views, each object once."""
    nearest, ranking = nearest_objects(
        queries.clip, queries.own_object, views, queries.classes, gallery.classes, neighbours_needed(k, 1)
    )
    return SearchResult(Variant(method="CLIP all distinct").text, False, [0], [nearest], [ranking])


def nerf_queries(gallery: NerfGallery) -> Queries:
    """The NeRFs of the gallery as queries, each itself left out."""
    return Queries("nerf", gallery.ids, gallery.nerf, gallery.classes, np.arange(len(gallery.ids)))


def among_nerfs(row: str, gallery: NerfGallery, k: int) -> SearchResult:
    """The `k` NeRFs nearest to each of the gallery."""
    return _untrained(row, gallery.nerf, Gallery.of_objects(gallery.nerf), nerf_queries(gallery), gallery, k)


def _untrained(
    row: str,
    vectors: Float[np.ndarray, "query dim"],
    items: Gallery,
    queries: Queries,
    gallery: NerfGallery,
    k: int,
) -> SearchResult:
    neighbours, rankings = _by_seed([(vectors, items)], queries, gallery, k)
    return SearchResult(row, False, [0], neighbours, rankings)


def _by_seed(
    pairs: Sequence[tuple[Float[np.ndarray, "query dim"], Gallery]], queries: Queries, gallery: NerfGallery, k: int
) -> tuple[list[Neighbours], list[Ranking]]:
    """The nearest objects and the ranking of each seed's pair of query vectors and items."""
    neighbours, rankings = [], []
    for vectors, items in pairs:
        count = neighbours_needed(k, int(np.bincount(items.owner).max()))
        nearest = fast_neighbours(vectors, queries.own_object, items, count)
        objects = np.where(nearest.item >= 0, items.owner[nearest.item], -1)
        neighbours.append(Neighbours(objects, nearest.similarity))
        item_classes = gallery.classes[items.owner]
        rankings.append(ranking(vectors, queries.own_object, items, queries.classes, item_classes))
    return neighbours, rankings
