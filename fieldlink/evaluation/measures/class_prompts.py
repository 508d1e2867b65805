"""One CLIP vector per class, from the class's prompts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fieldlink.evaluation.measures.cosines import unit


@dataclass(frozen=True)
class ClassPrompts:
    """Classes, and the vector that stands for each."""

    classes: list[str]
    vectors: Float[np.ndarray, "class dim"]


def mean_prompts(classes: Sequence[str], prompts: Float[np.ndarray, "prompt dim"]) -> ClassPrompts:
    """Every class once, in order of name, with the mean of its prompts' unit vectors. `classes`: each prompt's."""
    names, class_index, count = np.unique(np.asarray(classes, object), return_inverse=True, return_counts=True)
    sums = np.zeros((len(names), prompts.shape[1]))
    np.add.at(sums, class_index, unit(prompts))
    return ClassPrompts(names.tolist(), (sums / count[:, None]).astype(np.float32))
