"""Retrieval of test NeRFs by photos, with mappers that also learnt from translated views (Table 4.8)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.variants import parse
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles


def evaluate_syn2real(
    *,
    files: Annotated[RetrievalFiles, OmitArgPrefixes],
    mapped: arguments.MappedVectors,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`; `mapped` as trained. The gallery is that of Table 4.5."""
    from fieldlink.evaluation.results.query_results import QueryResults
    from fieldlink.evaluation.results.retrieval_inputs import read_mapped
    from fieldlink.evaluation.results.retrieval_results import hit_results
    from fieldlink.evaluation.results.searches import by_mappers
    from fieldlink.evaluation.study_tables import study_table

    params, table, vectors = load(params_file), study_table("4.8"), read_mapped(mapped)
    ranks, rows = params.retrieval.ranks, dict[str, list[QueryResults]]()
    for split, inputs in files.read(params).items():
        of_split = rows.setdefault(split, [])
        for photos in (queries for queries in inputs.domains if queries.domain == "photo"):
            for result in by_mappers(photos, inputs.gallery, vectors, max(ranks)):
                translated = parse(result.row).training_set == "syn2real"
                setting = f"translator {params.syn2real.translator}" if translated else ""
                of_split += hit_results(result, photos, inputs.gallery, ranks, table, setting=setting)
    results.write(rows, [table], params)


if __name__ == "__main__":
    run_stage(evaluate_syn2real)
