"""Peak memory of every stage that streams, at 1, 4 and 16 times as many objects: run by tests/test_scale.py.

Everything is imported, and used once, before; each stage then runs in a child of its own, whose peak is what it needed
beyond what it was born with. Chunks and shards are of two objects, so that the smallest catalogue fills two.
"""

import importlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from children import peak_of
from parameters import written

from fieldlink.clip import small_clip
from fieldlink.core import digests, resume, saved_models
from fieldlink.core.params import ClipNetworkParams, load
from fieldlink.nerf import object_work
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.scenes import pictures
from fieldlink.scenes.importers.disn import METADATA
from stages.backbone import embed_images, embed_nerfs, fit_nerfs, prepare_scenes, render_nerfs, start_nerfs

BASE, TIMES, CHUNK = 4, (1, 4, 16), 2
VIEWS_EACH, PIXELS = 3, 200  # of noise, which does not compress: about 0.4 MB an object
CHANGES = {
    "runtime.workers": 1,
    "scenes.source": "disn",
    "scenes.views": VIEWS_EACH,
    "scenes.resolution": PIXELS,
    "scenes.copies": 0,
    "clip.batch": 3,
    "nerf.start.kind": "random",
    "nerf.field.encoding": "hash",
    "nerf.field.hash": {"levels": 2, "log2_table": 15, "features": 2, "coarsest": 32, "growth": 1.5},  # 0.5 MB
    "nerf.field.hidden_layers": 1,
    "nerf.fitting.steps": 2,
    "nerf.fitting.rays": 32,
    "nerf.fitting.samples": 4,
    "nerf.fitting.occupancy": 32,
    "nerf.fitting.gate": -100.0,
    "nerf.rendering.step": 0.3,
    "nf2vec.encoder": [8],
    "nf2vec.embedding": 8,
    "nf2vec.decoder": 8,
    "runtime.nerfs_at_once": 2,
}


def write_renders(folder: Path, objects: int) -> None:
    """Objects in the layout of ShapeNetRenders: small balls in noise."""
    across = np.linspace(-1, 1, PIXELS) ** 2
    ball = across[:, None] + across < 0.1**2
    for number in range(objects):
        random = np.random.default_rng(number)
        easy = folder / "image" / "02958343" / f"{number:03d}" / "easy"
        easy.mkdir(parents=True)
        lines = [f"[{120 * view}.0,25.0,0,0.8,35,32,1.75,0.0,0.0,0.0]," for view in range(VIEWS_EACH)]
        (easy / METADATA).write_text("\n".join(lines))
        for view in range(VIEWS_EACH):
            image = random.integers(0, 256, (PIXELS, PIXELS, 4), np.uint8)
            image[..., 3] = 255 * ball
            (easy / f"{view:02d}.png").write_bytes(pictures.encode(image))


def measured(folder: Path, objects: int) -> dict[str, tuple[int, int]]:
    """By stage: its peak, and the bytes of what it streams."""
    folder.mkdir()
    os.environ["FIELDLINK_SCRATCH"] = str(folder / "scratch")
    write_renders(folder / "renders", objects)
    params = written(folder / "params.yaml", CHANGES | {"scenes.folder": folder / "renders"})
    at = {name: folder / name for name in NAMES}
    study_params = load(params)
    clip = ClipNetworkParams(resolution=32, width=8, embedding=16, text_width=32, text_layers=1, context=16)
    small_clip.save(at["clip"], small_clip.build(clip, 0), clip)
    model = Nf2vecModel(study_params.nf2vec, study_params.nerf.field, 0)
    saved_models.write_model(at["nf2vec"], model.tensors, model.config)
    start_nerfs.start_nerfs(at["start"], params)
    folders = at["objects"], at["views"]
    stages = {
        "prepare_scenes": lambda: prepare_scenes.prepare_scenes(*folders, at["rejected"], params),
        "fit_nerfs": lambda: fit_nerfs.fit_nerfs(*folders, at["start"], at["nerfs"], at["unfitted"], params),
        "render_nerfs": lambda: render_nerfs.render_nerfs(*folders, at["nerfs"], at["rendered"], params),
        "embed_nerfs": lambda: embed_nerfs.embed_nerfs(at["nerfs"], at["nf2vec"], at["vectors"], params),
        "embed_images": lambda: embed_images.embed_images((at["views"],), at["clip"], at["embedded"], params),
    }
    peaks = {name: peak_of(stage) for name, stage in stages.items()}
    parts = {name: list(at[name].rglob("part-*.parquet")) for name in WRITTEN}
    rows = [sum(pq.read_metadata(part).num_rows for part in of) for of in parts.values()]
    assert rows == [objects * VIEWS_EACH, objects, objects * VIEWS_EACH, objects, objects * VIEWS_EACH]
    views, nerfs = (sum(part.stat().st_size for part in parts[name]) for name in ("views", "nerfs"))
    weights = {"render_nerfs": nerfs, "embed_nerfs": nerfs}
    return {name: (peak, weights.get(name, views)) for name, peak in peaks.items()}


WRITTEN = ("views", "nerfs", "rendered", "vectors", "embedded")
NAMES = [*WRITTEN, "objects", "rejected", "unfitted", "clip", "nf2vec", "start"]


if __name__ == "__main__":
    for work in ("clip.picture_work", "nerf.object_work", "nf2vec.embedding_work"):
        importlib.import_module(f"fieldlink.{work}")
    object_work.OBJECTS_AT_ONCE = embed_nerfs.CHUNK = embed_images.OBJECTS_PER_CHUNK = CHUNK
    digests.code_digest = lambda _: "this code"  # it is parsed in half a second each time
    resume.FinishedItems.tables.__defaults__ = (CHUNK, resume.MOST_BYTES)
    prepare_scenes.OBJECTS_PER_SHARD = render_nerfs.CHUNK = CHUNK
    measured(Path(sys.argv[1]) / "first", BASE)
    peaks_of_sizes = [measured(Path(sys.argv[1]) / str(times), BASE * times) for times in TIMES]
    print(json.dumps(peaks_of_sizes))
