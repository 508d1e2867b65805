"""Retrieval in other spaces of NeRFs than nf2vec's, and zero-shot from depth maps (the study's related work)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.writing import ResultFiles

PARTS = {"gt": ("synthetic", "recall_synthetic"), "photo": ("real", "recall_real")}
TITLES = {f"baselines {part}": part for part in ("neighbours", "synthetic", "real", "depth")}


def evaluate_baselines(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    spaces: arguments.SpaceEmbeddings,
    mapped: arguments.MappedVectors,
    nf2vec: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    depth_embeddings: Annotated[Path, Doc("Dataset of CLIP embeddings of depth views.")],
    zero_shot: Annotated[Path, Doc("Folder of mapped vectors of the zero-shot study.")],
    prompts: arguments.PromptEmbeddings,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`: `nf2vec` and every folder of `spaces` are `nerf_embeddings`, `mapped` as trained."""
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.embeddings.nerf_embeddings import baseline_folders
    from fieldlink.embeddings.selection import originals
    from fieldlink.evaluation.results import depth_zero_shot, retrieval_inputs, searches
    from fieldlink.evaluation.results.tables import CellKey

    known = load(params)
    classes = list(known.classes)
    folders = baseline_folders(spaces) | {"nf2vec": nf2vec}
    ranks, answers = known.retrieval.ranks, []
    for name, folder in folders.items():
        searched = retrieval_inputs.searched(objects, folder, gt_embeddings, classes)
        place = CellKey("baselines neighbours", name, "", "recall_nerf")
        answers += searches.answers(*searches.among_themselves(name, searched, max(ranks)), searched, ranks, place)
        vectors = {
            way: MappedVectors(datasets.read(mapped / name / way, MAPPED_EMBEDDINGS)) for way in searches.DIRECTIONS
        }
        for queries in retrieval_inputs.queries(searched, photos, photo_embeddings, classes, known.study.seed):
            part, metric = PARTS[queries.domain]
            for found in searches.by_mappers(queries, searched, vectors, max(ranks)):
                place = CellKey(f"baselines {part}", found.row, "", metric)
                answers += searches.answers(found, queries, searched, ranks, place)
    test = originals(datasets.read(objects, OBJECTS), "test", where=str(objects))
    depths, words = datasets.read(depth_embeddings, IMAGE_EMBEDDINGS), datasets.read(prompts, PROMPT_EMBEDDINGS)
    answers += depth_zero_shot.answers(test, depths, MappedVectors(datasets.read(zero_shot, MAPPED_EMBEDDINGS)), words)
    results.write(answers, TITLES, known)


if __name__ == "__main__":
    run_stage(evaluate_baselines)
