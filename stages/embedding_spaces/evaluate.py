"""Compare and join the NeRFs' space and CLIP's (Figure 4.1 as numbers, Tables 4.6 and 4.7)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import LOGITS, MAPPED_EMBEDDINGS, PROJECTIONS
from fieldlink.evaluation.results.writing import ResultFiles

SETTINGS = {"gt": ("concat synthetic", "recall_synthetic"), "photo": ("concat real", "recall_real")}
TITLES = {"fig4.1": "spaces", "4.6": "heads", "4.7": "joined space"}


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
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`, and `projections` of the test NeRFs in both spaces.

    `mappers` and `mapped` as the retrieval study trained them, `logits` of the heads.
    The weight of the joined space's parts is chosen on views of validation objects, for views and photos alike.
    """
    import numpy as np

    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.evaluation.measures import projection
    from fieldlink.evaluation.results import (
        concatenated_space,
        head_accuracy,
        retrieval_inputs,
        searches,
        space_measures,
    )
    from fieldlink.evaluation.results.tables import CellKey
    from fieldlink.mapper.trained_mappers import TrainedMappers

    known = load(params)
    classes, seed = list(known.classes), known.study.seed
    given = objects, nerf_embeddings, gt_embeddings, classes
    test, validation = (retrieval_inputs.searched(*given, split) for split in ("test", "validation"))
    vectors = {name: MappedVectors(datasets.read(mapped / name, MAPPED_EMBEDDINGS)) for name in searches.DIRECTIONS}
    forward, inverse = (
        TrainedMappers.of(saved_models.read_model(mappers / name), str(mappers), "retrieval.losses")
        for name in searches.DIRECTIONS
    )
    f, g = f"clip2nerf {known.embedding_spaces.clip2nerf}", f"nerf2clip {known.embedding_spaces.nerf2clip}"
    seeds = inverse.seeds(g)
    gallery = np.stack([vectors["nerf2clip"].vectors(g, own, "nerf", test.ids) for own in seeds])

    compared = {"nerf_embedding": test.nerf[None], "clip_embedding": gallery}
    drawn = {space: of[0] for space, of in compared.items()}  # of the first seed
    names = [classes[label] for label in test.classes]
    places = projection.columns(drawn, test.ids, names, known.embedding_spaces.perplexity, seed)
    datasets.write(projections, PROJECTIONS, [datasets.table(PROJECTIONS, places)], "evaluate_spaces")

    answers = space_measures.answers(compared, test.classes, test.ids, seeds, known.embedding_spaces.neighbours)
    single = head_accuracy.of_rows(datasets.read(logits, LOGITS), test.ids, seeds)
    both = {**single, "ensemble": head_accuracy.ensemble(single)}
    answers += head_accuracy.answers(both, test.classes, test.ids, seeds)
    tested = head_accuracy.against_the_better(both, "ensemble", test.classes, seeds)
    queries = searches.Queries.of_objects(validation, seed)
    chosen_on = queries, validation, forward.outputs(f, queries.clip), inverse.outputs(g, validation.nerf), seeds
    alpha = concatenated_space.ConcatenatedSpace.of(*chosen_on).best_alpha(
        np.linspace(0, 1, known.embedding_spaces.alphas).round(4).tolist()
    )
    for queries in retrieval_inputs.queries(test, photos, photo_embeddings, classes, seed):
        questions = np.stack([vectors["clip2nerf"].vectors(f, own, queries.domain, queries.ids) for own in seeds])
        row, metric = SETTINGS[queries.domain]
        space = concatenated_space.ConcatenatedSpace.of(queries, test, questions, gallery, seeds)
        answers += concatenated_space.answers(space, alpha, known.retrieval.ranks, CellKey("4.7", row, "", metric))
    results.write(answers, TITLES, known, {"mcnemar": tested})


if __name__ == "__main__":
    run_stage(evaluate_spaces)
