"""Zero-shot and retrieval with fine-tuned encoders, beside the original ones (Tables 4.11 and 4.12)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles


def evaluate_finetuning(
    *,
    files: Annotated[RetrievalFiles, OmitArgPrefixes],
    prompts: arguments.PromptEmbeddings,
    zero_shot_mappers: Annotated[Path, Doc("Folder of mappers of the zero-shot study.")],
    original: Annotated[Path, Doc("Folder of vectors that the retrieval study mapped.")],
    tuned: Annotated[Path, Doc("Folder of embeddings and mapped vectors of fine-tuned models.")],
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`.

    `original`, `tuned`: mapped vectors by direction, of the retrieval study's mappers and of fine-tuning; `tuned` also
    holds nerfs, the encoders' own vectors.
    """
    from fieldlink.evaluation.results.zero_shot_results import prompts_by_template
    from fieldlink.evaluation.study_tables import of_study
    from fieldlink.finetuning import comparison

    params = load(params_file)
    classes = list(params.classes)
    templates = prompts_by_template(datasets.read(prompts, PROMPT_EMBEDDINGS))
    originals, finetuned = comparison.read_original(original), comparison.read_tuned(tuned)
    inputs, rows = files.read(params), {}
    galleries = {split: of_split.gallery for split, of_split in inputs.items()}
    tensors, config = saved_models.read_model(zero_shot_mappers)
    candidates = comparison.original_candidates(tensors, config["models"], galleries, str(zero_shot_mappers))
    for split, of_split in inputs.items():
        rows[split] = []
        for template, class_prompts in templates.items():
            tasks = {name: comparison.classification(galleries[name], classes, class_prompts) for name in inputs}
            rows[split] += comparison.zero_shot_comparison(candidates, tasks, split, finetuned["nerf2clip"], template)
        for queries in of_split.domains:
            rows[split] += comparison.retrieval_comparison(
                queries, of_split.gallery, originals, finetuned, params.retrieval.ranks
            )
    results.write(rows, of_study("finetuning"), params)


if __name__ == "__main__":
    run_stage(evaluate_finetuning)
