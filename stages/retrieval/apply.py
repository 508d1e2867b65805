"""Map queries with clip2nerf and test NeRFs with nerf2clip: the retrieval, augmented and syn2real studies."""

from pathlib import Path

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.mapper.mapped_test_vectors import QueryDomain


def apply_retrieval_mappers(
    *,
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    mappers: Path,
    queries: tuple[QueryDomain, ...],
    out: Path,
    params_file: Path = Path("params.yaml"),
) -> None:
    """Write, per direction, mapped vectors below `out`, by every model below `mappers`.

    clip2nerf maps `queries`: one view of each test object (gt), all photos (photo), or both.
    """
    from fieldlink.mapper import mapped_test_vectors, training_data

    data = training_data.read(objects, nerf_embeddings, gt_embeddings)
    inputs = mapped_test_vectors.retrieval_inputs(data, photo_embeddings, queries, load(params_file).study.seed)
    mapped_test_vectors.write_by_direction(out, mappers, inputs, "retrieval.apply")


if __name__ == "__main__":
    run_stage(apply_retrieval_mappers)
