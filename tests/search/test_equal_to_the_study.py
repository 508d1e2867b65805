"""Answers are those of the studies' own searches: the same objects, similarities within 1e-5, for every variant."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pytest
from search.all_mappers import with_all_mappers
from search.batch_searches import Searched, all_nerfs, batch_searches, gallery_and_queries, nerf_searches

from fieldlink.core import datasets
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, PHOTOS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.scenes import pictures
from fieldlink.search.answers import Answer, Query
from fieldlink.search.finished_study import Study
from fieldlink.search.paths import STUDIES

TOLERANCE = 1e-5
LEAST_QUERIES = 50  # of each variant


@pytest.fixture(scope="module")
def full_study(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("full_study")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDLINK_SCRATCH", str(folder / "scratch"))
        return with_all_mappers(study, folder / "study")


def test_every_variant_finds_what_the_studies_find(full_study: Study):
    gallery, queries = gallery_and_queries(full_study)
    questions: dict[str, set[str]] = defaultdict(set)
    check(full_study, gallery, batch_searches(full_study, gallery, queries), questions, split="test")
    everything = all_nerfs(full_study)  # of test NeRFs alone there are too few to ask with
    check(full_study, everything, nerf_searches(everything), questions, copies=True)
    assert questions.keys() == {space.name for space in full_study.variants}
    assert {space.study for space in full_study.variants} == {"", *STUDIES}
    assert min(map(len, questions.values())) >= LEAST_QUERIES


def check(
    of: Study, gallery: NerfGallery, searches: Iterable[Searched], questions: dict[str, set[str]], **filters: Any
) -> None:
    """Ask all that was searched for, with some filters, and note by each variant what was asked."""
    query_of = cache(lambda domain, name: same_query(of, domain, name))
    for study, result, queries_of_search in searches:
        by = name_of(of, study, result.row)
        for seed, neighbours in zip(result.seeds, result.neighbours, strict=True):
            for row, name in enumerate(queries_of_search.ids):
                pairs = zip(neighbours.item[row], neighbours.similarity[row], strict=True)
                nearest = [(gallery.ids[item], value) for item, value in pairs if item >= 0]
                own_object = queries_of_search.own_object[row]
                answer = of.search(
                    query=query_of(queries_of_search.domain, name),
                    by=by,
                    seed=seed,
                    **filters,
                    exclude=[gallery.ids[own_object]] if own_object >= 0 else [],
                    k=len(nearest),
                )
                assert_equal(answer, nearest)
                questions[by].add(f"{queries_of_search.domain} {name}")


def name_of(study: Study, of_study: str, variant: str) -> str:
    """The name by which the search knows a variant of a study."""
    mappers = study.spaces.mappers.by_name.values()
    names = [one.space.name for one in mappers if (one.space.study, one.text) == (of_study, variant)]
    return names[0] if of_study else variant


def same_query(study: Study, domain: str, name: str) -> Query:
    """A question of the studies, asked anew; `name`: its id there."""
    data = study.folder / "data"
    if domain == "photo":
        return study.query(image=datasets.rows_with_ids(data / "photos", PHOTOS, [name])["image"][0].as_py())
    if domain == "gt":
        return study.query(image=pictures.on_black(pictures.decode(query_view(study, name))))
    if domain == "nerf":
        return study.query(nerf=name)
    if domain == "weights":
        return study.query(nerf=study.nerf(name))
    captions = datasets.read(data / "embeddings" / "captions", CAPTION_EMBEDDINGS).to_pylist()
    prompts = datasets.read(data / "embeddings" / "prompts", PROMPT_EMBEDDINGS).to_pylist()
    texts = {row["object_id"]: row["caption"] for row in captions}
    texts |= {f"{row['template']} {row['class_name']}": row["prompt"] for row in prompts}
    return study.query(text=texts[name])


def query_view(study: Study, object_id: str) -> bytes:
    """The view that the study asks about."""
    views, _ = study.collection.view_vectors
    row = np.flatnonzero(views.draw(study.params.study.seed, "query") == 0)[views.ids.index(object_id)]
    return study.view(object_id, int(views.numbers[row]))


def assert_equal(answer: Answer, nearest: list[tuple[str, float]]) -> None:
    """Objects may change places only where their similarities are nearer to each other than the tolerance."""
    similarity = [value for _, value in nearest]
    np.testing.assert_allclose([row.score for row in answer.rows], similarity, atol=TOLERANCE)
    for row, (name, value) in zip(answer.rows, nearest, strict=True):
        assert row.id in {other for other, near in nearest if abs(near - value) <= 2 * TOLERANCE} | {name}
