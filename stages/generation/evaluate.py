"""Measure generated views: likeness to what was asked, the class shown, variety, and PSNR and SSIM to the NeRFs."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.devices import precision
from fieldlink.core.params import load
from fieldlink.core.schemas import (
    CAPTION_EMBEDDINGS,
    GENERATED_VIEWS,
    IMAGE_EMBEDDINGS,
    OBJECTS,
    PHOTOS,
    PROMPT_EMBEDDINGS,
    RENDERED_VIEWS,
)
from fieldlink.evaluation.results.writing import ResultFiles

ITSELF = "the NeRF itself"


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
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the study's `results`; CLIP sees all renders on black, as it sees every picture of the study."""
    import numpy as np
    import pyarrow.compute as pc

    from fieldlink.clip import encoders
    from fieldlink.embeddings.selection import views_of
    from fieldlink.evaluation.results.zero_shot import ensemble
    from fieldlink.generation import picture_measures, row_results
    from fieldlink.generation.generated_views import Renders

    known, shown = load(params), datasets.read(generated, GENERATED_VIEWS)
    drawn, shots = (
        sorted(set(shown.filter(chosen)["owner_id"].to_pylist()))
        for chosen in (pc.field("kind") != "photo", pc.field("kind") == "photo")
    )
    views, said = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS), datasets.read(captions, CAPTION_EMBEDDINGS)
    of_objects = row_results.AskedItems.of(datasets.rows_with_ids(objects, OBJECTS, drawn))
    of_objects.vectors["view"] = drawn, views_of(views, drawn).queries(known.study.seed)
    of_objects.add("caption", said.filter(pc.field("object_id").isin(drawn)))
    of_photos = row_results.AskedItems.of(datasets.rows_with_ids(photos, PHOTOS, shots, ["photo_id", "class_name"]))
    of_photos.add("photo", datasets.rows_with_ids(photo_embeddings, IMAGE_EMBEDDINGS, shots))
    words = datasets.read(prompts, PROMPT_EMBEDDINGS)
    texts = ensemble(words["class_name"].to_pylist(), datasets.matrix(words["embedding"]))
    own = Renders.of_nerfs(datasets.rows_with_ids(rendered_views, RENDERED_VIEWS, drawn), shown)
    encoder, found, like = encoders.load(clip, known.runtime.device), [], {"psnr": {}, "ssim": {}}
    for row, renders in {**Renders.by_row(shown), ITSELF: own}.items():
        flat = list(renders.pictures.reshape(-1, *renders.pictures.shape[2:]))
        with precision(known.runtime.precision, known.runtime.device):
            seen = encoder.images(flat, known.clip.batch).reshape(*renders.pictures.shape[:2], -1)
        asked = of_photos if row.startswith("photo") else of_objects
        found += row_results.of_row(row, renders.ids, seen, asked, texts)
        if asked is of_objects and row != ITSELF:
            both = renders.pictures, own.some(renders.ids)
            for name, measure in (("psnr", picture_measures.psnr), ("ssim", picture_measures.ssim)):
                like[name][row] = round(float(np.mean(measure(*both))), 4)
    if shots:
        ids, vectors = of_photos.vectors.pop("photo")
        found += row_results.of_row("the photo itself", ids, vectors[:, None], of_photos, texts)
    results.write(found, {row_results.TABLE: "percent"}, known, extra=like)


if __name__ == "__main__":
    run_stage(evaluate_generation)
