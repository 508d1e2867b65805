"""Zero-shot accuracy of mapped NeRFs and of mean CLIP vectors of rendered views (Tables 4.1, 4.2 and 4.3)."""

from pathlib import Path
from typing import Annotated

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.result_files import ResultFiles


def evaluate_zero_shot(
    *,
    objects: arguments.Objects,
    mapped: arguments.MappedVectorsFolder,
    prompts: arguments.PromptEmbeddings,
    rendered_embeddings: arguments.RenderedEmbeddings,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`; a template that isn't the study's gets a table of its own."""
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.embeddings.selection import EVALUATED, originals, views_of
    from fieldlink.evaluation.results import zero_shot_results
    from fieldlink.evaluation.study_tables import of_template, study_table

    params, mapped_nerfs = load(params_file), MappedVectors(datasets.read(mapped, MAPPED_EMBEDDINGS))
    views = datasets.read(rendered_embeddings, IMAGE_EMBEDDINGS)
    required_ids = [mapped_nerfs.ids("nerf"), views["owner_id"].to_pylist()]
    catalogue, rows = datasets.read(objects, OBJECTS), {}
    templates = zero_shot_results.prompts_and_ensemble(datasets.read(prompts, PROMPT_EMBEDDINGS))
    for split in EVALUATED:
        of_split = originals(catalogue, split, required_ids=required_ids, source=str(objects))
        ids, classes = of_split["object_id"].to_pylist(), of_split["class_name"].to_pylist()
        means = zero_shot_results.clip_means(views_of(views, ids), params.zero_shot.views, params.study.seed)
        rows[split] = zero_shot_results.split_results(ids, classes, mapped_nerfs, means, templates)
    results.write(rows, [*map(of_template, templates), study_table("4.3")], params)


if __name__ == "__main__":
    run_stage(evaluate_zero_shot)
