"""Parts of the claims on zero-shot classification (Tables 4.1 to 4.3, 4.6 and 4.11a)."""

from fieldlink.core.params import Loss
from fieldlink.core.variants import Source, Variant
from fieldlink.evaluation.claims.contrasts import Claimed, ClaimPart, change_along_line, zero_shot_cell
from fieldlink.evaluation.repeated_runs import BEST_VIEWS
from fieldlink.evaluation.results.query_results import head_key
from fieldlink.evaluation.study_tables import of_template, study_table
from fieldlink.evaluation.tables.zero_shot import MODEL_PROMPT, PHOTO_PROMPT

TABLE_OF_PROMPT = {prompt: of_template(prompt) for prompt in (MODEL_PROMPT, PHOTO_PROMPT)}
RENDERED_VIEWS, BEST_OF_MAPPERS = study_table("4.3"), study_table("4.11a")
PUBLISHED_LOSSES: tuple[Loss, ...] = ("cosine", "siglip")
VIEWS = ("1", "2", "4", "8", "16", "N")
SOURCES: tuple[Source, ...] = ("rendered", "gt")
AVERAGED = [Variant(direction="nerf2clip", source=source, views=views) for source in SOURCES for views in VIEWS]
RENDERED = [Variant(method="clip", views=views) for views in VIEWS]


def losses() -> list[ClaimPart]:
    """Cosine above SigLIP, for every prompt, source and number of views."""
    return [
        ClaimPart(
            f"{row.text}, {prompt}: cosine above SigLIP",
            zero_shot_cell(table, row, "cosine"),
            zero_shot_cell(table, row, "siglip"),
            "greater",
        )
        for prompt, table in TABLE_OF_PROMPT.items()
        for row in AVERAGED
    ]


def prompts() -> list[ClaimPart]:
    """The photo prompt above the other, for every model and number of views."""
    of_mappers = [
        ClaimPart(
            f"{row.text}, {loss}: photo prompt above",
            zero_shot_cell(TABLE_OF_PROMPT[PHOTO_PROMPT], row, loss),
            zero_shot_cell(TABLE_OF_PROMPT[MODEL_PROMPT], row, loss),
            "greater",
        )
        for row in AVERAGED
        for loss in PUBLISHED_LOSSES
    ]
    of_clip = [
        ClaimPart(
            f"{row.text}: photo prompt above",
            zero_shot_cell(RENDERED_VIEWS, row, PHOTO_PROMPT),
            zero_shot_cell(RENDERED_VIEWS, row, MODEL_PROMPT),
            "greater",
        )
        for row in RENDERED
    ]
    return [*of_mappers, *of_clip]


def rendered_views() -> list[ClaimPart]:
    """CLIP on all rendered views beside the best nerf2clip, whose views validation objects choose, and CLIP's gain."""
    rises = []
    for prompt in TABLE_OF_PROMPT:
        first, second = change_along_line([zero_shot_cell(RENDERED_VIEWS, row, prompt) for row in RENDERED])
        rises.append(ClaimPart(f"CLIP, {prompt}: rise along the line from 1 view to all", first, second, "greater"))
    beside: list[tuple[str, str, Claimed]] = [(PHOTO_PROMPT, "above", "greater"), (MODEL_PROMPT, "below", "less")]
    return [
        *(
            ClaimPart(
                f"CLIP on all views, {prompt}: {where} the best nerf2clip",
                zero_shot_cell(RENDERED_VIEWS, RENDERED[-1], prompt),
                zero_shot_cell(BEST_OF_MAPPERS, BEST_VIEWS, prompt),
                claimed,
            )
            for prompt, where, claimed in beside
        ),
        *rises,
    ]


def ensemble() -> tuple[ClaimPart, list[ClaimPart]]:
    """The ensemble of both heads above the better of them, and above each."""
    rows = (Variant(method="ensemble"), Variant(head="nerf_embedding"), Variant(head="clip_embedding"))
    both, *heads = ({head_key(row): 1.0} for row in rows)
    above = [
        ClaimPart(f"ensemble above {row.text}", both, head, "greater")
        for row, head in zip(rows[1:], heads, strict=True)
    ]
    return ClaimPart("ensemble above the better head", both, tuple(heads), "greater"), above
