"""Retrieval by text: captions and class prompts, as they are and moved across the modality gap (protocol 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core.variants import Direction, parse
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import originals
from fieldlink.evaluation.results.modality_gap import modality_gap, shifted_by
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_results import hit_results, whole_list_results
from fieldlink.evaluation.results.searches import by_mappers, search
from fieldlink.evaluation.study_tables import TEXT_RETRIEVAL


@dataclass(frozen=True)
class TextQueries:
    """Captions, where the source has some, and prompts. `shifted`: the same, moved towards the pictures."""

    plain: list[Queries]
    shifted: list[Queries]

    @staticmethod
    def of(
        gallery: NerfGallery,
        *,
        captions: pa.Table,
        prompts: pa.Table,
        views: pa.Table,
        objects: pa.Table,
        classes: Sequence[str],
        source: str,
    ) -> "TextQueries":
        """The gap is that of the training objects' views to their captions, or to the prompts.

        `source`: the name of `objects` in errors.
        """
        both = Queries.of_captions(captions, gallery), Queries.of_prompts(prompts, classes)
        plain = [queries for queries in both if queries.ids]
        training = originals(objects, "train", required_ids=[views["owner_id"].to_pylist()], source=source)
        texts = captions if len(captions) else prompts
        gap = modality_gap(views, texts, training["object_id"].to_pylist())
        return TextQueries(plain, [shifted_by(gap, queries) for queries in plain])


def vectors_to_map(
    queries: Sequence[Queries], gallery: NerfGallery
) -> dict[Direction, dict[str, tuple[list[str], Float[np.ndarray, "_ _"]]]]:
    """By direction and domain, ids and vectors: the queries for clip2nerf, the gallery for nerf2clip."""
    return {
        "clip2nerf": {kind.mapped_domain: (kind.ids, kind.clip) for kind in queries},
        "nerf2clip": {"nerf": (gallery.ids, gallery.nerf)},
    }


def text_retrieval_results(
    texts: TextQueries,
    gallery: NerfGallery,
    by_pictures: Mapping[str, MappedVectors],
    by_captions: Mapping[str, MappedVectors],
    ranks: Sequence[int],
) -> list[QueryResults]:
    """Hits and measures of the whole list: of mappers trained on pictures and CLIP alone, and trained on captions.

    Mappers trained on captions are not searched with shifted texts; without captions there are none.
    """
    results, k = list[QueryResults](), max(ranks)
    for queries in (*texts.plain, *texts.shifted):
        searches = list(search(queries, gallery, by_pictures, k))
        if by_captions and not queries.shifted:
            searches += by_mappers(queries, gallery, by_captions, k)
        for result in searches:
            table = TEXT_RETRIEVAL[queries.domain]
            in_table = replace(result, row=replace(parse(result.row), shifted=queries.shifted).text)
            results += hit_results(in_table, queries, gallery, ranks, table)
            results += whole_list_results(in_table, queries, gallery, ranks, table)
    return results
