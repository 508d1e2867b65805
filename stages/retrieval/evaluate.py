"""Retrieval of test NeRFs by views of other objects and by photos (Tables 4.4 and 4.5)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS, NEIGHBOURS
from fieldlink.evaluation.results.writing import ResultFiles

SETTINGS = {"gt": ("4.4", "recall_synthetic"), "photo": ("4.5", "recall_real")}
TITLES = {"4.4a": "synthetic", "4.4b": "synthetic", "4.5a": "real", "4.5b": "real"}
MORE = {"4.4 more": "more, synthetic", "4.5 more": "more, real"}
SHOWN = 10  # neighbours kept for galleries, and counted for hubness


def evaluate_retrieval(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mapped: arguments.MappedVectors,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    neighbours: Annotated[Path, Doc("Dataset of each query's nearest items to write.")],
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results` and the nearest items of every query; `mapped` as trained.

    Baselines (part b) search ground-truth CLIP vectors.
    """
    import pyarrow as pa

    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.evaluation.results import retrieval_inputs, searches
    from fieldlink.evaluation.results.tables import CellKey

    known = load(params)
    searched = retrieval_inputs.searched(objects, nerf_embeddings, gt_embeddings, list(known.classes))
    vectors = {name: MappedVectors(datasets.read(mapped / name, MAPPED_EMBEDDINGS)) for name in searches.DIRECTIONS}
    answers, more, nearest, hubs = [], [], [], {"synthetic": {}, "real": {}}
    for queries in retrieval_inputs.queries(searched, photos, photo_embeddings, list(known.classes), known.study.seed):
        number, metric = SETTINGS[queries.domain]
        for found in searches.search(queries, searched, vectors, max(*known.retrieval.ranks, SHOWN)):
            nearest.append(datasets.table(NEIGHBOURS, searches.columns(found, queries, searched, SHOWN)))
            place = CellKey(f"{number}{found.part}", found.row, "", metric)
            answers += searches.answers(found, queries, searched, known.retrieval.ranks, place)
            place = CellKey(f"{number} more", found.row, "", metric.replace("recall", "retrieval"))
            more += searches.more_answers(found, queries, searched, known.retrieval.ranks, place)
            hubs[TITLES[f"{number}a"]][found.row] = round(searches.hubs(found, searched, SHOWN), 4)
    results.write([*answers, *more], TITLES | MORE, known, extra={"hubness": hubs})
    rows = pa.concat_tables(nearest).sort_by([(name, "ascending") for name in NEIGHBOURS.key])
    datasets.write(neighbours, NEIGHBOURS, [rows], "evaluate_retrieval")


if __name__ == "__main__":
    run_stage(evaluate_retrieval)
