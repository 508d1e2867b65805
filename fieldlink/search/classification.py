"""Labels of a NeRF from its weights, of a NeRF from four rendered views, and of a picture."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from fieldlink.clip.prompts import filled_prompts
from fieldlink.core.errors import InputError
from fieldlink.evaluation.measures.class_prompts import mean_prompts
from fieldlink.evaluation.measures.cosines import cosines
from fieldlink.search.answers import Label
from fieldlink.search.models import Models


def label_vectors(
    models: Models, prompts: Sequence[str] | None
) -> tuple[Sequence[str], Float[np.ndarray, "label clip"]]:
    """Labels and their vectors.

    The labels are the prompts. Without prompts they are the study's classes, each with the mean of its prompts' unit
    vectors.
    """
    if prompts is not None:
        if not prompts or not all(prompt.strip() for prompt in prompts):
            raise InputError("prompts: empty, expected at least one of some words")
        return list(prompts), models.texts(prompts)
    class_prompts = filled_prompts(models.params.prompts, models.params.classes)
    texts = models.texts([prompt.text for prompt in class_prompts])
    means = mean_prompts([prompt.class_name for prompt in class_prompts], texts)
    return means.classes, means.vectors


def labels(
    vectors: Sequence[Float[np.ndarray, " clip"]], names: Sequence[str], label: Float[np.ndarray, "label clip"]
) -> list[Label]:
    """Labels by falling cosine, ties in their own order; of several `vectors` the mean cosine."""
    score = cosines(np.stack(vectors), label).mean(axis=0)
    order = (int(index) for index in np.argsort(-score, kind="stable"))
    return [Label(names[index], float(score[index])) for index in order]
