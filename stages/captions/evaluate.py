"""Retrieval of test NeRFs by text: by their captions and by the class prompts, in both directions (protocol 11)."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.writing import ResultFiles

if TYPE_CHECKING:
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.evaluation.results.searches import NerfGallery, Queries

TABLES = {"caption": "captions", "prompt": "prompts"}
METRIC = "text_retrieval"


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
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`. `mappers`: the retrieval study's, trained on pictures alone.

    `caption_mappers`: those trained on captions, which are asked with texts as they are; none if there are no captions.
    """
    from fieldlink.embeddings.selection import originals
    from fieldlink.evaluation.results import retrieval_inputs, searches, text_queries
    from fieldlink.evaluation.results.tables import CellKey

    known = load(params)
    classes, ranks = list(known.classes), known.retrieval.ranks
    searched = retrieval_inputs.searched(objects, nerf_embeddings, gt_embeddings, classes)
    words, said = datasets.read(prompts, PROMPT_EMBEDDINGS), datasets.read(captions, CAPTION_EMBEDDINGS)
    kinds = text_queries.of_captions(said, searched), text_queries.of_prompts(words, classes)
    plain = [queries for queries in kinds if queries.ids]  # not every source has captions
    views = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    seen, catalogue = views["owner_id"].to_pylist(), datasets.read(objects, OBJECTS)
    train = originals(catalogue, "train", seen, where=str(objects))["object_id"].to_pylist()
    shift = text_queries.gap(views, said if len(said) else words, train)
    shifted = [text_queries.shifted(queries, shift) for queries in plain]
    by_pictures, by_captions = _mapped(mappers, [*plain, *shifted], searched), _mapped(caption_mappers, plain, searched)
    answers = []
    for queries in (*plain, *shifted):
        kind, _, moved = queries.domain.partition(" ")
        nearest = list(searches.search(queries, searched, by_pictures, max(ranks)))
        if by_captions and not moved:
            nearest += searches.by_mappers(queries, searched, by_captions, max(ranks))
        for found in nearest:
            place = CellKey(TABLES[kind], f"{found.row} {moved}".strip(), "", METRIC)
            for measured in (searches.answers, searches.more_answers):
                answers += measured(found, queries, searched, ranks, place)
    results.write(answers, {table: table for table in TABLES.values()}, known)


def _mapped(mappers: Path, asked: "list[Queries]", searched: "NerfGallery") -> "Mapping[str, MappedVectors]":
    """By direction, the queries by clip2nerf and the objects by nerf2clip, of those there are below `mappers`."""
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.mapper import trained_mappers

    inputs = {
        "clip2nerf": {queries.domain: (queries.ids, queries.clip) for queries in asked},
        "nerf2clip": {"nerf": (searched.ids, searched.nerf)},
    }
    found = {}
    for way in sorted(path.name for path in mappers.iterdir()):
        tensors, config = saved_models.read_model(mappers / way)
        columns = trained_mappers.mapped(trained_mappers.names(config), tensors, inputs[way])
        found[way] = MappedVectors(datasets.table(MAPPED_EMBEDDINGS, columns))
    return found


if __name__ == "__main__":
    run_stage(evaluate_captions)
