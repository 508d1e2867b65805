"""What claims are tested on."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from fieldlink.core.errors import InputError
from fieldlink.core.params import ClaimsParams
from fieldlink.evaluation.claims.contrasts import ClaimPart, Contrast, Side
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, readable


@dataclass(frozen=True)
class Evidence:
    """The study's results per query, the published values, and how sure a verdict must be."""

    results: Mapping[CellKey, SavedResults]
    published: Mapping[CellKey, float]  # percent
    claims: ClaimsParams
    level: float  # of confidence
    study_seed: int
    source: str = "the published tables"  # named in errors

    def lacking(self, contrast: Contrast) -> list[str]:
        """What this run would need for an effect."""
        reasons = [part.lacking for part in contrast.parts if part.lacking]
        return [*reasons, *(readable(key) for key in sorted(contrast.cells - self.results.keys()))]

    def published_effect(self, part: ClaimPart) -> float:
        """The published effect in points, against the best of several rivals. `InputError` names a missing cell."""
        first, *rivals = part.published or (part.first, *part.rivals)
        if missing := sorted({key for side in (first, *rivals) for key in side} - self.published.keys()):
            raise InputError(f"{self.source}: no {readable(missing[0])}, which a claim compares")
        return self._published(first) - max(self._published(side) for side in rivals)

    def _published(self, side: Side) -> float:
        return sum(weight * self.published[key] for key, weight in side.items())


def published_values(text: str, source: str) -> dict[CellKey, float]:
    """Percent by cell, from the published tables' CSV text; `source` names them in errors."""
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
        return {CellKey.of(row): float(row["value"]) for row in rows}
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{source}: expected columns {CellKey._fields} and a number as value ({error})") from error
