"""Retrieval with mappers that saw augmented copies, and with batches of many sizes (Tables 4.9 and 4.10)."""

from pathlib import Path
from typing import Annotated

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import saved_models
from fieldlink.core.params import load
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles


def evaluate_augmented(
    *,
    files: Annotated[RetrievalFiles, OmitArgPrefixes],
    mappers: arguments.MappersFolder,
    mapped: arguments.MappedVectorsFolder,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`. A row's setting is the batch really used.

    `mappers`: written by the study's train stage. `mapped`: a folder per direction, written by its apply stage.
    """
    from fieldlink.evaluation.results.batch_rows import batch_results
    from fieldlink.evaluation.results.retrieval_inputs import read_mapped
    from fieldlink.evaluation.study_tables import of_study

    params = load(params_file)
    vectors = read_mapped(mapped)
    configs = [saved_models.read_model(folder)[1] for folder in sorted(mappers.iterdir())]
    batches_used = {config["models"][0]["variant"]: config["batch"] for config in configs}
    rows = {split: batch_results(inputs, vectors, batches_used, params) for split, inputs in files.read(params).items()}
    results.write(rows, of_study("augmented"), params)


if __name__ == "__main__":
    run_stage(evaluate_augmented)
