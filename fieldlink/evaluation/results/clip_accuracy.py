"""Zero-shot accuracy of CLIP itself on single pictures."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from fieldlink.embeddings.selection import labels
from fieldlink.evaluation.measures.class_prompts import ClassPrompts
from fieldlink.evaluation.measures.cosines import cosines


def accuracy_by_template(
    vectors: Float[np.ndarray, "picture clip"],
    class_names: Sequence[str],
    templates: Mapping[str, ClassPrompts],
    where: str,
) -> dict[str, float]:
    """Percent of pictures whose class's prompt is nearest; `where` the prompts come from is named in errors."""
    accuracy = {}
    for template, prompts in templates.items():
        right = cosines(vectors, prompts.vectors).argmax(1) == labels(class_names, prompts.classes, where)
        accuracy[template] = round(100 * float(right.mean()), 2)
    return accuracy
