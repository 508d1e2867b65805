"""Retrieval of test NeRFs by text: by their captions and by the class prompts, in both directions (protocol 11)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from stages import datasets
from stages.params import load
from stages.results import Results
from stages.runtime import command
from stages.schemas import (
    CAPTION_EMBEDDINGS,
    IMAGE_EMBEDDINGS,
    MAPPED_EMBEDDINGS,
    NERF_EMBEDDINGS,
    OBJECTS,
    PROMPT_EMBEDDINGS,
)

TABLES = {"caption": "captions", "prompt": "prompts"}
TITLES = {"captions": "captions", "prompts": "prompts"}
METRIC = "text_retrieval"


def evaluate_captions(
    *,
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    captions: Path,
    prompts: Path,
    mappers: Path,
    mapped: Path,
    results: Annotated[Results, OmitArgPrefixes],
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results`. `mappers` and `mapped` are the retrieval study's: trained on pictures alone."""
    from stages.evaluation import searches, texts
    from stages.evaluation.mapped import Mapped
    from stages.evaluation.subjects import only, originals
    from stages.evaluation.tables import Words
    from stages.mapper import records

    known, catalogue = load(params), datasets.read(objects, OBJECTS)
    nerfs, views = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    having, classes = (nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()), list(known.classes)
    searched = searches.Objects.of(originals(catalogue, "test", *having), nerfs, views, classes)
    words, said = datasets.read(prompts, PROMPT_EMBEDDINGS), datasets.read(captions, CAPTION_EMBEDDINGS)
    kinds = [texts.of_captions(said, searched), texts.of_prompts(words, classes)]
    plain = [queries for queries in kinds if queries.ids]  # not every source has captions
    train = originals(catalogue, "train", *having)["object_id"].to_pylist()
    learnt = only(said, "object_id", train) if len(plain) == len(kinds) else words
    pictures = datasets.matrix(only(views, "owner_id", train)["embedding"])
    shift = texts.gap(pictures, datasets.matrix(learnt["embedding"]))
    asked = {queries.domain: queries for each in plain for queries in (each, texts.shifted(each, shift))}
    tensors, config = datasets.read_model(mappers / "clip2nerf")
    inputs = {domain: (queries.ids, queries.clip) for domain, queries in asked.items()}
    columns = records.mapped_by(records.names(config), tensors, inputs)
    vectors = {
        "clip2nerf": Mapped(datasets.table(MAPPED_EMBEDDINGS, columns)),
        "nerf2clip": Mapped(datasets.read(mapped / "nerf2clip", MAPPED_EMBEDDINGS)),
    }
    answers = []
    for domain, queries in asked.items():
        kind, _, moved = domain.partition(" ")
        for found in searches.search(queries, searched, vectors, max(known.retrieval.ranks)):
            place = Words(TABLES[kind], f"{found.row} {moved}".strip(), "", METRIC)
            for measured in (searches.answers, searches.more_answers):
                answers += measured(found, queries, searched, known.retrieval.ranks, place)
    results.write(answers, TITLES, known)


if __name__ == "__main__":
    command(evaluate_captions)
