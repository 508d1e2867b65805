"""Map queries with clip2nerf, test and validation NeRFs with nerf2clip, in nf2vec's space and the baselines'."""

from pathlib import Path
from typing import get_args

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.query_domains import PictureDomain


def apply_space_mappers(
    *,
    objects: arguments.Objects,
    nf2vec: arguments.NerfEmbeddings,
    spaces: arguments.SpaceEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mappers: arguments.MappersFolder,
    out: arguments.OutMappedVectors,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write mapped vectors below `out`, by space and direction.

    `nf2vec` and every folder of `spaces` are `nerf_embeddings`. `mappers`: by space and direction, those written
    by the study's train stage.
    """
    from fieldlink.embeddings.nerf_embeddings import space_folders
    from fieldlink.mapper import mapped_evaluation_vectors, training_data

    study_seed = load(params_file).study.seed
    for space, folder in space_folders(nf2vec, spaces).items():
        data = training_data.read(objects, folder, gt_embeddings)
        inputs = mapped_evaluation_vectors.retrieval_inputs(data, photo_embeddings, get_args(PictureDomain), study_seed)
        mapped_evaluation_vectors.write_by_direction(out / space, mappers / space, inputs, "baselines.apply")


if __name__ == "__main__":
    run_stage(apply_space_mappers)
