"""CLIP embeddings of pictures.

The baseline embeds one picture at a time as open_clip's README does: PIL opens the PNG, open_clip's own preprocess,
`encode_image` of a batch of one under `torch.inference_mode`, with all threads. Ours is what embed_images does with two
workers: the same PNGs in batches. Both composite on black. The default study's small CLIP has random weights here, as
has ViT-B-32, which is timed beside it: the time doesn't hang on them.
"""

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import open_clip
import pyarrow as pa
import pytest
import torch
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image

from benchmarks import scenes
from benchmarks.measuring import in_warm_workers, interleaved, keep
from fieldlink.clip import model_folders, picture_work, small_clip
from fieldlink.clip.picture_work import PictureEmbeddingTask
from fieldlink.core.devices import timed_run
from fieldlink.core.params import Params
from fieldlink.scenes import views

pytestmark = pytest.mark.bench


def baseline(folder: Path, rows: pa.Table, device: str = "cpu") -> np.ndarray:
    """One picture after the other."""
    model, preprocess = opened(folder)
    model = model.to(device)
    embedded_rows = []
    with torch.inference_mode():
        for png in rows["image"].to_pylist():
            picture = Image.open(io.BytesIO(png)).convert("RGBA")
            black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
            pixels = preprocess(Image.alpha_composite(black, picture).convert("RGB"))
            embedded_rows.append(model.encode_image(pixels[None].to(device))[0].cpu().numpy())
    return np.stack(embedded_rows)


_OPENED: dict = {}


def opened(folder: Path) -> tuple:
    """Model and preprocess, read once; ours keeps its own likewise."""
    if folder not in _OPENED:
        model = model_folders.load(folder)[0].eval()
        _OPENED[folder] = model, image_transform_v2(PreprocessCfg(**model.visual.preprocess_cfg), is_train=False)
    return _OPENED[folder]


def embedded(job: PictureEmbeddingTask) -> np.ndarray:
    return np.asarray(picture_work.embed_pictures(job).columns["embedding"])


def job(folder: Path, rows: pa.Table, params: Params) -> PictureEmbeddingTask:
    return PictureEmbeddingTask(rows, "object_id", "gt", folder, "this one", params.clip.batch, params.runtime)


def ours(whole: PictureEmbeddingTask) -> tuple[float, np.ndarray]:
    """Seconds, and embeddings: in two workers with half of the pictures each."""
    half = len(whole.rows) // 2
    parts = [replace(whole, rows=part) for part in (whole.rows.slice(0, half), whole.rows.slice(half))]
    seconds, embedded_rows = in_warm_workers(embedded, parts, replace(whole, rows=whole.rows.slice(0, 4)), 2)
    return seconds, np.concatenate(embedded_rows)


def compared(folder: Path, rows: pa.Table, params: Params, repetitions: int) -> tuple[dict[str, list[float]], float]:
    """Seconds a picture of both, and the largest distance 1 - cosine between their embeddings."""
    baseline(folder, rows.slice(0, 4))
    ways = {
        "baseline": lambda: timed_run(lambda: baseline(folder, rows)),
        "ours": lambda: ours(job(folder, rows, params)),
    }
    rounds = interleaved(ways, repetitions)
    a, b = (
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in (rounds[side][0][1] for side in ways)
    )
    return {side: [took / len(rows) for took, _ in runs] for side, runs in rounds.items()}, float(
        (1 - (a * b).sum(1)).max()
    )


def test_embed_images(params: Params, out: Path, quick: bool):
    torch.set_num_threads(os.cpu_count() or 1)
    objects = scenes.of_catalogue(1 if quick else 32, params)
    columns = views.joined([views.columns(name, seen) for name, seen in objects.items()])
    rows = pa.table({"object_id": columns["object_id"], "view": columns["view"], "image": columns["image"]})
    rows = rows.slice(0, 16) if quick else rows
    network = params.clip.network
    small_clip.save(out / "small", small_clip.build(network, 0), network)
    seconds, distance = compared(out / "small", rows, params, 1 if quick else 5)
    also, remarks = {}, []
    if not quick:
        large, few = out / "ViT-B-32", rows.slice(0, 32)
        model = open_clip.create_model("ViT-B-32")
        description, preprocessing = open_clip.get_model_config("ViT-B-32"), model.visual.preprocess_cfg
        model_folders.save(large, model, description, preprocessing, tokenizer_name="published")
        both, apart = compared(large, few, params, 2)
        medians = {side: float(np.median(seconds)) for side, seconds in both.items()}
        also = {f"ViT-B-32, {side}: s a picture": value for side, value in medians.items()}
        also |= {"ViT-B-32, ratio": medians["baseline"] / medians["ours"], "ViT-B-32, 1 - cosine": apart}
        remarks = [f"ViT-B-32: {len(few)} pictures, resized to 224 pixels by both."]
    keep(
        "embed_images",
        ">= 3 x, embeddings within 1e-4 cosine",
        __doc__,
        unit="a picture",
        seconds=seconds,
        quality=({"1 - cosine": distance}, {"1 - cosine": distance}),
        sizes={"pictures": len(rows), "pixels": params.scenes.resolution, "batch": params.clip.batch},
        also=also,
        remarks=remarks,
    )
