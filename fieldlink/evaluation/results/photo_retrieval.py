"""Retrieval by photos with mappers trained on photo-like pictures too (Table 4.8)."""

from collections.abc import Mapping, Sequence

from fieldlink.core.variants import parse
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_inputs import QueriesAndGallery
from fieldlink.evaluation.results.retrieval_results import hit_results
from fieldlink.evaluation.results.searches import by_mappers
from fieldlink.evaluation.results.settings import translator_setting
from fieldlink.evaluation.table_type import StudyTable


def photo_retrieval_results(
    inputs: QueriesAndGallery,
    mapped: Mapping[str, MappedVectors],
    ranks: Sequence[int],
    table: StudyTable,
    translator: str,
) -> list[QueryResults]:
    """Hits of every mapper by photos; without photos there are none.

    `mapped`: vectors by direction. `translator`: its name in the setting of rows that are trained on its pictures.
    """
    photos, gallery, results = inputs.photos, inputs.gallery, list[QueryResults]()
    if not photos.ids:
        return results
    for result in by_mappers(photos, gallery, mapped, max(ranks)):
        translated = parse(result.row).training_set == "syn2real"
        setting = translator_setting(translator) if translated else ""
        results += hit_results(result, photos, gallery, ranks, table, setting=setting)
    return results
