"""Zero-shot classification: the class whose prompt lies nearest."""

import numpy as np
from jaxtyping import Float

from stages.evaluation.retrieval import unit


def similarities(
    queries: Float[np.ndarray, "query dim"], prompts: Float[np.ndarray, "class dim"]
) -> Float[np.ndarray, "query class"]:
    """Cosines. The class of the largest is the answer; rounded from float64, equal prompts tie, and the lower wins."""
    return (unit(queries) @ unit(prompts).T).astype(np.float32)
