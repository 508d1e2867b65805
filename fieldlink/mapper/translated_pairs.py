"""Pairs of the syn2real study: ground-truth views beside as many views translated into photo-like pictures."""

from collections.abc import Sequence
from itertools import product
from typing import Literal, get_args

import numpy as np

from fieldlink.core import arrays
from fieldlink.core.params import Loss, MapperParams
from fieldlink.core.scratch import scratch_folder
from fieldlink.core.seeds import view_draw_seed
from fieldlink.core.variants import Direction, TrainingSet, Variant
from fieldlink.embeddings.selection import row_spans
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
    draws: Sequence[int] | None,
) -> Pairs:
    """As many ground-truth views of each object as it has translated ones: beside those in the first set, or twice.

    `draws`: seeds of the ground-truth views, two sets each; None means the views that were translated. The vectors lie
    in a file.
    """

    def sets(chunk: Sequence[str]) -> np.ndarray:
        photo_like, gt = translated.views_of(chunk), data.views.views_of(chunk)
        same = [gt.same_as(photo_like)] if draws is None else []
        sampled = [gt.sample(photo_like.counts, seed, "syn2real") for seed in draws or ()]
        sources = [(views.embeddings, other.embeddings) for views in (*same, *sampled) for other in (photo_like, views)]
        return np.stack([merged(source, photo_like.counts) for source in sources])

    counts = 2 * row_spans(translated.rows, ids)[1]
    sets_in_all = len(TRAINING_SETS) * (1 if draws is None else len(draws))
    shape = sets_in_all, int(counts.sum()), translated.vectors.shape[2]
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
    ids = {split: data.ids(split, required_ids=[translated.owners], copies=True) for split in ("train", "validation")}
    if not all(ids.values()):
        return []
    drawers = mapper.seeds if mapper.view_draws == "training" else [None]
    draws = None if gt_views == "same" else [view_draw_seed(study_seed, seed) for seed in drawers]
    train, validation = (pairs(data, ids[split], translated, draws) for split in ids)
    models = {
        direction: _models(direction, losses, mapper.seeds, draws is None or len(draws) == 1)
        for direction in get_args(Direction)
    }
    return [
        MapperTask(direction, models[direction], train, validation, mapper, study_seed, device)
        for direction in get_args(Direction)
    ]


def _models(direction: Direction, losses: Sequence[Loss], seeds: Sequence[int], same_views: bool) -> list[MapperRun]:
    """Sets of vectors lie seed by seed, or are those of all seeds."""
    choices = product(enumerate(TRAINING_SETS), losses, enumerate(seeds))
    return [
        MapperRun(
            Variant(direction=direction, loss=loss, training_set=training_set).text,
            loss,
            seed,
            clip_set=index if same_views else draw * len(TRAINING_SETS) + index,
        )
        for (index, training_set), loss, (draw, seed) in choices
    ]
