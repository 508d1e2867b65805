"""Pairs of the zero-shot study: NeRF vectors beside mean CLIP vectors of 1 to all views, rendered and ground truth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.params import Loss, MapperParams
from fieldlink.core.schemas import NERF_EMBEDDINGS, OBJECTS
from fieldlink.core.seeds import view_draw_seed
from fieldlink.core.variants import Source, Variant
from fieldlink.embeddings.selection import originals, row_spans, rows_of
from fieldlink.embeddings.view_embeddings import ALL_VIEWS, counts_by_name
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.pairs import Pairs
from fieldlink.mapper.stored_embeddings import StoredEmbeddings, chunks

# By source, number of views ("N": all) and training seed, which draws the views; None where there is no draw.
MeanSets = dict[tuple[Source, str, int | None], Float[np.ndarray, "object clip"]]


@dataclass(frozen=True)
class MeanViewData:
    """Datasets `objects` and `nerf_embeddings`, and image embeddings by the source of the views."""

    objects: pa.Table
    nerfs: pa.Table
    images: Mapping[Source, StoredEmbeddings]
    source: str  # the objects' name in errors

    def ids(self, split: str | Sequence[str]) -> list[str]:
        """Originals of a split, or of several, with a NeRF vector and views of each source.

        None at all is an `InputError`.
        """
        required_ids: list[Iterable[str]] = [self.nerfs["object_id"].to_pylist()]
        required_ids += [images.owners for images in self.images.values()]
        rows = originals(self.objects, split, required_ids=required_ids, source=self.source)
        return rows["object_id"].to_pylist()

    def vectors(self, ids: Sequence[str]) -> Float[np.ndarray, "object nerf"]:
        """The NeRF vectors of `ids`."""
        return datasets.matrix(rows_of(self.nerfs, "object_id", ids)["embedding"])

    def mean_sets(self, ids: Sequence[str], counts: Sequence[int], mapper: MapperParams, study_seed: int) -> MeanSets:
        """The mean vectors of each number of views (protocol 4), for each training seed or for all of them."""
        drawers = mapper.seeds if mapper.view_draws == "training" else [None]
        most = {source: int(row_spans(images.rows, ids)[1].max()) for source, images in self.images.items()}
        sets: dict[tuple[Source, str, int | None], list[np.ndarray]] = {}
        for chunk in chunks(ids):
            for source, images in self.images.items():
                views = images.views_of(chunk)
                for (name, count), seed in product(counts_by_name(counts, most[source]).items(), drawers):
                    if name != ALL_VIEWS:
                        means = views.means(count, view_draw_seed(study_seed, seed))
                        sets.setdefault((source, name, seed), []).append(means)
                    elif seed == drawers[0]:
                        sets.setdefault((source, name, None), []).append(views.means_of_all())
        return {key: np.concatenate(means) for key, means in sets.items()}


def read(objects: Path, nerf_embeddings: Path, gt_embeddings: Path, rendered_embeddings: Path) -> MeanViewData:
    """The datasets in these folders. Vectors of views stay in a file."""
    return MeanViewData(
        datasets.read(objects, OBJECTS),
        datasets.read(nerf_embeddings, NERF_EMBEDDINGS),
        {"rendered": StoredEmbeddings.of(rendered_embeddings), "gt": StoredEmbeddings.of(gt_embeddings)},
        source=str(objects),
    )


def task(
    data: MeanViewData,
    counts: Sequence[int],
    losses: Sequence[Loss],
    *,
    mapper: MapperParams,
    study_seed: int,
    device: str,
) -> MapperTask:
    """nerf2clip towards each mean of each source, with every loss and training seed."""
    ids = data.ids(("train", "validation"))
    sets = data.mean_sets(ids, counts, mapper, study_seed)  # of both splits at once, so that they have the same ones
    vectors, means = data.vectors(ids), np.stack(list(sets.values()))
    in_split = {split: np.isin(ids, data.ids(split)) for split in ("train", "validation")}
    pairs = {split: Pairs.of_means(vectors[chosen], means[:, chosen]) for split, chosen in in_split.items()}
    models = [
        MapperRun(
            Variant(direction="nerf2clip", source=source, views=views, loss=loss).text, loss, seed, clip_set=clip_set
        )
        for loss in losses  # models of one loss, side by side, take fewer operations
        for clip_set, (source, views, drawn_by) in enumerate(sets)
        for seed in (mapper.seeds if drawn_by is None else [drawn_by])
    ]
    return MapperTask("nerf2clip", models, pairs["train"], pairs["validation"], mapper, study_seed, device)
