"""Retrieval of test NeRFs by text: by their captions and by the class prompts, in both directions (protocol 11)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, IMAGE_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.result_files import ResultFiles


def evaluate_captions(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    captions: arguments.CaptionEmbeddings,
    prompts: arguments.PromptEmbeddings,
    mappers: arguments.MappersFolder,
    caption_mappers: Annotated[Path, Doc("Folder of mappers that are trained on captions.")],
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`. `mappers`: the retrieval study's, trained on pictures alone.

    `caption_mappers`: those trained on captions, which map texts as they are; none if there are no captions.
    """
    from fieldlink.embeddings.selection import EVALUATED
    from fieldlink.evaluation.results.retrieval_inputs import read_gallery
    from fieldlink.evaluation.results.text_retrieval import TextQueries, text_retrieval_results, vectors_to_map
    from fieldlink.evaluation.study_tables import of_study
    from fieldlink.mapper.mapped_evaluation_vectors import map_inputs

    params = load(params_file)
    classes, rows = list(params.classes), {}
    for split in EVALUATED:
        gallery = read_gallery(objects, nerf_embeddings, gt_embeddings, params, split)
        queries = TextQueries.of(
            gallery,
            captions=datasets.read(captions, CAPTION_EMBEDDINGS),
            prompts=datasets.read(prompts, PROMPT_EMBEDDINGS),
            views=datasets.read(gt_embeddings, IMAGE_EMBEDDINGS),
            objects=datasets.read(objects, OBJECTS),
            classes=classes,
            source=str(objects),
        )
        by_pictures = map_inputs(mappers, vectors_to_map([*queries.plain, *queries.shifted], gallery))
        by_captions = map_inputs(caption_mappers, vectors_to_map(queries.plain, gallery))
        rows[split] = text_retrieval_results(queries, gallery, by_pictures, by_captions, params.retrieval.ranks)
    results.write(rows, of_study("captions"), params)


if __name__ == "__main__":
    run_stage(evaluate_captions)
