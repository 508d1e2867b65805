"""Retrieval of test NeRFs by a view of each test object (its own NeRF left out) and by photos (Tables 4.4 and 4.5)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NEIGHBOURS
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles


def evaluate_retrieval(
    *,
    files: Annotated[RetrievalFiles, OmitArgPrefixes],
    rendered_embeddings: arguments.RenderedEmbeddings,
    mapped: arguments.MappedVectorsFolder,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    neighbours: Annotated[Path, Doc("Dataset of each query's nearest items to write.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results` and the nearest items of every test query.

    Baselines (part b) search CLIP vectors of ground-truth or of rendered views, as `retrieval.clip_gallery` says.
    `mapped`: a folder per direction, written by the study's apply stage.
    """
    from fieldlink.evaluation.results.retrieval_inputs import read_mapped
    from fieldlink.evaluation.results.retrieval_study import RetrievalStudy
    from fieldlink.evaluation.study_tables import of_study

    params = load(params_file)
    rendered = rendered_embeddings if params.retrieval.clip_gallery == "rendered" else None
    vectors = read_mapped(mapped)
    studies = {
        split: RetrievalStudy.of(inputs, vectors, params.retrieval.ranks)
        for split, inputs in files.read(params, rendered).items()
    }
    rows, test = {split: study.results for split, study in studies.items()}, studies["test"]
    results.write(rows, of_study("retrieval"), params, {"hubness": test.hubness})
    datasets.write(neighbours, NEIGHBOURS, [test.neighbours], "evaluate_retrieval")


if __name__ == "__main__":
    run_stage(evaluate_retrieval)
