"""Retrieval in other spaces of NeRFs than nf2vec's, and zero-shot from depth maps (the study's related work)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from stages import datasets
from stages.params import load
from stages.results import Results
from stages.runtime import command
from stages.schemas import (
    IMAGE_EMBEDDINGS,
    MAPPED_EMBEDDINGS,
    NERF_EMBEDDINGS,
    OBJECTS,
    PHOTOS,
    PROMPT_EMBEDDINGS,
)

METRICS = {"gt": "recall_synthetic", "photo": "recall_real"}
TITLES = {"baselines": "other embeddings", "baselines depth": "depth maps"}


def evaluate_baselines(
    *,
    objects: Path,
    photos: Path,
    spaces: Path,
    mapped: Path,
    nf2vec: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    depth_embeddings: Path,
    zero_shot: Path,
    prompts: Path,
    results: Annotated[Results, OmitArgPrefixes],
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results`: a folder of `spaces` is a set of `nerf_embeddings`, of `mapped` its mappers'."""
    from stages.evaluation import depth, searches
    from stages.evaluation.mapped import Mapped
    from stages.evaluation.subjects import originals
    from stages.evaluation.tables import Words

    known, names = load(params), sorted(path.name for path in spaces.iterdir() if path.is_dir())
    views = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    nerfs = {name: datasets.read(spaces / name, NERF_EMBEDDINGS) for name in names}
    nerfs["nf2vec"] = datasets.read(nf2vec, NERF_EMBEDDINGS)
    having = [rows["object_id"].to_pylist() for rows in nerfs.values()]
    catalogue, classes, ranks = datasets.read(objects, OBJECTS), list(known.classes), known.retrieval.ranks
    test = originals(catalogue, "test", *having, views["owner_id"].to_pylist())
    shots = datasets.read(photos, PHOTOS, ["photo_id", "class_name"]), datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    answers = []
    for name, rows in nerfs.items():
        searched = searches.Objects.of(test, rows, views, classes)
        asked = searches.Queries.of_objects(searched, known.study.seed), searches.Queries.of_photos(*shots, classes)
        place = Words("baselines", name, "", "recall_nerf")
        answers += searches.answers(*searches.among_themselves(name, searched, max(ranks)), searched, ranks, place)
        if name not in names:
            continue  # nf2vec's mappers have tables of their own
        vectors = {way: Mapped(datasets.read(mapped / name / way, MAPPED_EMBEDDINGS)) for way in searches.DIRECTIONS}
        for queries in asked:
            for found in searches.search(queries, searched, vectors, max(ranks), baselines=False):
                place = Words("baselines", f"{name} {found.row}", "", METRICS[queries.domain])
                answers += searches.answers(found, queries, searched, ranks, place)
    depths, words = datasets.read(depth_embeddings, IMAGE_EMBEDDINGS), datasets.read(prompts, PROMPT_EMBEDDINGS)
    answers += depth.answers(test, depths, Mapped(datasets.read(zero_shot, MAPPED_EMBEDDINGS)), words)
    results.write(answers, TITLES, known)


if __name__ == "__main__":
    command(evaluate_baselines)
