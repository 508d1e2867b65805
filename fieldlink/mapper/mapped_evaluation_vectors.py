"""Vectors of test and validation objects and photos, mapped by the trained mappers of a study."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from fieldlink.core import datasets, saved_models
from fieldlink.core.query_domains import PictureDomain
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS
from fieldlink.core.variants import Direction
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import EVALUATED
from fieldlink.mapper.stored_embeddings import StoredEmbeddings
from fieldlink.mapper.trained_mappers import MapperInputs, mapped_columns
from fieldlink.mapper.training_data import TrainingData


def retrieval_inputs(
    data: TrainingData, photo_embeddings: Path, domains: Sequence[PictureDomain], study_seed: int
) -> dict[Direction, MapperInputs]:
    """clip2nerf maps the queries of `domains`, nerf2clip the galleries of all test and validation NeRFs."""
    ids = data.ids(EVALUATED)
    queries = query_vectors(ids, data.views, photo_embeddings, study_seed)
    return {
        "clip2nerf": {domain: queries[domain] for domain in domains},
        "nerf2clip": {"nerf": (ids, data.vectors(ids))},
    }


def query_vectors(ids: Sequence[str], views: StoredEmbeddings, photo_embeddings: Path, study_seed: int) -> MapperInputs:
    """By domain: one view of each of `ids` (protocol 6.2), and all photos of dataset `image_embeddings`."""
    photos = datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    return {
        "gt": (list(ids), views.views_of(ids).queries(study_seed)),
        "photo": (photos["owner_id"].to_pylist(), datasets.matrix(photos["embedding"])),
    }


def write(folder: Path, models: Iterable[Path], inputs: MapperInputs, producer: str) -> None:
    """Write dataset `mapped_embeddings`: `inputs` mapped by all mappers of the model folders `models`.

    Without a model the dataset has no rows. `producer`: the stage that writes it.
    """
    tables = []
    for model in models:
        tensors, config = saved_models.read_model(model)
        tables.append(datasets.table(MAPPED_EMBEDDINGS, mapped_columns(tensors, config, inputs)))
    rows = pa.concat_tables(tables or [datasets.empty_table(MAPPED_EMBEDDINGS)])
    keys = [(name, "ascending") for name in MAPPED_EMBEDDINGS.key]
    datasets.write(folder, MAPPED_EMBEDDINGS, [rows.sort_by(keys)], producer)


def write_by_direction(folder: Path, mappers: Path, inputs: Mapping[Direction, MapperInputs], producer: str) -> None:
    """Write, below `folder`, a dataset for each direction, mapped by the models of that direction below `mappers`."""
    models = sorted(path for path in mappers.iterdir() if path.is_dir())
    directions = {model: saved_models.read_model(model)[1]["direction"] for model in models}
    for direction, vectors in inputs.items():
        chosen = [model for model in models if directions[model] == direction]
        write(folder / direction, chosen, vectors, producer)


def map_inputs(mappers: Path, inputs: Mapping[Direction, MapperInputs]) -> dict[str, MappedVectors]:
    """By direction, `inputs` mapped by the model of that direction below `mappers`; only directions with a model."""
    mapped = {}
    for direction, vectors in inputs.items():
        if (mappers / direction).is_dir():
            tensors, config = saved_models.read_model(mappers / direction)
            columns = mapped_columns(tensors, config, vectors)
            mapped[direction] = MappedVectors(datasets.table(MAPPED_EMBEDDINGS, columns))
    return mapped
