"""One row of the study's table: the class of renders by CLIP, their likeness to the input, and their variety."""

import numpy as np
from jaxtyping import Float

from fieldlink.evaluation.measures.class_prompts import ClassPrompts
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.results.zero_shot_results import PromptClassification
from fieldlink.generation.generation_inputs import GenerationInputs
from fieldlink.generation.picture_measures import likeness, variety

TABLE = "generation"


def row_results(
    row: str,
    ids: list[str],
    renders: Float[np.ndarray, "query view clip"],
    inputs: GenerationInputs,
    prompts: ClassPrompts,
) -> list[QueryResults]:
    """Results of the class in the pictures, and of the likeness to each kind of input.

    There are results of variety too if every class has several ids. `renders` are CLIP vectors of the renders of `ids`.
    """
    classification = PromptClassification.of(ids, [inputs.classes[owner] for owner in ids], prompts)
    results = [classification.results(CellKey(TABLE, row, "class", TABLE), [renders.mean(1)], [0])]
    for kind, (owners, vectors) in inputs.vectors.items():
        shared_ids = [owner for owner in ids if owner in owners]
        if shared_ids:
            shared_renders = renders[[ids.index(owner) for owner in shared_ids]]
            values = likeness(shared_renders, vectors[[owners.index(owner) for owner in shared_ids]])
            key = CellKey(TABLE, row, f"CLIP cosine with {kind}", TABLE)
            results.append(QueryResults.of(key, values[None], [0], shared_ids, [values]))
    if np.unique(classification.labels, return_counts=True)[1].min() > 1:
        values = variety(renders, classification.labels)
        key = CellKey(TABLE, row, "variety in class", TABLE)
        results.append(QueryResults.of(key, values[None], [0], ids, [values]))
    return results
