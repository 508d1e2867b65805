"""Zero-shot accuracy of mapped NeRFs and of mean CLIP vectors of rendered views (Tables 4.1, 4.2 and 4.3)."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.writing import ResultFiles

TABLES = {"prompt_3d_model": "4.1", "prompt_photo": "4.2", "prompt_ensemble": "4.1 ensemble"}
METRIC = "zero_shot_accuracy"


def evaluate_zero_shot(
    *,
    objects: arguments.Objects,
    mapped: arguments.MappedVectors,
    prompts: arguments.PromptEmbeddings,
    rendered_embeddings: arguments.RenderedEmbeddings,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`; a template that isn't the study's gets a table of its own."""
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.embeddings.selection import originals, views_of
    from fieldlink.embeddings.view_embeddings import mean_sets
    from fieldlink.evaluation.results.tables import CellKey
    from fieldlink.evaluation.results.zero_shot import PromptClassification, templates_and_ensemble

    known = load(params)
    ours, views = (
        MappedVectors(datasets.read(mapped, MAPPED_EMBEDDINGS)),
        datasets.read(rendered_embeddings, IMAGE_EMBEDDINGS),
    )
    having = ours.ids("nerf"), views["owner_id"].to_pylist()
    test = originals(datasets.read(objects, OBJECTS), "test", *having, where=str(objects))
    ids, classes = test["object_id"].to_pylist(), test["class_name"].to_pylist()
    rendered = mean_sets({"clip": views_of(views, ids)}, known.zero_shot.views, known.study.seed)
    answers, titles = [], {}
    for template, texts in templates_and_ensemble(datasets.read(prompts, PROMPT_EMBEDDINGS)).items():
        naming, table = PromptClassification.of(ids, classes, texts), TABLES.get(template, f"4.1 {template}")
        titles[table] = f"nerf2clip, {template}"
        for variant, seeds in ours.variants.items():
            row, _, loss = variant.rpartition(" ")
            vectors = [ours.vectors(variant, seed, "nerf", ids) for seed in seeds]
            answers.append(naming.answers(CellKey(table, row, loss, METRIC), vectors, seeds))
        for row, means in rendered.items():
            answers.append(naming.answers(CellKey("4.3", row, template, METRIC), [means], [0]))
    results.write(answers, {**titles, "4.3": "rendered views"}, known)


if __name__ == "__main__":
    run_stage(evaluate_zero_shot)
