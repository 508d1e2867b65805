"""Retrieval of test NeRFs by text: by their captions and by the class prompts, in both directions (protocol 11)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.result_files import ResultFiles

if TYPE_CHECKING:
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.evaluation.results.nerf_gallery import NerfGallery
    from fieldlink.evaluation.results.queries import Queries


def evaluate_captions(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    captions: arguments.CaptionEmbeddings,
    prompts: arguments.PromptEmbeddings,
    mappers: arguments.Mappers,
    caption_mappers: Annotated[Path, Doc("Folder of mappers that are trained on captions.")],
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`. `mappers`: the retrieval study's, trained on pictures alone.

    `caption_mappers`: those trained on captions, which are asked with texts as they are; none if there are no captions.
    """
    from fieldlink.evaluation.results.retrieval_inputs import read_gallery
    from fieldlink.evaluation.results.text_retrieval import TextQueries, text_retrieval_results
    from fieldlink.evaluation.study_tables import of_study

    params = load(params_file)
    classes = list(params.classes)
    gallery = read_gallery(objects, nerf_embeddings, gt_embeddings, classes)
    queries = TextQueries.of(
        gallery,
        captions=datasets.read(captions, CAPTION_EMBEDDINGS),
        prompts=datasets.read(prompts, PROMPT_EMBEDDINGS),
        views=datasets.read(gt_embeddings, IMAGE_EMBEDDINGS),
        objects=datasets.read(objects, OBJECTS),
        classes=classes,
        where=str(objects),
    )
    by_pictures = _mapped(mappers, [*queries.plain, *queries.shifted], gallery)
    by_captions = _mapped(caption_mappers, queries.plain, gallery)
    rows = text_retrieval_results(queries, gallery, by_pictures, by_captions, params.retrieval.ranks)
    results.write(rows, of_study("captions"), params)


def _mapped(mappers: Path, queries: "Sequence[Queries]", gallery: "NerfGallery") -> "dict[str, MappedVectors]":
    """By direction, the vectors of queries and gallery, of those mappers there are below the folder."""
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.mapper import trained_mappers

    inputs = {
        "clip2nerf": {kind.mapped_domain: (kind.ids, kind.clip) for kind in queries},
        "nerf2clip": {"nerf": (gallery.ids, gallery.nerf)},
    }
    mapped = {}
    for direction in sorted(path.name for path in mappers.iterdir()):
        tensors, config = saved_models.read_model(mappers / direction)
        columns = trained_mappers.mapped_columns(tensors, config, inputs[direction])
        mapped[direction] = MappedVectors(datasets.table(MAPPED_EMBEDDINGS, columns))
    return mapped


if __name__ == "__main__":
    run_stage(evaluate_captions)
