"""Zero-shot accuracy of mapped NeRFs and of mean CLIP vectors of rendered views (Tables 4.1, 4.2 and 4.3)."""

import json
from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS

TABLES = {"prompt_3d_model": "4.1", "prompt_photo": "4.2"}
METRIC = "zero_shot_accuracy"
TITLES = {"4.1": "nerf2clip, prompt_3d_model", "4.2": "nerf2clip, prompt_photo", "4.3": "rendered views"}


def evaluate_zero_shot(
    *,
    objects: Path,
    mapped: Path,
    prompts: Path,
    rendered_embeddings: Path,
    table: Path,
    metrics: Path,
    published: Path = Path("reports/published/tables.csv"),
    params: Path = Path("params.yaml"),
) -> None:
    """Write the study's table (CSV) and metrics (JSON); `published` only decides the order of rows."""
    import numpy as np
    import pyarrow.compute as pc

    from stages.evaluation import tables
    from stages.evaluation.mapped import Mapped
    from stages.evaluation.subjects import labels, originals, views_of
    from stages.evaluation.views import mean_sets
    from stages.evaluation.zero_shot import correct

    known = load(params)
    ours, views = Mapped(datasets.read(mapped, MAPPED_EMBEDDINGS)), datasets.read(rendered_embeddings, IMAGE_EMBEDDINGS)
    test = originals(datasets.read(objects, OBJECTS), "test", ours.ids("nerf"), views["owner_id"].to_pylist())
    ids, classes = test["object_id"].to_pylist(), test["class_name"].to_pylist()
    rendered = mean_sets({"clip": views_of(views, ids)}, known.zero_shot.views, known.study.seed)
    words, how = datasets.read(prompts, PROMPT_EMBEDDINGS), (known.intervals, known.study.seed)
    cells = []
    for template in dict.fromkeys(words["template"].to_pylist()):
        own = words.filter(pc.field("template") == template)
        texts, asked = datasets.matrix(own["embedding"]), labels(classes, own["class_name"].to_pylist(), str(prompts))
        for variant, seeds in ours.variants.items() if template in TABLES else ():
            hits = [correct(ours.vectors(variant, seed, "nerf", ids), texts, asked) for seed in seeds]
            row, _, loss = variant.rpartition(" ")
            cells.append(tables.Cell.of((TABLES[template], row, loss, METRIC), np.stack(hits), *how))
        for row, means in rendered.items():
            cells.append(tables.Cell.of(("4.3", row, template, METRIC), correct(means, texts, asked)[None], *how))
    cells = tables.in_published_order(cells, published.read_text(encoding="utf-8"))
    datasets.write_text(table, tables.csv_text(cells))
    datasets.write_text(metrics, json.dumps(tables.metrics(cells, TITLES), indent=2) + "\n")


if __name__ == "__main__":
    command(evaluate_zero_shot)
