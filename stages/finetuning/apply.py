"""Map queries to the space of every fine-tuned encoder with the clip2nerf trained for it (Table 4.12)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS, OBJECTS


def apply_finetuned_mappers(
    *,
    objects: arguments.Objects,
    vectors: Annotated[Path, Doc("Dataset of vectors of the fine-tuned encoders.")],
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mappers: arguments.MappersFolder,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write dataset `mapped_embeddings`: one view of each test and validation object, and all photos, by every mapper.

    `vectors`: E(w), as the mappers were trained towards; an object without one is no query.
    """
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.embeddings.selection import EVALUATED, originals
    from fieldlink.mapper import mapped_evaluation_vectors
    from fieldlink.mapper.stored_embeddings import StoredEmbeddings

    views = StoredEmbeddings.of(gt_embeddings)
    encoded = MappedVectors(datasets.read(vectors, MAPPED_EMBEDDINGS)).ids("nerf")
    rows = originals(
        datasets.read(objects, OBJECTS), EVALUATED, required_ids=[encoded, views.owners], source=str(objects)
    )
    ids = rows["object_id"].to_pylist()
    inputs = mapped_evaluation_vectors.query_vectors(ids, views, photo_embeddings, load(params_file).study.seed)
    mapped_evaluation_vectors.write(out, [mappers], inputs, "finetuning.apply")


if __name__ == "__main__":
    run_stage(apply_finetuned_mappers)
