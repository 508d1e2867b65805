"""A study with random models and random vectors of as many NeRFs as wanted."""

from pathlib import Path

import numpy as np
from parameters import written

from fieldlink.clip import small_clip
from fieldlink.core import datasets, saved_models, schemas
from fieldlink.core.params import load
from fieldlink.mapper import mlps
from fieldlink.nerf import field
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.search.finished_study import Study

WIDTH = 1024  # of nf2vec's vectors
FORWARD, INVERSE = "clip2nerf cosine", "nerf2clip cosine"  # mapped queries, and mapped NeRFs: the default of a text


def made_up_study(folder: Path, objects: int) -> Study:
    """A study of the default sizes but for nf2vec's width."""
    folder.mkdir(parents=True, exist_ok=True)
    params = load(written(folder / "params.yaml", {"nf2vec.embedding": WIDTH, "nerf.fitting.gate": 0.0}))
    models = folder / "data" / "models"
    small_clip.save(models / "clip", small_clip.build(params.clip.network, 0), params.clip.network)
    nf2vec = Nf2vecModel(params.nf2vec, params.nerf.field, 0)
    saved_models.write_model(models / "nf2vec", nf2vec.tensors, nf2vec.config)
    saved_models.write_model(models / "nerf_start", {"weights": field.xavier(params.nerf.field, 0).numpy()}, {})
    mappers, clip = folder / "data" / "retrieval" / "mappers", params.clip.network.embedding
    _write_mappers(mappers / "clip2nerf", FORWARD, [clip, *params.mapper.hidden, WIDTH], params.mapper.seeds)
    _write_mappers(mappers / "nerf2clip", INVERSE, [WIDTH, *reversed(params.mapper.hidden), clip], params.mapper.seeds)
    _write_collection(folder / "data", objects, list(params.classes))
    return Study(folder)


def _write_mappers(folder: Path, variant: str, widths: list[int], seeds: list[int]) -> None:
    """A mapper for each training seed."""
    models = [{"variant": variant, "loss": "cosine", "seed": seed, "best_step": 0} for seed in seeds]
    stacks = [mlps.stacked(mlps.single(widths, seed)) for seed in seeds]
    tensors = {name: np.concatenate([stack[name] for stack in stacks]) for name in stacks[0]}
    saved_models.write_model(folder, tensors, {"direction": folder.name, "models": models})


def _write_collection(folder: Path, objects: int, classes: list[str]) -> None:
    ids = [f"object-{number:06d}" for number in range(objects)]
    columns = {
        "object_id": ids,
        "class_name": [classes[number % len(classes)] for number in range(objects)],
        "synset": ["00000000"] * objects,
        "split": ["test"] * objects,
        "source": ["catalogue"] * objects,
        "base_object_id": ids,
        "augmentation": [0] * objects,
        "caption": [None] * objects,
    }
    datasets.write(folder / "objects", schemas.OBJECTS, [datasets.table(schemas.OBJECTS, columns)], "bench")
    vectors = np.random.default_rng(1).standard_normal((objects, WIDTH), np.float32)
    shard = datasets.table(schemas.NERF_EMBEDDINGS, {"object_id": ids, "embedding": vectors})
    datasets.write(folder / "embeddings" / "nerfs", schemas.NERF_EMBEDDINGS, [shard], "bench")
