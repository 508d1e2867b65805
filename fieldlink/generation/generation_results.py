"""All rows of the study's table, and PSNR and SSIM of generated views to renders of the NeRFs themselves."""

from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.core.progress import progress
from fieldlink.core.variants import Variant, parse
from fieldlink.evaluation.measures.class_prompts import ClassPrompts
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.generation.generated_views import Renders
from fieldlink.generation.generation_inputs import GenerationInputs
from fieldlink.generation.picture_measures import psnr, ssim
from fieldlink.generation.row_results import row_results

NERF_ITSELF, PHOTO_ITSELF = Variant(method="the NeRF itself").text, Variant(method="the photo itself").text
ClipOfPictures = Callable[[list[UInt8[np.ndarray, "height width 3"]]], Float[np.ndarray, "picture clip"]]


def generation_results(
    generated: Mapping[str, Renders],
    nerfs: Renders,
    *,
    objects: GenerationInputs,
    photos: GenerationInputs,
    prompts: ClassPrompts,
    embed: ClipOfPictures,
) -> tuple[list[QueryResults], dict[str, dict[str, float]]]:
    """Results of every row, and the mean likeness to the NeRFs' own renders by measure (psnr in dB, ssim) and row.

    `generated` are generated views by row. `nerfs` are renders of the NeRFs. `embed` is CLIP's image encoder.
    """
    results, likeness = list[QueryResults](), {"psnr": dict[str, float](), "ssim": dict[str, float]()}
    for row, renders in progress({**generated, NERF_ITSELF: nerfs}.items(), "evaluate_generation", "rows"):
        pictures = renders.pictures
        flat = embed(list(pictures.reshape(-1, *pictures.shape[2:])))
        inputs = photos if parse(row).generated_from == "photo" else objects
        results += row_results(row, renders.ids, flat.reshape(*pictures.shape[:2], -1), inputs, prompts)
        if inputs is objects and row != NERF_ITSELF:
            originals = nerfs.select(renders.ids)
            likeness["psnr"][row] = round(float(np.mean(psnr(pictures, originals))), 4)
            likeness["ssim"][row] = round(float(np.mean(ssim(pictures, originals))), 4)
    if photos.classes:
        ids, vectors = photos.vectors["photo"]
        without_likeness = GenerationInputs(photos.classes)  # a photo is its own input
        results += row_results(PHOTO_ITSELF, ids, vectors[:, None], without_likeness, prompts)
    return results, likeness
