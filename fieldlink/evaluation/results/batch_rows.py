"""Rows of Tables 4.9 and 4.10: which run of the study on augmented copies fills which."""

from collections.abc import Mapping
from dataclasses import replace

from fieldlink.core.params import AugmentedParams, Params
from fieldlink.core.variants import NERF2CLIP_SIGLIP, Variant, parse
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_inputs import QueriesAndGallery
from fieldlink.evaluation.results.retrieval_results import hit_results
from fieldlink.evaluation.results.searches import by_mappers
from fieldlink.evaluation.results.settings import batch_setting
from fieldlink.evaluation.study_tables import AUGMENTED, BATCHES
from fieldlink.evaluation.table_type import StudyTable


def table_rows(
    run: Variant, batches_used: Mapping[Variant, int], mapper_batch: int, augmented: AugmentedParams, domain: str
) -> list[tuple[StudyTable, Variant]]:
    """The tables of a query domain, and the rows there that `run` fills.

    Table 4.10 repeats the row of Table 4.9 whose batch it has too. Its rows whose batches are capped alike share a
    training. `batches_used`: the batch that each run really used; `mapper_batch`: the batch of Table 4.9; `augmented`:
    those of Table 4.10.
    """
    rows = [] if run.batch else [(AUGMENTED[domain], run)]
    if (run.direction, run.loss) != (NERF2CLIP_SIGLIP.direction, NERF2CLIP_SIGLIP.loss):
        return rows
    sizes = [(batch, False) for batch in augmented.batches] + [(batch, True) for batch in augmented.equal_steps]
    swept = [replace(run, batch=batch, equal_steps=equal_steps) for batch, equal_steps in dict.fromkeys(sizes)]
    return rows + [(BATCHES[domain], row) for row in swept if run_behind(row, batches_used, mapper_batch) == run]


def run_behind(row: Variant, batches_used: Mapping[Variant, int], mapper_batch: int) -> Variant:
    """The run that fills a row of Table 4.10: its own, else Table 4.9's, else the one whose batch holds all objects."""
    of_table_4_9 = replace(row, batch=None, equal_steps=False)
    if row in batches_used:
        return row
    if row.batch == mapper_batch:
        return of_table_4_9
    trained = [run for run in batches_used if run.batch and replace(run, batch=row.batch) == row]
    return max([*trained, of_table_4_9], key=batches_used.__getitem__)


def batch_results(
    inputs: QueriesAndGallery, mapped: Mapping[str, MappedVectors], batches_used: Mapping[str, int], params: Params
) -> list[QueryResults]:
    """Hits of every row, by views and by photos, in rising order of batches. `batches_used`: the batch of each run."""
    ranks, batch, results = params.retrieval.ranks, params.mapper.batch, list[QueryResults]()
    by_run = {parse(run): used for run, used in batches_used.items()}
    for queries in inputs.domains:
        rows = [
            (result, table, row)
            for result in by_mappers(queries, inputs.gallery, mapped, max(ranks))
            for table, row in table_rows(parse(result.row), by_run, batch, params.augmented, queries.domain)
        ]
        for result, table, row in sorted(rows, key=lambda entry: entry[2].batch or batch):
            setting, renamed = batch_setting(batches_used[result.row]), replace(result, row=row.text)
            results += hit_results(renamed, queries, inputs.gallery, ranks, table, setting=setting)
    return results
