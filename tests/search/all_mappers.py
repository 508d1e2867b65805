"""The tiny study with the mappers of every study that a search offers, by the stages themselves, and more photos."""

from pathlib import Path

from ruamel.yaml import YAML
from search.study_folders import folder_with

from fieldlink.search.finished_study import Study
from stages.augmented.train import train_augmented_mappers
from stages.backbone.apply_mappers import apply_mappers
from stages.backbone.embed_images import embed_images
from stages.backbone.prepare_photos import prepare_photos
from stages.backbone.render_nerfs import render_nerfs
from stages.captions.train import train_caption_mappers
from stages.syn2real.train import train_syn2real_mappers
from stages.syn2real.translate_views import translate_views
from stages.zero_shot.apply import apply_zero_shot_mappers
from stages.zero_shot.train import train_zero_shot_mappers

CHANGES = {
    "photos": {"per_class": 25},
    "zero_shot": {"views": [1, 6]},
    "captions": {"epochs": 2},
    "augmented": {"epochs": 2, "batches": [4, 8], "equal_steps": [4]},
    "syn2real": {"views": 2},
}


def with_all_mappers(study: Study, folder: Path) -> Study:
    """The study in a folder of its own."""
    folder_with(study, folder, {"embeddings", "photos"})
    data = folder / "data"
    (data / "embeddings").mkdir()
    for name in ("nerfs", "views", "prompts", "captions"):
        (data / "embeddings" / name).symlink_to(study.folder / "data" / "embeddings" / name)
    params = _changed_params(folder / "params.yaml")
    prepare_photos(data / "photos", data / "rejected" / "photos", params)
    rendered = data / "rendered_views"
    render_nerfs(data / "objects", data / "views", data / "nerfs", rendered, params)
    embed_images((data / "photos", rendered), data / "models" / "clip", data / "embeddings", params)
    _train(data, params)
    return Study(folder)


def _changed_params(path: Path) -> Path:
    values = YAML().load(path.read_text(encoding="utf-8"))
    for section, changes in CHANGES.items():
        values[section] |= changes
    path.unlink()  # a link to the tiny study's
    YAML().dump(values, path)
    return path


def _train(data: Path, params: Path) -> None:
    """Mappers and mapped vectors of the studies captions, zero_shot, syn2real and augmented."""
    embeddings, translated = data / "embeddings", data / "syn2real" / "translated_views"
    objects = {"objects": data / "objects", "nerf_embeddings": embeddings / "nerfs", "params_file": params}
    pairs = {**objects, "gt_embeddings": embeddings / "views"}
    translate_views(data / "objects", data / "views", translated, data / "rejected" / "translations", params)
    embed_images((translated,), data / "models" / "clip", data / "syn2real" / "embeddings", params)
    with_rendered = {**pairs, "rendered_embeddings": embeddings / "rendered_views"}
    with_translated = {**pairs, "translated_embeddings": data / "syn2real" / "embeddings" / "translated_views"}
    train_caption_mappers(**objects, captions=embeddings / "captions", **_out(data / "captions"))
    train_zero_shot_mappers(**with_rendered, **_out(data / "zero_shot"))
    train_syn2real_mappers(**with_translated, **_out(data / "syn2real"))
    train_augmented_mappers(**pairs, **_out(data / "augmented"))
    zero_shot = data / "zero_shot"
    apply_zero_shot_mappers(**with_rendered, mappers=zero_shot / "mappers", out=zero_shot / "mapped")
    for name in ("syn2real", "augmented"):
        photos = {"photo_embeddings": embeddings / "photos", "queries": ("gt", "photo")}
        apply_mappers(**pairs, **photos, mappers=data / name / "mappers", out=data / name / "mapped")


def _out(folder: Path) -> dict[str, Path]:
    return {"out": folder / "mappers", "curves": folder / "curves"}
