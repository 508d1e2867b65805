"""Embed the depth maps of test and validation objects' views, as grey pictures, with the image tower of CLIP."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, OBJECTS, VIEWS

COLUMNS = ("object_id", "view", "depth", "depth_scale")


def embed_depth_views(
    objects: arguments.Objects,
    views: arguments.Views,
    clip: arguments.ClipModel,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `image_embeddings` (domain depth) of some views of each object; no rows without depth maps."""
    import numpy as np
    import pyarrow.compute as pc

    from fieldlink.clip import encoders
    from fieldlink.embeddings.depth_pictures import depth_picture
    from fieldlink.embeddings.selection import EVALUATED, originals
    from fieldlink.embeddings.view_embeddings import ViewRows
    from fieldlink.scenes.pictures import decode_depth

    params = load(params_file)
    ids = originals(datasets.read(objects, OBJECTS), EVALUATED, source=str(objects))["object_id"].to_pylist()
    rows = datasets.rows_with_ids(views, VIEWS, ids, COLUMNS).filter(pc.field("depth").is_valid())
    rows = rows.sort_by([(name, "ascending") for name in VIEWS.key])
    views_of_objects = ViewRows.of_owners(rows["object_id"].to_pylist(), rows["view"].to_numpy())
    rows = rows.filter(views_of_objects.draw(params.study.seed, "depth") < params.baselines.depth_views)
    pairs = zip(rows["depth"].to_pylist(), rows["depth_scale"].to_pylist(), strict=True)
    maps = (decode_depth(data, scale) for data, scale in pairs)
    greys = [*map(depth_picture, maps), np.zeros((8, 8, 3), np.uint8)]  # the encoder takes at least one
    with encoders.loaded_encoder(clip, params.runtime) as encoder:
        vectors = encoder.images(greys, params.clip.batch)[:-1]
    columns = {"owner_id": rows["object_id"].to_pylist(), "view": rows["view"].to_pylist()}
    columns |= {"domain": ["depth"] * len(rows), "embedding": vectors}
    datasets.write(out, IMAGE_EMBEDDINGS, [datasets.table(IMAGE_EMBEDDINGS, columns)], "embed_depth_views")


if __name__ == "__main__":
    run_stage(embed_depth_views)
