"""Convert a checkpoint of the official nf2vec, so that a study can start at embed_nerfs (README)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands.arguments import ParamsFile
from fieldlink.commands.default_files import PARAMS_FILE, params_or_default
from fieldlink.commands.flag_style import FILE, FOLDER
from fieldlink.core import saved_models, tensor_files
from fieldlink.core.errors import InputError
from fieldlink.core.params import load


def import_nf2vec(
    checkpoint: Annotated[Path, FILE, Doc("Checkpoint of the official nf2vec, such as 500.pt.")],
    out: Annotated[Path, FOLDER, Doc("Model folder to write.")],
    params_file: Annotated[ParamsFile, FILE] = PARAMS_FILE,
) -> None:
    """Write a model folder. The sections nf2vec and nerf.field of the parameters must describe the checkpoint."""
    from fieldlink.exchange import nf2vec_checkpoint

    params = load(params_or_default(params_file))
    (tensors,) = tensor_files.read([checkpoint], records=True)
    if isinstance(tensors, InputError):
        raise tensors
    try:
        model = nf2vec_checkpoint.model_of(tensors, params.nf2vec, params.nerf.field)
    except InputError as error:
        raise InputError(f"{checkpoint}: {error}") from error
    saved_models.write_model(out, model.tensors, model.config)
