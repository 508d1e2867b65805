"""Parts of the claims on other trainings: real-looking pictures, augmented copies, batches, fine-tuned encoders."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fieldlink.core.params import Objective
from fieldlink.core.query_domains import DOMAIN_NAMES
from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP, Variant, parse
from fieldlink.evaluation.claims.contrasts import (
    Claimed,
    ClaimPart,
    Side,
    change_along_line,
    retrieval_cell,
    zero_shot_cell,
)
from fieldlink.evaluation.claims.retrieval_claims import MAPPERS
from fieldlink.evaluation.claims.zero_shot_claims import TABLE_OF_PROMPT
from fieldlink.evaluation.repeated_runs import BESIDE_TUNED, BEST_VIEWS
from fieldlink.evaluation.results.query_results import CellKey, hit_key
from fieldlink.evaluation.results.saved_results import SavedResults
from fieldlink.evaluation.results.settings import batch_of_setting
from fieldlink.evaluation.study_tables import (
    AUGMENTED,
    BATCHES,
    FINETUNED_CLIP2NERF,
    FINETUNED_NERF2CLIP,
    RETRIEVAL,
    study_table,
)
from fieldlink.evaluation.table_type import StudyTable

PUBLISHED_BATCHES = (64, 128, 256, 512, 1024, 2048)
FEWEST_BATCHES = 3  # that differ: any two lie on a line
PUBLISHED_OBJECTIVES: tuple[Objective, ...] = (
    "siglip",
    "cosine",
    "cosine+rec decoder_unfrozen",
    "cosine+rec decoder_frozen",
)
TUNED = [Variant(objective=objective) for objective in PUBLISHED_OBJECTIVES]


def real_looking() -> tuple[list[ClaimPart], list[ClaimPart]]:
    """Trained on real-looking pictures, against as many steps without; published, against Table 4.5a.

    First every mapper at k = 1, then what else is claimed.
    """
    table, without = study_table("4.8"), RETRIEVAL["photo"]

    def part(row: Variant, k: int, claimed: Claimed) -> ClaimPart:
        translated = retrieval_cell(table, replace(row, training_set="syn2real"), k)
        control = replace(row, training_set="gt only")
        text = f"{row.text}, k = {k}: {claimed} than {control.text} (published: than in Table {without.number})"
        published = translated, retrieval_cell(without, row, k)
        return ClaimPart(text, translated, retrieval_cell(table, control, k), claimed, published)

    return [part(row, 1, "greater") for row in MAPPERS], [part(NERF2CLIP_SIGLIP, k, "less") for k in (5, 10)]


def augmentation() -> list[ClaimPart]:
    """Mappers trained on copies too, against as many steps on originals. Published: against Tables 4.4a and 4.5a."""
    parts = []
    for domain, table in AUGMENTED.items():
        before = RETRIEVAL[domain]
        for row in (CLIP2NERF_COSINE, NERF2CLIP_SIGLIP):
            with_copies, control = retrieval_cell(table, row, 1), replace(row, training_set="original")
            rows = f"{row.text}, {DOMAIN_NAMES[domain]}: no greater than {control.text}"
            text = f"{rows} (published: than in Table {before.number})"
            published = with_copies, retrieval_cell(before, row, 1)
            parts.append(ClaimPart(text, with_copies, retrieval_cell(table, control, 1), "no greater", published))
    return parts


def batches(results: Mapping[CellKey, SavedResults], *, equal_steps: bool) -> list[ClaimPart]:
    """No trend over batches, trained for equally many steps or epochs; `results` say which were really used."""
    swept = replace(NERF2CLIP_SIGLIP, equal_steps=equal_steps)
    return [trend(domain, swept, batches_used(table, swept, results)) for domain, table in BATCHES.items()]


def trend(domain: str, swept: Variant, cells: Mapping[int, Side]) -> ClaimPart:
    """Hit@1 along the line over the batches of `cells`. Published: over all batches there."""
    table, row = BATCHES[domain], NERF2CLIP_SIGLIP
    published = change_along_line([retrieval_cell(table, replace(row, batch=batch), 1) for batch in PUBLISHED_BATCHES])
    over = f"{', '.join(map(str, cells)) or 'none'}; published: {PUBLISHED_BATCHES[0]} to {PUBLISHED_BATCHES[-1]}"
    equal = "steps" if swept.equal_steps else "epochs"
    rows = f"{row.text}, {DOMAIN_NAMES[domain]}, equal {equal}"
    text = f"{rows}: change along the line over batches really used ({over})"
    if len(cells) < FEWEST_BATCHES:
        few = f"{FEWEST_BATCHES} batches that differ and equal {equal}, really used: {list(cells)}"
        missing = f"Table {table.number} with {few}"
        return ClaimPart(text, {}, {}, "equal", published, missing)
    first, second = change_along_line(list(cells.values()), np.log2(list(cells)))
    return ClaimPart(text, first, second, "equal", published)


def batches_used(table: StudyTable, swept: Variant, results: Mapping[CellKey, SavedResults]) -> dict[int, Side]:
    """The first row of each batch really used, as its setting says; later rows of a batch are the same training."""
    keys: dict[int, CellKey] = {}
    for key, result in results.items():
        if key.table == table.number:
            row = parse(key.row)
            if key == hit_key(table, row, 1) and row.batch and replace(row, batch=None) == swept:
                keys.setdefault(batch_of_setting(result.setting), key)
    return {batch: {key: 1.0} for batch, key in sorted(keys.items())}


def fine_tuning() -> list[ClaimPart]:
    """Fine-tuned encoders no better than the original: zero-shot, with views, and with photos."""
    zero_shot = study_table("4.11a")
    parts = [
        ClaimPart(
            f"{row.text}, {prompt}: no better than {BEST_VIEWS.text}",
            zero_shot_cell(zero_shot, row, prompt),
            zero_shot_cell(zero_shot, BEST_VIEWS, prompt),
            "no greater",
        )
        for prompt in TABLE_OF_PROMPT
        for row in TUNED
    ]
    rivals = {
        "gt": (BESIDE_TUNED, FINETUNED_NERF2CLIP["gt"]),
        "photo": (NERF2CLIP_SIGLIP, RETRIEVAL["photo"]),
    }
    for domain, (rival, table_of_rival) in rivals.items():
        parts += [
            ClaimPart(
                f"{row.text}, {DOMAIN_NAMES[domain]}, k = 1: no better than {rival.text}",
                retrieval_cell(FINETUNED_NERF2CLIP[domain], row, 1),
                retrieval_cell(table_of_rival, rival, 1),
                "no greater",
            )
            for row in TUNED
        ]
    return parts


def fine_tuned_spaces() -> list[ClaimPart]:
    """Forward retrieval in fine-tuned spaces as good as in the original one."""
    return [
        ClaimPart(
            f"{row.text}, {DOMAIN_NAMES[domain]}, k = 1: as good as the original",
            retrieval_cell(table, row, 1),
            retrieval_cell(table, BESIDE_TUNED, 1),
            "equal",
        )
        for domain, table in FINETUNED_CLIP2NERF.items()
        for row in TUNED
    ]
