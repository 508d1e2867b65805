"""A tiny study, through the stages themselves: two classes, small everything."""

from pathlib import Path
from typing import Any

from parameters import written
from ruamel.yaml import YAML

from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NEIGHBOURS
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles, read_mapped
from fieldlink.evaluation.results.retrieval_study import RetrievalStudy
from stages.backbone import (
    apply_mappers,
    embed_images,
    embed_nerfs,
    embed_texts,
    fit_nerfs,
    prepare_captioned_pictures,
    prepare_photos,
    prepare_scenes,
    provide_clip,
    start_nerfs,
    train_nf2vec,
)
from stages.retrieval import train

CHANGES = {
    "scenes.objects_per_class": 8,
    "scenes.views": 6,
    "scenes.resolution": 32,
    "photos.per_class": 6,
    "photos.validation_per_class": 2,
    "photos.resolution": 32,
    "clip.pictures.objects_per_class": 4,
    "clip.pictures.validation_objects_per_class": 2,
    "clip.network.resolution": 32,
    "clip.network.embedding": 16,
    "clip.network.text_width": 32,
    "clip.training.steps": 10,
    "clip.training.batch": 8,
    "clip.training.warmup": 2,
    "clip.training.validate_every": 10,
    "nerf.start.kind": "random",
    "nerf.fitting.steps": 20,
    "nerf.fitting.rays": 64,
    "nerf.fitting.held_out": [4],
    "nerf.fitting.occupancy": 16,
    "nerf.fitting.gate": 2.0,
    "nerf.rendering.step": 0.06,
    "nf2vec.training.steps": 10,
    "nf2vec.training.batch": 4,
    "nf2vec.embedding": 24,
    "mapper.hidden": [16, 16],
    "mapper.epochs": 2,
    "mapper.validate_every": 1,
    "mapper.seeds": [0, 1],
    "retrieval.ranks": [1],
    "runtime.workers": 1,
    "embedding_spaces.perplexity": 2.0,
    "baselines.depth_views": 2,
}
CLASSES = ("chair", "lamp")


def made_study(folder: Path) -> Path:
    """The folder of a study after the stages that questions need, and the nearest objects of its test queries."""
    params, data = study_params(folder), folder / "data"
    models, embeddings, study, rejected = data / "models", data / "embeddings", data / "retrieval", data / "rejected"
    objects, views, photos, nerfs = (data / name for name in ("objects", "views", "photos", "nerfs"))
    prepare_scenes.prepare_scenes(objects, views, rejected / "scenes", params)
    prepare_photos.prepare_photos(photos, rejected / "photos", params)
    prepare_captioned_pictures.prepare_captioned_pictures(data / "captioned_pictures", params)
    provide_clip.provide_clip(data / "captioned_pictures", models / "clip", data / "curves" / "clip", params)
    start_nerfs.start_nerfs(models / "nerf_start", params)
    fit_nerfs.fit_nerfs(objects, views, models / "nerf_start", nerfs, rejected / "nerfs", params)
    train_nf2vec.train_nf2vec(objects, nerfs, views, models / "nf2vec", data / "curves" / "nf2vec", params)
    embed_nerfs.embed_nerfs(nerfs, models / "nf2vec", embeddings / "nerfs", params)
    embed_images.embed_images((views, photos), models / "clip", embeddings, params)
    embed_texts.embed_texts(objects, models / "clip", embeddings / "prompts", embeddings / "captions", params)
    same: dict[str, Any] = {"objects": objects, "nerf_embeddings": embeddings / "nerfs", "params_file": params}
    same["gt_embeddings"] = embeddings / "views"
    train.train_retrieval_mappers(**same, out=study / "mappers", curves=study / "curves")
    apply_mappers.apply_mappers(
        **same,
        photo_embeddings=embeddings / "photos",
        mappers=study / "mappers",
        queries=("gt", "photo"),
        out=study / "mapped",
    )
    values = load(params)
    files = RetrievalFiles(objects, embeddings / "nerfs", embeddings / "views", photos, embeddings / "photos")
    inputs, mapped = files.read(values)["test"], read_mapped(study / "mapped")
    neighbours = RetrievalStudy.of(inputs, mapped, values.retrieval.ranks).neighbours
    datasets.write(study / "neighbours", NEIGHBOURS, [neighbours], "test")
    return folder


def study_params(folder: Path) -> Path:
    """params.yaml with two classes and `CHANGES`."""
    path = written(folder / "params.yaml", CHANGES)
    values = YAML().load(path.read_text(encoding="utf-8"))
    for name in set(values["classes"]) - set(CLASSES):
        del values["classes"][name]
    YAML().dump(values, path)
    return path
