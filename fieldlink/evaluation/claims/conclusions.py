"""The twelve conclusions of the study, as contrasts of its tables' cells (protocol 15)."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from fieldlink.evaluation.claims.verdicts import Claim, Claimed, Part, Side
from fieldlink.evaluation.results.saved_results import SavedResults
from fieldlink.evaluation.results.tables import CellKey

PROMPTS = {"4.1": "prompt_3d_model", "4.2": "prompt_photo"}
LOSSES = ("cosine", "siglip")
VIEWS = ("1", "2", "4", "8", "16", "N")
AVERAGED = [f"nerf2clip {source} views={views}" for source in ("rendered", "gt") for views in VIEWS]
RENDERED = [f"clip views={views}" for views in VIEWS]
MAPPERS = [f"{direction} {loss}" for direction in ("clip2nerf", "nerf2clip") for loss in LOSSES]
FORWARD, INVERSE = MAPPERS[0], MAPPERS[3]
BATCHES = (64, 128, 256, 512, 1024, 2048)  # published
LEAST = 3  # batches that differ: any two lie on a line
TUNED = [f"finetuned {how}" for how in ("siglip", "cosine", "cosine+rec decoder_unfrozen", "cosine+rec decoder_frozen")]
ORIGINAL, BEST_VIEWS = f"{FORWARD} (original)", "nerf2clip cosine (original best views)"
REAL = {"4.5a", "4.5b", "4.8", "4.9b", "4.10b", "4.11c", "4.12b"}  # tables asked with photos


def twelve(answered: Mapping[CellKey, SavedResults]) -> list[Claim]:
    """Every claim with its parts; `answered` tells which batches were really used."""
    claims = (
        ("Zero-shot: the cosine loss beats SigLIP for every source and number of views, with both prompts", losses()),
        ("Zero-shot: “A photo of” beats “A 3d model of” for every model and number of views", prompts()),
        (
            "CLIP on rendered views gains with their number, and on all of them passes the best nerf2clip with the "
            "photo prompt, not with the other",
            rendered_views(),
        ),
        (
            "Synthetic queries: forward cosine is best at k = 1, inverse SigLIP at k = 10",
            [*best("4.4a", FORWARD, 1), *best("4.4a", INVERSE, 10)],
        ),
        (
            "Real queries: inverse SigLIP is best at k = 1, 5 and 10",
            [part for k in (1, 5, 10) for part in best("4.5a", INVERSE, k)],
        ),
        ("The ensemble of both classification heads beats the better of them", [ensemble()]),
        ("Searching the concatenated space adds nothing over the CLIP space alone", concatenation()),
        (
            "Training on real-looking pictures lifts real retrieval at k = 1 but lowers inverse SigLIP at k = 5 and 10 "
            "(ours: against as many steps without them; published: against Table 4.5a)",
            real_looking(),
        ),
        (
            "Augmented copies do not help real retrieval at k = 1; synthetic Hit@1 of inverse SigLIP rises "
            "(ours: against as many steps on originals; published: against Tables 4.4a and 4.5a)",
            augmentation(),
        ),
        (
            "The batch size has no trend: along a straight line over the logarithm of the batches really used, Hit@1 "
            "hardly changes",
            batches(answered),
        ),
        (
            "Fine-tuning nf2vec beats the original neither in zero-shot classification nor in synthetic retrieval; on "
            "real queries it does not beat the inverse direction without it",
            tuned(),
        ),
        ("Forward retrieval in the fine-tuned spaces is as good as in the original one", tuned_spaces()),
    )
    return [Claim(number, text, parts) for number, (text, parts) in enumerate(claims, start=1)]


def losses() -> list[Part]:
    return [
        Part(f"{row}, {prompt}: cosine above SigLIP", shot(at, row, "cosine"), shot(at, row, "siglip"), "greater")
        for at, prompt in PROMPTS.items()
        for row in AVERAGED
    ]


def prompts() -> list[Part]:
    rows = [(f"{row}, {loss}", ("4.2", row, loss), ("4.1", row, loss)) for row in AVERAGED for loss in LOSSES]
    rows += [(row, ("4.3", row, PROMPTS["4.2"]), ("4.3", row, PROMPTS["4.1"])) for row in RENDERED]
    return [
        Part(f"{row}: photo prompt above", shot(*photo), shot(*model), "greater", True) for row, photo, model in rows
    ]


def rendered_views() -> list[Part]:
    rises = [
        Part(
            f"CLIP, {prompt}: rise along the line from 1 view to all",
            *rise([shot("4.3", row, prompt) for row in RENDERED]),
            "greater",
            True,
        )
        for prompt in PROMPTS.values()
    ]
    model, photo = (
        (shot("4.3", RENDERED[-1], prompt), shot("4.11a", BEST_VIEWS, prompt)) for prompt in PROMPTS.values()
    )
    return [
        *rises,
        Part("CLIP on all views, prompt_photo: above the best nerf2clip", *photo, "greater"),
        Part("CLIP on all views, prompt_3d_model: below the best nerf2clip", *model, "less"),
    ]


def best(table: str, row: str, k: int) -> list[Part]:
    """A row against each other one, mappers and baselines of CLIP alone."""
    baselines = [("4.5b", "CLIP all")] if table in REAL else [("4.4b", "CLIP mean"), ("4.4b", "CLIP all")]
    others = [*((table, mapper) for mapper in MAPPERS if mapper != row), *baselines]
    return [
        Part(f"{row}, k = {k}: above {other}", hit(table, row, k), hit(at, other, k), "greater") for at, other in others
    ]


def ensemble() -> Part:
    rows = ("ensemble", "head nerf_embedding", "head clip_embedding")
    both, *heads = ({CellKey("4.6", row, "accuracy", "classification_accuracy"): 1.0} for row in rows)
    return Part("ensemble above the better head", both, tuple(heads), "greater", True)


def concatenation() -> list[Part]:
    return [
        Part(
            f"concat {kind}, k = {k}: as good as {INVERSE}",
            hit("4.7", f"concat {kind}", k),
            hit(at, INVERSE, k),
            "equal",
            True,
        )
        for kind, at in (("synthetic", "4.4a"), ("real", "4.5a"))
        for k in (1, 5, 10)
    ]


def real_looking() -> list[Part]:
    tried: Sequence[tuple[str, int, Claimed]] = (
        (FORWARD, 1, "greater"),
        (INVERSE, 1, "greater"),
        (INVERSE, 5, "less"),
        (INVERSE, 10, "less"),
    )
    return [
        Part(
            f"{row}, k = {k}: {claimed} than {row} gt only (published: than in Table 4.5a)",
            translated,
            hit("4.8", f"{row} gt only", k),
            claimed,
            published=(translated, hit("4.5a", row, k)),
        )
        for row, k, claimed in tried
        for translated in [hit("4.8", f"{row} syn2real", k)]
    ]


def augmentation() -> list[Part]:
    tried: Sequence[tuple[str, str, str, str, Claimed]] = (
        ("real", FORWARD, "4.9b", "4.5a", "no greater"),
        ("real", INVERSE, "4.9b", "4.5a", "no greater"),
        ("synthetic", INVERSE, "4.9a", "4.4a", "greater"),
    )
    return [
        Part(
            f"{row}, {kind}: {claimed} than {row} original (published: than in Table {before})",
            with_copies,
            hit(table, f"{row} original", 1),
            claimed,
            published=(with_copies, hit(before, row, 1)),
        )
        for kind, row, table, before, claimed in tried
        for with_copies in [hit(table, row, 1)]
    ]


def batches(answered: Mapping[CellKey, SavedResults]) -> list[Part]:
    return [trend(kind, at, used(at, answered)) for kind, at in (("synthetic", "4.10a"), ("real", "4.10b"))]


def trend(kind: str, table: str, rows: Mapping[int, Side]) -> Part:
    """Hit@1 along the line over the batches of `rows`; published, over those that were asked for."""
    published = rise([hit(table, f"{INVERSE} batch={batch}", 1) for batch in BATCHES])
    over = f"{', '.join(map(str, rows)) or 'none'}; published: {BATCHES[0]} to {BATCHES[-1]}"
    text = f"{INVERSE}, {kind}: change along the line over batches really used ({over})"
    if len(rows) < LEAST:
        lacking = f"Table {table} with {LEAST} batches that differ, really used: {list(rows)}"
        return Part(text, {}, {}, "equal", published=published, lacking=lacking)
    return Part(text, *rise(list(rows.values()), np.log2(list(rows))), "equal", published=published)


def used(table: str, answered: Mapping[CellKey, SavedResults]) -> dict[int, Side]:
    """By batch really used, as the rows' settings say, the mean of its rows: too large ones are capped alike."""
    rows: dict[int, list[CellKey]] = {}
    for words, each in answered.items():
        if (words.table, words.column) == (table, "recall@1") and re.fullmatch(rf"{INVERSE} batch=\d+", words.row):
            rows.setdefault(int(each.setting.removeprefix("batch ")), []).append(words)
    return {batch: dict.fromkeys(found, 1 / len(found)) for batch, found in sorted(rows.items())}


def tuned() -> list[Part]:
    pairs = [
        (f"{row}, {prompt}: no better than {BEST_VIEWS}", shot("4.11a", row, prompt), shot("4.11a", BEST_VIEWS, prompt))
        for prompt in PROMPTS.values()
        for row in TUNED
    ]
    for kind, table, at, rival in (("synthetic", "4.11b", "4.11b", ORIGINAL), ("real", "4.11c", "4.5a", INVERSE)):
        text = f"{kind}, k = 1: no better than {rival}"
        pairs += [(f"{row}, {text}", hit(table, row, 1), hit(at, rival, 1)) for row in TUNED]
    return [Part(*pair, "no greater") for pair in pairs]


def tuned_spaces() -> list[Part]:
    return [
        Part(f"{row}, {kind}, k = 1: as good as the original", hit(at, row, 1), hit(at, ORIGINAL, 1), "equal")
        for kind, at in (("synthetic", "4.12a"), ("real", "4.12b"))
        for row in TUNED
    ]


def shot(table: str, row: str, column: str) -> Side:
    """A cell of a zero-shot table."""
    return {CellKey(table, row, column, "zero_shot_accuracy"): 1.0}


def hit(table: str, row: str, k: int) -> Side:
    """A cell of a retrieval table."""
    metric = "recall_real" if table in REAL or row == "concat real" else "recall_synthetic"
    return {CellKey(table, row, f"recall@{k}", metric): 1.0}


def rise(cells: Sequence[Side], at: Float[np.ndarray, " cell"] | None = None) -> tuple[Side, Side]:
    """The two sides of a straight line's change from the first to the last of the cells, by least squares.

    Its slope is Σ (x − x̄) y / Σ (x − x̄)²; from end to end it changes by as many slopes as x does. `at`: the x, rising;
    none means equally spaced.
    """
    x = np.arange(len(cells)) if at is None else at
    span, x = x[-1] - x[0], x - x.mean()
    weights = (x * span / (x @ x)).tolist()
    named = [
        (words, weight * each) for side, weight in zip(cells, weights, strict=True) for words, each in side.items()
    ]
    return {w: weight for w, weight in named if weight > 0}, {w: -weight for w, weight in named if weight < 0}
