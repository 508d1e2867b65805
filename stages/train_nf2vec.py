"""Train nf2vec, encoder and decoder, on the NeRFs of all training objects and their copies."""

from pathlib import Path
from typing import TYPE_CHECKING

from stages import datasets, schemas
from stages.errors import InputError
from stages.params import load
from stages.runtime import command, seed_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SPLITS = ("train", "validation")


def train_nf2vec(objects: Path, nerfs: Path, out: Path, curves: Path, params: Path = Path("params.yaml")) -> None:
    """Read `objects` and `nerfs`; write the model `out` and its `training_curves`. Killed, it goes on where it was."""
    from stages import scratch
    from stages.nf2vec.model import Model, check_width
    from stages.nf2vec.nerfs import Nerfs
    from stages.nf2vec.training import train

    how = load(params)
    seed = seed_of(how.study.seed, "nf2vec")
    model = Model(how.nf2vec, how.nerf.field, seed)
    splits = [_of_split(objects, nerfs, split) for split in SPLITS]
    given = [Nerfs.of(datasets.matrix(rows["weights"]), rows["occupancy"].to_pylist()) for rows in splits]
    check_width(nerfs, given[0].weights.shape[1], how.nerf.field, "nerf.field describes")
    prints = [datasets.fingerprint(rows) for rows in splits]
    checkpoint = scratch.Checkpoint("train_nf2vec", scratch.digest(scratch.code_digest(), model.config, seed, prints))
    curve = train(model, *given, seed=seed, checkpoint=checkpoint, device=how.runtime.device)
    datasets.write_model(out, model.tensors, model.config)
    datasets.write(curves, schemas.TRAINING_CURVES, [_curve_rows(curve, how.study.seed)], "train_nf2vec")
    checkpoint.drop()


def _of_split(objects: Path, nerfs: Path, split: str) -> "pa.Table":
    """Weights and grids of the NeRFs of a split's objects, copies too; objects without one were set aside."""
    import pyarrow.compute as pc

    ids = datasets.read(objects, schemas.OBJECTS, ["object_id", "split"]).filter(pc.field("split") == split)
    rows = datasets.rows_of(nerfs, schemas.NERFS, ids["object_id"].to_pylist(), ["object_id", "weights", "occupancy"])
    if not len(rows):
        raise InputError(f"{nerfs}: no NeRF of an object of split {split} in {objects}, expected at least one")
    return rows


def _curve_rows(curve: "np.ndarray", seed: int) -> "pa.Table":
    steps, count = curve[:, 0].astype(int).tolist(), len(SPLITS)
    columns = {
        "variant": ["nf2vec"] * len(steps) * count,
        "seed": [seed] * len(steps) * count,
        "step": steps * count,
        "split": [split for split in SPLITS for _ in steps],
        "loss": curve[:, 1:].T.ravel(),
    }
    return datasets.table(schemas.TRAINING_CURVES, columns)


if __name__ == "__main__":
    command(train_nf2vec)
