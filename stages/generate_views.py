"""Generate NeRFs from views and captions of test objects, and render them (protocol 12)."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command, in_workers
from stages.schemas import (
    CAPTION_EMBEDDINGS,
    GENERATED_VIEWS,
    IMAGE_EMBEDDINGS,
    NERF_EMBEDDINGS,
    OBJECTS,
    VIEWS,
)

CAMERA = ("object_id", "view", "camera_to_world", "camera_angle_x", "width", "height")


def generate_views(
    *,
    objects: Path,
    views: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    captions: Path,
    mappers: Path,
    nf2vec: Path,
    out: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write `generated_views`: D(v) of some test objects, and D(f(c)) for a view and, if it has one, the caption."""
    import numpy as np
    import pyarrow.compute as pc

    from stages.evaluation.subjects import only, originals, views_of
    from stages.generation import jobs, vectors

    known, catalogue = load(params), datasets.read(objects, OBJECTS)
    nerfs, images = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    having, how, seed = (
        (nerfs["object_id"].to_pylist(), images["owner_id"].to_pylist()),
        known.generation,
        known.study.seed,
    )
    test = originals(catalogue, "test", *having)
    ids = vectors.drawn(test["object_id"].to_pylist(), test["class_name"].to_pylist(), how.per_class, seed)
    train = originals(catalogue, "train", *having)["object_id"].to_pylist()
    norm = float(np.linalg.norm(datasets.matrix(only(nerfs, "object_id", train)["embedding"]), axis=1).mean())
    said = only(datasets.read(captions, CAPTION_EMBEDDINGS), "object_id", ids)
    asked = {"gt": (ids, views_of(images, ids).queries(seed))}
    if len(said):
        asked["caption"] = (said["object_id"].to_pylist(), datasets.matrix(said["embedding"]))
    own = datasets.matrix(only(nerfs, "object_id", ids)["embedding"])
    found = {name: {("nerf", "reconstruction"): vector} for name, vector in zip(ids, own, strict=True)}
    kept = datasets.read_model(mappers / "clip2nerf")
    for kind, (owners, clip) in asked.items():
        for method, outputs in vectors.generated(*kept, clip, how.losses, norm):
            for name, vector in zip(owners, outputs, strict=True):
                found[name][kind, method] = vector
    cameras = datasets.rows_of(views, VIEWS, ids, CAMERA)
    chosen = cameras.filter(pc.field("view").isin(how.views))
    decoder, device = datasets.read_model(nf2vec), known.runtime.device
    tasks = [jobs.ToDecode(name, found[name], only(chosen, "object_id", [name]), decoder, how, device) for name in ids]
    parts = list(in_workers(jobs.decode, tasks, known.runtime.workers, ["stages.generation.jobs"]))
    rows = datasets.table(GENERATED_VIEWS, jobs.joined(parts))
    datasets.write(out, GENERATED_VIEWS, [rows], "generate_views")


if __name__ == "__main__":
    command(generate_views)
