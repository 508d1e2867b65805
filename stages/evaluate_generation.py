"""Measure generated views: likeness to what was asked, the class they show, and PSNR to the object's own NeRF."""

from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes

from stages import datasets
from stages.params import load
from stages.results import Results
from stages.runtime import command, precision
from stages.schemas import (
    CAPTION_EMBEDDINGS,
    GENERATED_VIEWS,
    IMAGE_EMBEDDINGS,
    OBJECTS,
    PROMPT_EMBEDDINGS,
    RENDERED_VIEWS,
)

TABLE, ITSELF = "generation", "the NeRF itself"


def evaluate_generation(
    *,
    objects: Path,
    generated: Path,
    rendered_views: Path,
    gt_embeddings: Path,
    captions: Path,
    prompts: Path,
    clip: Path,
    results: Annotated[Results, OmitArgPrefixes],
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's `results`; CLIP sees all renders on black, as it sees every picture of the study."""
    import numpy as np

    from stages.clip import encoders
    from stages.evaluation.subjects import labels, only, views_of
    from stages.evaluation.tables import Answers, Words
    from stages.evaluation.zero_shot import ensemble, similarities
    from stages.generation import measures
    from stages.generation.rows import Renders

    known, shown = load(params), datasets.read(generated, GENERATED_VIEWS)
    ids = sorted(set(shown["object_id"].to_pylist()))
    own = Renders.of_nerfs(datasets.rows_of(rendered_views, RENDERED_VIEWS, ids), shown)
    catalogue, images = datasets.read(objects, OBJECTS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    said = only(datasets.read(captions, CAPTION_EMBEDDINGS), "object_id", ids)
    asked = {"view": (ids, views_of(images, ids).queries(known.study.seed))}
    if len(said):
        asked["caption"] = (said["object_id"].to_pylist(), datasets.matrix(said["embedding"]))
    words = datasets.read(prompts, PROMPT_EMBEDDINGS)
    names, texts = ensemble(words["class_name"].to_pylist(), datasets.matrix(words["embedding"]))
    classes = labels(only(catalogue, "object_id", ids)["class_name"].to_pylist(), names, str(prompts))
    encoder, answers, psnr = encoders.load(clip, known.runtime.device), [], {}
    for row, renders in {**Renders.by_row(shown), ITSELF: own}.items():
        flat = renders.pictures.reshape(-1, *renders.pictures.shape[2:])
        with precision(known.runtime.precision, known.runtime.device):
            seen = encoder.images(list(flat), known.clip.batch).reshape(*renders.pictures.shape[:2], -1)
        places = [ids.index(name) for name in renders.ids]
        named = similarities(seen.mean(1), texts)
        right = named.argmax(1) == classes[places]
        answers.append(Answers.of(Words(TABLE, row, "class", TABLE), right[None], [0], renders.ids, [named]))
        for what, (owners, vectors) in asked.items():
            both = [name for name in renders.ids if name in owners]
            taken = seen[[renders.ids.index(name) for name in both]]
            alike = measures.likeness(taken, vectors[[owners.index(name) for name in both]])
            place = Words(TABLE, row, f"CLIP cosine with {what}", TABLE)
            answers.append(Answers.of(place, alike[None], [0], both, [alike]))
        if row != ITSELF:
            wanted = own.pictures[[own.ids.index(name) for name in renders.ids]]
            psnr[row] = round(float(np.mean(measures.psnr(renders.pictures, wanted))), 2)
    results.write(answers, {TABLE: "percent"}, known, extra={"psnr": psnr})


if __name__ == "__main__":
    command(evaluate_generation)
