"""Zero-shot and retrieval with fine-tuned encoders, beside the original ones (Tables 4.11 and 4.12)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.writing import ResultFiles

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
    objects: arguments.Objects,
    photos: arguments.Photos,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    prompts: arguments.PromptEmbeddings,
    zero_shot_mappers: Annotated[Path, Doc("Folder of mappers of the zero-shot study.")],
    original: Annotated[Path, Doc("Folder of vectors that the retrieval study mapped.")],
    tuned: Annotated[Path, Doc("Folder of embeddings and mapped vectors of fine-tuned models.")],
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`.

    `original`, `tuned`: mapped vectors by direction, of the retrieval study's mappers and of fine-tuning; `tuned` also
    holds nerfs, the encoders' own vectors.
    """
    import pyarrow.compute as pc

    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.evaluation.results import retrieval_inputs
    from fieldlink.evaluation.results.searches import answers
    from fieldlink.evaluation.results.tables import CellKey
    from fieldlink.evaluation.results.zero_shot import PromptClassification, templates
    from fieldlink.finetuning import comparison

    known = load(params)
    classes, ranks = list(known.classes), known.retrieval.ranks
    given = objects, nerf_embeddings, gt_embeddings, classes
    validation, test = (retrieval_inputs.searched(*given, split) for split in ("validation", "test"))

    def read(folder: Path, *variants: str) -> MappedVectors:
        rows = datasets.read(folder, MAPPED_EMBEDDINGS)
        rows = rows.filter(pc.field("variant").isin(variants)) if variants else rows
        if not len(rows):
            raise InputError(f"{folder}: no {' or '.join(variants)}; retrieval.losses must hold cosine")
        return MappedVectors(rows)

    before = {"clip2nerf": read(original / "clip2nerf", ORIGINAL), "nerf2clip": read(original / "nerf2clip")}
    after = {name: read(tuned / name) for name in ("clip2nerf", "nerf2clip", "nerfs")}
    tensors, config = saved_models.read_model(zero_shot_mappers)
    candidates, found = comparison.originals(tensors, config["models"], validation.nerf, test.nerf), []
    if not candidates:
        raise InputError(f"{zero_shot_mappers}: no 'nerf2clip gt views=… cosine'; zero_shot.losses must hold cosine")
    named_of = [(each, [classes[i] for i in each.classes]) for each in (validation, test)]
    for template, texts in templates(datasets.read(prompts, PROMPT_EMBEDDINGS)).items():
        chosen_on, named = (PromptClassification.of(each.ids, names, texts) for each, names in named_of)
        place = CellKey("4.11a", BEST, template, "zero_shot_accuracy")
        found.append(comparison.best_original(candidates, chosen_on, named, place))
        for variant, seeds in after["nerf2clip"].variants.items():
            vectors = [after["nerf2clip"].vectors(variant, seed, "nerf", named.ids) for seed in seeds]
            found.append(named.answers(place._replace(row=variant), vectors, seeds))
    for queries in retrieval_inputs.queries(test, photos, photo_embeddings, classes, known.study.seed):
        parts, metric = PARTS[queries.domain]
        for table, each in comparison.compared(queries, test, before, after, max(ranks)):
            place = CellKey(table + parts[table], each.row, "", metric)
            found += answers(each, queries, test, ranks, place)
    results.write(found, TITLES, known)


if __name__ == "__main__":
    run_stage(evaluate_finetuning)
