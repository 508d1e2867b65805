"""Zero-shot and retrieval with fine-tuned encoders, beside the original ones (Tables 4.11 and 4.12)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from stages import datasets
from stages.errors import InputError
from stages.params import load
from stages.results import Results
from stages.runtime import command
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PHOTOS, PROMPT_EMBEDDINGS

PARTS = {  # of tables and their metric, by the queries' domain
    "gt": ({"4.11": "b", "4.12": "a"}, "recall_synthetic"),
    "photo": ({"4.11": "c", "4.12": "b"}, "recall_real"),
}
TITLES = {
    "4.11a": "zero-shot",
    "4.11b": "inverse, synthetic",
    "4.11c": "inverse, real",
    "4.12a": "forward, synthetic",
    "4.12b": "forward, real",
}
ORIGINAL, BEST = "clip2nerf cosine", "nerf2clip cosine (original best views)"


def evaluate_finetuning(
    *,
    objects: Path,
    photos: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    prompts: Path,
    zero_shot_mappers: Path,
    original: Path,
    tuned: Path,
    results: Annotated[Results, OmitArgPrefixes],
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results`.

    `original`, `tuned`: mapped vectors by direction, of the retrieval study's mappers and of fine-tuning; `tuned` also
    holds nerfs, the encoders' own vectors.
    """
    import pyarrow.compute as pc

    from stages.evaluation.mapped import Mapped
    from stages.evaluation.searches import Objects, Queries, answers
    from stages.evaluation.subjects import only, originals
    from stages.evaluation.tables import Words
    from stages.evaluation.zero_shot import Naming
    from stages.finetuning import comparison

    known = load(params)
    catalogue, nerfs = datasets.read(objects, OBJECTS), datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    views, words = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS), datasets.read(prompts, PROMPT_EMBEDDINGS)
    having = nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()
    validation, test = (originals(catalogue, split, *having) for split in ("validation", "test"))

    def read(folder: Path, *variants: str) -> Mapped:
        rows = datasets.read(folder, MAPPED_EMBEDDINGS)
        rows = rows.filter(pc.field("variant").isin(variants)) if variants else rows
        if not len(rows):
            raise InputError(f"{folder}: no {' or '.join(variants)}; retrieval.losses must hold cosine")
        return Mapped(rows)

    before = {"clip2nerf": read(original / "clip2nerf", ORIGINAL), "nerf2clip": read(original / "nerf2clip")}
    after = {name: read(tuned / name) for name in ("clip2nerf", "nerf2clip", "nerfs")}
    tensors, config = datasets.read_model(zero_shot_mappers)
    vectors = [
        datasets.matrix(only(nerfs, "object_id", rows["object_id"].to_pylist())["embedding"])
        for rows in (validation, test)
    ]
    candidates, found = comparison.originals(tensors, config["models"], *vectors), []
    if not candidates:
        raise InputError(f"{zero_shot_mappers}: no 'nerf2clip gt views=… cosine'; zero_shot.losses must hold cosine")
    for template in dict.fromkeys(words["template"].to_pylist()):
        own = words.filter(pc.field("template") == template)
        place, named = Words("4.11a", BEST, template, "zero_shot_accuracy"), Naming.of(test, own)
        found.append(comparison.best_original(candidates, Naming.of(validation, own), named, place))
        for variant, seeds in after["nerf2clip"].variants.items():
            vectors = [after["nerf2clip"].vectors(variant, seed, "nerf", named.ids) for seed in seeds]
            found.append(named.answers(place._replace(row=variant), vectors, seeds))
    classes, ranks = list(known.classes), known.retrieval.ranks
    searched = Objects.of(test, nerfs, views, classes)
    shots = datasets.read(photos, PHOTOS, ["photo_id", "class_name"]), datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    for queries in (Queries.of_objects(searched, known.study.seed), Queries.of_photos(*shots, classes)):
        parts, metric = PARTS[queries.domain]
        for table, each in comparison.compared(queries, searched, before, after, max(ranks)):
            place = Words(table + parts[table], each.row, "", metric)
            found += answers(each, queries, searched, ranks, place)
    results.write(found, TITLES, known)


if __name__ == "__main__":
    command(evaluate_finetuning)
