"""Zero-shot classification: the class whose prompt lies nearest."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from stages.evaluation.retrieval import unit


def similarities(
    queries: Float[np.ndarray, "query dim"], prompts: Float[np.ndarray, "class dim"]
) -> Float[np.ndarray, "query class"]:
    """Cosines. The class of the largest is the answer; rounded from float64, equal prompts tie, and the lower wins."""
    return (unit(queries) @ unit(prompts).T).astype(np.float32)


def ensemble(
    classes: Sequence[str], prompts: Float[np.ndarray, "prompt dim"]
) -> tuple[list[str], Float[np.ndarray, "class dim"]]:
    """Every class once, in order of name, with the mean of its prompts' unit vectors; `classes`: of each prompt."""
    names, place, count = np.unique(np.asarray(classes, object), return_inverse=True, return_counts=True)
    sums = np.zeros((len(names), prompts.shape[1]))
    np.add.at(sums, place, unit(prompts))
    return names.tolist(), (sums / count[:, None]).astype(np.float32)
