"""Stage prepare_scenes, on a few small objects: ids, splits, copies, what is set aside, growth and real input."""

from pathlib import Path

import pyarrow as pa
import pytest
import trimesh

from fieldlink.core import datasets, resume, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import object_views, views
from fieldlink.scenes.importers import disn, shapenet
from fieldlink.scenes.source_types import ObjectRow, ObjectTask
from stages.backbone.prepare_scenes import prepare_scenes

SMALL = {
    "runtime.workers": 1,
    "classes": {"lamp": {"synset": "03636649", "noun": "a lamp"}, "table": {"synset": "04379243", "noun": "a table"}},
    "scenes.objects_per_class": 4,
    "scenes.split": {"train": 1, "validation": 1, "test": 2},
    "scenes.views": 3,
    "scenes.resolution": 16,
}


def prepared(out: Path, params: Path) -> tuple[pa.Table, pa.Table, list[dict]]:
    prepare_scenes(out / "objects", out / "views", out / "rejected", params)
    rejected = datasets.read(out / "rejected", schemas.REJECTED).to_pylist()
    return datasets.read(out / "objects", schemas.OBJECTS), datasets.read(out / "views", schemas.VIEWS), rejected


def meshes(folder: Path, class_name: str, count: int) -> None:
    (folder / class_name).mkdir(parents=True)
    for number in range(count):
        trimesh.creation.box(extents=(1, len(class_name), 3 + number)).export(folder / class_name / f"{number}.ply")


def test_the_catalogue_gives_views_of_every_object_and_copies_of_training_objects_alone(tmp_path, params_with):
    objects, posed, rejected = prepared(tmp_path, params_with(SMALL))
    rows = {row["object_id"]: row for row in objects.to_pylist()}
    assert len(rows) == 2 * (4 + 2)
    assert rejected == []
    assert {(row["object_id"], row["view"]) for row in posed.to_pylist()} == {(i, v) for i in rows for v in range(3)}
    for row in rows.values():
        base = rows[row["base_object_id"]]
        assert (row["split"], row["class_name"], row["synset"]) == (base["split"], base["class_name"], base["synset"])
        assert row["object_id"] == base["object_id"] + ["", ".a1", ".a2"][row["augmentation"]]
        assert base["augmentation"] == 0
        assert row["split"] == "train" or row["augmentation"] == 0
        assert (row["caption"] is None) == (row["augmentation"] > 0)
    shown = {object_id: views.of_rows(of) for object_id, of in views.by_object(posed).items()}
    assert all(scene.image[..., 3].any() for scene in shown.values())
    assert len({scene.image.tobytes() for scene in shown.values()}) == len(shown)


def test_no_base_object_is_in_two_splits_but_by_the_official_leak(tmp_path, params_with):
    for leak in ("none", "official"):
        objects, _, _ = prepared(tmp_path / leak, params_with({**SMALL, "scenes.leak": leak}))
        rows = objects.to_pylist()
        assert all(row["split"] == "train" for row in rows if row["augmentation"])
        assert sum(row["augmentation"] == 0 for row in rows) == 8
        splits = {(row["base_object_id"], row["split"]) for row in rows}
        assert (len(splits) > len({base for base, _ in splits})) == (leak == "official")


def test_growing_the_catalogue_moves_nobody_and_computes_only_what_is_new(tmp_path, params_with, monkeypatch):
    few, few_views, _ = prepared(tmp_path / "few", params_with(SMALL))
    done = []
    monkeypatch.setattr(
        object_views, "object_views", lambda tasks, work=object_views.object_views: done.extend(tasks) or work(tasks)
    )
    many, many_views, _ = prepared(tmp_path / "many", params_with({**SMALL, "scenes.objects_per_class": 8}))
    old = set(few["object_id"].to_pylist())
    assert [row for row in many.to_pylist() if row["object_id"] in old] == few.to_pylist()
    assert [row for row in many_views.to_pylist() if row["object_id"] in old] == few_views.to_pylist()
    assert {task.row.object_id for task in done} == set(many["object_id"].to_pylist()) - old


def test_two_workers_in_other_chunks_give_the_same_rows(tmp_path, params_with, monkeypatch):
    _, one, _ = prepared(tmp_path / "one", params_with(SMALL))
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "other"))
    finish = resume.finish
    monkeypatch.setattr(resume, "finish", lambda *args, **options: finish(*args, **{**options, "chunk": 1}))
    _, two, _ = prepared(tmp_path / "two", params_with({**SMALL, "runtime.workers": 2}))
    assert two.equals(one)


def test_a_mesh_that_cannot_be_used_is_set_aside_with_its_reason_and_duplicates_are_dropped(tmp_path, params_with):
    folder = tmp_path / "meshes"
    meshes(folder, "lamp", 9)
    meshes(folder, "table", 9)
    (folder / "lamp/nan.off").write_text("OFF\n3 1 0\n0 0 0\n1 0 0\nnan 1 0\n3 0 1 2\n")
    (folder / "lamp/twin.ply").write_bytes((folder / "lamp/0.ply").read_bytes())
    changes = {**SMALL, "scenes.source": "meshes", "scenes.folder": folder, "scenes.most_rejected": 0.2}
    objects, _, rejected = prepared(tmp_path, params_with(changes))
    reasons = {row["id"]: row["reason"] for row in rejected if not row["id"].endswith(("a1", "a2"))}
    assert set(reasons) == {"lamp.nan", "lamp.twin"}
    assert "nan.off: vertices with NaN" in reasons["lamp.nan"]
    assert not set(reasons) & set(objects["object_id"].to_pylist())
    originals = [row for row in objects.to_pylist() if row["augmentation"] == 0]
    assert {(row["class_name"], row["split"]) for row in originals} == {
        (name, split) for name in ("lamp", "table") for split in ("train", "validation", "test")
    }
    with pytest.raises(InputError, match=r"set aside, at most 0% allowed \(lamp.nan"):
        prepared(tmp_path / "strict", params_with({**changes, "scenes.most_rejected": 0.0}))


def test_objects_that_cannot_be_read_neither_shift_nor_empty_a_split(tmp_path, params_with):
    folder = tmp_path / "meshes"
    meshes(folder, "lamp", 3)
    meshes(folder, "table", 3)
    changes = {**SMALL, "scenes.source": "meshes", "scenes.folder": folder, "scenes.most_rejected": 0.95}
    readable, _, _ = prepared(tmp_path, params_with(changes))
    for number in range(30):
        (folder / f"lamp/broken{number}.off").write_text(f"no mesh {number}")
    with_broken, _, rejected = prepared(tmp_path, params_with(changes))
    assert with_broken.equals(readable)
    assert {row["id"] for row in rejected} == {f"lamp.broken{number}" for number in range(30)}


def test_shapenets_other_classes_are_left_out_and_counted(tmp_path, params_with, capsys):
    for synset in ("03636649", "04379243", "02808440"):
        for number in range(4):
            mesh = tmp_path / "core" / synset / f"{synset}m{number}" / shapenet.MESH
            mesh.parent.mkdir(parents=True)
            trimesh.creation.box(extents=(1, int(synset[-1]) + 1, 3 + number)).export(mesh)
    params = params_with({**SMALL, "scenes.source": "shapenet", "scenes.folder": tmp_path / "core", "scenes.copies": 0})
    objects, _, _ = prepared(tmp_path, params)
    assert set(objects["class_name"].to_pylist()) == {"lamp", "table"}
    assert len(objects) == 8
    assert "prepare_scenes: 4 of 12 left out, of no class" in capsys.readouterr().err


def test_a_class_with_too_few_meshes_or_no_generator_is_an_error_that_names_it(tmp_path, params_with):
    meshes(tmp_path / "meshes", "lamp", 3)
    with pytest.raises(InputError, match="class table: 0 objects that can be used, at least 3 expected"):
        prepared(tmp_path, params_with({**SMALL, "scenes.source": "meshes", "scenes.folder": tmp_path / "meshes"}))
    classes = {**SMALL["classes"], "dragon": {"synset": "00000001", "noun": "a dragon"}}
    with pytest.raises(InputError, match=r"classes\.dragon: not in the catalogue, which has airplane, bench"):
        prepared(tmp_path, params_with({**SMALL, "classes": classes}))


@pytest.mark.parametrize("imported", [("disn", "disn_sample", "car"), ("blender", "nerf_synthetic_lego", "unlabelled")])
def test_a_single_real_scene_is_a_test_object(tmp_path, params_with, real, imported):
    source, folder, class_name = imported
    changes = {"runtime.workers": 1, "scenes.source": source, "scenes.folder": real / folder}
    objects, posed, _ = prepared(tmp_path, params_with(changes))
    (row,) = objects.to_pylist()
    assert (row["class_name"], row["split"], row["source"], len(posed)) == (class_name, "test", source, 36)
    assert set(posed["width"].to_pylist()) == {64}


def test_a_copy_of_imported_views_has_cameras_of_its_own(tmp_path, params_with, real, params):
    (item,) = disn.listing(real / "disn_sample", params.classes).items
    scenes = params.scenes.model_copy(update={"source": "disn", "views": 4, "resolution": 16})
    original = ObjectRow("car", "car", "02958343", "train", "disn", "car", 0)
    copy = ObjectRow("car.a1", "car", "02958343", "train", "disn", "car", 1)
    first, second = (object_views.views_of(ObjectTask(row, "a car", 0, scenes, item)) for row in (original, copy))
    assert (first.image[..., 3] == second.image[..., 3]).all()
    assert (first.camera_to_world != second.camera_to_world).any()
    assert (first.image != second.image).any()
    assert seed_of(0, "copy", "car.a1") != seed_of(0, "copy", "car.a2")


def test_what_a_mesh_is_drawn_without_is_said_by_object_in_every_run(tmp_path, params_with, capsys):
    for class_name in ("lamp", "table"):
        meshes(tmp_path / "meshes", class_name, 4)
    obj = "mtllib gone.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl wood\nf 1 2 3\n"
    (tmp_path / "meshes/lamp/torn.obj").write_text(obj)
    changes = {"scenes.source": "meshes", "scenes.folder": tmp_path / "meshes", "scenes.copies": 0}
    params = params_with({**SMALL, **changes})
    for _ in range(2):
        prepared(tmp_path, params)
        assert "lamp.torn: drawn without 1 of 1 materials: gone.mtl not found" in capsys.readouterr().err
