"""What the claims say of their effects: where each lies, and of which cells it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldlink.evaluation.claims.claim_rows import letters
from fieldlink.evaluation.claims.conclusions import conclusions
from fieldlink.evaluation.claims.contrasts import ClaimPart, claimed_region
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.worlds.world_verdicts import Region

ClaimKey = tuple[int, str]  # claim and part; the part of the primary contrast is empty


@dataclass(frozen=True)
class ClaimedContrast:
    """What one claim, or a part of it, says of its effect."""

    region: Region  # of the claimed effects, in points
    cells: Mapping[CellKey, float] | None  # weights; None where they hang on a world's results


def claimed_contrasts(margin: float) -> dict[ClaimKey, ClaimedContrast]:
    """The contrast of every claim and part. `margin`: in points."""
    contrasts: dict[ClaimKey, ClaimedContrast] = {}
    for number, conclusion in enumerate(conclusions({}), start=1):
        contrasts[number, ""] = _contrast(conclusion.primary, margin)
        for index, part in enumerate(conclusion.parts):
            contrasts[number, letters(index)] = _contrast([part], margin)
    return contrasts


def _contrast(parts: Sequence[ClaimPart], margin: float) -> ClaimedContrast:
    """The mean of parts that are claimed to lie in one region."""
    region = claimed_region(parts[0].claimed, margin)
    if any(part.lacking or len(part.rivals) > 1 for part in parts):
        return ClaimedContrast(region, None)
    weights: dict[CellKey, float] = {}
    for part in parts:
        for sign, side in ((1, part.first), (-1, part.rivals[0])):
            for key, weight in side.items():
                weights[key] = weights.get(key, 0.0) + sign * weight / len(parts)
    return ClaimedContrast(region, weights)
