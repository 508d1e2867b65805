"""Measure generated views: likeness to their inputs, the class shown, variety, and PSNR and SSIM to the NeRFs."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
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
    """Write the study's `results`; CLIP sees all renders on black, as it sees every picture of the study."""
    from fieldlink.clip import encoders
    from fieldlink.embeddings.selection import only, views_of
    from fieldlink.evaluation.results.zero_shot_results import prompt_ensemble
    from fieldlink.evaluation.study_tables import of_study
    from fieldlink.generation.generated_views import Renders
    from fieldlink.generation.generation_results import generation_results
    from fieldlink.generation.row_results import GenerationInputs

    params, views = load(params_file), datasets.read(generated, schemas.GENERATED_VIEWS)
    object_ids, photo_ids = Renders.owners(views)
    of_objects = GenerationInputs.of(datasets.rows_with_ids(objects, schemas.OBJECTS, object_ids))
    gt_views = views_of(datasets.read(gt_embeddings, schemas.IMAGE_EMBEDDINGS), object_ids)
    of_objects.vectors["view"] = object_ids, gt_views.queries(params.study.seed)
    caption_rows = datasets.read(captions, schemas.CAPTION_EMBEDDINGS)
    of_objects.add("caption", only(caption_rows, "object_id", object_ids))
    photo_rows = datasets.rows_with_ids(photos, schemas.PHOTOS, photo_ids, ["photo_id", "class_name"])
    of_photos = GenerationInputs.of(photo_rows)
    of_photos.add("photo", datasets.rows_with_ids(photo_embeddings, schemas.IMAGE_EMBEDDINGS, photo_ids))
    nerf_views = datasets.rows_with_ids(rendered_views, schemas.RENDERED_VIEWS, object_ids)
    with encoders.loaded_encoder(clip, params.runtime) as encoder:
        rows, likeness = generation_results(
            Renders.by_row(views),
            Renders.of_nerfs(nerf_views, views),
            objects=of_objects,
            photos=of_photos,
            prompts=prompt_ensemble(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS)),
            embed=lambda pictures: encoder.images(pictures, params.clip.batch),
        )
    results.write(rows, of_study("generation"), params, likeness)


if __name__ == "__main__":
    run_stage(evaluate_generation)
