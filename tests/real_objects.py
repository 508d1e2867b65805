"""How far the models of a finished study get on real objects: writes fieldlink/search/real_objects.yaml.

`python tests/real_objects.py --study FOLDER --collection FOLDER` takes the real meshes and photos that tests use
(FIELDLINK_REAL), folders `meshes/<class>` and `photos/<class>`. The meshes become a collection, which is kept. Numbers
are percentages. The class from weights is the mean over the mapper's training seeds; photos find NeRFs by seed 0.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

import fieldlink
from fieldlink.evaluation.measures.cosines import cosines
from fieldlink.search import classification
from fieldlink.search.finished_study import Study
from fieldlink.search.query_encoders import four_views
from fieldlink.search.real_objects import FILE

ROOT = Path(__file__).resolve().parent.parent


def measured(study: Study, collection: Path, real: Path) -> dict[str, object]:
    """All that the file holds."""
    added = study.add(real / "meshes", collection)
    mine = fieldlink.open(study.folder, collection)
    names, labels = classification.label_vectors(study.models, None)
    sources, root = (mine.collection.paths_of(name)["source"] for name in mine.ids), (real / "meshes").resolve()
    truth = [Path(source).relative_to(root).parts[0] for source in sources]
    mapper = study.spaces.mappers.mapper(study.spaces.naming_mapper)
    weights = [
        percent(mapper.apply(mine.collection.nerf_vectors, seed), labels, names, truth) for seed in mapper.space.seeds
    ]
    four = [study.models.pictures(list(four_views(study.models, mine.nerf(name)))).mean(0) for name in mine.ids]
    views, _ = mine.collection.view_vectors
    photos = sorted(path for path in (real / "photos").glob("*/*") if path.suffix == ".jpg")
    of_photos = [study.query(image=path) for path in photos]
    photo_truth = [path.parent.name for path in photos]
    vectors = np.stack([query.clip for query in of_photos])
    first_classes = [study.search(query=query, split="test", k=1).rows[0].class_name for query in of_photos]
    return {
        "study": {"commit": study.origin.commit, "params": study.origin.params, "clip": study.origin.clip},
        "meshes": {
            "objects": len(mine.ids),
            "set_aside": len(added.rejected),
            "classes": len(names),
            "mapper": mapper.space.name,
            "class_from_weights": round(float(np.mean(weights)), 1),
            "class_by_clip_on_four_rendered_views": percent(np.stack(four), labels, names, truth),
            "class_by_clip_on_all_views_of_the_mesh": percent(views.means_of_all(), labels, names, truth),
        },
        "photos": {
            "pictures": len(photos),
            "class_by_clip": percent(vectors, labels, names, photo_truth),
            "first_nerf_of_its_class": share(first_classes, photo_truth),
            "by": study.spaces.default_for("image"),
        },
    }


def percent(vectors: np.ndarray, labels: np.ndarray, names: list[str], truth: list[str]) -> float:
    """How many of some vectors are nearest to the label of their class."""
    return share([names[index] for index in cosines(vectors, labels).argmax(axis=1)], truth)


def share(said: list[str], truth: list[str]) -> float:
    return round(100 * float(np.mean(np.equal(said, truth))), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=ROOT)
    parser.add_argument("--collection", type=Path, default=ROOT / "datasets" / "real")
    arguments = parser.parse_args()
    real = Path(os.environ.get("FIELDLINK_REAL", ROOT.parent / "shared" / "real"))
    values = measured(fieldlink.open(arguments.study), arguments.collection, real)
    with FILE.open("w", encoding="utf-8") as file:
        file.write("# All real meshes and photos; written by tests/real_objects.py.\n")
        YAML().dump(values, file)


if __name__ == "__main__":
    main()
