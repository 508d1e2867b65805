"""Generate NeRFs from views and captions of test objects and from photos, and render them (protocol 12)."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import (
    CAPTION_EMBEDDINGS,
    GENERATED_VIEWS,
    IMAGE_EMBEDDINGS,
    NERF_EMBEDDINGS,
    OBJECTS,
    PHOTOS,
    VIEWS,
)
from fieldlink.core.workers import map_in_workers

CAMERA = ("object_id", "view", "camera_to_world", "camera_angle_x", "width", "height")


def generate_views(
    *,
    objects: arguments.Objects,
    views: arguments.Views,
    photos: arguments.Photos,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    captions: arguments.CaptionEmbeddings,
    mappers: arguments.Mappers,
    nf2vec: arguments.Nf2vecModel,
    out: arguments.OutDataset,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `generated_views`: D(v) of some test objects; D(f(c)) for a view and, if it has one, the caption of each;
    and D(f(c)) for some photos, seen by the cameras of one of these objects."""
    import numpy as np
    import pyarrow.compute as pc

    from fieldlink.embeddings.selection import only, originals, views_of
    from fieldlink.generation import decoding_work, generated_vectors

    known, catalogue = load(params), datasets.read(objects, OBJECTS)
    how, seed, device = known.generation, known.study.seed, known.runtime.device
    nerfs = datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    images, seen = (datasets.read(folder, IMAGE_EMBEDDINGS) for folder in (gt_embeddings, photo_embeddings))
    having = nerfs["object_id"].to_pylist(), images["owner_id"].to_pylist()
    test = originals(catalogue, "test", *having, where=str(objects))
    shots = datasets.read(photos, PHOTOS, ["photo_id", "class_name"])
    ids, chosen = (
        generated_vectors.drawn(rows[key].to_pylist(), rows["class_name"].to_pylist(), how.per_class, seed)
        for rows, key in ((test, "object_id"), (only(shots, "photo_id", seen["owner_id"].to_pylist()), "photo_id"))
    )
    seen = only(seen, "owner_id", chosen)
    train = originals(catalogue, "train", *having, where=str(objects))["object_id"].to_pylist()
    norm = float(np.linalg.norm(datasets.matrix(only(nerfs, "object_id", train)["embedding"]), axis=1).mean())
    said = only(datasets.read(captions, CAPTION_EMBEDDINGS), "object_id", ids)
    asked = {
        "gt": (ids, views_of(images, ids).queries(seed)),
        "caption": (said["object_id"].to_pylist(), datasets.matrix(said["embedding"])),
        "photo": (seen["owner_id"].to_pylist(), datasets.matrix(seen["embedding"])),
    }
    own = ids, datasets.matrix(only(nerfs, "object_id", ids)["embedding"])
    found = generated_vectors.by_owner(own, asked, saved_models.read_model(mappers / "clip2nerf"), how.losses, norm)
    cameras = datasets.rows_with_ids(views, VIEWS, ids, CAMERA).filter(pc.field("view").isin(how.views))
    decoder, some = saved_models.read_model(nf2vec), only(cameras, "object_id", ids[:1])
    tasks = [
        decoding_work.DecodingTask(
            name, each, only(cameras, "object_id", [name]) if name in ids else some, decoder, how, device
        )
        for name, each in found.items()
    ]
    parts = list(map_in_workers(decoding_work.decode, tasks, known.runtime.workers))
    datasets.write(
        out, GENERATED_VIEWS, [datasets.table(GENERATED_VIEWS, decoding_work.joined(parts))], "generate_views"
    )


if __name__ == "__main__":
    run_stage(generate_views, preload=["fieldlink.generation.decoding", "fieldlink.generation.decoding_work"])
