"""Retrieval in one of several spaces of NeRFs: nf2vec's or a baseline's."""

from collections.abc import Mapping, Sequence

from fieldlink.core.variants import Variant
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_inputs import QueriesAndGallery
from fieldlink.evaluation.results.retrieval_results import hit_results
from fieldlink.evaluation.results.searches import among_nerfs, by_mappers, nerf_queries
from fieldlink.evaluation.study_tables import BASELINES, study_table


def space_retrieval_results(
    space: str, inputs: QueriesAndGallery, mapped: Mapping[str, MappedVectors], ranks: Sequence[int]
) -> list[QueryResults]:
    """Hits among the space's own NeRFs, and of both mappers by views and by photos. `inputs`: those of that space."""
    gallery, k = inputs.gallery, max(ranks)
    nearest = among_nerfs(Variant(space=space).text, gallery, k)
    results = hit_results(nearest, nerf_queries(gallery), gallery, ranks, study_table("baselines neighbours"))
    for queries in inputs.domains:
        for result in by_mappers(queries, gallery, mapped, k):
            results += hit_results(result, queries, gallery, ranks, BASELINES[queries.domain])
    return results
