"""Compare and join the NeRFs' space and CLIP's (Figure 4.1 as numbers, Tables 4.6 and 4.7)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from stages import datasets
from stages.params import load
from stages.results import Results
from stages.runtime import command
from stages.schemas import IMAGE_EMBEDDINGS, LOGITS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PHOTOS

SETTINGS = {"gt": ("concat synthetic", "recall_synthetic"), "photo": ("concat real", "recall_real")}
TITLES = {"fig4.1": "spaces", "4.6": "heads", "4.7": "joined space"}
DIRECTIONS = ("clip2nerf", "nerf2clip")


def evaluate_spaces(
    *,
    objects: Path,
    photos: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    mappers: Path,
    mapped: Path,
    logits: Path,
    results: Annotated[Results, OmitArgPrefixes],
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results`. `mappers` and `mapped` as the retrieval study trained them, `logits` of the heads.

    The weight of the joined space's parts is chosen on views of validation objects, for views and photos alike.
    """
    import numpy as np

    from stages.evaluation import heads, joined, searches, spaces
    from stages.evaluation.mapped import Mapped
    from stages.evaluation.subjects import originals
    from stages.evaluation.tables import Words
    from stages.mapper.kept import Kept

    known = load(params)
    classes, seed = list(known.classes), known.study.seed
    nerfs, views = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    catalogue, having = datasets.read(objects, OBJECTS), (nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist())
    test, validation = (
        searches.Objects.of(originals(catalogue, split, *having), nerfs, views, classes)
        for split in ("test", "validation")
    )
    shots = datasets.read(photos, PHOTOS, ["photo_id", "class_name"]), datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    asked = searches.Queries.of_objects(test, seed), searches.Queries.of_photos(*shots, classes)
    vectors = {name: Mapped(datasets.read(mapped / name, MAPPED_EMBEDDINGS)) for name in DIRECTIONS}
    forward, inverse = (Kept.of(*datasets.read_model(mappers / name)) for name in DIRECTIONS)
    f, g = f"clip2nerf {known.embedding_spaces.clip2nerf}", f"nerf2clip {known.embedding_spaces.nerf2clip}"
    seeds = inverse.seeds(g)
    gallery = np.stack([vectors["nerf2clip"].vectors(g, own, "nerf", test.ids) for own in seeds])

    compared = {"nerf_embedding": test.nerf[None], "clip_embedding": gallery}
    answers = spaces.answers(compared, test.classes, test.ids, seeds, known.embedding_spaces.neighbours)
    single = heads.of_rows(datasets.read(logits, LOGITS), test.ids, seeds)
    both = {**single, "ensemble": heads.ensemble(single)}
    answers += heads.answers(both, test.classes, test.ids, seeds)
    tested = heads.against_the_better(both, "ensemble", test.classes, seeds)
    queries = searches.Queries.of_objects(validation, seed)
    chosen_on = queries, validation, forward.outputs(f, queries.clip), inverse.outputs(g, validation.nerf), seeds
    alpha = joined.Joined.of(*chosen_on).best_alpha(np.linspace(0, 1, known.embedding_spaces.alphas).round(4).tolist())
    for queries in asked:
        questions = np.stack([vectors["clip2nerf"].vectors(f, own, queries.domain, queries.ids) for own in seeds])
        row, metric = SETTINGS[queries.domain]
        space = joined.Joined.of(queries, test, questions, gallery, seeds)
        answers += joined.answers(space, alpha, known.retrieval.ranks, Words("4.7", row, "", metric))
    results.write(answers, TITLES, known, {"mcnemar": tested})


if __name__ == "__main__":
    command(evaluate_spaces)
