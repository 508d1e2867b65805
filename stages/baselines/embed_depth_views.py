"""Embed the depth maps of test and validation objects' views, as grey pictures, with the image tower of CLIP."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, OBJECTS, VIEWS


def embed_depth_views(
    objects: arguments.Objects,
    views: arguments.Views,
    clip: arguments.ClipModel,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `image_embeddings` (domain depth) of some views of each object; no rows without depth maps."""
    from fieldlink.clip import encoders
    from fieldlink.embeddings import depth_pictures
    from fieldlink.embeddings.selection import EVALUATED, originals

    params = load(params_file)
    ids = originals(datasets.read(objects, OBJECTS), EVALUATED, source=str(objects))["object_id"].to_pylist()
    rows = datasets.rows_with_ids(views, VIEWS, ids, depth_pictures.COLUMNS)
    rows = depth_pictures.drawn_views(rows, params.baselines.depth_views, params.study.seed)
    with encoders.loaded_encoder(clip, params.runtime) as encoder:
        vectors = encoders.embedded_pictures(encoder, depth_pictures.depth_pictures(rows), params.clip.batch)
    columns = {"owner_id": rows["object_id"].to_pylist(), "view": rows["view"].to_pylist()}
    columns |= {"domain": ["depth"] * len(rows), "embedding": vectors}
    datasets.write(out, IMAGE_EMBEDDINGS, [datasets.table(IMAGE_EMBEDDINGS, columns)], "embed_depth_views")


if __name__ == "__main__":
    run_stage(embed_depth_views)
