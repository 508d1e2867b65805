"""CLIP alone: by the mean of an object's views, by all of them, and by each object's nearest view."""

import numpy as np
import pytest

from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.searches import SearchResult, by_clip_alone

CLASSES = np.repeat(np.arange(5), 20)
K = 10


def searched(views: int) -> tuple[dict[str, SearchResult], Queries, NerfGallery]:
    """Photos searched among objects of as many views, which differ little within an object."""
    rng = np.random.default_rng(0)
    centres, ids = rng.normal(size=(5, 16)), [f"object-{number:03d}" for number in range(len(CLASSES))]
    vectors = np.repeat(centres[CLASSES] + 1.5 * rng.normal(size=(len(ids), 16)), views, axis=0)
    vectors = (vectors + 0.05 * rng.normal(size=vectors.shape)).astype(np.float32)
    owners = [name for name in ids for _ in range(views)]
    of_views = ViewEmbeddings.of(owners, np.tile(np.arange(views), len(ids)), vectors)
    gallery = NerfGallery(ids, vectors[::views], of_views, CLASSES)
    photos = (centres[CLASSES] + 2 * rng.normal(size=(len(ids), 16))).astype(np.float32)
    queries = Queries("photo", [f"photo-{name}" for name in ids], photos, CLASSES, np.full(len(ids), -1))
    return {result.row: result for result in by_clip_alone(queries, gallery, K)}, queries, gallery


def test_with_one_view_an_object_all_three_find_the_same_also_in_halves_of_the_gallery():
    results, queries, gallery = searched(views=1)
    assert list(results) == ["CLIP mean", "CLIP all", "CLIP all distinct"]
    hits, ranks = (
        [getattr(result, name)(queries, gallery, *k).tolist() for result in results.values()]
        for name, k in (("hits", [K]), ("first_right_ranks", []))
    )
    assert hits[0] == hits[1] == hits[2]
    assert ranks[0] == ranks[1] == ranks[2]


@pytest.mark.parametrize("views", [1, 12])
def test_every_half_of_the_gallery_has_the_first_objects_however_many_views_they_have(views: int):
    results, _, gallery = searched(views)
    found = results["CLIP all distinct"].neighbours[0].item
    assert all(len(set(objects)) == len(objects) for objects in found.tolist())
    in_half = gallery.halves[found].sum(axis=1)  # objects of each query's list in each half
    assert in_half.min() >= K
