"""Through the stages: from a few objects' views to NeRFs and their rendered views."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import NERFS, OBJECTS, REJECTED, RENDERED_VIEWS, VIEWS
from fieldlink.core.scratch import scratch_folder
from fieldlink.nerf import object_work
from fieldlink.scenes import pictures, views
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.render_nerfs import render_nerfs
from stages.backbone.start_nerfs import start_nerfs

TINY = {
    "runtime.workers": 1,
    "nerf.field.octaves": 4,
    "nerf.fitting.occupancy": 32,
    "nerf.fitting.steps": 150,
    "nerf.fitting.learning_rate": 0.02,
    "nerf.start.kind": "random",
    "nerf.most_rejected": 0.5,
}


@pytest.fixture
def tiny(params_with):
    return params_with(TINY)


@pytest.fixture
def folder(tmp_path, spheres, tiny):
    """Four objects: a sphere, its copy, another sphere, and one whose poses belong to other pictures."""
    good = spheres(0.3)
    bad = dataclasses.replace(good, image=np.roll(good.image, 9, axis=2)[::-1].copy())
    seen = {"ball": good, "ball.a1": spheres(0.25, (20, 200, 60)), "orb": spheres(0.2, (30, 60, 220)), "torn": bad}
    listing = {
        "object_id": list(seen),
        "class_name": ["lamp"] * 4,
        "synset": ["03636649"] * 4,
        "split": ["train"] * 4,
        "source": ["catalogue"] * 4,
        "base_object_id": ["ball", "ball", "orb", "torn"],
        "augmentation": [0, 1, 0, 0],
        "caption": [None] * 4,
    }
    datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, listing)], "test")
    rows = [datasets.table(VIEWS, views.columns(object_id, one)) for object_id, one in seen.items()]
    datasets.write(tmp_path / "views", VIEWS, rows, "test")
    start_nerfs(tmp_path / "start", tiny)
    return tmp_path


def fit(folder: Path, tiny: Path, name: str = "nerfs") -> dict:
    fit_nerfs(folder / "objects", folder / "views", folder / "start", folder / name, folder / "rejected", tiny)
    return datasets.read(folder / name, NERFS).to_pydict()


def test_every_object_gets_its_nerf_and_the_one_that_fails_is_set_aside_with_its_reason(folder, tiny):
    nerfs = fit(folder, tiny)
    assert nerfs["object_id"] == ["ball", "ball.a1", "orb"]
    assert min(nerfs["psnr_heldout"]) > 25
    (rejected,) = datasets.read(folder / "rejected", REJECTED).to_pylist()
    assert (rejected["stage"], rejected["id"]) == ("fit_nerfs", "torn")
    assert rejected["reason"]


def test_workers_and_a_kill_change_nothing(folder, tiny, params_with, monkeypatch):
    whole = fit(folder, tiny)
    shutil.rmtree(scratch_folder("fit_nerfs"))
    calls = []

    def killed(job):
        calls.append(job)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return fit_objects(job)

    fit_objects = object_work.fit_objects
    monkeypatch.setattr("fieldlink.nerf.object_work.OBJECTS_AT_ONCE", 1)
    monkeypatch.setattr(object_work, "fit_objects", killed)
    with pytest.raises(KeyboardInterrupt):
        fit(folder, tiny, "resumed")
    monkeypatch.setattr(object_work, "fit_objects", fit_objects)
    assert not (folder / "resumed").exists()
    assert fit(folder, params_with(TINY | {"runtime.workers": 2}), "resumed") == whole


def test_only_a_changed_object_is_fitted_again(folder, tiny, monkeypatch, spheres):
    before = fit(folder, tiny)
    rows = datasets.read(folder / "views", VIEWS)
    parts = views.by_object(rows) | {"orb": datasets.table(VIEWS, views.columns("orb", spheres(0.22)))}
    datasets.write(folder / "views", VIEWS, [parts[name] for name in sorted(parts)], "test")
    fitted, fit_objects = [], object_work.fit_objects
    monkeypatch.setattr(
        object_work, "fit_objects", lambda job: (fitted.extend(views.by_object(job.views)), fit_objects(job))[1]
    )
    after = fit(folder, tiny)
    assert fitted == ["orb"]
    assert after["weights"][:2] == before["weights"][:2]
    assert after["weights"][2] != before["weights"][2]


def test_too_many_set_aside_stop_the_stage(folder, params_with):
    strict = params_with(TINY | {"nerf.fitting.gate": 90.0})
    with pytest.raises(InputError, match=r"4 of 4 set aside.*90 dB expected"):
        fit(folder, strict)


def test_a_start_of_another_size_is_an_error_that_says_what_to_do(folder, params_with):
    with pytest.raises(InputError, match="rerun start_nerfs"):
        fit(folder, params_with(TINY | {"nerf.field.units": 16}))


def test_an_object_without_views_is_an_error_that_names_it(folder, tiny):
    rows = views.by_object(datasets.read(folder / "views", VIEWS))
    datasets.write(folder / "views", VIEWS, [rows["ball"]], "test")
    with pytest.raises(InputError, match=r"no views of 3 of \d+ objects.*ball\.a1"):
        fit(folder, tiny)


def test_originals_are_rendered_from_their_own_cameras_opaque_on_black(folder, tiny):
    nerfs = fit(folder, tiny)
    render_nerfs(folder / "objects", folder / "views", folder / "nerfs", folder / "rendered", tiny)
    rendered = views.by_object(datasets.read(folder / "rendered", RENDERED_VIEWS))
    views_by_object = views.by_object(datasets.read(folder / "views", VIEWS))
    assert list(rendered) == ["ball", "orb"]
    for object_id, rows in rendered.items():
        render, truth = views.of_rows(rows), views.of_rows(views_by_object[object_id])
        assert np.array_equal(render.camera_to_world, truth.camera_to_world)
        assert (render.image[..., 3] == 255).all()
        error = render.image[4, ..., :3] / 255 - pictures.on_black(truth.image[4]) / 255  # the one view held out of 12
        held_out = nerfs["psnr_heldout"][nerfs["object_id"].index(object_id)]
        assert -10 * np.log10((error**2).mean()) == pytest.approx(held_out, abs=0.2)
