"""Everything that the retrieval study measures on its searches (Tables 4.4 and 4.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from fieldlink.core import datasets
from fieldlink.core.query_domains import DOMAIN_NAMES
from fieldlink.core.schemas import NEIGHBOURS
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_inputs import QueriesAndGallery
from fieldlink.evaluation.results.retrieval_results import (
    hit_results,
    mean_hubness,
    neighbour_columns,
    whole_list_results,
)
from fieldlink.evaluation.results.searches import search
from fieldlink.evaluation.study_tables import RETRIEVAL, RETRIEVAL_BY_CLIP_ALONE, RETRIEVAL_BY_OTHER_MEASURES

NEIGHBOURS_KEPT = 10  # for galleries, and counted for hubness


@dataclass(frozen=True)
class RetrievalStudy:
    results: list[QueryResults]
    hubness: dict[str, dict[str, float]]  # by domain and row
    neighbours: pa.Table  # rows of dataset `neighbours`

    @staticmethod
    def of(inputs: QueriesAndGallery, mapped: Mapping[str, MappedVectors], ranks: Sequence[int]) -> "RetrievalStudy":
        """Searches of both domains by mappers (parts a of the tables) and by CLIP alone (parts b)."""
        gallery = inputs.gallery
        hits, whole_lists, nearest = list[QueryResults](), list[QueryResults](), list[pa.Table]()
        hubness: dict[str, dict[str, float]] = {}
        for queries in inputs.domains:
            of_domain = hubness.setdefault(DOMAIN_NAMES[queries.domain], {})
            for result in search(queries, gallery, mapped, max(*ranks, NEIGHBOURS_KEPT)):
                columns = neighbour_columns(result, queries, gallery, NEIGHBOURS_KEPT)
                nearest.append(datasets.table(NEIGHBOURS, columns))
                table = (RETRIEVAL if result.trained else RETRIEVAL_BY_CLIP_ALONE)[queries.domain]
                hits += hit_results(result, queries, gallery, ranks, table)
                other_measures = RETRIEVAL_BY_OTHER_MEASURES[queries.domain]
                whole_lists += whole_list_results(result, queries, gallery, ranks, other_measures)
                of_domain[result.row] = mean_hubness(result, gallery, NEIGHBOURS_KEPT)
        rows = pa.concat_tables(nearest).sort_by([(name, "ascending") for name in NEIGHBOURS.key])
        return RetrievalStudy([*hits, *whole_lists], hubness, rows)
