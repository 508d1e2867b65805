"""The rows of Tables 4.11 and 4.12: fine-tuned models, and the original ones they are compared with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import MAPPED_EMBEDDINGS
from fieldlink.core.variants import CLIP2NERF_COSINE, Variant, parse
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.measures.class_prompts import ClassPrompts
from fieldlink.evaluation.repeated_runs import BEST_VIEWS
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.query_results import CellKey, QueryResults, zero_shot_key
from fieldlink.evaluation.results.retrieval_results import hit_results
from fieldlink.evaluation.results.searches import SearchResult, forward, inverse
from fieldlink.evaluation.results.settings import best_views_setting
from fieldlink.evaluation.results.zero_shot_results import PromptClassification, best_name
from fieldlink.evaluation.study_tables import FINETUNED_CLIP2NERF, FINETUNED_NERF2CLIP, study_table
from fieldlink.evaluation.table_type import StudyTable
from fieldlink.mapper.trained_mappers import apply

ZERO_SHOT = "4.11a"


@dataclass(frozen=True)
class Candidate:
    """An original mapper: the outputs of every seed for the objects of each split."""

    setting: str
    seeds: Sequence[int]
    outputs: Mapping[str, Sequence[Float[np.ndarray, "object clip"]]]  # by split


def read_original(folder: Path) -> dict[str, MappedVectors]:
    """By direction, the vectors of the retrieval study's mappers; of clip2nerf the one with the cosine loss alone."""
    return {
        "clip2nerf": _read(folder / "clip2nerf", CLIP2NERF_COSINE.text),
        "nerf2clip": _read(folder / "nerf2clip"),
    }


def read_tuned(folder: Path) -> dict[str, MappedVectors]:
    """The vectors of fine-tuned mappers by direction, and "nerfs", those of their encoders."""
    return {name: _read(folder / name) for name in ("clip2nerf", "nerf2clip", "nerfs")}


def _read(folder: Path, variant: str | None = None) -> MappedVectors:
    rows = datasets.read(folder, MAPPED_EMBEDDINGS)
    rows = rows.filter(pc.field("variant") == variant) if variant else rows
    if not len(rows):
        raise InputError(f"{folder}: no {variant or 'vectors'}; retrieval.losses must hold cosine")
    return MappedVectors(rows)


def classification(gallery: NerfGallery, classes: Sequence[str], prompts: ClassPrompts) -> PromptClassification:
    """The classification of the gallery's objects by the prompts of one template."""
    return PromptClassification.of(gallery.ids, np.asarray(classes)[gallery.classes].tolist(), prompts)


def original_candidates(
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    models: Sequence[Mapping[str, Any]],
    galleries: Mapping[str, NerfGallery],
    source: str,
) -> list[Candidate]:
    """The zero-shot study's cosine mappers of ground-truth views, by number of views, applied to both splits.

    `models`: the entry of each of the stacked `tensors` in their config. `galleries`: one for each split. `source`:
    the mappers' name in errors. Raises `InputError` if there is no such mapper.
    """
    cosine = Variant(direction="nerf2clip", source="gt", views="N", loss="cosine")
    indices: dict[str, dict[int, int]] = {}
    for index, model in enumerate(models):
        variant = parse(model["variant"])
        if variant == replace(cosine, views=variant.views):
            indices.setdefault(Variant(views=variant.views).text, {})[model["seed"]] = index
    if not indices:
        raise InputError(f"{source}: none like {cosine.text!r}; zero_shot.losses must hold cosine")
    return [
        Candidate(
            views,
            list(seeds),
            {split: list(apply(tensors, of.nerf, list(seeds.values()))) for split, of in galleries.items()},
        )
        for views, seeds in indices.items()
    ]


def best_original(
    candidates: Sequence[Candidate], classifications: Mapping[str, PromptClassification], split: str, key: CellKey
) -> QueryResults:
    """The results on `split` of the candidate that is right most often on validation. Their setting names it."""
    on_validation = {
        candidate.setting: classifications["validation"].results(key, candidate.outputs["validation"], candidate.seeds)
        for candidate in candidates
    }
    best = next(candidate for candidate in candidates if candidate.setting == best_name(on_validation))
    setting = best_views_setting(best.setting)
    return classifications[split].results(key, best.outputs[split], best.seeds, setting)


def zero_shot_comparison(
    candidates: Sequence[Candidate],
    classifications: Mapping[str, PromptClassification],
    split: str,
    tuned: MappedVectors,
    template: str,
) -> list[QueryResults]:
    """One column of Table 4.11a: the best original mapper, and every fine-tuned one; `tuned`: their mapped NeRFs.

    `classifications`: those of the objects of both splits, by the prompts of `template`; the results are of `split`.
    """
    key = zero_shot_key(study_table(ZERO_SHOT), BEST_VIEWS, template)
    results, classification = [best_original(candidates, classifications, split, key)], classifications[split]
    for variant, seeds in tuned.variants.items():
        vectors = [tuned.vectors(variant, seed, "nerf", classification.ids) for seed in seeds]
        results.append(classification.results(key._replace(row=variant), vectors, seeds))
    return results


def retrieval_comparison(
    queries: Queries,
    gallery: NerfGallery,
    original: Mapping[str, MappedVectors],
    tuned: Mapping[str, MappedVectors],
    ranks: Sequence[int],
) -> list[QueryResults]:
    """Hits in Tables 4.11 and 4.12 at `ranks`. The other arguments are those of `searches`."""
    results = list[QueryResults]()
    for table, result in searches(queries, gallery, original, tuned, max(ranks)):
        results += hit_results(result, queries, gallery, ranks, table)
    return results


def searches(
    queries: Queries,
    gallery: NerfGallery,
    original: Mapping[str, MappedVectors],
    tuned: Mapping[str, MappedVectors],
    k: int,
) -> Iterator[tuple[StudyTable, SearchResult]]:
    """Every search with its table.

    `original`, `tuned`: mapped vectors by direction; `tuned["nerfs"]`: the vectors of the fine-tuned encoders. The
    original clip2nerf is a reference in both tables; the original nerf2clip is in the table of inverse searches alone.
    """
    of_nerf2clip, of_clip2nerf = FINETUNED_NERF2CLIP[queries.domain], FINETUNED_CLIP2NERF[queries.domain]
    for result in forward(queries, gallery, original["clip2nerf"], k):
        repeated = replace(result, row=replace(parse(result.row), reference="original").text)
        yield of_nerf2clip, repeated
        yield of_clip2nerf, repeated
    for result in inverse(queries, gallery, original["nerf2clip"], k):
        yield of_nerf2clip, result
    for result in inverse(queries, gallery, tuned["nerf2clip"], k):
        yield of_nerf2clip, result
    for result in forward(queries, gallery, tuned["clip2nerf"], k, tuned["nerfs"]):
        yield of_clip2nerf, result
