"""The HTTP interface answers as the study itself does."""

import io

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image
from safetensors.numpy import load
from search.meshes import coloured_box

from fieldlink.core import datasets
from fieldlink.core.schemas import VIEWS
from fieldlink.explorer.object_routes import LARGEST
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render
from fieldlink.scenes import pictures


def ids(rows):
    return [row["id"] for row in rows]


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def png(seed=0, size=32):
    return pictures.encode(np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8))


def test_a_text_search_is_the_studys_own(client, study):
    for space in study.variants:
        if "text" not in space.for_kinds:
            continue
        reply = client.get("/api/search", text="a blue chair", by=space.name, seed="mean", k=5).json
        answer = study.search(text="a blue chair", by=space.name, seed="mean", k=5)
        assert ids(reply["rows"]) == [row.id for row in answer.rows]
        assert [row["score"] for row in reply["rows"]] == pytest.approx([row.score for row in answer.rows], abs=1e-6)


def test_a_row_is_right_if_its_class_is_the_one_that_the_text_names(client):
    rows = client.get("/api/search", text="a blue chair", k=8).json["rows"]
    assert {row["right"] for row in rows} == {True, False}
    assert all(row["right"] == (row["class_name"] == "chair") for row in rows)


def test_nothing_is_right_where_no_class_is_expected(client):
    for text in ("a blue thing", "a chair or a lamp"):
        assert {row["right"] for row in client.get("/api/search", text=text).json["rows"]} == {None}


def test_filters_leave_only_what_they_say(client, study):
    rows = client.get("/api/search", text="a lamp", class_="lamp", split="test", k=50).json["rows"]
    assert rows
    assert all((row["class_name"], row["split"]) == ("lamp", "test") for row in rows)
    assert client.get("/api/search", text="a lamp", psnr=199).json["rows"] == []
    assert len(client.get("/api/search", text="a lamp", copies=1, k=100).json["rows"]) == len(study.ids)


def test_an_object_finds_others_and_never_itself(client, study):
    object_id = study.ids[0]
    reply = client.get("/api/search", nerf=object_id, by="nf2vec", k=100).json
    assert object_id not in ids(reply["rows"])
    assert reply["query"]["class_name"] == study.object(object_id).class_name


def test_a_picture_finds_what_it_finds_in_python(client, study):
    reply = client.post("/api/search", png(), k=4)
    assert reply.status == 200
    assert ids(reply.json["rows"]) == [row.id for row in study.search(image=png(), k=4, seed="mean").rows]


def test_an_earlier_query_is_asked_again_by_its_handle(client):
    first = client.post("/api/search", png(1), k=4, name="mine.png").json
    again = client.get("/api/search", query=first["query"]["handle"], k=4).json
    assert ids(again["rows"]) == ids(first["rows"])
    assert first["query"]["name"] == "mine.png"
    assert client.get("/api/search", query="0" * 24).status == 404


def test_a_nerf_that_was_downloaded_finds_its_object_first(client, study):
    object_id = next(name for name in study.ids if study.object(name).augmentation == 0)
    field = client.get(f"/api/objects/{object_id}/field").body
    reply = client.post("/api/search", field, suffix="safetensors", by="nf2vec", k=1).json
    assert ids(reply["rows"]) == [object_id]
    assert reply["rows"][0]["score"] == pytest.approx(1, abs=1e-6)


def test_a_text_that_is_an_id_names_its_object_and_any_other_is_searched_for_as_words(client, study):
    object_id = study.ids[0]
    by_text, by_id = client.get("/api/search", text=object_id).json, client.get("/api/search", nerf=object_id).json
    assert by_text == by_id
    assert by_text["query"]["kind"] == "nerf"
    for text in ("747", "3d", "F-16", "cube", f"{object_id} "[:-2]):
        assert client.get("/api/search", text=text).json["query"]["kind"] == "text"


def test_filters_are_those_of_the_collection(client, study):
    filters = client.get("/api/study").json["filters"]
    assert set(filters["class"]) == {study.object(name).class_name for name in study.ids}
    assert filters["split"] == ["train", "validation", "test"]
    for name, values in filters.items():
        for value in values:
            assert client.get("/api/search", text="a lamp", **{f"{name}_": value}).status == 200


def test_a_mesh_that_is_sent_finds_what_its_file_finds(client, study, tmp_path):
    path = tmp_path / "my Box (1).STL"
    path.write_bytes(trimesh.creation.box((1, 0.5, 0.2)).export(file_type="stl"))
    reply = client.post("/api/search", path.read_bytes(), suffix="stl", name=path.name, k=3).json
    answer = study.search(mesh=path, k=3, seed="mean")
    assert [(row["id"], row["score"]) for row in reply["rows"]] == [
        (row.id, pytest.approx(row.score, abs=1e-5)) for row in answer.rows
    ]


def test_what_a_mesh_is_drawn_without_is_told(client, tmp_path):
    coloured_box(tmp_path / "bare.obj", "gone.mtl")
    query = client.post("/api/search", (tmp_path / "bare.obj").read_bytes(), suffix="obj", name="bare.obj").json[
        "query"
    ]
    assert "gone.mtl" in query["note"]
    assert client.get("/api/map", query=query["handle"]).json["query"]["note"] == query["note"]


def test_a_mesh_is_fitted_and_its_path_told_nobody(client):
    mesh = trimesh.creation.box((1, 0.6, 0.3)).export(file_type="ply")
    reply = client.post("/api/search", mesh, suffix="ply", k=3, name="box.ply")
    assert reply.status == 200, reply.body
    assert len(reply.json["rows"]) == 3
    assert reply.json["query"]["name"] == "box.ply"
    assert reply.json["warning"]
    labels = client.post("/api/zero-shot", query=reply.json["query"]["handle"], prompt=["a box", "a lamp"]).json
    assert (
        {label["label"] for label in labels["labels"]}
        == {"a box", "a lamp"}
        == {label["label"] for label in labels["second_opinion"]}
    )


def test_an_object_has_its_measures_views_and_neighbours_where_no_mapper_is_needed(client, study):
    object_id = study.ids[3]
    page, truth = client.get(f"/api/objects/{object_id}", k=2).json, study.object(object_id)
    assert (page["class_name"], page["caption"], page["views"]) == (truth.class_name, truth.caption, list(truth.views))
    assert page["psnr"] == pytest.approx(dict(truth.psnr))
    assert list(page["neighbours"]) == ["nf2vec", "CLIP mean"]
    for by, rows in page["neighbours"].items():
        assert ids(rows) == [row.id for row in study.neighbours(object_id, by, k=2).rows]


def test_a_view_is_the_studys_frame(client, study):
    object_id = study.ids[1]
    reply = client.get(f"/api/objects/{object_id}/view", az=70, el=-10, size=48)
    assert reply.headers["content-type"] == "image/png"
    np.testing.assert_array_equal(pixels(reply.body), study.render(object_id, 70.0, -10.0, 48))


def test_angles_of_a_whole_turn_show_the_same(client, study):
    path = f"/api/objects/{study.ids[1]}/view"
    assert client.get(path, az=-90, size=32).body == client.get(path, az=270, size=32).body


def test_a_render_has_the_camera_of_its_number(client, study):
    object_id, size = study.ids[2], 32
    row = datasets.rows_with_ids(study.folder / "data" / "views", VIEWS, [object_id]).to_pylist()[1]
    pose = np.array(row["camera_to_world"], np.float32).reshape(1, 3, 4)
    nerf, params = study.nerf(object_id), study.params.nerf
    camera = Camera(row["camera_angle_x"], size, size)
    weights, grid = torch.tensor(np.array(nerf.weights)), unpack(nerf.occupancy)
    colour, opacity = render(weights, grid, pose, camera, params.rendering, params.field)
    picture = pixels(client.get(f"/api/objects/{object_id}/view", number=row["view"], size=size).body) / 255
    np.testing.assert_allclose(picture[..., 3], opacity[0], atol=0.01)
    np.testing.assert_allclose(picture[..., :3] * picture[..., 3:], colour[0], atol=0.01)


def test_a_field_is_the_nerf_with_what_a_renderer_needs(client, study):
    object_id = study.ids[0]
    tensors, stored = load(client.get(f"/api/objects/{object_id}/field").body), study.nerf(object_id)
    np.testing.assert_array_equal(tensors["weights"], stored.weights)
    assert tensors["occupancy"].tobytes() == stored.occupancy


def test_the_map_has_the_objects_and_the_query_among_its_nearest(client, study):
    points = client.get("/api/map", text="a lamp", copies=1).json
    places = study.map_points()
    assert points["ids"] == list(places.ids)
    assert points["x"] == pytest.approx(places.positions[:, 0], abs=1e-3)
    assert min(points["x"]) <= points["query"]["x"] <= max(points["x"])
    assert "query" not in client.get("/api/map", space="clip_embedding").json


def test_zero_shot_gives_two_opinions_of_a_nerf_and_one_of_a_picture(client, study):
    reply = client.post("/api/zero-shot", nerf=study.ids[0]).json
    assert {label["label"] for label in reply["labels"]} == set(study.classes)
    assert len(reply["second_opinion"]) == len(study.classes)
    assert client.post("/api/zero-shot", png(), prompt=["a chair", "a lamp"]).json["second_opinion"] == []


def test_every_answer_names_clip_collection_and_study(client, study):
    object_id = study.ids[0]
    replies = [
        client.get("/api/study"),
        client.get("/api/search", text="a lamp"),
        client.get(f"/api/objects/{object_id}"),
        client.get("/api/map"),
        client.post("/api/zero-shot", nerf=object_id),
    ]
    for reply in replies:
        origin = reply.json["origin"]
        assert origin["clip"] == study.origin.clip
        assert origin["collection"] == study.origin.collection
        assert origin["study"] == study.origin.study


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("/api/search", {}, 400),
        ("/api/search", {"text": "a", "nerf": "b"}, 400),
        ("/api/search", {"text": "a", "k": 0}, 400),
        ("/api/search", {"text": "a", "k": "nan"}, 400),
        ("/api/search", {"text": "a", "by": "nothing"}, 400),
        ("/api/search", {"text": "a", "seed": 99}, 400),
        ("/api/search", {"text": "a", "class_": "dragon"}, 400),
        ("/api/search", {"text": "a", "shape": "round"}, 400),
        ("/api/search", {"text": "a" * 501}, 400),
        ("/api/search", {"nerf": "/etc"}, 404),
        ("/api/search", {"text": "a", "by": "nf2vec"}, 400),
        ("/api/objects/none", {}, 404),
        ("/api/objects/none/view", {}, 404),
        ("/api/objects/..%2f..%2fetc%2fpasswd/view", {}, 404),
        ("/api/map", {"space": "elsewhere"}, 400),
        ("/api/nothing", {}, 404),
        ("/static/..%2fserver.py", {}, 404),
        ("/static/nothing.js", {}, 404),
    ],
)
def test_what_is_wrong_is_said_as_json(client, path, parameters, status):
    reply = client.get(path, **parameters)
    assert reply.status == status, reply.body
    assert set(reply.json) == {"error"}


def test_a_frame_has_at_most_512_pixels_a_side(client, study):
    path = f"/api/objects/{study.ids[0]}/view"
    assert client.get(path, size=LARGEST + 1).status == 400
    assert client.get(path, el=90).status == 400
    assert client.get(path, az="inf").status == 400
