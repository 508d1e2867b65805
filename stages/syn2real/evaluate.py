"""Retrieval of test NeRFs by photos, with mappers that also learnt from translated views (Table 4.8)."""

from pathlib import Path
from typing import Annotated

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles


def evaluate_syn2real(
    *,
    files: Annotated[RetrievalFiles, OmitArgPrefixes],
    mapped: arguments.MappedVectorsFolder,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`. The gallery is that of Table 4.5.

    `mapped`: a folder per direction, written by the study's apply stage.
    """
    from fieldlink.evaluation.results.photo_retrieval import photo_retrieval_results
    from fieldlink.evaluation.results.retrieval_inputs import read_mapped
    from fieldlink.evaluation.study_tables import study_table

    params, table, vectors = load(params_file), study_table("4.8"), read_mapped(mapped)
    ranks, translator = params.retrieval.ranks, params.syn2real.translator
    rows = {
        split: photo_retrieval_results(inputs, vectors, ranks, table, translator)
        for split, inputs in files.read(params).items()
    }
    results.write(rows, [table], params)


if __name__ == "__main__":
    run_stage(evaluate_syn2real)
