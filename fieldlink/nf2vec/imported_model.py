"""A trained nf2vec from elsewhere, in place of a training."""

from pathlib import Path
from typing import Any

from fieldlink.core import saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nerf.encodings import ENCODINGS
from fieldlink.nerf.encodings.frequency import FrequencyEncoding
from fieldlink.nf2vec.model import Nf2vecModel

SHAPING = (
    "layout",
    "row_embedding",
    "encoder",
    "embedding",
    "decoder",
)  # keys of section nf2vec that decide the layers


def imported_model(folder: Path, nf2vec: Nf2vecParams, architecture: FieldParams) -> Nf2vecModel:
    """The model of a folder. Raises `InputError` if `nf2vec` and `architecture` describe other layers."""
    tensors, config = saved_models.read_model(folder)
    expected = Nf2vecModel(nf2vec, architecture, seed=0).config
    if _shape(config) != _shape(expected):
        raise InputError(f"{folder}: made for {_shape(config)}; nf2vec and nerf.field say {_shape(expected)}")
    return Nf2vecModel.of(tensors, expected)


def _shape(config: dict[str, Any]) -> dict[str, Any]:
    """The part of a model's config that decides its layers: of encodings the field's own, and the decoder's."""
    field = config["field"]
    read = {field["encoding"], FrequencyEncoding.name}
    unread = {encoding.section for name, encoding in ENCODINGS.items() if name not in read}
    return {key: config["nf2vec"][key] for key in SHAPING} | {key: field[key] for key in field.keys() - unread}
