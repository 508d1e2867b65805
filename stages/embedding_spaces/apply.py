"""Logits of trained classification heads for test and validation objects (Tables 4.6 and 4.7)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, OBJECTS
from fieldlink.core.variants import Variant
from fieldlink.core.workers import map_in_workers


def apply_heads(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    mappers: arguments.MappersFolder,
    heads: Annotated[Path, Doc("Folder of trained heads.")],
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write dataset `logits` of test and validation objects by both spaces' heads. `mappers`: as the heads saw them."""
    from fieldlink.embeddings.selection import EVALUATED
    from fieldlink.heads import head_folders, head_work
    from fieldlink.heads.head_inputs import labelled_nerfs
    from fieldlink.heads.head_tasks import SPACES, LogitsTask
    from fieldlink.mapper import trained_mappers

    params = load(params_file)
    nerf2clip = trained_mappers.read(mappers / "nerf2clip", "retrieval.losses")
    variant = Variant(direction="nerf2clip", loss=params.embedding_spaces.nerf2clip).text
    catalogue, nerfs = datasets.read(objects, OBJECTS), datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    labelled = labelled_nerfs(catalogue, nerfs, EVALUATED, list(params.classes), str(objects))
    vectors = labelled.by_space(nerf2clip.outputs(variant, labelled.vectors))
    applications = [
        LogitsTask(space, tensors, config, vectors[space].vectors, params.runtime.device)
        for space in SPACES
        for tensors, config in [saved_models.read_model(heads / space)]
    ]
    results = list(map_in_workers(head_work.logits, applications, params.runtime.workers))
    head_folders.write_logits(out, applications, results, labelled.ids, "embedding_spaces.apply")


if __name__ == "__main__":
    run_stage(apply_heads, preload=["fieldlink.heads.head_networks"])
