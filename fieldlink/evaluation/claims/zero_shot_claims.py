"""Parts of the claims on zero-shot classification (Tables 4.1 to 4.3, 4.6 and 4.11a)."""

from fieldlink.core.params import Loss
from fieldlink.core.variants import Source, Variant
from fieldlink.evaluation.claims.contrasts import Claimed, Part, change_along_line, zero_shot_cell
from fieldlink.evaluation.repeated_runs import BEST_VIEWS
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.study_tables import of_template

MODEL_PROMPT, PHOTO_PROMPT = "prompt_3d_model", "prompt_photo"
TABLE_OF_PROMPT = {prompt: of_template(prompt).number for prompt in (MODEL_PROMPT, PHOTO_PROMPT)}
PUBLISHED_LOSSES: tuple[Loss, ...] = ("cosine", "siglip")
VIEWS = ("1", "2", "4", "8", "16", "N")
SOURCES: tuple[Source, ...] = ("rendered", "gt")
AVERAGED = [Variant(direction="nerf2clip", source=source, views=views) for source in SOURCES for views in VIEWS]
RENDERED = [Variant(method="clip", views=views) for views in VIEWS]


def losses() -> list[Part]:
    """Cosine above SigLIP, for every prompt, source and number of views."""
    return [
        Part(
            f"{row.text}, {prompt}: cosine above SigLIP",
            zero_shot_cell(table, row, "cosine"),
            zero_shot_cell(table, row, "siglip"),
            "greater",
        )
        for prompt, table in TABLE_OF_PROMPT.items()
        for row in AVERAGED
    ]


def prompts() -> list[Part]:
    """The photo prompt above the other, for every model and number of views."""
    of_mappers = [
        Part(
            f"{row.text}, {loss}: photo prompt above",
            zero_shot_cell(TABLE_OF_PROMPT[PHOTO_PROMPT], row, loss),
            zero_shot_cell(TABLE_OF_PROMPT[MODEL_PROMPT], row, loss),
            "greater",
        )
        for row in AVERAGED
        for loss in PUBLISHED_LOSSES
    ]
    of_clip = [
        Part(
            f"{row.text}: photo prompt above",
            zero_shot_cell("4.3", row, PHOTO_PROMPT),
            zero_shot_cell("4.3", row, MODEL_PROMPT),
            "greater",
        )
        for row in RENDERED
    ]
    return [*of_mappers, *of_clip]


def rendered_views() -> list[Part]:
    """CLIP on all rendered views beside the best nerf2clip, whose views validation objects choose, and CLIP's gain."""
    rises = []
    for prompt in TABLE_OF_PROMPT:
        first, second = change_along_line([zero_shot_cell("4.3", row, prompt) for row in RENDERED])
        rises.append(Part(f"CLIP, {prompt}: rise along the line from 1 view to all", first, second, "greater"))
    beside: list[tuple[str, str, Claimed]] = [(PHOTO_PROMPT, "above", "greater"), (MODEL_PROMPT, "below", "less")]
    return [
        *(
            Part(
                f"CLIP on all views, {prompt}: {where} the best nerf2clip",
                zero_shot_cell("4.3", RENDERED[-1], prompt),
                zero_shot_cell("4.11a", BEST_VIEWS, prompt),
                claimed,
            )
            for prompt, where, claimed in beside
        ),
        *rises,
    ]


def ensemble() -> tuple[Part, list[Part]]:
    """The ensemble of both heads above the better of them, and above each."""
    rows = (Variant(method="ensemble"), Variant(head="nerf_embedding"), Variant(head="clip_embedding"))
    both, *heads = ({CellKey("4.6", row.text, "accuracy", "classification_accuracy"): 1.0} for row in rows)
    above = [
        Part(f"ensemble above {row.text}", both, head, "greater") for row, head in zip(rows[1:], heads, strict=True)
    ]
    return Part("ensemble above the better head", both, tuple(heads), "greater"), above
