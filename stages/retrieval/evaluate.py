"""Retrieval of test NeRFs by views of other objects and by photos (Tables 4.4 and 4.5)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NEIGHBOURS
from fieldlink.evaluation.results.result_files import ResultFiles


def evaluate_retrieval(
    *,
    objects: Path,
    photos: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    mapped: Path,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    neighbours: Path,
    params_file: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results` and the nearest items of every query; `mapped` as trained.

    Baselines (part b) search ground-truth CLIP vectors.
    """
    from fieldlink.evaluation.results.retrieval_inputs import read_mapped, read_queries_and_gallery
    from fieldlink.evaluation.results.retrieval_study import RetrievalStudy
    from fieldlink.evaluation.study_tables import of_study

    params = load(params_file)
    inputs = read_queries_and_gallery(
        objects=objects,
        nerf_embeddings=nerf_embeddings,
        gt_embeddings=gt_embeddings,
        photos=photos,
        photo_embeddings=photo_embeddings,
        classes=list(params.classes),
        study_seed=params.study.seed,
    )
    study = RetrievalStudy.of(inputs, read_mapped(mapped), params.retrieval.ranks)
    results.write(study.results, of_study("retrieval"), params, {"hubness": study.hubness})
    datasets.write(neighbours, NEIGHBOURS, [study.neighbours], "evaluate_retrieval")


if __name__ == "__main__":
    run_stage(evaluate_retrieval)
