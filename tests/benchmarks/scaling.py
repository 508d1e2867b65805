"""What bench_scaling measures: a script, because children that are forked want a parent of a single thread."""

import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from children import child
from parameters import DEFAULT, written

from fieldlink.clip import small_clip
from fieldlink.core import digests, saved_models
from fieldlink.core.params import Params, load
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.nearest_neighbours import Gallery
from fieldlink.nerf import field, object_work
from fieldlink.nf2vec.model import Nf2vecModel
from stages.backbone import embed_images, embed_nerfs, fit_nerfs, prepare_scenes, render_nerfs, train_nf2vec

CLASSES = ("chair", "lamp")
MODULES = (  # imported before the clock starts
    "fieldlink.clip.picture_work",
    "fieldlink.nerf.object_work",
    "fieldlink.nf2vec.embedding_work",
    "fieldlink.nf2vec.nf2vec_training",
    "fieldlink.scenes.object_tasks",
)
BASE, TIMES = 8, (1, 2, 4, 8)  # objects, half of each class
SEARCHED = 4000  # vectors of the exact search, at the base
CHUNK = 4  # objects of a shard, so that memory is that of several at every size
CHANGES = {
    "runtime.workers": 1,
    "scenes.copies": 0,
    "scenes.split": {"train": 2, "validation": 1, "test": 1},
    "nerf.start.kind": "random",
    "nerf.fitting.gate": -100.0,
    "nf2vec.training.steps": 50,
    "nf2vec.training.validate_every": 50,
}


def stage_calls(at: Path, file: Path, params: Params) -> dict[str, Callable[[], object]]:
    """Stages in their order, each reading what those before it wrote below `at`."""
    clip = params.clip.network
    small_clip.save(at / "clip", small_clip.build(clip, 0), clip)
    model = Nf2vecModel(params.nf2vec, params.nerf.field, 0)
    saved_models.write_model(at / "nf2vec", model.tensors, model.config)
    saved_models.write_model(at / "start", {"weights": field.xavier(params.nerf.field, 0).numpy()}, {})
    folders = at / "objects", at / "views"
    return {
        "prepare_scenes": lambda: prepare_scenes.prepare_scenes(*folders, at / "rejected", file),
        "fit_nerfs": lambda: fit_nerfs.fit_nerfs(*folders, at / "start", at / "nerfs", at / "unfitted", file),
        "render_nerfs": lambda: render_nerfs.render_nerfs(*folders, at / "nerfs", at / "rendered", file),
        "embed_images": lambda: embed_images.embed_images((at / "views",), at / "clip", at / "seen", file),
        "embed_nerfs": lambda: embed_nerfs.embed_nerfs(at / "nerfs", at / "nf2vec", at / "vectors", file),
        "train_nf2vec": lambda: train_nf2vec.train_nf2vec(
            at / "objects", at / "nerfs", at / "views", at / "new", at / "curves", file
        ),
    }


def search(count: int) -> np.ndarray:
    """As many queries as items."""
    vectors = np.random.default_rng(0).standard_normal((count, 256), np.float32)
    return fast_neighbours(vectors, np.arange(count), Gallery.of_objects(vectors), 10).item


def measured(folder: Path, times: int, views: int) -> dict[str, tuple[float, int]]:
    """Seconds and peak bytes of every stage at so many times `BASE` objects."""
    folder.mkdir()
    os.environ["FIELDLINK_SCRATCH"] = str(folder / "scratch")
    classes = {name: load(DEFAULT).classes[name].model_dump() for name in CLASSES}
    sizes = {"classes": classes, "scenes.objects_per_class": BASE * times // 2, "scenes.views": views}
    file = written(folder / "params.yaml", CHANGES | sizes)
    seconds_by_stage = {name: child(stage_call) for name, stage_call in stage_calls(folder, file, load(file)).items()}
    return seconds_by_stage | {"exact search": child(lambda: search(SEARCHED * times))}


if __name__ == "__main__":
    for module in MODULES:
        importlib.import_module(module)
    object_work.OBJECTS_AT_ONCE = render_nerfs.CHUNK = embed_images.OBJECTS_PER_CHUNK = CHUNK
    digests.code_digest = lambda _: "this code"  # parsed in half a second each time
    rounds, views = int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps([measured(Path(sys.argv[1]) / str(times), times, views) for times in TIMES[:rounds]]))
