"""One row of the study's table: the class that CLIP sees in renders, their likeness to the input, their variety."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.evaluation.measures.class_prompts import ClassPrompts
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.results.zero_shot_results import PromptClassification
from fieldlink.generation.picture_measures import likeness, variety

TABLE = "generation"


@dataclass(frozen=True)
class GenerationInputs:
    """The objects, or the photos, from which something was generated: their classes and CLIP vectors."""

    classes: dict[str, str]  # by id
    vectors: dict[str, tuple[list[str], Float[np.ndarray, "_ clip"]]] = field(default_factory=dict)  # by kind of input

    @staticmethod
    def of(rows: pa.Table) -> "GenerationInputs":
        """From rows of `objects` or `photos`."""
        ids = rows[rows.column_names[0]].to_pylist()
        return GenerationInputs(dict(zip(ids, rows["class_name"].to_pylist(), strict=True)))

    def add(self, kind: str, rows: pa.Table) -> None:
        """Rows of embeddings, their owners first."""
        self.vectors[kind] = rows[rows.column_names[0]].to_pylist(), datasets.matrix(rows["embedding"])


def row_results(
    row: str,
    ids: list[str],
    renders: Float[np.ndarray, "query view clip"],
    inputs: GenerationInputs,
    prompts: ClassPrompts,
) -> list[QueryResults]:
    """The class shown, likeness to the inputs, and variety within a class where every class has several.

    `renders`: CLIP vectors of the renders of `ids`.
    """
    classification = PromptClassification.of(ids, [inputs.classes[owner] for owner in ids], prompts)
    results = [classification.results(CellKey(TABLE, row, "class", TABLE), [renders.mean(1)], [0])]
    for kind, (owners, vectors) in inputs.vectors.items():
        both = [owner for owner in ids if owner in owners]
        if both:
            of_both = renders[[ids.index(owner) for owner in both]]
            values = likeness(of_both, vectors[[owners.index(owner) for owner in both]])
            key = CellKey(TABLE, row, f"CLIP cosine with {kind}", TABLE)
            results.append(QueryResults.of(key, values[None], [0], both, [values]))
    if np.unique(classification.labels, return_counts=True)[1].min() > 1:
        values = variety(renders, classification.labels)
        key = CellKey(TABLE, row, "variety in class", TABLE)
        results.append(QueryResults.of(key, values[None], [0], ids, [values]))
    return results
