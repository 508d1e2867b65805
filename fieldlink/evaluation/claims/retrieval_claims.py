"""Parts of the claims on retrieval with mappers as the retrieval study trains them (Tables 4.4, 4.5 and 4.7)."""

from typing import get_args

from fieldlink.core.variants import Direction, Domain, Variant
from fieldlink.evaluation.claims.contrasts import Part, retrieval_cell
from fieldlink.evaluation.claims.zero_shot_claims import PUBLISHED_LOSSES
from fieldlink.evaluation.study_tables import study_table

MAPPERS = [Variant(direction=direction, loss=loss) for direction in get_args(Direction) for loss in PUBLISHED_LOSSES]
FORWARD, INVERSE = Variant(direction="clip2nerf", loss="cosine"), Variant(direction="nerf2clip", loss="siglip")
CLIP_MEAN, CLIP_ALL = Variant(method="CLIP mean"), Variant(method="CLIP all")
CLIP_ALL_DISTINCT = Variant(method="CLIP all distinct")
RANKS = (1, 5, 10)
TABLES: dict[Domain, str] = {"synthetic": "4.4a", "real": "4.5a"}
CLIP_TABLES = {"4.4a": "4.4b", "4.5a": "4.5b"}  # the same queries, CLIP alone


def best(table: str, row: Variant, k: int) -> tuple[Part, list[Part]]:
    """A row above the best of the others, mappers and CLIP alone counting items or distinct objects; and above each.

    Published tables count items alone.
    """
    alone = [CLIP_ALL] if study_table(table).query_domain == "photo" else [CLIP_MEAN, CLIP_ALL]
    rivals = [
        *((table, mapper) for mapper in MAPPERS if mapper != row),
        *((CLIP_TABLES[table], clip) for clip in alone),
    ]
    ours, ranked = retrieval_cell(table, row, k), [retrieval_cell(*rival, k) for rival in rivals]
    distinct, published = retrieval_cell(CLIP_TABLES[table], CLIP_ALL_DISTINCT, k), (ours, ranked[-1])
    name = f"{row.text}, k = {k}"
    above = [
        *(
            Part(f"{name}: above {rival.text}", ours, side, "greater")
            for (_, rival), side in zip(rivals, ranked, strict=True)
        ),
        Part(
            f"{name}: above {CLIP_ALL_DISTINCT.text} (published: {CLIP_ALL.text})", ours, distinct, "greater", published
        ),
    ]
    return Part(f"{name}: above the best", ours, (*ranked, distinct), "greater", (ours, *ranked)), above


def concatenation() -> list[Part]:
    """The concatenated space as good as the CLIP space alone."""
    return [
        Part(
            f"{row.text}, k = {k}: as good as {INVERSE.text}",
            retrieval_cell("4.7", row, k),
            retrieval_cell(table, INVERSE, k),
            "equal",
        )
        for domain, table in TABLES.items()
        for row in [Variant(concatenation="concat", query_domain=domain)]
        for k in RANKS
    ]
