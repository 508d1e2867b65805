"""Compare and join the NeRFs' space and CLIP's (Figure 4.1 as numbers, Tables 4.6 and 4.7)."""

from functools import partial
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
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
    mappers: arguments.Mappers,
    mapped: arguments.MappedVectors,
    logits: Annotated[Path, Doc("Dataset of the heads' logits.")],
    results: Annotated[ResultFiles, OmitArgPrefixes],
    projections: Annotated[Path, Doc("Dataset of projections to the plane to write.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`, and `projections` of the test NeRFs in both spaces.

    The weight of the joined space's parts is chosen on views of validation objects, for views and photos alike.
    """
    from fieldlink.evaluation.results.concatenated_space import ConcatenatedSpace
    from fieldlink.evaluation.results.retrieval_inputs import read_mapped
    from fieldlink.evaluation.results.two_spaces import TwoSpaces
    from fieldlink.evaluation.study_tables import of_study
    from fieldlink.mapper import trained_mappers

    params = load(params_file)
    classes, spaces = list(params.classes), params.embedding_spaces
    clip2nerf, nerf2clip = (
        trained_mappers.read(mappers / direction, "retrieval.losses") for direction in ("clip2nerf", "nerf2clip")
    )
    forward = Variant(direction="clip2nerf", loss=spaces.clip2nerf).text
    inverse = Variant(direction="nerf2clip", loss=spaces.nerf2clip).text
    seeds = nerf2clip.seeds(inverse)
    test = TwoSpaces.of_test(files.read(params), read_mapped(mapped), forward, inverse, seeds)
    columns = test.projection_columns(classes, spaces.perplexity, params.study.seed)
    datasets.write(projections, PROJECTIONS, [datasets.table(PROJECTIONS, columns)], "evaluate_spaces")
    validation, seed = files.read_gallery(params, "validation"), params.study.seed
    map_query, map_nerf = partial(clip2nerf.outputs, forward), partial(nerf2clip.outputs, inverse)
    chosen_on = ConcatenatedSpace.of_views(validation, map_query, map_nerf, seeds, seed)
    logit_rows, alpha = datasets.read(logits, LOGITS), chosen_on.best_alpha_of(spaces.alphas)
    rows, mcnemar = test.results(logit_rows, neighbours=spaces.neighbours, alpha=alpha, ranks=params.retrieval.ranks)
    results.write(rows, of_study("embedding_spaces"), params, {"mcnemar": mcnemar})


if __name__ == "__main__":
    run_stage(evaluate_spaces)
