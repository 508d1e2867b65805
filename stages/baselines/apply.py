"""Map queries with clip2nerf and test NeRFs with nerf2clip, in nf2vec's space and those of the baselines."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load


def apply_space_mappers(
    *,
    objects: arguments.Objects,
    nf2vec: arguments.NerfEmbeddings,
    spaces: arguments.SpaceEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mappers: arguments.Mappers,
    out: arguments.OutMappedVectors,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write mapped vectors below `out`, by space and direction. `nf2vec`, `spaces` and `mappers` as in training."""
    from fieldlink.embeddings.nerf_embeddings import baseline_folders
    from fieldlink.mapper import mapped_test_vectors, training_data

    study_seed = load(params_file).study.seed
    for space, folder in {"nf2vec": nf2vec, **baseline_folders(spaces)}.items():
        data = training_data.read(objects, folder, gt_embeddings)
        inputs = mapped_test_vectors.retrieval_inputs(data, photo_embeddings, ("gt", "photo"), study_seed)
        mapped_test_vectors.write_by_direction(out / space, mappers / space, inputs, "baselines.apply")


if __name__ == "__main__":
    run_stage(apply_space_mappers)
