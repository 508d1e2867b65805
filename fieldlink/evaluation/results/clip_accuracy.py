"""Zero-shot accuracy of CLIP on single pictures, with each prompt."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from fieldlink.embeddings.selection import labels
from fieldlink.evaluation.results.zero_shot import Texts, similarities


def clip_accuracy(
    vectors: Float[np.ndarray, "picture dim"], class_names: Sequence[str], prompts: Mapping[str, Texts], where: str
) -> dict[str, float]:
    """Percentage of pictures nearest to the prompt of their class, by template, rounded to 2 digits.

    `class_names`: of the pictures. `where`: the dataset of prompts, for the message about a class without one.
    """
    correct = {
        template: similarities(vectors, texts).argmax(1) == labels(class_names, names, where)
        for template, (names, texts) in prompts.items()
    }
    return {template: round(100 * float(hits.mean()), 2) for template, hits in correct.items()}
