"""Map queries with clip2nerf and NeRFs with nerf2clip: the retrieval, augmented and syn2real studies."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.query_domains import PictureDomain


def apply_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mappers: arguments.MappersFolder,
    queries: Annotated[tuple[PictureDomain, ...], Doc("Queries: views (gt), photos (photo), or both.")],
    out: arguments.OutMappedVectors,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per direction, mapped vectors below `out`, by every model below `mappers`.

    clip2nerf maps `queries`: one view of each test and validation object (gt), all photos (photo), or both.
    """
    from fieldlink.mapper import mapped_evaluation_vectors, training_data

    data = training_data.read(objects, nerf_embeddings, gt_embeddings)
    inputs = mapped_evaluation_vectors.retrieval_inputs(data, photo_embeddings, queries, load(params_file).study.seed)
    mapped_evaluation_vectors.write_by_direction(out, mappers, inputs, "backbone.apply_mappers")


if __name__ == "__main__":
    run_stage(apply_mappers)
