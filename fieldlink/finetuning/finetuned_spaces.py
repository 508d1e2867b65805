"""clip2nerf trained towards the space of every fine-tuned encoder."""

import numpy as np
import pyarrow as pa

from fieldlink.core.params import MapperParams
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import originals
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.pairs import Pairs
from fieldlink.mapper.stored_embeddings import StoredEmbeddings
from fieldlink.mapper.training_data import pairs_with_views


def task(
    objects: pa.Table,
    spaces: MappedVectors,
    views: StoredEmbeddings,
    *,
    mapper: MapperParams,
    study_seed: int,
    device: str,
    source: str,
) -> MapperTask:
    """A clip2nerf with the cosine loss for every variant and seed of `spaces`, named as its encoder.

    `spaces`: E(w) in domain nerf. `views`: ground truth. `source`: the objects' name in errors.
    """
    runs = [(variant, seed) for variant, seeds in spaces.variants.items() for seed in seeds]
    required_ids = [spaces.ids("nerf"), views.owners]

    def pairs(split: str) -> Pairs:
        ids = originals(objects, split, required_ids=required_ids, source=source)["object_id"].to_pylist()
        nerfs = np.stack([spaces.vectors(variant, seed, "nerf", ids) for variant, seed in runs])
        return pairs_with_views(nerfs, views, ids)

    models = [MapperRun(variant, "cosine", seed, nerf_set=index) for index, (variant, seed) in enumerate(runs)]
    return MapperTask("clip2nerf", models, pairs("train"), pairs("validation"), mapper, study_seed, device)
