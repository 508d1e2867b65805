"""Zero-shot and retrieval with fine-tuned encoders, beside the original ones (Tables 4.11 and 4.12)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
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
    inputs = files.read(params)
    validation = files.read_gallery(params, "validation")
    before, after = comparison.read_original(original), comparison.read_tuned(tuned)
    tensors, config = saved_models.read_model(zero_shot_mappers)
    candidates = comparison.original_candidates(
        tensors, config["models"], validation.nerf, inputs.gallery.nerf, str(zero_shot_mappers)
    )
    rows = []
    for template, class_prompts in prompts_by_template(datasets.read(prompts, PROMPT_EMBEDDINGS)).items():
        chosen_on = comparison.classification(validation, classes, class_prompts)
        tested = comparison.classification(inputs.gallery, classes, class_prompts)
        rows += comparison.zero_shot_comparison(candidates, chosen_on, tested, after["nerf2clip"], template)
    for queries in inputs.domains:
        rows += comparison.retrieval_comparison(queries, inputs.gallery, before, after, params.retrieval.ranks)
    results.write(rows, of_study("finetuning"), params)


if __name__ == "__main__":
    run_stage(evaluate_finetuning)
