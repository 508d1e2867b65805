"""Retrieval of test NeRFs by photos, with mappers that also learnt from translated views (Table 4.8)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS
from fieldlink.evaluation.results.writing import ResultFiles

TABLE = "4.8"


def evaluate_syn2real(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    mapped: arguments.MappedVectors,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`; `mapped` as trained. The gallery is that of Table 4.5."""
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.evaluation.results import retrieval_inputs, searches
    from fieldlink.evaluation.results.tables import CellKey

    known = load(params)
    searched = retrieval_inputs.searched(objects, nerf_embeddings, gt_embeddings, list(known.classes))
    _, queries = retrieval_inputs.queries(searched, photos, photo_embeddings, list(known.classes), known.study.seed)
    vectors = {name: MappedVectors(datasets.read(mapped / name, MAPPED_EMBEDDINGS)) for name in searches.DIRECTIONS}
    answers = []
    for found in searches.by_mappers(queries, searched, vectors, max(known.retrieval.ranks)):
        place = CellKey(TABLE, found.row, "", "recall_real")
        setting = f"translator {known.syn2real.translator}" if found.row.endswith("syn2real") else ""
        answers += searches.answers(found, queries, searched, known.retrieval.ranks, place, setting=setting)
    results.write(answers, {TABLE: "real"}, known)


if __name__ == "__main__":
    run_stage(evaluate_syn2real)
