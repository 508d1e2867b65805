"""Questions to a study: kinds of queries, filters, seeds, labels, renders, and what an answer says of itself."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pipeline
import pytest
import torch
from search.meshes import box
from search.study_folders import folder_with

import fieldlink
from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, PHOTOS, PROJECTIONS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.measures.cosines import cosines, unit
from fieldlink.explorer.explorer import Explorer
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render
from fieldlink.scenes import cameras
from fieldlink.search.finished_study import Study
from fieldlink.search.paths import STUDIES, CollectionPaths, StudyPaths
from fieldlink.search.query_encoders import four_views


def photo(study: Study) -> bytes:
    return datasets.read(study.folder / "data" / "photos", PHOTOS)["image"][0].as_py()


def test_opening_a_study_is_opening_its_folder(study: Study):
    assert fieldlink.open(study.folder).origin == study.origin
    with pytest.raises(InputError, match=r"no params\.yaml"):
        fieldlink.open(study.folder / "data")


def test_a_text_has_the_vector_that_the_study_gave_its_caption(study: Study):
    rows = datasets.read(study.folder / "data" / "embeddings" / "captions", CAPTION_EMBEDDINGS).slice(0, 5)
    for text, vector in zip(rows["caption"].to_pylist(), datasets.matrix(rows["embedding"]), strict=True):
        np.testing.assert_allclose(study.query(text=text).clip, vector, atol=1e-5)


def test_scores_fall_and_are_cosines_of_the_mapped_vectors(study: Study):
    answer = study.search(text="a lamp", by="clip2nerf mse", seed=1, k=100)
    scores = np.array([row.score for row in answer.rows])
    assert (np.diff(scores) <= 0).all()
    mapper = study.spaces.mappers.mapper("clip2nerf mse")
    mapped = mapper.apply(answer.query.clip[None], 1)
    vectors = study.collection.nerf_vectors[[study.collection.index[row.id] for row in answer.rows]]
    np.testing.assert_allclose(scores, cosines(mapped, vectors)[0], atol=1e-6)


def test_the_mean_over_seeds_is_the_mean_of_their_scores(study: Study):
    query = study.query(text="a chair")
    for by in ("clip2nerf cosine", "nerf2clip cosine"):
        of_seeds = [
            {row.id: row.score for row in study.search(query=query, by=by, seed=seed, k=99).rows} for seed in (0, 1)
        ]
        for row in study.search(query=query, by=by, seed="mean", k=99).rows:
            assert row.score == pytest.approx(np.mean([scores[row.id] for scores in of_seeds]), abs=1e-6)


def test_splits_classes_copies_and_psnr_filter(study: Study):
    rows = study.search(text="a lamp", split="test", classes=["lamp"], k=99).rows
    assert {(row.split, row.class_name) for row in rows} == {("test", "lamp")}
    everything = study.search(text="a lamp", copies=True, k=999).rows
    originals = study.search(text="a lamp", k=999).rows
    assert len(everything) == len(study.ids) > len(originals)
    assert all(study.object(row.id).augmentation == 0 for row in originals)
    limit = float(np.median(study.collection.psnr["psnr_heldout"]))
    ids = {row.id for row in study.search(text="a lamp", least_psnr=limit, k=999).rows}
    assert ids == {row.id for row in originals if study.object(row.id).psnr["psnr_heldout"] >= limit}
    assert originals[0].id not in {row.id for row in study.search(text="a lamp", exclude=[originals[0].id]).rows}


def test_an_object_is_not_its_own_neighbour_and_its_query_is_not_foreign(study: Study):
    name = study.ids[0]
    for space in ("nf2vec", "CLIP mean", "CLIP all distinct", "nerf2clip softmax", "clip2nerf mse"):
        answer = study.neighbours(name, space, k=99)
        assert name not in {row.id for row in answer.rows}
        assert not answer.query.foreign
        assert answer.warning == ""


def test_a_nerf_given_as_weights_is_near_the_object_that_has_them(study: Study):
    name = study.ids[0]
    assert study.search(nerf=study.nerf(name), by="nf2vec").rows[0].id == name


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({}, "expected exactly one of text, image, mesh and nerf"),
        ({"text": "a", "nerf": "b"}, "expected exactly one"),
        ({"text": "  "}, "text: empty"),
        ({"text": "a", "k": 0}, "k: 0, expected at least 1"),
        ({"text": "a", "by": "clip2nerf"}, "by 'clip2nerf': expected one of"),
        ({"text": "a", "by": "nf2vec"}, "a space of NeRFs, where a text has no place"),
        ({"text": "a", "seed": 7}, "seed 7: 'nerf2clip cosine' has"),
        ({"text": "a", "by": "CLIP mean", "seed": 7}, r"seed 7: 'CLIP mean' has \[0\], expected one or mean"),
        ({"text": "a", "split": "tests"}, "no split 'tests', expected some of"),
        ({"text": "a", "classes": ["boat"]}, "no class_name 'boat'"),
        ({"image": "nowhere.jpg"}, "nowhere.jpg: No such file"),
        ({"image": b"no picture"}, "picture: no picture of a format"),
        ({"image": np.zeros((4, 4, 2), np.uint8)}, "expected \\(height, width, 3 or 4\\) of uint8"),
        ({"mesh": "nowhere.glb"}, "nowhere.glb: No such file"),
        ({"nerf": "nothing"}, "neither an object of .* nor a folder"),
    ],
)
def test_a_wrong_question_is_an_error_that_says_what_was_expected(study: Study, question: dict, message: str):
    with pytest.raises(InputError, match=message):
        study.search(**question)


def test_classes_are_named_by_the_nearest_prompts(study: Study):
    answer = study.classify(nerf=study.ids[0], by="nerf2clip siglip", seed=1)
    assert sorted(label.label for label in answer.labels) == sorted(study.classes)
    rows = datasets.read(study.folder / "data" / "embeddings" / "prompts", PROMPT_EMBEDDINGS).to_pylist()
    mapped = study.spaces.mappers.mapper("nerf2clip siglip").apply(study.collection.nerf_vectors[:1], 1)
    for label in answer.labels:
        prompts = np.array([row["embedding"] for row in rows if row["class_name"] == label.label], np.float32)
        assert label.score == pytest.approx(cosines(mapped, unit(prompts).mean(axis=0)[None])[0, 0], abs=1e-5)
    assert sorted(label.label for label in answer.second_opinion) == sorted(study.classes)
    assert answer.labels[0].score >= answer.labels[1].score


def test_prompts_of_a_user_are_the_labels(study: Study):
    answer = study.classify(image=photo(study), prompts=["a stool", "a bench", "a sofa"])
    assert {label.label for label in answer.labels} == {"a stool", "a bench", "a sofa"}
    assert answer.by == "clip"
    assert not answer.second_opinion
    with pytest.raises(InputError, match="prompts: empty"):
        study.classify(nerf=study.ids[0], prompts=[])
    with pytest.raises(InputError, match="text: can't be classified"):
        study.classify(query=study.query(text="a chair"))


def test_a_render_is_the_nerf_from_a_camera_at_these_angles(study: Study):
    nerf, params = study.nerf(study.ids[0]), study.params.nerf
    poses = cameras.look_at_origin(np.array([30.0]), np.array([20.0]), np.array([1.45]))
    weights, camera = torch.from_numpy(np.array(nerf.weights)), Camera(cameras.DISN_ANGLE, 40, 40)
    colour, alpha = render(weights, unpack(nerf.occupancy), poses, camera, params.rendering, params.field)
    picture = study.render(study.ids[0], azimuth=30.0, elevation=20.0, size=40).astype(float) / 255
    assert picture[..., 3] == pytest.approx(alpha[0].numpy(), abs=1 / 255)
    assert picture[..., :3] * picture[..., 3:] == pytest.approx(colour[0].numpy(), abs=2 / 255)


def test_a_query_s_place_on_the_map_lies_among_the_nearest_objects(study: Study):
    points = study.map_points()
    answer = study.search(nerf=study.nerf(study.ids[0]), by="nf2vec")
    assert (points.positions.min(0) <= study.map_place(answer)).all()
    assert (study.map_place(answer) <= points.positions.max(0)).all()
    with pytest.raises(InputError, match="space 'other': expected one of"):
        study.map_points("other")


def with_t_sne_of(ids: Sequence[str], study: Study, folder: Path) -> Study:
    """The study with a t-SNE of these objects, which lie on a line."""
    other = Study(folder_with(study, folder, {"embedding_spaces"}))
    places = [float(place) for place in range(len(ids))]
    columns = {"space": ["nerf_embedding"] * len(ids), "object_id": list(ids), "class_name": ["lamp"] * len(ids)}
    rows = datasets.table(PROJECTIONS, {**columns, "x": places, "y": places})
    datasets.write(other.collection.paths.projections, PROJECTIONS, [rows], "test")
    return other


def test_a_map_has_the_objects_of_the_t_sne_alone(study: Study, tmp_path: Path):
    other = with_t_sne_of(study.ids[:2], study, tmp_path / "study")
    assert list(other.map_points().ids) == list(study.ids[:2])
    assert (other.map_place(other.search(nerf=study.ids[5])) < 1).all()


def test_a_map_of_other_objects_is_an_error_that_names_it(study: Study, tmp_path: Path):
    other = with_t_sne_of(["other-1", "other-2"], study, tmp_path / "study")
    answer = other.search(text="a lamp")
    for ask in (other.map_points, lambda: other.map_place(answer)):
        with pytest.raises(InputError, match=r"projections: no object of .*data in nerf_embedding"):
            ask()


def test_a_study_without_mappers_searches_by_clip_and_nf2vec(study: Study, tmp_path: Path):
    bare = Study(folder_with(study, tmp_path / "study", set(STUDIES)))
    Explorer(bare).prepare()
    assert bare.search(text="a lamp").by == "CLIP mean"
    assert bare.search(nerf=bare.ids[0]).by == "nf2vec"
    with pytest.raises(InputError, match="no mapper nerf2clip"):
        bare.classify(nerf=bare.ids[0])


def test_a_study_with_neither_mappers_nor_vectors_of_views_says_what_a_text_needs(study: Study, tmp_path: Path):
    folder = folder_with(study, tmp_path / "study", {*STUDIES, "embeddings"})
    (folder / "data" / "embeddings").mkdir()
    (folder / "data" / "embeddings" / "nerfs").symlink_to(study.folder / "data" / "embeddings" / "nerfs")
    bare = Study(folder)
    Explorer(bare).prepare()
    assert bare.search(nerf=bare.ids[0]).by == "nf2vec"
    with pytest.raises(InputError, match="neither a mapper nor vectors of views, which a search with a text needs"):
        bare.search(text="a lamp")


def test_a_nerf_s_four_views_are_rendered_once(study: Study, monkeypatch: pytest.MonkeyPatch):
    fresh, rendered = Study(study.folder), list[object]()
    monkeypatch.setattr(
        "fieldlink.search.four_view_vectors.four_views",
        lambda models, nerf: rendered.append(nerf) or four_views(models, nerf),
    )
    query = fresh.query(nerf=fresh.nerf(fresh.ids[0]))
    first = fresh.search(query=query, by="CLIP mean", k=3)
    assert fresh.search(query=query, by="CLIP all", k=3).rows
    assert fresh.search(query=query, by="CLIP mean", k=3).rows == first.rows
    assert fresh.map_place(first).shape == (2,)
    assert fresh.classify(query=query).second_opinion
    assert len(rendered) == 1
    assert fresh.search(nerf=fresh.nerf(fresh.ids[1]), by="CLIP mean").rows
    assert len(rendered) == 2


def test_an_answer_names_what_it_was_made_from(study: Study):
    answer = study.search(text="a chair")
    assert answer.origin.study == str(study.folder)
    assert answer.origin.clip.startswith("small CLIP of this study, ")
    assert answer.origin.objects == len(study.ids)
    assert answer.as_dict()["origin"]["params"] == answer.origin.params
    assert list(answer.frame()["id"]) == [row.id for row in answer.rows]


def test_foreign_queries_carry_a_warning(study: Study, tmp_path: Path):
    assert "small synthetic world of 2 classes" in study.search(image=photo(study)).warning
    assert "small synthetic world" in study.classify(mesh=box(tmp_path / "box.off")).warning
    captions = datasets.read(study.folder / "data" / "embeddings" / "captions", CAPTION_EMBEDDINGS)["caption"]
    assert "unicorn" in study.search(text=f"{captions[0].as_py()} unicorn").warning


def test_every_place_of_a_study_is_an_output_of_its_pipeline():
    outs = {out.fs_path for stage in pipeline.stages().values() for out in stage.outs}
    places = StudyPaths(pipeline.ROOT)
    study = [places.clip, places.nf2vec, places.nerf_start, places.prompts, places.captioned_pictures]
    data = CollectionPaths(places.data)
    collection = [data.objects, data.views, data.nerfs, data.nerf_embeddings, data.view_embeddings]
    collection += [data.rendered_view_embeddings, data.projections]
    mappers = [places.mappers(study) for study in STUDIES]
    assert {str(path) for path in [*study, *collection, *mappers]} <= outs
