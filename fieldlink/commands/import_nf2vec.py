"""Convert a checkpoint of the official nf2vec, so that a study can start at embed_nerfs (README)."""

from pathlib import Path

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.params import load


def import_nf2vec(checkpoint: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write the model folder `out`; the sections nf2vec and nerf.field of `params` must describe the checkpoint."""
    from fieldlink.exchange import nf2vec_checkpoint, tensor_files

    how = load(params)
    (tensors,) = tensor_files.read([checkpoint])
    if isinstance(tensors, InputError):
        raise tensors
    try:
        model = nf2vec_checkpoint.model_of(tensors, how.nf2vec, how.nerf.field)
    except InputError as error:
        raise InputError(f"{checkpoint}: {error}") from error
    saved_models.write_model(out, model.tensors, model.config)


if __name__ == "__main__":
    run_stage(import_nf2vec)
