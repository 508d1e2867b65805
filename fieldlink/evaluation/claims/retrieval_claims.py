"""Parts of the claims on retrieval with mappers as the retrieval study trains them (Tables 4.4, 4.5 and 4.7)."""

from typing import get_args

from fieldlink.core.variants import Direction, Domain, Variant
from fieldlink.evaluation.claims.contrasts import Part, retrieval_cell
from fieldlink.evaluation.claims.zero_shot_claims import PUBLISHED_LOSSES
from fieldlink.evaluation.study_tables import study_table

MAPPERS = [Variant(direction=direction, loss=loss) for direction in get_args(Direction) for loss in PUBLISHED_LOSSES]
FORWARD, INVERSE = Variant(direction="clip2nerf", loss="cosine"), Variant(direction="nerf2clip", loss="siglip")
CLIP_MEAN, CLIP_ALL = Variant(method="CLIP mean"), Variant(method="CLIP all")
RANKS = (1, 5, 10)
TABLES: dict[Domain, str] = {"synthetic": "4.4a", "real": "4.5a"}


def best(table: str, row: Variant, k: int) -> list[Part]:
    """A row above each other one, mappers and baselines of CLIP alone."""
    with_photos = study_table(table).query_domain == "photo"
    baselines = [("4.5b", CLIP_ALL)] if with_photos else [("4.4b", CLIP_MEAN), ("4.4b", CLIP_ALL)]
    rivals = [*((table, mapper) for mapper in MAPPERS if mapper != row), *baselines]
    return [
        Part(
            f"{row.text}, k = {k}: above {rival.text}",
            retrieval_cell(table, row, k),
            retrieval_cell(rival_table, rival, k),
            "greater",
        )
        for rival_table, rival in rivals
    ]


def concatenation() -> list[Part]:
    """The concatenated space as good as the CLIP space alone."""
    return [
        Part(
            f"{row.text}, k = {k}: as good as {INVERSE.text}",
            retrieval_cell("4.7", row, k),
            retrieval_cell(table, INVERSE, k),
            "equal",
            one_run=True,
        )
        for domain, table in TABLES.items()
        for row in [Variant(concatenation="concat", query_domain=domain)]
        for k in RANKS
    ]
