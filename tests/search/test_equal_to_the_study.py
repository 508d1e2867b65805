"""Answers are those of the study's own stages: the same objects, similarities within 1e-5, for every variant."""

import numpy as np

from fieldlink.core import datasets
from fieldlink.core.schemas import NEIGHBOURS, PHOTOS
from fieldlink.scenes import pictures
from fieldlink.search.answers import Answer
from fieldlink.search.finished_study import Study

TOLERANCE = 1e-5


def expected(study: Study, domain: str) -> dict[tuple[str, int, str], list[tuple[str, float]]]:
    """Objects and similarities, nearest first, of the study's queries of a domain, by variant, seed and query."""
    rows = datasets.read(study.folder / "data" / "retrieval" / "neighbours", NEIGHBOURS).to_pylist()
    answers: dict[tuple[str, int, str], list[tuple[str, float]]] = {}
    for row in rows:
        if row["domain"] == domain:
            key = row["variant"], row["seed"], row["query_id"]
            answers.setdefault(key, []).append((row["object_id"], row["similarity"]))
    return answers


def assert_equal(answer: Answer, nearest: list[tuple[str, float]]) -> None:
    """Objects may change places only where their similarities are nearer to each other than the tolerance."""
    similarity = [value for _, value in nearest]
    np.testing.assert_allclose([row.score for row in answer.rows], similarity, atol=TOLERANCE)
    for row, (name, value) in zip(answer.rows, nearest, strict=True):
        assert row.id in {other for other, near in nearest if abs(near - value) <= 2 * TOLERANCE} | {name}


def test_photos_find_what_they_find_in_the_study(study: Study):
    photos = datasets.read(study.folder / "data" / "photos", PHOTOS).to_pylist()
    images = {row["photo_id"]: row["image"] for row in photos}
    answers = expected(study, "photo")
    assert len({variant for variant, _, _ in answers}) == 11
    queries = {name: study.query(image=images[name]) for _, _, name in answers}
    for (variant, seed, name), nearest in answers.items():
        assert_equal(study.search(query=queries[name], by=variant, seed=seed, split="test", k=len(nearest)), nearest)


def test_views_find_what_they_find_in_the_study_with_their_own_object_left_out(study: Study):
    answers = expected(study, "gt")
    for (variant, seed, name), nearest in answers.items():
        query = study.query(image=pictures.on_black(pictures.decode(query_view(study, name))))
        answer = study.search(query=query, by=variant, seed=seed, split="test", exclude=[name], k=len(nearest))
        assert_equal(answer, nearest)


def query_view(study: Study, object_id: str) -> bytes:
    """The view that the study asks about."""
    views, _ = study.collection.view_vectors
    row = np.flatnonzero(views.draw(study.params.study.seed, "query") == 0)[views.ids.index(object_id)]
    return study.view(object_id, int(views.numbers[row]))
