"""The joined space: what its cosine is, and how its weight is chosen."""

import numpy as np
import pytest

from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.evaluation.measures.concatenation import concatenated, weighted_concatenation
from fieldlink.evaluation.results.concatenated_space import ConcatenatedSpace
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_a_weighted_cosine_is_the_weighted_mean_of_both_spaces_at_any_length(alpha: float):
    rng = np.random.default_rng(0)
    (one_nerf, one_clip), (other_nerf, other_clip) = (
        (10 * rng.normal(size=(4, 5)), rng.normal(size=(4, 3))) for _ in range(2)
    )
    one = weighted_concatenation(one_nerf, one_clip, alpha)
    other = weighted_concatenation(other_nerf, other_clip, alpha)
    for i in range(4):
        expected = alpha * cosine(one_nerf[i], other_nerf[i]) + (1 - alpha) * cosine(one_clip[i], other_clip[i])
        assert cosine(one[i], other[i]) == pytest.approx(expected)


def test_raw_parts_count_by_their_lengths():
    one = concatenated(np.array([[3.0, 0]]), np.array([[0, 4.0]]))
    other = concatenated(np.array([[3.0, 0]]), np.array([[4.0, 0]]))
    assert cosine(one[0], other[0]) == pytest.approx(9 / 25)


def joined(nerf_right: bool) -> ConcatenatedSpace:
    """Six objects of three classes; one space knows the classes, the other is nothing but noise."""
    classes, rng = np.array([0, 0, 1, 1, 2, 2]), np.random.default_rng(1)
    directions, noise = np.eye(3, dtype=np.float32)[classes], rng.normal(size=(6, 3)).astype(np.float32)
    nerf, clip = (directions, noise) if nerf_right else (noise, directions)
    query_vectors, ids = (nerf, rng.permutation(clip)) if nerf_right else (rng.permutation(nerf), clip), list("abcdef")
    views = ViewEmbeddings(ids, np.arange(6), np.ones(6, int), np.zeros(6, int), clip)
    objects = NerfGallery(ids, nerf, views, classes)
    queries = Queries("gt", ids, query_vectors[1], classes, np.arange(6))
    return ConcatenatedSpace(queries, objects, query_vectors[0][None], clip[None], [0])


def test_the_weight_goes_to_the_space_that_knows_ties_to_the_lower():
    alphas = [0.0, 0.1, 0.9, 1.0]
    assert joined(nerf_right=True).best_alpha(alphas) >= 0.9
    assert joined(nerf_right=False).best_alpha(alphas) == 0.0


def test_rows_are_named_and_the_querys_own_object_is_set_aside():
    space = joined(nerf_right=True)
    query_results = space.results(1.0, [1, 5])
    assert [(result.key.row, result.key.column, result.setting) for result in query_results[::2]] == [
        ("concat synthetic", "recall@1", ""),
        ("concat l2 synthetic", "recall@1", "alpha=0.5"),
        ("concat weighted synthetic", "recall@1", "alpha=1"),
    ]
    assert query_results[4].values.all()  # by the space that knows, the other object of the class comes first
    nearest = space.search("", 6, 1.0).neighbours[0].item
    assert not (nearest[:, :5] == np.arange(6)[:, None]).any()
    assert (nearest[:, 5] == -1).all()
