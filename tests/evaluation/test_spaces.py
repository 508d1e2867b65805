"""Measures of two spaces, against their definitions."""

import numpy as np
import pytest
from scipy.stats import t

from fieldlink.evaluation.measures.class_separation import purities, silhouettes
from fieldlink.evaluation.measures.intervals import interval
from fieldlink.evaluation.measures.linear_cka import cka_by_object, linear_cka
from fieldlink.evaluation.measures.projection import projected
from fieldlink.evaluation.measures.variance_components import QueryValues
from fieldlink.evaluation.results.space_results import space_results

CLASSES = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3])
VECTORS = np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32)


def cosine_distances(vectors: np.ndarray) -> np.ndarray:
    unit = vectors.astype(np.float64) / np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return 1 - unit @ unit.T


def test_a_silhouette_is_its_definition_object_by_object():
    distance = cosine_distances(VECTORS)
    for i, silhouette in enumerate(silhouettes(VECTORS, CLASSES)):
        same_class = [j for j in range(9) if CLASSES[j] == CLASSES[i] and j != i]
        if not same_class:
            assert silhouette == 0
            continue
        a = distance[i, same_class].mean()
        b = min(distance[i, other == CLASSES].mean() for other in set(CLASSES) - {CLASSES[i]})
        assert silhouette == pytest.approx((b - a) / max(a, b))


@pytest.mark.parametrize("classes", [np.zeros(9, int), np.arange(9)])
def test_a_silhouette_without_another_class_or_without_a_fellow_is_zero(classes):
    assert not silhouettes(VECTORS, classes).any()


@pytest.mark.parametrize("k", [1, 3, 50])
def test_purity_counts_the_nearest_others_of_the_class(k: int):
    order = cosine_distances(VECTORS).argsort(axis=1)
    for i, purity in enumerate(purities(VECTORS, CLASSES, k)):
        nearest = [j for j in order[i] if j != i][:k]
        assert purity == pytest.approx(np.mean(CLASSES[nearest] == CLASSES[i]))


def test_cka_is_one_up_to_rotation_and_scale_and_that_of_the_gram_matrices():
    rng = np.random.default_rng(1)
    rotation = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    assert linear_cka(VECTORS, 3 * VECTORS @ rotation + 7) == pytest.approx(1, abs=1e-6)
    other = rng.normal(size=(9, 3))
    centre = np.eye(9) - 1 / 9
    one, two = (centre @ (x.astype(float) @ x.T.astype(float)) @ centre for x in (VECTORS, other))
    expected = np.trace(one @ two) / np.sqrt(np.trace(one @ one) * np.trace(two @ two))
    assert linear_cka(VECTORS, other) == pytest.approx(expected)


def test_an_objects_part_in_cka_is_what_leaving_it_out_changes():
    other = np.random.default_rng(2).normal(size=(9, 3))
    parts = cka_by_object(VECTORS, other)
    assert parts.mean() == pytest.approx(linear_cka(VECTORS, other))
    without = np.array([linear_cka(np.delete(VECTORS, i, 0), np.delete(other, i, 0)) for i in range(9)])
    assert parts - parts.mean() == pytest.approx(8 * (without.mean() - without))


def test_the_interval_of_cka_has_the_width_that_other_objects_give():
    """Many draws of 60 objects: the spread of CKA itself, and that of the parts within one draw."""
    rng = np.random.default_rng(3)
    mixing = rng.normal(size=(4, 4))

    def draw() -> tuple[np.ndarray, np.ndarray]:
        x = rng.normal(size=(60, 4))
        return x, x @ mixing + 2 * rng.normal(size=(60, 4))

    spread = np.std([linear_cka(*draw()) for _ in range(300)])
    errors = [
        interval(QueryValues(cka_by_object(*draw())[None, None]), 0.95).spread / 200 / t.ppf(0.975, 1000)
        for _ in range(30)
    ]
    assert np.mean(errors) == pytest.approx(spread, rel=0.25)


def test_spaces_give_their_measures_and_one_of_the_pair():
    spaces = {"nerf_embedding": VECTORS[None], "clip_embedding": np.stack([VECTORS, -VECTORS[:, ::-1]])}
    results = {result.key[1:3]: result for result in space_results(spaces, CLASSES, list("abcdefghi"), [4, 5], 3)}
    assert list(results) == [
        ("nerf_embedding", "silhouette"),
        ("nerf_embedding", "purity@3"),
        ("clip_embedding", "silhouette"),
        ("clip_embedding", "purity@3"),
        ("nerf_embedding and clip_embedding", "cka"),
    ]
    assert results["nerf_embedding", "silhouette"].seeds == [0]
    assert results["clip_embedding", "silhouette"].seeds == [4, 5]
    assert results["nerf_embedding and clip_embedding", "cka"].values.mean(1) == pytest.approx([1, 1], abs=1e-5)


@pytest.mark.parametrize("objects", [4, 30])
def test_a_projection_keeps_clusters_together_and_comes_out_the_same(objects: int):
    labels = np.arange(objects) % 2
    vectors = np.eye(2)[labels] @ (5 * np.random.default_rng(4).normal(size=(2, 8)))
    vectors = (vectors + 0.1 * np.random.default_rng(5).normal(size=(objects, 8))).astype(np.float32)
    points = projected(vectors, 30.0, 2**40)
    assert points.shape == (objects, 2)
    assert np.array_equal(points, projected(vectors, 30.0, 2**40))
    if objects > 4:
        between = np.linalg.norm(points[labels == 0].mean(0) - points[labels == 1].mean(0))
        within = max(np.linalg.norm(points[labels == c] - points[labels == c].mean(0), axis=1).mean() for c in (0, 1))
        assert between > within
