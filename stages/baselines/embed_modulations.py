"""Embed NeRFs by modulations of one shared field (functa): a baseline for nf2vec."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, NERFS, OBJECTS


def embed_modulations(
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `nerf_embeddings` of the original objects; the base learns from those for training."""
    from fieldlink.embeddings import functa
    from fieldlink.embeddings.selection import rows_of
    from fieldlink.nerf.nerf_batches import NerfBatch

    params = load(params_file)
    catalogue = datasets.read(objects, OBJECTS, ["object_id", "split", "augmentation"]).to_pylist()
    split = {row["object_id"]: row["split"] for row in catalogue if row["augmentation"] == 0}
    rows = rows_of(datasets.read(nerfs, NERFS, ["object_id", "weights", "occupancy"]), "object_id", list(split))
    ids = rows["object_id"].to_pylist()
    vectors = functa.embed(
        NerfBatch.of(datasets.matrix(rows["weights"]), rows["occupancy"].to_pylist()),
        [place for place, name in enumerate(ids) if split[name] == "train"],
        params.nerf.field,
        params.baselines.modulation,
        params.study.seed,
        params.runtime.device,
    )
    columns = {"object_id": ids, "embedding": vectors}
    datasets.write(out, NERF_EMBEDDINGS, [datasets.table(NERF_EMBEDDINGS, columns)], "embed_modulations")


if __name__ == "__main__":
    run_stage(embed_modulations)
