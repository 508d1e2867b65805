"""Measure generated views: likeness to what was asked, the class shown, variety, and PSNR and SSIM to the NeRFs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes

from stages import datasets
from stages.params import load
from stages.results import Results
from stages.runtime import command
from stages.schemas import (
    CAPTION_EMBEDDINGS,
    GENERATED_VIEWS,
    IMAGE_EMBEDDINGS,
    OBJECTS,
    PHOTOS,
    PROMPT_EMBEDDINGS,
    RENDERED_VIEWS,
)

if TYPE_CHECKING:
    import pyarrow as pa

ITSELF = "the NeRF itself"


def evaluate_generation(
    *,
    objects: Path,
    photos: Path,
    generated: Path,
    rendered_views: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    captions: Path,
    prompts: Path,
    clip: Path,
    results: Annotated[Results, OmitArgPrefixes],
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results`; CLIP sees all renders on black, as it sees every picture of the study."""
    import numpy as np
    import pyarrow.compute as pc

    from stages.clip.encoders import Encoder
    from stages.evaluation.subjects import only, views_of
    from stages.evaluation.zero_shot import Naming, ensemble
    from stages.generation import answers, measures
    from stages.generation.rows import Renders

    known, shown = load(params), datasets.read(generated, GENERATED_VIEWS)
    catalogue, taken = datasets.read(objects, OBJECTS), datasets.read(photos, PHOTOS, ["photo_id", "class_name"])
    images, shots = (datasets.read(folder, IMAGE_EMBEDDINGS) for folder in (gt_embeddings, photo_embeddings))
    ids, of_photos = (
        sorted(set(shown.filter(chosen)["owner_id"].to_pylist()))
        for chosen in (pc.field("kind") != "photo", pc.field("kind") == "photo")
    )
    said = only(datasets.read(captions, CAPTION_EMBEDDINGS), "object_id", ids)
    asked = {
        "view": (ids, views_of(images, ids).queries(known.study.seed)),
        "caption": (said["object_id"].to_pylist(), datasets.matrix(said["embedding"])),
    }
    asked_photos = {"photo": (of_photos, datasets.matrix(only(shots, "owner_id", of_photos)["embedding"]))}
    words = datasets.read(prompts, PROMPT_EMBEDDINGS)
    texts = ensemble(words["class_name"].to_pylist(), datasets.matrix(words["embedding"]))

    def naming(rows: "pa.Table", key: str, some: list[str]) -> Naming:
        """By the prompts' ensemble."""
        return Naming.of(some, only(rows, key, some)["class_name"].to_pylist(), texts)

    own = Renders.of_nerfs(datasets.rows_of(rendered_views, RENDERED_VIEWS, ids), shown)
    encoder, found, like = Encoder.load(clip, known.runtime.device), [], {"psnr": {}, "ssim": {}}
    for row, renders in {**Renders.by_row(shown), ITSELF: own}.items():
        flat = list(renders.pictures.reshape(-1, *renders.pictures.shape[2:]))
        seen = encoder.images(flat, known.clip.batch).reshape(*renders.pictures.shape[:2], -1)
        if row.startswith("photo"):
            found += answers.of_row(row, naming(taken, "photo_id", renders.ids), seen, asked_photos)
            continue
        found += answers.of_row(row, naming(catalogue, "object_id", renders.ids), seen, asked)
        if row != ITSELF:
            both = renders.pictures, own.some(renders.ids)
            for name, measure in (("psnr", measures.psnr), ("ssim", measures.ssim)):
                like[name][row] = round(float(np.mean(measure(*both))), 4)
    if of_photos:
        seen = asked_photos["photo"][1][:, None]
        found += answers.of_row("the photo itself", naming(taken, "photo_id", of_photos), seen, {})
    results.write(found, {answers.TABLE: "percent"}, known, extra=like)


if __name__ == "__main__":
    command(evaluate_generation)
