"""One row of the study's table: what CLIP makes of some renders."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from stages.evaluation.tables import Answers, Words
from stages.evaluation.zero_shot import Naming
from stages.generation.measures import likeness, variety

TABLE = "generation"


def of_row(
    row: str,
    naming: Naming,
    seen: Float[np.ndarray, "query view clip"],
    asked: Mapping[str, tuple[Sequence[str], Float[np.ndarray, "_ clip"]]],
) -> list[Answers]:
    """The class shown, likeness to what was asked, and variety within a class where every class has several.

    `seen`: CLIP vectors of the renders of `naming.ids`; `asked`: by what it is, whose CLIP vectors.
    """
    found = [naming.answers(Words(TABLE, row, "class", TABLE), [seen.mean(1)], [0])]
    for what, (owners, vectors) in asked.items():
        both = [name for name in naming.ids if name in owners]
        if both:
            alike = likeness(
                seen[[naming.ids.index(name) for name in both]], vectors[[owners.index(name) for name in both]]
            )
            place = Words(TABLE, row, f"CLIP cosine with {what}", TABLE)
            found.append(Answers.of(place, alike[None], [0], both, [alike]))
    if np.unique(naming.right, return_counts=True)[1].min() > 1:
        spread = variety(seen, naming.right)
        place = Words(TABLE, row, "variety in class", TABLE)
        found.append(Answers.of(place, spread[None], [0], naming.ids, [spread]))
    return found
