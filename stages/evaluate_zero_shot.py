"""Zero-shot accuracy of mapped NeRFs and of mean CLIP vectors of rendered views (Tables 4.1, 4.2 and 4.3)."""

import json
from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS

TABLES = {"prompt_3d_model": "4.1", "prompt_photo": "4.2"}
TITLES = {"4.1": "nerf2clip, prompt_3d_model", "4.2": "nerf2clip, prompt_photo", "4.3": "rendered views"}


def evaluate_zero_shot(
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

    from stages.evaluation import tables
    from stages.evaluation.mapped import Mapped
    from stages.evaluation.subjects import labels, originals, views_of
    from stages.evaluation.views import names
    from stages.evaluation.zero_shot import correct

    known = load(params)
    ours, views = Mapped(datasets.read(mapped, MAPPED_EMBEDDINGS)), datasets.read(rendered_embeddings, IMAGE_EMBEDDINGS)
    test = originals(datasets.read(objects, OBJECTS), "test", ours.ids("nerf"), views["owner_id"].to_pylist())
    ids, rendered = test["object_id"].to_pylist(), views_of(views, test["object_id"].to_pylist())
    counts = names(known.zero_shot.views, views["view"].to_numpy().max() + 1)
    words, how = datasets.read(prompts, PROMPT_EMBEDDINGS), (known.intervals, known.study.seed)
    cells = []
    for template in dict.fromkeys(words["template"].to_pylist()):
        own = words.filter(np.equal(words["template"].to_pylist(), template))
        texts = datasets.matrix(own["embedding"])
        classes = labels(test["class_name"].to_pylist(), own["class_name"].to_pylist(), str(prompts))
        for variant in ours.variants if template in TABLES else ():
            hits = [correct(ours.vectors(variant, seed, "nerf", ids), texts, classes) for seed in ours.seeds(variant)]
            row, loss = variant.rsplit(" ", 1)
            place = (TABLES[template], row, loss, "zero_shot_accuracy")
            cells.append(tables.Cell.of(place, np.stack(hits), *how))
        for name, count in counts.items():
            hits = correct(rendered.means(count, known.study.seed), texts, classes)
            cells.append(tables.Cell.of(("4.3", f"clip views={name}", template, "zero_shot_accuracy"), hits[None], *how))
    cells = tables.in_published_order(cells, published.read_text(encoding="utf-8"))
    datasets.write_text(table, tables.csv_text(cells))
    datasets.write_text(metrics, json.dumps(tables.metrics(cells, TITLES), indent=2) + "\n")


if __name__ == "__main__":
    command(evaluate_zero_shot)
