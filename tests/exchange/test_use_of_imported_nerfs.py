"""Imported NeRFs are exported again bit for bit, and taken by a study in place of fits."""

import json
from pathlib import Path

import pytest
import torch
from exchange.folders import CELLS, SYNSETS, VIEWS
from exchange.imported_folders import CAR, CHAIR

from fieldlink.commands.export_nerfs import export_nerfs
from fieldlink.commands.import_nerfs import import_nerfs
from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.schemas import NERFS, OBJECTS
from fieldlink.core.schemas import VIEWS as VIEWS_OF
from fieldlink.scenes import views
from fieldlink.scenes.importers import imported_nerfs
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.prepare_scenes import prepare_scenes

pytestmark = pytest.mark.thesis


def test_what_is_exported_is_what_the_official_code_wrote_and_is_imported_again_bit_for_bit(world, tmp_path, small):
    chosen = sorted(name for name in world.official_tensors if name != "bare")
    listing = world.read("objects", OBJECTS).to_pydict()
    listing["split"] = ["test" if name == f"{CHAIR}n0" else "train" for name in listing["object_id"]]
    datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, listing)], "test")
    export_nerfs(tmp_path / "objects", world.out / "views", world.out / "nerfs", tmp_path / "back")
    assert json.loads((tmp_path / "back/test.json").read_text()) == [f"./data/data_TRAINED/{CHAIR}/{CHAIR}n0"]
    import_nerfs(tmp_path / "back", tmp_path / "again", params_file=small())
    for name, schema in (("objects", OBJECTS), ("views", VIEWS_OF), ("nerfs", NERFS)):
        before, after = (
            datasets.rows_with_ids(folder / name, schema, chosen) for folder in (world.out, tmp_path / "again")
        )
        assert datasets.rows_digest(before) == datasets.rows_digest(after)
    written = [path for path in (tmp_path / "back").rglob("*.pth") if "bare" not in path.parts]
    assert len(written) == 2 * len(chosen)
    for path in written:
        ours = torch.load(path, weights_only=True)
        theirs = torch.load(world.folder / path.relative_to(tmp_path / "back"), weights_only=True)
        assert theirs.keys() == ours.keys()
        for key, value in theirs.items():
            assert value.dtype == ours[key].dtype
            assert torch.equal(value.to_dense(), ours[key].to_dense())
    with pytest.raises(InputError, match="exists, expected a new folder"):
        export_nerfs(tmp_path / "objects", world.out / "views", world.out / "nerfs", tmp_path / "back")


def test_a_study_takes_imported_nerfs_in_place_of_fits_and_names_what_does_not_fit(world, tmp_path, small, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    scenes = {"source": "nerfs", "folder": world.out, "views": 2, "copies": 2}
    chosen = {"scenes": scenes, "imported": {"nerfs": world.out / "nerfs"}}
    prepare_scenes(tmp_path / "objects", tmp_path / "views", tmp_path / "rejected", small(**chosen))
    object_rows = {row["object_id"]: row for row in datasets.read(tmp_path / "objects", OBJECTS).to_pylist()}
    assert {row["split"] for row in object_rows.values() if not row["augmentation"]} == {"train", "validation", "test"}
    copies = [name for name, row in object_rows.items() if row["augmentation"]]
    assert copies
    assert all(
        object_rows[object_rows[name]["base_object_id"]]["split"] == "train" == object_rows[name]["split"]
        for name in copies
    )
    where = tmp_path / "objects", tmp_path / "views", tmp_path / "none", tmp_path / "nerfs", tmp_path / "rejected"
    fit_nerfs(*where, small(**chosen))
    accepted = {row["object_id"]: row for row in datasets.read(tmp_path / "nerfs", NERFS).to_pylist()}
    assert accepted.keys() == object_rows.keys()
    assert all(accepted[name]["weights"] == world.rows[name]["weights"] for name in object_rows)
    posed = {n: views.of_rows(of) for n, of in views.by_object(datasets.read(tmp_path / "views", VIEWS_OF)).items()}
    assert (posed[copies[0]].image == world.official_tensors[copies[0]]["images"][[0, VIEWS // 2]]).all()
    with pytest.raises(InputError, match=rf"grids of other than nerf\.fitting\.occupancy = {CELLS + 1}"):
        fit_nerfs(*where, small(**chosen, nerf={"fitting": {"occupancy": CELLS + 1}}))
    listing = datasets.read(tmp_path / "objects", OBJECTS).to_pydict() | {"source": ["disn"] * len(object_rows)}
    datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, listing)], "test")
    with pytest.raises(InputError, match=r"not from scenes\.source nerfs"):
        fit_nerfs(*where, small(**chosen))


def test_a_study_of_fewer_classes_takes_those_nerfs_alone_and_says_how_many_there_are_besides(world):
    classes = load(Path("params.yaml")).classes
    cars = {name: object_class for name, object_class in classes.items() if object_class.synset == CAR}
    rows = [row for row in datasets.read(world.out / "objects", OBJECTS).to_pylist() if not row["augmentation"]]
    listing = imported_nerfs.listing(world.out, cars)
    assert {item.object_id for item in listing.items} == {row["object_id"] for row in rows if row["synset"] == CAR}
    assert listing.other_classes == sum(row["synset"] == CHAIR for row in rows) > 0
    with pytest.raises(InputError, match=r"no class of params\.yaml, nor is any other"):
        imported_nerfs.listing(
            world.out,
            {name: object_class for name, object_class in classes.items() if object_class.synset not in SYNSETS},
        )
