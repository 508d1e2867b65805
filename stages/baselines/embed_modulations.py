"""Embed NeRFs by what shifts one shared field to each of them: a baseline for nf2vec."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, NERFS, OBJECTS
from fieldlink.core.seeds import seed_of


def embed_modulations(
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    out: arguments.OutDataset,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `nerf_embeddings` of the original objects; the base learns from those for training."""
    import torch

    from fieldlink.embeddings import functa
    from fieldlink.embeddings.selection import only
    from fieldlink.nerf.nerf_batches import NerfBatch

    known = load(params)
    how, field, device = known.baselines.modulation, known.nerf.field, known.runtime.device
    catalogue = datasets.read(objects, OBJECTS, ["object_id", "split", "augmentation"]).to_pylist()
    split = {row["object_id"]: row["split"] for row in catalogue if row["augmentation"] == 0}
    rows = only(datasets.read(nerfs, NERFS, ["object_id", "weights", "occupancy"]), "object_id", list(split))
    ids, fitted = (
        rows["object_id"].to_pylist(),
        NerfBatch.of(datasets.matrix(rows["weights"]), rows["occupancy"].to_pylist()),
    )
    seeds = {name: seed_of(known.study.seed, "modulation", name) for name in ("base", "points", "learn", "fit")}
    random = torch.Generator(device).manual_seed(seeds["points"])
    points, values = functa.pool(fitted, field, how.pool, random, device)
    training = [place for place, name in enumerate(ids) if split[name] == "train"]
    base = functa.Base(how, field.octaves, seeds["base"]).to(device)
    functa.learn(base, (points[training], values[training]), how, seeds["learn"])
    vectors = functa.fit(base, (points, values), how, seeds["fit"]).cpu().numpy()
    columns = {"object_id": ids, "embedding": vectors}
    datasets.write(out, NERF_EMBEDDINGS, [datasets.table(NERF_EMBEDDINGS, columns)], "embed_modulations")


if __name__ == "__main__":
    run_stage(embed_modulations)
