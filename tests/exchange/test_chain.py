"""Every importer through to the end: a fitted or imported NeRF, its embedding, and rows of a table."""

import csv
import json
import shutil
from pathlib import Path

import pytest
import torch
from exchange.folders import SYNSETS, official
from exchange.networks import CHANGES, OfficialDecoder, OfficialEncoder, saved

from fieldlink.clip import small_clip
from fieldlink.commands.import_nerfs import import_nerfs
from fieldlink.commands.import_nf2vec import import_nf2vec
from fieldlink.core import datasets
from fieldlink.core.params import ClipNetworkParams
from fieldlink.core.schemas import NERF_EMBEDDINGS, OBJECTS, VIEWS
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles
from stages.backbone.apply_mappers import apply_mappers
from stages.backbone.embed_images import embed_images
from stages.backbone.embed_nerfs import embed_nerfs
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.prepare_photos import prepare_photos
from stages.backbone.prepare_scenes import prepare_scenes
from stages.backbone.start_nerfs import start_nerfs
from stages.backbone.train_nf2vec import train_nf2vec
from stages.retrieval.evaluate import evaluate_retrieval
from stages.retrieval.train import train_retrieval_mappers

pytestmark = [pytest.mark.thesis, pytest.mark.slow]

ROOT = Path(__file__).parent.parent.parent
CLIP = ClipNetworkParams(resolution=32, width=4, embedding=8, text_width=32, text_layers=1, context=16)
TINY = {
    "nerf": {
        "fitting": {"steps": 20, "rays": 32, "samples": 8, "held_out": [1], "gate": 0.0, "occupancy": 24},
        "rendering": {"step": 0.1},
        "start": {"kind": "random"},
    },
    "nf2vec": {**CHANGES, "training": {"steps": 4, "batch": 2, "points": 16, "validate_every": 2}},
    "mapper": {"hidden": [8, 8, 8], "epochs": 2, "validate_every": 1, "seeds": [0], "batch": 4},
    "retrieval": {"losses": ["cosine"], "ranks": [1]},
    "embedding_spaces": {"nerf2clip": "cosine"},
}
SCENES = {"views": 4, "resolution": 24, "copies": 0}
NAMES = ("train", "validation", "test", "test2")


def disn(folder: Path, real: Path) -> dict:
    """The real car's files as eight models of two classes, and files that split them."""
    sample = real / "disn_sample"
    for synset in SYNSETS:
        for name in NAMES:
            for kind in ("image", "depth"):
                target = folder / "renders" / kind / synset / f"{synset}{name}"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(next((sample / kind).glob("*/*")), target_is_directory=True)
    (folder / "splits").mkdir()
    for split in ("validation", "test"):
        listed = [f"./{synset}/{synset}{name}" for synset in SYNSETS for name in NAMES if name.startswith(split)]
        (folder / f"splits/{split}.json").write_text(json.dumps(listed))
    return {"scenes": {"source": "disn", "folder": folder / "renders", "splits": folder / "splits"}}


def shapenet(folder: Path, real: Path) -> dict:
    """Real meshes under ShapeNetCore's names."""
    meshes = sorted((real / "meshes").glob("*/*/*.obj"), key=lambda path: path.stat().st_size)[:8]
    for number, mesh in enumerate(meshes):
        target = folder / SYNSETS[number % 2] / f"model{number}" / "models/model_normalized.obj"
        target.parent.mkdir(parents=True)
        shutil.copy(mesh, target)
    return {"scenes": {"source": "shapenet", "folder": folder}}


def nerfs(folder: Path, small_params) -> dict:
    """Official NeRFs and an official nf2vec, imported."""
    for synset in SYNSETS:
        for number in range(4):
            official(folder / "in" / synset / f"{synset}{number}", number)
    import_nerfs(folder / "in", folder / "out", params_file=small_params())
    torch.manual_seed(0)
    checkpoint = saved(folder / "500.pt", OfficialEncoder(), OfficialDecoder())
    import_nf2vec(checkpoint, folder / "nf2vec", small_params(nf2vec=CHANGES))
    imported = {"nerfs": folder / "out/nerfs", "nf2vec": folder / "nf2vec"}
    return {"scenes": {"source": "nerfs", "folder": folder / "out"}, "imported": imported}


def domainnet(folder: Path, real: Path) -> dict:
    """Real photos under DomainNet's names."""
    for name in ("car", "chair"):
        (folder / name).mkdir(parents=True)
        for number, photo in enumerate(sorted((real / "photos" / name).glob("*.jpg"))[:2]):
            shutil.copy(photo, folder / name / f"real_{number:03d}_{number:06d}.jpg")
    return {"photos": {"source": "domainnet", "folder": folder, "validation_share": 0.0}}


@pytest.mark.parametrize("source", ["disn", "shapenet", "nerfs"])
def test_a_source_gives_nerfs_embeddings_and_rows_of_tables(source, tmp_path, small, real, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.chdir(tmp_path)
    of_nerfs = {**TINY, "nerf": {"start": {"kind": "random"}}}
    sources = {"disn": lambda: disn(tmp_path, real), "shapenet": lambda: shapenet(tmp_path / "core", real)}
    chosen = nerfs(tmp_path, small) if source == "nerfs" else sources[source]()
    chosen["scenes"] |= SCENES
    params = small(**(of_nerfs if source == "nerfs" else TINY), **chosen, **domainnet(tmp_path / "real", real))
    objects, posed, fitted, model = (Path(name) for name in ("objects", "views", "nerfs", "nf2vec_model"))
    prepare_scenes(objects, posed, Path("rejected"), params)
    start_nerfs(Path("start"), params)
    fit_nerfs(objects, posed, Path("start"), fitted, Path("rejected_nerfs"), params)
    train_nf2vec(objects, fitted, posed, model, Path("curves"), params)
    embed_nerfs(fitted, model, Path("vectors"), params)
    prepare_photos(Path("photos"), Path("rejected_photos"), params)
    small_clip.save(Path("clip"), small_clip.build(CLIP, 0), CLIP)
    embed_images((Path("views"), Path("photos")), Path("clip"), Path("embedded"), params)
    same = {
        "objects": objects,
        "nerf_embeddings": Path("vectors"),
        "gt_embeddings": Path("embedded/views"),
    }
    train_retrieval_mappers(**same, out=Path("mappers"), curves=Path("mapper_curves"), params_file=params)
    same["photo_embeddings"] = Path("embedded/photos")
    apply_mappers(**same, mappers=Path("mappers"), queries=("gt", "photo"), out=Path("mapped"), params_file=params)
    results = ResultFiles(
        Path("t.csv"), Path("v.csv"), Path("s.csv"), Path("m.json"), Path("a"), ROOT / "reports/published/tables.csv"
    )
    evaluate_retrieval(
        files=RetrievalFiles(**same, photos=Path("photos")),
        rendered_embeddings=Path("embedded/rendered_views"),
        mapped=Path("mapped"),
        results=results,
        neighbours=Path("neighbours"),
        params_file=params,
    )
    rows = list(csv.DictReader(Path("t.csv").read_text().splitlines()))
    assert {"4.4a", "4.4b", "4.5a", "4.5b"} <= {row["table"] for row in rows}
    assert {row["n"] for row in rows if row["table"] == "4.5a"} == {"4"}
    object_rows = datasets.read(objects, OBJECTS)
    assert set(datasets.read(Path("vectors"), NERF_EMBEDDINGS)["object_id"].to_pylist()) == set(
        object_rows["object_id"].to_pylist()
    )
    assert set(object_rows["split"].to_pylist()) == {"train", "validation", "test"}
    depth = datasets.read(posed, VIEWS)["depth"].null_count
    assert (depth == 0) == (source != "nerfs")  # of meshes it is rendered, of ShapeNetRenders read
