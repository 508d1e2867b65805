"""Embed NeRFs by what shifts one shared field to each of them: a baseline for nf2vec."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command, seed_of
from stages.schemas import NERF_EMBEDDINGS, NERFS, OBJECTS


def embed_modulations(objects: Path, nerfs: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write `nerf_embeddings` of the original objects; the base learns from training objects and their copies."""
    import torch

    from stages.baselines import modulation
    from stages.evaluation.subjects import only
    from stages.nf2vec.nerfs import Nerfs

    known, rows = load(params), datasets.read(nerfs, NERFS, ["object_id", "weights", "occupancy"])
    how, field, device = known.baselines.modulation, known.nerf.field, known.runtime.device
    catalogue = datasets.read(objects, OBJECTS, ["object_id", "split", "augmentation"]).to_pylist()
    training = [row["object_id"] for row in catalogue if row["split"] == "train"]
    originals = [row["object_id"] for row in catalogue if row["augmentation"] == 0]
    seeds = {name: seed_of(known.study.seed, "modulation", name) for name in ("base", "points", "learn", "fit")}

    def drawn(ids: list[str]) -> tuple[list[str], modulation.Pool]:
        some = only(rows, "object_id", ids)
        given = Nerfs.of(datasets.matrix(some["weights"]), some["occupancy"].to_pylist())
        random = torch.Generator(device).manual_seed(seeds["points"])
        return some["object_id"].to_pylist(), modulation.pool(given, field, how.pool, random, device)

    base = modulation.Base(how, field.octaves, seeds["base"]).to(device)
    modulation.learn(base, drawn(training)[1], how, seeds["learn"])
    ids, points = drawn(originals)
    columns = {"object_id": ids, "embedding": modulation.fit(base, points, how, seeds["fit"]).cpu().numpy()}
    datasets.write(out, NERF_EMBEDDINGS, [datasets.table(NERF_EMBEDDINGS, columns)], "embed_modulations")


if __name__ == "__main__":
    command(embed_modulations)
