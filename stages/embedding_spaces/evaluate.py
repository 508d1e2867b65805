"""Compare and join the NeRFs' space and CLIP's (Figure 4.1 as numbers, Tables 4.6 and 4.7)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import LOGITS, PROJECTIONS
from fieldlink.core.variants import Variant
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles


def evaluate_spaces(
    *,
    files: Annotated[RetrievalFiles, OmitArgPrefixes],
    mappers: arguments.MappersFolder,
    mapped: arguments.MappedVectorsFolder,
    logits: Annotated[Path, Doc("Dataset of the heads' logits.")],
    results: Annotated[ResultFiles, OmitArgPrefixes],
    projections: Annotated[Path, Doc("Dataset of projections to the plane to write.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`, and `projections` of the test NeRFs in both spaces.

    The weight of the joined space's parts is chosen on views of validation objects, for views and photos alike, so that
    the validation rows of that space are the best of several.
    """
    from fieldlink.evaluation.results.retrieval_inputs import read_mapped
    from fieldlink.evaluation.results.two_spaces import TwoSpaces
    from fieldlink.evaluation.study_tables import of_study
    from fieldlink.mapper import trained_mappers

    params = load(params_file)
    classes, spaces = list(params.classes), params.embedding_spaces
    forward = Variant(direction="clip2nerf", loss=spaces.clip2nerf).text
    inverse = Variant(direction="nerf2clip", loss=spaces.nerf2clip).text
    seeds = trained_mappers.read(mappers / "nerf2clip", "retrieval.losses").seeds(inverse)
    trained_mappers.read(mappers / "clip2nerf", "retrieval.losses").seeds(forward)  # raises if it was not trained
    vectors, logit_rows, rows = read_mapped(mapped), datasets.read(logits, LOGITS), {}
    of_split = {
        split: TwoSpaces.of(inputs, vectors, forward, inverse, seeds) for split, inputs in files.read(params).items()
    }
    columns = of_split["test"].projection_columns(classes, spaces.perplexity, params.study.seed)
    datasets.write(projections, PROJECTIONS, [datasets.table(PROJECTIONS, columns)], "evaluate_spaces")
    alpha = of_split["validation"].joined("gt").best_alpha_of(spaces.alphas)
    for split, both in of_split.items():
        rows[split] = both.results(logit_rows, neighbours=spaces.neighbours, alpha=alpha, ranks=params.retrieval.ranks)
    mcnemar = of_split["test"].ensemble_against_better_head(logit_rows)
    results.write(rows, of_study("embedding_spaces"), params, {"mcnemar": mcnemar})


if __name__ == "__main__":
    run_stage(evaluate_spaces)
