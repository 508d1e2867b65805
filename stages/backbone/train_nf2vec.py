"""Train nf2vec, encoder and decoder, on the NeRFs of all training objects and their copies; or take a trained one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, load
from fieldlink.core.scratch import scratch_folder
from fieldlink.core.seeds import seed_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SPLITS = ("train", "validation")
TRAINING = Path("fieldlink/nf2vec/nf2vec_training.py")  # what imported.nf2vec names where nothing is imported


def train_nf2vec(
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    out: arguments.OutModel,
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read `objects` and `nerfs`; write the model `out` and its `training_curves`. Killed, it goes on where it was."""
    from fieldlink.core import arrays, checkpoints, digests
    from fieldlink.nerf.nerf_batches import NerfBatch
    from fieldlink.nf2vec.model import Nf2vecModel, check_width
    from fieldlink.nf2vec.nf2vec_training import train

    how = load(params)
    if how.imported.nf2vec != TRAINING:
        _take(how, out, curves)
        return
    seed = seed_of(how.study.seed, "nf2vec")
    model = Nf2vecModel(how.nf2vec, how.nerf.field, seed)
    rows = [_of_split(objects, nerfs, split) for split in SPLITS]
    place = scratch_folder(arrays.FOLDER)
    weights, grids = (arrays.store_column(nerfs, schemas.NERFS, name, place) for name in ("weights", "occupancy"))
    check_width(nerfs, weights.shape[2], how.nerf.field, "nerf.field describes")
    given = [NerfBatch.stored(weights.open()[0], grids.open()[0], some) for some in rows]
    inputs = [weights.path.name, grids.path.name, *rows]  # named by what they hold
    key = digests.digest_of(digests.code_digest(__file__), model.config, seed, inputs)
    checkpoint = checkpoints.Checkpoint("train_nf2vec", key)
    curve = train(model, *given, seed=seed, checkpoint=checkpoint, device=how.runtime.device)
    saved_models.write_model(out, model.tensors, model.config)
    datasets.write(curves, schemas.TRAINING_CURVES, [_curve_rows(curve, how.study.seed)], "train_nf2vec")
    checkpoint.delete()


def _take(how: Params, out: Path, curves: Path) -> None:
    """Write the model of folder `imported.nf2vec`, and no curves."""
    import numpy as np

    from fieldlink.nf2vec.model import Nf2vecModel

    given = how.imported.nf2vec
    tensors, config = saved_models.read_model(given)
    expected = Nf2vecModel(how.nf2vec, how.nerf.field, seed=0).config
    if _form(config) != _form(expected):
        raise InputError(f"{given}: made for {_form(config)}; nf2vec and nerf.field say {_form(expected)}")
    saved_models.write_model(out, Nf2vecModel.of(tensors, expected).tensors, expected)
    datasets.write(curves, schemas.TRAINING_CURVES, [_curve_rows(np.zeros((0, 3)), how.study.seed)], "train_nf2vec")


def _form(config: dict[str, Any]) -> dict[str, Any]:
    """What of a model's config decides its layers."""
    return {key: config["nf2vec"][key] for key in ("layout", "encoder", "embedding", "decoder")} | config["field"]


def _of_split(objects: Path, nerfs: Path, split: str) -> list[int]:
    """Rows of the NeRFs of a split's objects, copies too; objects without one were set aside."""
    import pyarrow.compute as pc

    catalogue = datasets.read(objects, schemas.OBJECTS, ["object_id", "split"])
    ids = set(catalogue.filter(pc.field("split") == split)["object_id"].to_pylist())
    fitted = datasets.read(nerfs, schemas.NERFS, ["object_id"])["object_id"].to_pylist()
    rows = [row for row, name in enumerate(fitted) if name in ids]
    if not rows:
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
    run_stage(train_nf2vec)
