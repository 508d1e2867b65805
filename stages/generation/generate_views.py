"""Generate NeRFs from views and captions of objects and from photos, and render them (protocol 12)."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.progress import progress
from fieldlink.core.schemas import GENERATED_VIEWS
from fieldlink.core.workers import map_in_workers


def generate_views(
    *,
    objects: arguments.Objects,
    views: arguments.Views,
    photos: arguments.Photos,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    captions: arguments.CaptionEmbeddings,
    mappers: arguments.MappersFolder,
    nf2vec: arguments.Nf2vecFolder,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `generated_views`, with nf2vec's decoder D and the mapper f of clip2nerf.

    D(v) of some objects of each split; D(f(c)) of a view of each, and of its caption if it has one; and D(f(c)) of some
    photos, rendered from the cameras of the split's first object.
    """
    from fieldlink.embeddings.selection import EVALUATED
    from fieldlink.generation import decoding_work
    from fieldlink.generation.generated_vectors import vectors_by_owner
    from fieldlink.generation.generation_data import GenerationData

    params = load(params_file)
    generation = params.generation
    data = GenerationData.read(objects, photos, nerf_embeddings, gt_embeddings, photo_embeddings, captions)
    mapper, decoder = saved_models.read_model(mappers / "clip2nerf"), saved_models.read_model(nf2vec)
    tasks, norm = [], data.training_norm()
    for split in EVALUATED:
        inputs = data.draw(split, generation.per_class, params.study.seed)
        vectors = vectors_by_owner(inputs.nerfs, inputs.clip, mapper, generation.losses, norm)
        cameras = decoding_work.read_cameras(views, inputs.object_ids, generation.views)
        tasks += decoding_work.decoding_tasks(
            vectors, cameras, inputs.object_ids, decoder, generation, params.runtime.device
        )
    decoded = map_in_workers(decoding_work.decode, tasks, params.runtime.workers)
    columns = decoding_work.join_columns(list(progress(decoded, "generate_views", "owners", total=len(tasks))))
    datasets.write(out, GENERATED_VIEWS, [datasets.table(GENERATED_VIEWS, columns)], "generation.generate_views")


if __name__ == "__main__":
    run_stage(generate_views, preload=["fieldlink.generation.decoding", "fieldlink.generation.decoding_work"])
