"""Compare and join the NeRFs' space and CLIP's (Figure 4.1 as numbers, Tables 4.6 and 4.7)."""

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


def evaluate_spaces(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mappers: arguments.Mappers,
    mapped: arguments.MappedVectors,
    logits: Annotated[Path, Doc("Dataset of the heads' logits.")],
    results: Annotated[ResultFiles, OmitArgPrefixes],
    projections: Annotated[Path, Doc("Dataset of projections to the plane to write.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`, and `projections` of the test NeRFs in both spaces.

    `mappers` and `mapped` as the retrieval study trained them, `logits` of the heads.
    The weight of the joined space's parts is chosen on views of validation objects, for views and photos alike.
    """
    from fieldlink.evaluation.results.concatenated_space import ConcatenatedSpace
    from fieldlink.evaluation.results.queries import Queries
    from fieldlink.evaluation.results.retrieval_inputs import read_gallery, read_mapped, read_queries_and_gallery
    from fieldlink.evaluation.results.two_spaces import TwoSpaces
    from fieldlink.evaluation.study_tables import of_study
    from fieldlink.mapper import trained_mappers

    params = load(params_file)
    classes, spaces = list(params.classes), params.embedding_spaces
    inputs = read_queries_and_gallery(
        objects=objects,
        nerf_embeddings=nerf_embeddings,
        gt_embeddings=gt_embeddings,
        photos=photos,
        photo_embeddings=photo_embeddings,
        classes=classes,
        study_seed=params.study.seed,
    )
    clip2nerf, nerf2clip = (
        trained_mappers.read(mappers / direction, "retrieval.losses") for direction in ("clip2nerf", "nerf2clip")
    )
    forward = Variant(direction="clip2nerf", loss=spaces.clip2nerf).text
    inverse = Variant(direction="nerf2clip", loss=spaces.nerf2clip).text
    seeds = nerf2clip.seeds(inverse)
    test = TwoSpaces.of_test(inputs, read_mapped(mapped), forward, inverse, seeds)
    columns = test.projection_columns(classes, spaces.perplexity, params.study.seed)
    datasets.write(projections, PROJECTIONS, [datasets.table(PROJECTIONS, columns)], "evaluate_spaces")
    validation = read_gallery(objects, nerf_embeddings, gt_embeddings, classes, "validation")
    views = Queries.of_objects(validation, params.study.seed)
    chosen_on = ConcatenatedSpace(
        views, validation, clip2nerf.outputs(forward, views.clip), nerf2clip.outputs(inverse, validation.nerf), seeds
    )
    rows, mcnemar = test.results(
        datasets.read(logits, LOGITS),
        neighbours=spaces.neighbours,
        alpha=chosen_on.best_alpha_of(spaces.alphas),
        ranks=params.retrieval.ranks,
    )
    results.write(rows, of_study("embedding_spaces"), params, {"mcnemar": mcnemar})


if __name__ == "__main__":
    run_stage(evaluate_spaces)
