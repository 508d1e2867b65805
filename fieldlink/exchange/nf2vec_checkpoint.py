"""Checkpoints of the official nf2vec (`<epoch>.pt` with the keys encoder and decoder) as our model.

The official encoder has convolutions of width 1 where ours has linear layers. The decoders differ in layers' names.
"""

import re
from collections.abc import Mapping

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.core.tensor_files import unwrapped
from fieldlink.nf2vec.model import Nf2vecModel

DECODER = (  # patterns of official names, and our names
    (r"in_layer\.0\.", "decoder.first."),
    (r"skip_proj\.0\.", "decoder.skip."),
    (r"before_skip\.(\d)\.0\.", r"decoder.before.\1."),
    (r"after_skip\.(\d)\.0\.", r"decoder.after.\1."),
    (r"after_skip\.2\.", "decoder.last."),
)


def model_of(checkpoint: Mapping[str, np.ndarray], nf2vec: Nf2vecParams, field: FieldParams) -> Nf2vecModel:
    """The model, in eval mode, that has a checkpoint's tensors (`encoder/layers.0.weight`, …).

    Raises `InputError` if the layers aren't those that the parameters `nf2vec` and `nerf.field` describe.
    """
    renamed = _renamed(unwrapped(checkpoint))
    if parts := {"encoder", "decoder"} - {name.partition(".")[0] for name in renamed}:
        present = sorted({re.split("[/.]", name)[0] for name in checkpoint})
        lacking = " and no ".join(sorted(parts))
        raise InputError(f"no {lacking}: the file has {', '.join(present) or 'no tensor'}, expected encoder, decoder")
    model = Nf2vecModel(nf2vec, field, seed=0)
    expected = {name: value.shape for name, value in model.tensors.items()}
    shapes = {name: value.shape for name, value in renamed.items()}
    wrong = sorted(name for name in expected.keys() | shapes.keys() if expected.get(name) != shapes.get(name))
    if wrong:
        name = wrong[0]
        raise InputError(
            f"{len(wrong)} layers differ from what nf2vec and nerf.field describe, the first: {name} is "
            f"{shapes.get(name, 'absent')}, expected {expected.get(name, 'none')}"
        )
    return Nf2vecModel.of(renamed, model.config)


def _renamed(checkpoint: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Tensors in float32 by our names. Others than those of encoder and decoder (an optimizer's) are left out."""
    renamed = {}
    for name, tensor in checkpoint.items():
        part, layer = (*re.split("[/.]", name, maxsplit=1), "")[:2]
        values = tensor.astype(np.float32) if tensor.dtype.kind == "f" else tensor
        if part == "encoder":
            renamed[f"encoder.{layer}"] = values[..., 0] if values.ndim == 3 else values
        elif part == "decoder" and (ours := _decoder_name(layer)):
            renamed[ours] = values
    return renamed


def _decoder_name(layer: str) -> str | None:
    """Our name of a layer of the official decoder."""
    for pattern, name in DECODER:
        if re.match(pattern, layer):
            return re.sub(f"^{pattern}", name, layer)
    return None
