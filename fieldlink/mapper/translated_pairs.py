"""Pairs of the syn2real study: ground-truth views beside as many views translated into photo-like pictures."""

from collections.abc import Sequence
from itertools import product
from typing import Literal, get_args

import numpy as np

from fieldlink.core import arrays
from fieldlink.core.params import Loss, MapperParams
from fieldlink.core.scratch import scratch_folder
from fieldlink.core.variants import Direction, TrainingSet, Variant
from fieldlink.embeddings.selection import places
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.pairs import Pairs, merged
from fieldlink.mapper.stored_embeddings import StoredEmbeddings, chunks
from fieldlink.mapper.training_data import TrainingData

GtViews = Literal["random", "same"]  # ground-truth views: drawn at random, or those that were translated
# The second has each ground-truth view twice, so that all mappers train for as many steps.
TRAINING_SETS: tuple[TrainingSet, TrainingSet] = ("syn2real", "gt only")


def pairs(
    data: TrainingData,
    ids: Sequence[str],
    translated: StoredEmbeddings,
    gt_views: GtViews,
    study_seed: int,
) -> Pairs:
    """As many ground-truth views of each object as it has translated ones: beside those in the first set, or twice.

    The vectors lie in a file.
    """

    def sets(chunk: Sequence[str]) -> np.ndarray:
        photo_like, gt = translated.views_of(chunk), data.views.views_of(chunk)
        gt = gt.same_as(photo_like) if gt_views == "same" else gt.sample(photo_like.counts, study_seed, "syn2real")
        sources = (gt.embeddings, photo_like.embeddings), (gt.embeddings, gt.embeddings)
        return np.stack([merged(source, photo_like.counts) for source in sources])

    counts = 2 * places(translated.rows, ids)[1]
    shape = len(TRAINING_SETS), int(counts.sum()), translated.vectors.shape[2]
    clip = arrays.store_parts(shape, (sets(chunk) for chunk in chunks(ids)), scratch_folder(arrays.FOLDER))
    return Pairs(data.vectors(ids), clip, np.cumsum(counts) - counts, counts)


def tasks(
    data: TrainingData,
    translated: StoredEmbeddings,
    losses: Sequence[Loss],
    *,
    gt_views: GtViews,
    mapper: MapperParams,
    study_seed: int,
    device: str,
) -> list[MapperTask]:
    """Mappers of both directions, of every training set, loss and training seed.

    There is no task where no training or no validation object has translated views.
    """
    # Copies have no translations; asked for as well, they keep a split without any from being an error.
    ids = {split: data.ids(split, translated.owners, copies=True) for split in ("train", "validation")}
    if not all(ids.values()):
        return []
    train, validation = (pairs(data, ids[split], translated, gt_views, study_seed) for split in ids)
    return [
        MapperTask(direction, _models(direction, losses, mapper.seeds), train, validation, mapper, study_seed, device)
        for direction in get_args(Direction)
    ]


def _models(direction: Direction, losses: Sequence[Loss], seeds: Sequence[int]) -> list[MapperRun]:
    return [
        MapperRun(
            Variant(direction=direction, loss=loss, training_set=training_set).text, loss, seed, clip_set=clip_set
        )
        for (clip_set, training_set), loss, seed in product(enumerate(TRAINING_SETS), losses, seeds)
    ]
