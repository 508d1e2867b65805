"""One row of the study's table: what CLIP makes of some renders."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.evaluation.results.tables import CellKey, QueryResults
from fieldlink.evaluation.results.zero_shot import PromptClassification, Texts
from fieldlink.generation.picture_measures import likeness, variety

TABLE = "generation"


@dataclass(frozen=True)
class AskedItems:
    """The objects, or the photos, of which something was made: their classes, and the CLIP vectors that were asked."""

    classes: dict[str, str]  # by id
    vectors: dict[str, tuple[list[str], Float[np.ndarray, "_ clip"]]] = field(default_factory=dict)  # by what it is

    @staticmethod
    def of(rows: pa.Table) -> "AskedItems":
        """From rows of `objects` or `photos`."""
        ids = rows[rows.column_names[0]].to_pylist()
        return AskedItems(dict(zip(ids, rows["class_name"].to_pylist(), strict=True)))

    def add(self, what: str, rows: pa.Table) -> None:
        """Rows of embeddings, their owners first."""
        self.vectors[what] = rows[rows.column_names[0]].to_pylist(), datasets.matrix(rows["embedding"])


def of_row(
    row: str, ids: list[str], seen: Float[np.ndarray, "query view clip"], asked: AskedItems, texts: Texts
) -> list[QueryResults]:
    """The class shown, likeness to what was asked, and variety within a class where every class has several.

    `seen`: CLIP vectors of the renders of `ids`.
    """
    naming = PromptClassification.of(ids, [asked.classes[name] for name in ids], texts)
    found = [naming.answers(CellKey(TABLE, row, "class", TABLE), [seen.mean(1)], [0])]
    for what, (owners, vectors) in asked.vectors.items():
        both = [name for name in ids if name in owners]
        if both:
            renders = seen[[ids.index(name) for name in both]]
            alike = likeness(renders, vectors[[owners.index(name) for name in both]])
            place = CellKey(TABLE, row, f"CLIP cosine with {what}", TABLE)
            found.append(QueryResults.of(place, alike[None], [0], both, [alike]))
    if np.unique(naming.right, return_counts=True)[1].min() > 1:
        spread = variety(seen, naming.right)
        found.append(QueryResults.of(CellKey(TABLE, row, "variety in class", TABLE), spread[None], [0], ids, [spread]))
    return found
