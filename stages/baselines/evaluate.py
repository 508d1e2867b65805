"""Retrieval in other spaces of NeRFs than nf2vec's, and zero-shot from depth maps (the study's related work)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.result_files import ResultFiles


def evaluate_baselines(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    spaces: arguments.SpaceEmbeddings,
    mapped: arguments.MappedVectorsFolder,
    nf2vec: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    depth_embeddings: Annotated[Path, Doc("Dataset of CLIP embeddings of depth views.")],
    zero_shot: Annotated[Path, Doc("Folder of mapped vectors of the zero-shot study.")],
    prompts: arguments.PromptEmbeddings,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`. `nf2vec` and every folder of `spaces` are `nerf_embeddings`.

    `mapped`: for each space a folder per direction, written by the study's apply stage.
    """
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.embeddings.nerf_embeddings import SPACES, space_folders
    from fieldlink.embeddings.selection import EVALUATED, originals
    from fieldlink.evaluation.results.depth_map_results import depth_map_results
    from fieldlink.evaluation.results.query_results import QueryResults
    from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles, read_mapped
    from fieldlink.evaluation.results.space_retrieval import space_retrieval_results
    from fieldlink.evaluation.study_tables import of_study

    params, rows = load(params_file), {split: list[QueryResults]() for split in EVALUATED}
    for space in SPACES:
        files = RetrievalFiles(objects, space_folders(nf2vec, spaces)[space], gt_embeddings, photos, photo_embeddings)
        for split, inputs in files.read(params).items():
            rows[split] += space_retrieval_results(space, inputs, read_mapped(mapped / space), params.retrieval.ranks)
    depths, prompt_rows = datasets.read(depth_embeddings, IMAGE_EMBEDDINGS), datasets.read(prompts, PROMPT_EMBEDDINGS)
    nerfs = MappedVectors(datasets.read(zero_shot, MAPPED_EMBEDDINGS))
    for split in EVALUATED:
        of_split = originals(datasets.read(objects, OBJECTS), split, source=str(objects))
        rows[split] += depth_map_results(of_split, depths, nerfs, prompt_rows)
    results.write(rows, of_study("baselines"), params)


if __name__ == "__main__":
    run_stage(evaluate_baselines)
