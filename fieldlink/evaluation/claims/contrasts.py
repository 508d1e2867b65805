"""Claims as contrasts of the tables' cells.

The claimed effects of a part are an open interval: `greater` is (0, ∞), `less` (−∞, 0), `no greater` (−∞, margin) and
`equal` (−margin, margin).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from jaxtyping import Float

from fieldlink.core.variants import Variant
from fieldlink.evaluation.results.query_results import CellKey, hit_key, zero_shot_key
from fieldlink.evaluation.table_type import StudyTable

Claimed = Literal["greater", "less", "no greater", "equal"]
Side = Mapping[CellKey, float]  # weighted cells; a weight of 1 is the cell itself, 1/2 and 1/2 a mean of two


@dataclass(frozen=True)
class ClaimPart:
    """The effect Σ weight · cell of `first` less that of `second`, and where it is claimed to lie."""

    text: str
    first: Side
    second: Side | tuple[Side, ...]  # of several rivals the best counts: ours is picked on other queries
    claimed: Claimed
    published: tuple[Side, ...] = ()  # first side and rivals in the published tables, where these lack ours
    lacking: str = ""  # what this run would need for ours

    @property
    def rivals(self) -> tuple[Side, ...]:
        return self.second if isinstance(self.second, tuple) else (self.second,)

    @property
    def cells(self) -> set[CellKey]:
        return {key for side in (self.first, *self.rivals) for key in side}


@dataclass(frozen=True)
class Contrast:
    """The mean effect of several parts, which are claimed to lie in one and the same region."""

    text: str
    parts: Sequence[ClaimPart]

    @property
    def claimed(self) -> Claimed:
        return self.parts[0].claimed

    @property
    def cells(self) -> set[CellKey]:
        return {key for part in self.parts for key in part.cells}


@dataclass(frozen=True)
class Conclusion:
    """What is claimed: the mean effect of the `primary` parts decides, `parts` are the detail."""

    text: str
    primary: Sequence[ClaimPart]
    parts: Sequence[ClaimPart]

    @staticmethod
    def of_mean(text: str, parts: Sequence[ClaimPart]) -> "Conclusion":
        """A tendency: the mean of all parts decides."""
        return Conclusion(text, parts, parts)


def claimed_region(claimed: Claimed, margin: float) -> tuple[float, float]:
    """The open interval in which an effect is claimed to lie, in points."""
    regions = {"greater": (0.0, inf), "less": (-inf, 0.0), "no greater": (-inf, margin), "equal": (-margin, margin)}
    return regions[claimed]


def zero_shot_cell(table: StudyTable, row: Variant, column: str) -> Side:
    """A cell of a zero-shot table."""
    return {zero_shot_key(table, row, column): 1.0}


def retrieval_cell(table: StudyTable, row: Variant, k: int) -> Side:
    """A cell of a retrieval table."""
    return {hit_key(table, row, k): 1.0}


def change_along_line(cells: Sequence[Side], x: Float[np.ndarray, " cell"] | None = None) -> tuple[Side, Side]:
    """The two sides of a straight line's change from the first to the last of the cells, by least squares.

    Its slope is Σ (x − x̄) y / Σ (x − x̄)²; from end to end it changes by as many slopes as x does. `x`: rising; none
    means equally spaced.
    """
    positions = np.arange(len(cells)) if x is None else x
    span, centred = positions[-1] - positions[0], positions - positions.mean()
    weights = (centred * span / (centred @ centred)).tolist()
    weighted = [
        (key, weight * share) for side, weight in zip(cells, weights, strict=True) for key, share in side.items()
    ]
    rising = {key: weight for key, weight in weighted if weight > 0}
    return rising, {key: -weight for key, weight in weighted if weight < 0}
