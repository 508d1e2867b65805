"""What fine-tuned encoders are set beside: the rows of Tables 4.11 and 4.12."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.results.searches import NerfGallery, Queries, SearchResult, forward, inverse
from fieldlink.evaluation.results.tables import CellKey, QueryResults
from fieldlink.evaluation.results.zero_shot import PromptClassification, best
from fieldlink.mapper.trained_mappers import apply


@dataclass(frozen=True)
class Candidate:
    """An original mapper that might be the best: what every seed of it makes of two splits."""

    setting: str
    seeds: Sequence[int]
    validation: Sequence[Float[np.ndarray, "validation clip"]]
    test: Sequence[Float[np.ndarray, "test clip"]]


def originals(
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    models: Sequence[Mapping[str, Any]],
    validation: Float[np.ndarray, "validation nerf"],
    test: Float[np.ndarray, "test nerf"],
) -> list[Candidate]:
    """The zero-shot study's cosine mappers of ground-truth views, by number of views, applied to both splits.

    `models`: what the stacked `tensors` are, from their config.
    """
    places: dict[str, dict[int, int]] = {}
    for place, model in enumerate(models):
        if found := re.fullmatch(r"nerf2clip gt (views=\w+) cosine", model["variant"]):
            places.setdefault(found[1], {})[model["seed"]] = place
    return [
        Candidate(
            views, list(seeds), *(list(apply(tensors, each, list(seeds.values()))) for each in (validation, test))
        )
        for views, seeds in places.items()
    ]


def best_original(
    candidates: Sequence[Candidate], validation: PromptClassification, test: PromptClassification, place: CellKey
) -> QueryResults:
    """The test answers of the candidate that names most validation objects right; its setting says which that is."""
    tried = {each.setting: validation.answers(place, each.validation, each.seeds) for each in candidates}
    chosen = next(each for each in candidates if each.setting == best(tried))
    return test.answers(place, chosen.test, chosen.seeds, f"{chosen.setting}, best on validation")


def compared(
    queries: Queries,
    objects: NerfGallery,
    original: Mapping[str, MappedVectors],
    tuned: Mapping[str, MappedVectors],
    k: int,
) -> Iterator[tuple[str, SearchResult]]:
    """Every search with its table, 4.11 or 4.12. `original` and `tuned`: mapped vectors by direction; and in `tuned`
    "nerfs", the spaces of the fine-tuned encoders.

    The study sets the forward clip2nerf beside inverse searches; the original nerf2clip is the one that compares.
    """
    for found in forward(queries, objects, original["clip2nerf"], k):
        repeated = replace(found, row=f"{found.row} (original)")
        yield from (("4.11", repeated), ("4.12", repeated))
    yield from (("4.11", found) for found in inverse(queries, objects, original["nerf2clip"], k))
    yield from (("4.11", found) for found in inverse(queries, objects, tuned["nerf2clip"], k))
    yield from (("4.12", found) for found in forward(queries, objects, tuned["clip2nerf"], k, tuned["nerfs"]))
