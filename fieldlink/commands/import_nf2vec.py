"""Convert a checkpoint of the official nf2vec, so that a study can start at embed_nerfs (README)."""

from pathlib import Path

from stages import datasets
from stages.errors import InputError
from stages.params import load
from stages.runtime import command


def import_nf2vec(checkpoint: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write the model folder `out`; the sections nf2vec and nerf.field of `params` must describe the checkpoint."""
    from stages.exchange import foreign, nf2vec_checkpoint

    how = load(params)
    (tensors,) = foreign.read([checkpoint])
    if isinstance(tensors, InputError):
        raise tensors
    try:
        model = nf2vec_checkpoint.model_of(tensors, how.nf2vec, how.nerf.field)
    except InputError as error:
        raise InputError(f"{checkpoint}: {error}") from error
    datasets.write_model(out, model.tensors, model.config)


if __name__ == "__main__":
    command(import_nf2vec)
