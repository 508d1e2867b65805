"""Checkpoints of the official nf2vec (`<epoch>.pt` with the keys encoder and decoder) as our model.

Their encoder has convolutions of width 1 where ours has linear layers; their decoder names its layers otherwise.
"""

import re
from collections.abc import Mapping

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nf2vec.model import Nf2vecModel

DECODER = (  # their names, as patterns, and ours
    (r"in_layer\.0\.", "decoder.first."),
    (r"skip_proj\.0\.", "decoder.skip."),
    (r"before_skip\.(\d)\.0\.", r"decoder.before.\1."),
    (r"after_skip\.(\d)\.0\.", r"decoder.after.\1."),
    (r"after_skip\.2\.", "decoder.last."),
)


def model_of(checkpoint: Mapping[str, np.ndarray], how: Nf2vecParams, architecture: FieldParams) -> Nf2vecModel:
    """The model of a checkpoint's tensors (`encoder/layers.0.weight`, …), in eval mode.

    Raises `InputError` if its layers aren't those that `nf2vec` and `nerf.field` describe.
    """
    ours = {}
    for name, tensor in checkpoint.items():
        part, _, layer = name.partition("/")
        if part == "encoder":
            ours[f"encoder.{layer}"] = tensor[..., 0] if tensor.ndim == 3 else tensor
        elif part == "decoder" and (renamed := _renamed(layer)):
            ours[renamed] = tensor
    model = Nf2vecModel(how, architecture, seed=0)
    expected = {name: value.shape for name, value in model.tensors.items()}
    found = {name: value.shape for name, value in ours.items()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        name = wrong[0]
        raise InputError(
            f"{len(wrong)} layers differ from what nf2vec and nerf.field describe, the first: {name} is "
            f"{found.get(name, 'absent')}, expected {expected.get(name, 'none')}"
        )
    return Nf2vecModel.of(ours, model.config)


def _renamed(layer: str) -> str | None:
    for theirs, name in DECODER:
        if re.match(theirs, layer):
            return re.sub(f"^{theirs}", name, layer)
    return None
