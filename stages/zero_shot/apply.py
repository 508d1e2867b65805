"""Map test and validation NeRFs to CLIP's space with the zero-shot study's mappers (Tables 4.1 and 4.2)."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load


def apply_zero_shot_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    rendered_embeddings: arguments.RenderedEmbeddings,
    mappers: arguments.MappersFolder,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `mapped_embeddings` of test and validation NeRFs that have views of both sources, by every mapper."""
    from fieldlink.embeddings.selection import EVALUATED
    from fieldlink.mapper import mapped_evaluation_vectors, mean_view_pairs

    load(params_file)  # a mistake anywhere in it ends every stage
    data = mean_view_pairs.read(objects, nerf_embeddings, gt_embeddings, rendered_embeddings)
    ids = data.ids(EVALUATED)
    mapped_evaluation_vectors.write(out, [mappers], {"nerf": (ids, data.vectors(ids))}, "zero_shot.apply")


if __name__ == "__main__":
    run_stage(apply_zero_shot_mappers)
