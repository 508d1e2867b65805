"""Zero-shot classification: the class whose prompt lies nearest."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from stages import datasets
from stages.evaluation.retrieval import unit

ENSEMBLE = "prompt_ensemble"  # ours: the mean of a class's unit prompt vectors
Texts = tuple[list[str], Float[np.ndarray, "class dim"]]  # classes, and what they are asked with


def similarities(
    queries: Float[np.ndarray, "query dim"], prompts: Float[np.ndarray, "class dim"]
) -> Float[np.ndarray, "query class"]:
    """Cosines. The class of the largest is the answer; rounded from float64, equal prompts tie, and the lower wins."""
    return (unit(queries) @ unit(prompts).T).astype(np.float32)


def by_template(prompts: pa.Table) -> dict[str, Texts]:
    """Rows of `prompt_embeddings` by template; where there are several, their `ensemble` comes last."""
    found = {}
    for name in dict.fromkeys(prompts["template"].to_pylist()):
        own = prompts.filter(pc.field("template") == name)
        found[name] = (own["class_name"].to_pylist(), datasets.matrix(own["embedding"]))
    if len(found) > 1:
        found[ENSEMBLE] = ensemble(prompts["class_name"].to_pylist(), datasets.matrix(prompts["embedding"]))
    return found


def ensemble(classes: Sequence[str], prompts: Float[np.ndarray, "prompt dim"]) -> Texts:
    """Every class once, in order of name, with the mean of its prompts' unit vectors; `classes`: of each prompt."""
    names, place, count = np.unique(np.asarray(classes, object), return_inverse=True, return_counts=True)
    sums = np.zeros((len(names), prompts.shape[1]))
    np.add.at(sums, place, unit(prompts))
    return names.tolist(), (sums / count[:, None]).astype(np.float32)
