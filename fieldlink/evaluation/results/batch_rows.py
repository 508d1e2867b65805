"""Rows of Tables 4.9 and 4.10: which run of the study on augmented copies fills which."""

from collections.abc import Mapping
from dataclasses import replace

from fieldlink.core.params import AugmentedParams, Params
from fieldlink.core.variants import Variant, parse
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.repeated_runs import SWEPT
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_inputs import QueriesAndGallery
from fieldlink.evaluation.results.retrieval_results import hit_results
from fieldlink.evaluation.results.searches import by_mappers
from fieldlink.evaluation.study_tables import by_domain


def table_rows(variant: Variant, mapper_batch: int, sweep: AugmentedParams) -> list[tuple[str, Variant]]:
    """Table without its part, and row: Table 4.10 repeats the row of Table 4.9 whose batch it has too.

    `mapper_batch`: the batch of Table 4.9; `sweep`: those of Table 4.10.
    """
    if variant.batch:
        return [("4.10", variant)]
    if (variant.direction, variant.loss) != (SWEPT.direction, SWEPT.loss):
        return [("4.9", variant)]
    row = replace(variant, batch=mapper_batch)
    repeated = [row] if mapper_batch in sweep.batches else []
    repeated += [replace(row, equal_steps=True)] if mapper_batch in sweep.equal_steps else []
    return [("4.9", variant), *(("4.10", row) for row in repeated)]


def batch_of(row: str, mapper_batch: int) -> int:
    """The batch that a row names, else that of Table 4.9."""
    return parse(row).batch or mapper_batch


def batch_setting(batch: int) -> str:
    """What the setting of a row says of the batch really used."""
    return f"batch {batch}"


def batch_of_setting(setting: str) -> int:
    """The batch really used, back from a setting."""
    return int(setting.removeprefix("batch "))


def batch_results(
    inputs: QueriesAndGallery, mapped: Mapping[str, MappedVectors], batches_used: Mapping[str, int], params: Params
) -> list[QueryResults]:
    """Hits of every run, by views and by photos, in rising order of batches; `batches_used`: by run."""
    ranks, results = params.retrieval.ranks, list[QueryResults]()
    for queries in inputs.domains:
        searches = by_mappers(queries, inputs.gallery, mapped, max(ranks))
        for result in sorted(searches, key=lambda result: batch_of(result.row, params.mapper.batch)):
            setting = batch_setting(batches_used[result.row])
            for number, row in table_rows(parse(result.row), params.mapper.batch, params.augmented):
                table = by_domain(f"{number}a", f"{number}b")[queries.domain]
                renamed = replace(result, row=row.text)
                results += hit_results(renamed, queries, inputs.gallery, ranks, table, setting=setting)
    return results
