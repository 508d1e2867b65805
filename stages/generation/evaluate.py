"""Measure generated views: likeness to their inputs, the class shown, variety, and PSNR and SSIM to the NeRFs."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.flag_style import OmitArgPrefixes
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, schemas
from fieldlink.core.params import load
from fieldlink.evaluation.results.result_files import ResultFiles


def evaluate_generation(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    generated: Annotated[Path, Doc("Dataset of generated views.")],
    rendered_views: arguments.RenderedViews,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    captions: arguments.CaptionEmbeddings,
    prompts: arguments.PromptEmbeddings,
    clip: arguments.ClipModel,
    results: Annotated[ResultFiles, OmitArgPrefixes],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`; CLIP embeds all renders on black, like every picture of the study."""
    from fieldlink.clip import encoders
    from fieldlink.embeddings.selection import EVALUATED
    from fieldlink.evaluation.results.zero_shot_results import prompt_ensemble
    from fieldlink.evaluation.study_tables import of_study
    from fieldlink.generation import generation_inputs
    from fieldlink.generation.generated_views import Renders
    from fieldlink.generation.generation_results import generation_results

    params, views = load(params_file), datasets.read(generated, schemas.GENERATED_VIEWS)
    class_prompts, rows, likeness = prompt_ensemble(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS)), {}, {}
    with encoders.loaded_encoder(clip, params.runtime) as encoder:
        for split in EVALUATED:
            of_split = generation_inputs.of_split(views, split, objects, photos)
            object_ids, photo_ids = Renders.owners(of_split)
            nerf_views = datasets.rows_with_ids(rendered_views, schemas.RENDERED_VIEWS, object_ids)
            rows[split], likeness[split] = generation_results(
                Renders.by_row(of_split),
                Renders.of_nerfs(nerf_views, of_split),
                objects=generation_inputs.read_object_inputs(
                    objects, gt_embeddings, captions, object_ids, params.study.seed
                ),
                photos=generation_inputs.read_photo_inputs(photos, photo_embeddings, photo_ids),
                prompts=class_prompts,
                embed=lambda pictures: encoder.images(pictures, params.clip.batch),
            )
    results.write(rows, of_study("generation"), params, likeness["test"])


if __name__ == "__main__":
    run_stage(evaluate_generation)
