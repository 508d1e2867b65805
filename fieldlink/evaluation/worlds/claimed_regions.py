"""Where the claims say that their effects lie, by claim and part."""

from fieldlink.evaluation.claims.claim_rows import letters
from fieldlink.evaluation.claims.conclusions import conclusions
from fieldlink.evaluation.claims.contrasts import claimed_region
from fieldlink.evaluation.worlds.world_files import ClaimKey
from fieldlink.evaluation.worlds.world_verdicts import Region


def claimed_regions(margin: float) -> dict[ClaimKey, Region]:
    """The claimed region of every claim and part; `margin` in points.

    A claim whose parts lie in several regions has none of its own.
    """
    regions: dict[ClaimKey, Region] = {}
    for claim in conclusions({}):
        of_parts = [claimed_region(part.claimed, margin) for part in claim.parts]
        if len(set(of_parts)) == 1:
            regions[claim.number, ""] = of_parts[0]
        if len(of_parts) > 1:
            regions |= {(claim.number, letters(place)): region for place, region in enumerate(of_parts)}
    return regions
