"""Retrieval with mappers that saw augmented copies, and with batches of many sizes (Tables 4.9 and 4.10)."""

import re
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS
from fieldlink.evaluation.results.writing import ResultFiles

SETTINGS = {"gt": ("a", "recall_synthetic"), "photo": ("b", "recall_real")}
SWEPT = "nerf2clip siglip"  # the mapper whose batches Table 4.10 varies
TITLES = {
    "4.9a": "augmented, synthetic",
    "4.9b": "augmented, real",
    "4.10a": "batches, synthetic",
    "4.10b": "batches, real",
}


def evaluate_augmented(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mappers: arguments.Mappers,
    mapped: arguments.MappedVectors,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`; `mappers` and `mapped` as trained. A row's setting is the batch really used."""
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.evaluation.results import retrieval_inputs, searches
    from fieldlink.evaluation.results.tables import CellKey

    known = load(params)
    searched = retrieval_inputs.searched(objects, nerf_embeddings, gt_embeddings, list(known.classes))
    configs = [saved_models.read_model(folder)[1] for folder in sorted(mappers.iterdir())]
    batch = {config["models"][0]["variant"]: config["batch"] for config in configs}
    vectors = {name: MappedVectors(datasets.read(mapped / name, MAPPED_EMBEDDINGS)) for name in searches.DIRECTIONS}
    ranks, answers = known.retrieval.ranks, []
    for queries in retrieval_inputs.queries(searched, photos, photo_embeddings, list(known.classes), known.study.seed):
        part, metric = SETTINGS[queries.domain]
        found = searches.by_mappers(queries, searched, vectors, max(ranks))
        for each in sorted(found, key=lambda each: _batch(each.row, known.mapper.batch)):
            for table, row in _places(each.row, known.mapper.batch, known.augmented.batches):
                place = CellKey(f"{table}{part}", row, "", metric)
                answers += searches.answers(each, queries, searched, ranks, place, setting=f"batch {batch[each.row]}")
    results.write(answers, TITLES, known)


def _places(run: str, batch: int, batches: tuple[int, ...]) -> list[tuple[str, str]]:
    """Tables and rows that a run fills: Table 4.10 repeats the row of Table 4.9 whose batch it asks for too."""
    if "batch=" in run:
        return [("4.10", run)]
    repeated = run.startswith(SWEPT) and batch in batches
    return [("4.9", run), *([("4.10", run.replace(SWEPT, f"{SWEPT} batch={batch}"))] if repeated else [])]


def _batch(run: str, otherwise: int) -> int:
    """The batch in a run's name."""
    asked = re.search(r"batch=(\d+)", run)
    return int(asked[1]) if asked else otherwise


if __name__ == "__main__":
    run_stage(evaluate_augmented)
