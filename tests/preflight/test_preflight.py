"""The preflight finds what is missing, says what to do, and passes a small study that has all it needs."""

import json
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pipeline
import pytest
import torch
from PIL import Image
from preflight.small_study import SMALL

from fieldlink.commands.preflight import preflight
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.preflight import data_folders, git_folders, hours, machine, mapper_seconds
from fieldlink.preflight.findings import Finding, table
from fieldlink.preflight.hours import Counts
from fieldlink.preflight.rates import Rates
from fieldlink.scenes.photos import domainnet

pytestmark = pytest.mark.thesis

MEASURED = {
    "backbone.prepare_scenes",
    "backbone.provide_clip",
    "backbone.fit_nerfs",
    "backbone.render_nerfs",
    "backbone.embed_images",
    "backbone.train_nf2vec",
    "syn2real.translate_views",
    "baselines.embed",
}


def printed(capsys) -> dict[str, list[str]]:
    """The table's rows by their subject: state and detail."""
    lines = [line.split("  ", 1) for line in capsys.readouterr().out.splitlines()]
    return {subject.strip(): rest.strip().split("  ", 1) for subject, rest in lines}


@pytest.mark.usefixtures("measured_once")
def test_a_small_study_with_all_it_needs_passes_with_hours_for_every_long_stage(params_with, capsys):
    preflight(params_with(SMALL))
    rows = printed(capsys)
    assert {subject for subject, row in rows.items() if row[0] == "ok"} == {
        "scenes: catalogue",
        "photos: catalogue",
        "clip",
        "device",
        "disk",
        "memory",
    }
    assert rows["scenes: catalogue"][1].strip() == "39 in 13 classes"
    stages = {pipeline.module(stage).removeprefix("stages.") for stage in pipeline.stages().values()}
    trainings = {stage for stage in stages if stage.split(".")[1].startswith(("train", "finetune_"))}
    assert len(trainings) == 10
    for stage in trainings | MEASURED | {"sum of these"}:
        assert rows[stage][1].strip().endswith(" h"), stage
    others = rows["other stages"][1].strip().removeprefix("not measured: ").split(", ")
    measured = {stage for stage in stages if not any(fnmatch(stage, pattern) for pattern in others)}
    assert measured == stages & rows.keys() == trainings | MEASURED


@pytest.mark.usefixtures("measured_once")
def test_a_thesis_set_up_without_its_data_weights_and_gpu_says_what_to_do_for_each(params_with, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    changes = {
        "runtime.device": "cuda",
        "scenes.source": "disn",
        "scenes.folder": Path("nowhere/ShapeNetRenders"),
        "scenes.splits": Path("nowhere/splits"),
        "photos.source": "domainnet",
        "photos.folder": Path("nowhere/real"),
        "clip.source": "open_clip",
        "clip.model": "ViT-B-32-quickgelu",
        "clip.pretrained": "laion400m_e32",
        "imported.nf2vec": Path("nowhere/nf2vec"),
        "syn2real.translator": "controlnet",
        "syn2real.controlnet.model": "nowhere/diffusion",
        "syn2real.controlnet.controlnet": "nowhere/control",
    }
    with pytest.raises(InputError, match="7 missing: see the table"):
        preflight(params_with(changes))
    rows = printed(capsys)
    assert {subject for subject, row in rows.items() if row[0] == "missing"} == {
        "scenes: disn",
        "splits",
        "photos: domainnet",
        "imported.nf2vec",
        "clip",
        "syn2real",
        "device",
    }
    assert "nowhere/ShapeNetRenders: no such folder" in rows["scenes: disn"][1]
    assert "fetch them once with python -c" in rows["clip"][1]
    assert "fieldlink import-nf2vec" in rows["imported.nf2vec"][1]
    assert "nowhere/control" in rows["syn2real"][1]


def test_folders_in_the_right_layout_are_counted_by_class_and_a_class_without_objects_is_missing(tmp_path, params_with):
    params = load(params_with({"scenes.source": "disn", "scenes.folder": tmp_path / "renders"}))
    synsets = [entry.synset for entry in params.classes.values()]
    for number, synset in enumerate(synsets[:-1]):
        for model in range(number + 1):
            folder = tmp_path / f"renders/image/{synset}/m{model}/easy"
            folder.mkdir(parents=True)
            (folder / "rendering_metadata.txt").touch()
    finding, counts = data_folders.objects(params)
    assert finding.state == "missing"
    assert "nothing of watercraft in its layout" in finding.detail
    assert counts["airplane"] == 1
    assert counts["phone"] == 12
    last = tmp_path / f"renders/image/{synsets[-1]}/m/easy"
    last.mkdir(parents=True)
    (last / "rendering_metadata.txt").touch()
    assert data_folders.objects(params)[0] == Finding("scenes: disn", "ok", "79 in 13 classes")


def test_a_class_of_fewer_objects_than_splits_is_missing(tmp_path, params_with):
    params = load(params_with({"scenes.source": "meshes", "scenes.folder": tmp_path}))
    for index, name in enumerate(params.classes):
        (tmp_path / name).mkdir()
        for number in range(2 if index == 0 else 3):
            (tmp_path / name / f"{number}.obj").touch()
    finding, _ = data_folders.objects(params)
    assert finding.state == "missing"
    assert f"2 of {next(iter(params.classes))}, at least 3 expected" in finding.detail
    (tmp_path / next(iter(params.classes)) / "2.obj").touch()
    assert data_folders.objects(params)[0].state == "ok"


def test_a_source_without_depth_maps_has_no_translated_views_nor_hours_for_them(tmp_path, params_with, monkeypatch):
    monkeypatch.setattr(mapper_seconds, "seconds_of_a_step", lambda work, device: 3.6)
    speed, counts = Rates(1.0, 1.0, 1.0, 1.0, 1.0, 100.0), Counts(20, 10, 5, 0, 9)

    def results_of(source: str) -> tuple[list[str], float | None, int]:
        params = load(params_with({"scenes.source": source, "scenes.folder": tmp_path}))
        tasks = mapper_seconds.tasks(params, counts, 16)["syn2real.train"]
        hours_of = hours.of_objects(params, speed, 50.0, counts)["syn2real.translate_views"]
        return [finding.detail for finding in data_folders.depth(params)], hours_of, len(tasks)

    for source in ("disn", "blender", "nerfs"):
        assert results_of(source) == ([f"none from {source}: no translated views, no Table 4.8"], 0.0, 0)
    (tmp_path / "depth/02958343/m/easy").mkdir(parents=True)
    for source in ("catalogue", "meshes", "shapenet", "disn"):
        details, taken, tasks = results_of(source)
        assert (details, tasks) == ([], 2)
        assert taken


def test_captions_of_a_file_are_counted_and_trained_on_whatever_the_source(tmp_path, params_with):
    file, counts = tmp_path / "captions.csv", Counts(20, 10, 5, 0, 9)
    source = {"scenes.source": "meshes", "scenes.folder": tmp_path}
    params = load(params_with({**source, "scenes.captions": file}))
    assert data_folders.captions(params)[0].state == "missing"
    file.write_text("model_id,caption\na,a gun\nb,\nc,a sofa\n")
    assert data_folders.captions(params) == [Finding("captions", "ok", "of 2 models")]
    assert len(mapper_seconds.tasks(params, counts, 16)["captions.train"]) == 2
    without = load(params_with(source))
    assert data_folders.captions(without) == []
    assert mapper_seconds.tasks(without, counts, 16)["captions.train"] == []


def test_domainnets_folders_and_split_files_are_counted(tmp_path, params_with):
    for folder in domainnet.FOLDERS.values():
        (tmp_path / folder).mkdir()
        Image.new("RGB", (3, 3)).save(tmp_path / folder / "real_001_000001.jpg")
    for name, ids in (("test", ["00000001/a", "00000001/b"]), ("validation", ["00000001/c"])):
        (tmp_path / f"{name}.json").write_text(json.dumps(ids))
    changes = {"photos.source": "domainnet", "photos.folder": tmp_path, "scenes.splits": tmp_path}
    params = load(params_with(changes))
    assert data_folders.photos(params)[0] == Finding("photos: domainnet", "ok", "13 in 13 classes")
    assert data_folders.split(params) == [Finding("splits", "ok", "1 validation, 2 test objects")]


def test_a_rank_beyond_the_test_objects_is_named_before_anything_runs(params):
    assert data_folders.ranks(params, {"chair": 40, "car": 20}) == []
    (few,) = data_folders.ranks(params, {"chair": 9, "car": 6})
    assert few == Finding(
        "retrieval.ranks", "missing", "[10] given; of 15 objects about 5 are for testing: set smaller ranks"
    )


def test_the_table_is_aligned():
    text = table([Finding("a", "ok", "one"), Finding("longer", "missing", "two")])
    assert text == "a       ok       one\nlonger  missing  two"


def test_a_folder_that_an_experiment_would_commit_or_miss_is_named(tmp_path, params_with, monkeypatch):
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    (tmp_path / ".gitignore").write_text("/datasets\n")
    for name in ("datasets/photos", "mine", "tracked"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.txt").write_text("a")
    subprocess.run(["git", "add", "tracked"], check=True)

    def state(folder: str) -> list[tuple[str, str]]:
        params = load(params_with({"photos.folder": folder}))
        return [(row.subject, row.state) for row in git_folders.findings(params)]

    assert state("datasets/photos") == [("photos.folder", "note")]
    assert state("mine") == [("photos.folder", "missing")]
    assert state("tracked") == state(str(tmp_path / "datasets/photos")) == state(str(tmp_path.parent)) == []


def test_a_busy_machine_is_named(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("os.getloadavg", lambda: (0.5, 0.0, 0.0))
    assert machine.load() == []
    monkeypatch.setattr("os.getloadavg", lambda: (6.4, 0.0, 0.0))
    assert "busy: 6.4 programs run on 2 cores" in machine.load()[0].detail
