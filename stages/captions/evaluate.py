"""Retrieval of test NeRFs by text: by their captions and by the class prompts, in both directions (protocol 11)."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes

from stages import datasets
from stages.params import load
from stages.results import Results
from stages.runtime import command
from stages.schemas import CAPTION_EMBEDDINGS, IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS

if TYPE_CHECKING:
    from stages.evaluation.mapped import Mapped
    from stages.evaluation.searches import Objects, Queries

TABLES = {"caption": "captions", "prompt": "prompts"}
METRIC = "text_retrieval"


def evaluate_captions(
    *,
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    captions: Path,
    prompts: Path,
    mappers: Path,
    caption_mappers: Path,
    results: Annotated[Results, OmitArgPrefixes],
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results`. `mappers`: the retrieval study's, trained on pictures alone.

    `caption_mappers`: those trained on captions, which are asked with texts as they are; none if there are no captions.
    """
    from stages import asked
    from stages.evaluation import searches, texts
    from stages.evaluation.subjects import originals
    from stages.evaluation.tables import Words

    known = load(params)
    classes, ranks = list(known.classes), known.retrieval.ranks
    searched = asked.searched(objects, nerf_embeddings, gt_embeddings, classes)
    words, said = datasets.read(prompts, PROMPT_EMBEDDINGS), datasets.read(captions, CAPTION_EMBEDDINGS)
    kinds = texts.of_captions(said, searched), texts.of_prompts(words, classes)
    plain = [queries for queries in kinds if queries.ids]  # not every source has captions
    views = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    seen, catalogue = views["owner_id"].to_pylist(), datasets.read(objects, OBJECTS)
    train = originals(catalogue, "train", seen, where=str(objects))["object_id"].to_pylist()
    shift = texts.gap(views, said if len(said) else words, train)
    shifted = [texts.shifted(queries, shift) for queries in plain]
    by_pictures, by_captions = _mapped(mappers, [*plain, *shifted], searched), _mapped(caption_mappers, plain, searched)
    answers = []
    for queries in (*plain, *shifted):
        kind, _, moved = queries.domain.partition(" ")
        nearest = list(searches.search(queries, searched, by_pictures, max(ranks)))
        if by_captions and not moved:
            nearest += searches.by_mappers(queries, searched, by_captions, max(ranks))
        for found in nearest:
            place = Words(TABLES[kind], f"{found.row} {moved}".strip(), "", METRIC)
            for measured in (searches.answers, searches.more_answers):
                answers += measured(found, queries, searched, ranks, place)
    results.write(answers, {table: table for table in TABLES.values()}, known)


def _mapped(mappers: Path, asked: "list[Queries]", searched: "Objects") -> "Mapping[str, Mapped]":
    """By direction, the queries by clip2nerf and the objects by nerf2clip, of those there are below `mappers`."""
    from stages.evaluation.mapped import Mapped
    from stages.mapper import kept

    inputs = {
        "clip2nerf": {queries.domain: (queries.ids, queries.clip) for queries in asked},
        "nerf2clip": {"nerf": (searched.ids, searched.nerf)},
    }
    found = {}
    for way in sorted(path.name for path in mappers.iterdir()):
        tensors, config = datasets.read_model(mappers / way)
        columns = kept.mapped(kept.names(config), tensors, inputs[way])
        found[way] = Mapped(datasets.table(MAPPED_EMBEDDINGS, columns))
    return found


if __name__ == "__main__":
    command(evaluate_captions)
