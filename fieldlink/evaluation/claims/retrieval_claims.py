"""Parts of the claims on retrieval with mappers as the retrieval study trains them (Tables 4.4, 4.5 and 4.7)."""

from typing import get_args

from fieldlink.core.query_domains import DOMAIN_NAMES, PictureDomain
from fieldlink.core.variants import NERF2CLIP_SIGLIP, Direction, Variant
from fieldlink.evaluation.claims.contrasts import ClaimPart, retrieval_cell
from fieldlink.evaluation.claims.zero_shot_claims import PUBLISHED_LOSSES
from fieldlink.evaluation.study_tables import RETRIEVAL, RETRIEVAL_BY_CLIP_ALONE, study_table

MAPPERS = [Variant(direction=direction, loss=loss) for direction in get_args(Direction) for loss in PUBLISHED_LOSSES]
CLIP_MEAN, CLIP_ALL = Variant(method="CLIP mean"), Variant(method="CLIP all")
CLIP_ALL_DISTINCT = Variant(method="CLIP all distinct")
RANKS = (1, 5, 10)


def best(domain: PictureDomain, row: Variant, k: int) -> tuple[ClaimPart, list[ClaimPart]]:
    """A row above the best of the others, mappers and CLIP alone counting items or distinct objects; and above each.

    Published tables count items alone.
    """
    table, table_of_clip = RETRIEVAL[domain], RETRIEVAL_BY_CLIP_ALONE[domain]
    alone = [CLIP_ALL] if domain == "photo" else [CLIP_MEAN, CLIP_ALL]
    rivals = {mapper: retrieval_cell(table, mapper, k) for mapper in MAPPERS if mapper != row}
    rivals |= {clip: retrieval_cell(table_of_clip, clip, k) for clip in alone}
    ours, distinct = retrieval_cell(table, row, k), retrieval_cell(table_of_clip, CLIP_ALL_DISTINCT, k)
    published = ours, rivals[CLIP_ALL]
    name = f"{row.text}, k = {k}"
    above = [
        *(ClaimPart(f"{name}: above {rival.text}", ours, side, "greater") for rival, side in rivals.items()),
        ClaimPart(
            f"{name}: above {CLIP_ALL_DISTINCT.text} (published: {CLIP_ALL.text})", ours, distinct, "greater", published
        ),
    ]
    sides = tuple(rivals.values())
    return ClaimPart(f"{name}: above the best", ours, (*sides, distinct), "greater", (ours, *sides)), above


def concatenation() -> list[ClaimPart]:
    """The concatenated space as good as the CLIP space alone."""
    return [
        ClaimPart(
            f"{row.text}, k = {k}: as good as {NERF2CLIP_SIGLIP.text}",
            retrieval_cell(study_table("4.7"), row, k),
            retrieval_cell(table, NERF2CLIP_SIGLIP, k),
            "equal",
        )
        for domain, table in RETRIEVAL.items()
        for row in [Variant(concatenation="concat", query_domain=DOMAIN_NAMES[domain])]
        for k in RANKS
    ]
