"""Zero-shot classification: the class whose prompt lies nearest."""

import numpy as np
from jaxtyping import Bool, Float, Int

from stages.evaluation.retrieval import unit


def correct(
    queries: Float[np.ndarray, "query dim"],
    prompts: Float[np.ndarray, "class dim"],
    query_class: Int[np.ndarray, " query"],
) -> Bool[np.ndarray, " query"]:
    """Is the prompt of highest cosine similarity that of the query's class? Ties: lower class."""
    similarity = (unit(queries) @ unit(prompts).T).astype(np.float32)
    return similarity.argmax(1) == query_class
