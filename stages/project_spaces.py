"""t-SNE of the test NeRFs' vectors and of their images in CLIP's space (Figure 4.1)."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command, seed_of
from stages.schemas import MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PROJECTIONS


def project_spaces(
    *, objects: Path, nerf_embeddings: Path, mapped: Path, out: Path, params: Path = Path("params.yaml")
) -> None:
    """Write dataset `projections`. `mapped`: nerf2clip's vectors of the test NeRFs; its first seed is drawn."""
    import numpy as np

    from stages.evaluation.mapped import Mapped
    from stages.evaluation.projection import projected
    from stages.evaluation.subjects import only, originals

    known = load(params)
    ours = Mapped(datasets.read(mapped, MAPPED_EMBEDDINGS))
    nerfs = datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    test = originals(datasets.read(objects, OBJECTS), "test", nerfs["object_id"].to_pylist(), ours.ids("nerf"))
    ids, variant = test["object_id"].to_pylist(), f"nerf2clip {known.embedding_spaces.nerf2clip}"
    spaces = {
        "nerf_embedding": datasets.matrix(only(nerfs, "object_id", ids)["embedding"]),
        "clip_embedding": ours.vectors(variant, known.mapper.seeds[0], "nerf", ids),
    }
    seeds = {space: seed_of(known.study.seed, "projection", space) for space in spaces}
    places = np.concatenate(
        [projected(vectors, known.embedding_spaces.perplexity, seeds[space]) for space, vectors in spaces.items()]
    )
    columns = {
        "space": [space for space in spaces for _ in ids],
        "object_id": ids * len(spaces),
        "x": places[:, 0],
        "y": places[:, 1],
        "class_name": test["class_name"].to_pylist() * len(spaces),
    }
    datasets.write(out, PROJECTIONS, [datasets.table(PROJECTIONS, columns)], "project_spaces")


if __name__ == "__main__":
    command(project_spaces)
