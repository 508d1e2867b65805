"""The work of a GPU at the sizes of profiles/thesis.yaml: `python -m pytest tests/benchmarks/bench_cuda.py -s`.

Skipped where torch sees no GPU; `--quick` runs on the processor and leaves no numbers.
"""

import os
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

from benchmarks import scenes
from benchmarks.bench_embed_images import baseline as one_by_one_through_clip
from benchmarks.bench_embed_images import embedded, job
from benchmarks.bench_render_nerfs import dense
from benchmarks.bench_train_mappers import models, one_after_another, pairs
from benchmarks.bench_train_nf2vec import Training
from benchmarks.cuda_fits import Budget, Fits, finished, within
from benchmarks.cuda_mappers import OnGpu
from benchmarks.cuda_plan import ALONE, OURS, PLAINLY, TOGETHER, keep_fits, runs_of, warmed
from benchmarks.measuring import interleaved, keep
from fieldlink.clip import model_folders, small_clip
from fieldlink.commands.apply_profile import apply_profile
from fieldlink.core.params import Params, load
from fieldlink.mapper.mapper_tasks import MapperTask, joined
from fieldlink.mapper.mapper_training import train_many
from fieldlink.nerf import field, object_work, rendering
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.occupancy import unpack
from fieldlink.scenes import views

pytestmark = pytest.mark.bench

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SECONDS = float(os.environ.get("FIELDLINK_CUDA_SECONDS", "200"))  # for the fits: what is left then is left out


@pytest.fixture(scope="module", autouse=True)
def on_gpu(quick: bool) -> None:
    if not quick and not torch.cuda.is_available():
        pytest.skip("torch sees no CUDA GPU here; what is kept in reports/benchmarks/cuda_*.json stays")


@pytest.fixture(scope="module")
def thesis(quick: bool, params: Params, tmp_path_factory: pytest.TempPathFactory) -> Params:
    """The profile's sizes, with our own ways; its field alone, in the default sizes, where nothing is measured."""
    if quick:
        field_ = params.nerf.field.model_copy(update={"octaves": 24, "units": 64})
        fit = params.nerf.fitting.model_copy(update={"held_out": (), "schedule": "drops"})
        nf2vec = params.nf2vec.model_copy(update={"supervision": "rays"})
        nerf = params.nerf.model_copy(update={"field": field_, "fitting": fit})
        return params.model_copy(update={"nerf": nerf, "nf2vec": nf2vec})
    path = tmp_path_factory.mktemp("thesis") / "params.yaml"
    shutil.copy(scenes.ROOT / "params.yaml", path)
    apply_profile("thesis", scenes.ROOT / "profiles", path)
    return with_our_ways(load(path), params)


def with_our_ways(thesis: Params, params: Params) -> Params:
    """`thesis`, but fits and nf2vec's rays are sampled as `params` say."""
    of_fits, of_nf2vec = ("betas", "pixels", "sampling", "jitter", "grid"), ("cameras", "sampling", "background")
    fitting = {name: getattr(params.nerf.fitting, name) for name in of_fits}
    training = {name: getattr(params.nf2vec.training, name) for name in of_nf2vec}
    nerf = thesis.nerf.model_copy(update={"fitting": thesis.nerf.fitting.model_copy(update=fitting)})
    nf2vec = thesis.nf2vec.model_copy(update={"training": thesis.nf2vec.training.model_copy(update=training)})
    return thesis.model_copy(update={"nerf": nerf, "nf2vec": nf2vec})


@pytest.fixture(scope="module")
def fits(thesis: Params, quick: bool) -> Fits:
    posed = scenes.of_catalogue(3, thesis) if quick else scenes.of_real(thesis)
    if not posed:
        pytest.skip(f"no real objects: neither {scenes.REAL} nor FIELDLINK_CUDA_VIEWS is there")
    return Fits(posed, field.xavier(thesis.nerf.field, 0).numpy(), thesis.nerf, DEVICE)


def test_cuda_fit_nerfs(fits: Fits, quick: bool):
    """The published architecture, all 36 views of 224 pixels fitted, PSNR on black over whole frames of fitted views.

    The baseline is `plain_nerf` on the GPU: one object after the other, nerfacc's dense rendering, uniform samples
    through a box of unit diagonal, all rays on the GPU beforehand, rays that miss the box dropped, fused Adam, the
    project's field and encoding. Of its budgets the one that comes to the quality soonest counts; rates of 0.005 and
    0.02 come later, where time is left. Measuring its PSNR isn't counted. Ours is what fit_nerfs does once pictures are
    decoded: visual hull, pixels, steps, occupancy grid and PSNR; its seconds are those of all objects by their number.
    """
    warm, tiny = list(fits.objects)[:2], Budget(10, 256, 8)
    graphs = warmed(fits, warm, tiny)
    for _ in within(SECONDS, runs_of(fits, quick)):
        if {ALONE, TOGETHER, PLAINLY} <= fits.runs.keys():
            keep_fits(fits, test_cuda_fit_nerfs.__doc__, graphs)  # after every run: a cut loses one


def test_cuda_train_mappers(thesis: Params, quick: bool):
    """Twelve variants with three seeds at the thesis's widths.

    The baseline trains one after another: an nn.Sequential, the same loss functions, fused AdamW with OneCycle, the
    pairs as tensors on the GPU, which are shuffled there and cut into batches (a DataLoader would be slower), as many
    steps, validation as often, the best weights kept. Ours is what train_zero_shot_mappers does, planning included.
    """
    count, epochs = (80, 2) if quick else (2048, 10)
    mapper_params = thesis.mapper.model_copy(update={"epochs": epochs, "validate_every": max(1, epochs // 2)})
    chosen = models(mapper_params)[: 4 if quick else None]

    def task(epochs: int) -> MapperTask:
        brief = mapper_params.model_copy(update={"epochs": epochs})
        return MapperTask(
            "nerf2clip", chosen, pairs(count, 1, (1024, 512)), pairs(256, 2, (1024, 512)), brief, 0, DEVICE
        )

    def ours(whole: MapperTask) -> float:
        return float(joined([train_many(part) for part in whole.split(1)]).history.validation_loss.min(0).mean())

    whole, warm = task(epochs), task(1)
    ours(warm), one_after_another(warm, OnGpu, most=2)
    ways = {
        "baseline": partial(finished, partial(one_after_another, whole, OnGpu)),
        "ours": partial(finished, partial(ours, whole)),
    }
    rounds = interleaved(ways, 1 if quick else 3)
    keep(
        "cuda_train_mappers",
        ">= 10 x for 12 variants x 3 seeds",
        test_cuda_train_mappers.__doc__,
        unit=f"for {len(chosen)} mappers",
        seconds={side: [took for took, _ in timed] for side, timed in rounds.items()},
        quality=({"validation loss": rounds["baseline"][0][1]}, {"validation loss": rounds["ours"][0][1]}),
        sizes={
            "models": len(chosen),
            "objects": count,
            "epochs": epochs,
            "batch": mapper_params.batch,
            "hidden": mapper_params.hidden,
        },
        gpu=True,
    )
    print({side: [f"{took:.3f}" for took, _ in timed] for side, timed in rounds.items()}, flush=True)


@pytest.fixture(scope="module")
def first_fits(fits: Fits, quick: bool) -> Fits:
    """Fits of the first objects, whatever was measured before."""
    names = list(fits.objects)[: 2 if quick else 4]
    if not fits.last.keys() >= set(names):
        fits.ours("for other benchmarks", names, Budget(6, 64, 8) if quick else OURS[0], len(names))
    torch.cuda.empty_cache()
    return fits


def test_cuda_render_nerfs(first_fits: Fits, quick: bool):
    """The views of a fitted NeRF from its object's cameras.

    The baseline marches every pixel's ray through the whole box with samples as far apart as ours, on the GPU, as many
    rays at once as fill it. Ours is what render_nerfs does before it encodes the pictures.
    """
    (name, fit), seen = next(iter(first_fits.last.items())), next(iter(first_fits.objects.values()))
    assert name == next(iter(first_fits.objects))
    seen = views.view_subset(seen, list(range(len(seen)))[:: 12 if quick else 4])
    weights, grid = torch.from_numpy(fit.weights).to(DEVICE), unpack(fit.occupancy).to(DEVICE)
    camera = rendering.Camera(seen.camera_angle_x, *seen.image.shape[2:0:-1])

    def ours() -> np.ndarray:
        nerf_params = first_fits.nerf_params
        colour = rendering.render(
            weights, grid, seen.camera_to_world, camera, nerf_params.rendering, nerf_params.field
        )[0]
        return object_work.opaque_pictures(colour.cpu().numpy())

    def plainly() -> np.ndarray:
        return object_work.opaque_pictures(
            dense(weights, grid, seen, first_fits.nerf_params, 128 if quick else 8192).cpu().numpy()
        )

    ours()
    rounds = interleaved({"baseline": partial(finished, plainly), "ours": partial(finished, ours)}, 1 if quick else 3)
    a, b = (rounds[side][0][1].astype(float) / 255 for side in ("ours", "baseline"))
    keep(
        "cuda_render_nerfs",
        ">= 5 x at PSNR >= 40 dB to the dense result",
        test_cuda_render_nerfs.__doc__,
        unit=f"for {len(seen)} views",
        seconds={side: [took for took, _ in timed] for side, timed in rounds.items()},
        quality=({}, {"dB to the dense result": float(-10 * np.log10(np.square(a - b).mean() + 1e-12))}),
        sizes={"objects": 1, "views": len(seen), "pixels": seen.image.shape[1]},
        gpu=True,
    )


def test_cuda_train_nf2vec(first_fits: Fits, thesis: Params, quick: bool):
    """A training step of nf2vec at the published sizes, supervised along rays.

    The baseline goes through the NeRFs of a batch in a Python loop, as the published code does; encoder, decoder, field
    and loss are the same functions as ours. Both in float32; ours in bfloat16, as the profile has it, beside them.
    """
    batch_fits = [
        list(first_fits.last.values())[index % len(first_fits.last)]
        for index in range(2 if quick else thesis.nf2vec.training.batch)
    ]
    batch = NerfBatch.of(np.stack([fit.weights for fit in batch_fits]), [fit.occupancy for fit in batch_fits])
    count, repetitions = (1, 1) if quick else (10, 3)
    whole, lower = (_in_precision(thesis, name) for name in ("float32", "bfloat16"))
    sides = {
        "baseline": Training(whole, batch, looped=True, device=DEVICE),
        "ours": Training(whole, batch, looped=False, device=DEVICE),
        "bfloat16": Training(lower, batch, looped=False, device=DEVICE),
    }
    for side in sides.values():
        side.steps(1)
    rounds = interleaved({side: partial(finished, partial(sides[side].steps, count)) for side in sides}, repetitions)
    lowered = rounds.pop("bfloat16")
    keep(
        "cuda_train_nf2vec",
        ">= 2 x per step at equal loss",
        test_cuda_train_nf2vec.__doc__,
        unit="a step",
        seconds={side: [took / count for took, _ in timed] for side, timed in rounds.items()},
        quality=({"loss": rounds["baseline"][-1][1]}, {"loss": rounds["ours"][-1][1]}),
        also={
            "ours, bfloat16: s a step": float(np.median([took for took, _ in lowered])) / count,
            "ours, bfloat16: loss": lowered[-1][1],
        },
        sizes={"NeRFs": len(batch_fits), "rays": thesis.nf2vec.training.rays, "points": thesis.nf2vec.training.points},
        gpu=True,
    )


def _in_precision(params: Params, name: str) -> Params:
    training = params.nf2vec.training.model_copy(update={"precision": name})
    return params.model_copy(update={"nf2vec": params.nf2vec.model_copy(update={"training": training})})


def test_cuda_embed_images(fits: Fits, thesis: Params, out: Path, quick: bool):
    """Embedding pictures with ViT-B-32-quickgelu of random weights: the time doesn't hang on them.

    The baseline embeds one picture at a time on the GPU in float32, as open_clip's README does. Ours is what
    embed_images does: the same PNGs, decoded by threads, in batches; in float32 and in reduced precision.
    """
    import open_clip

    columns = views.joined(
        [views.columns(name, seen) for name, seen in list(fits.objects.items())[: 1 if quick else 16]]
    )
    rows = pa.table({"object_id": columns["object_id"], "view": columns["view"], "image": columns["image"]})
    rows, few = (rows.slice(0, 8), rows.slice(0, 4)) if quick else (rows, rows.slice(0, 144))
    if quick:
        network = thesis.clip.network
        small_clip.save(out / "clip", small_clip.build(network, 0), network)
    else:
        model = open_clip.create_model("ViT-B-32-quickgelu")
        description, preprocessing = open_clip.get_model_config("ViT-B-32-quickgelu"), model.visual.preprocess_cfg
        model_folders.save(out / "clip", model, description, preprocessing, tokenizer_name="published")
    precisions = ("float32", "bfloat16", "float16")
    params_by_name = {
        name: thesis.model_copy(
            update={"runtime": thesis.runtime.model_copy(update={"device": DEVICE, "precision": name})}
        )
        for name in precisions
    }
    ways = {
        name: partial(finished, partial(embedded, job(out / "clip", rows, params)))
        for name, params in params_by_name.items()
    }
    ways["baseline"] = partial(finished, partial(one_by_one_through_clip, out / "clip", few, DEVICE))
    for way in ways.values():
        way()
    rounds = interleaved(ways, 1 if quick else 3)
    unit = {
        name: vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        for name, vectors in ((name, timed[0][1][: len(few)]) for name, timed in rounds.items())
    }
    apart = {name: float((1 - (vectors * unit["baseline"]).sum(1)).max()) for name, vectors in unit.items()}
    picture_seconds = {
        name: [took / len(few if name == "baseline" else rows) for took, _ in timed] for name, timed in rounds.items()
    }
    keep(
        "cuda_embed_images",
        ">= 3 x, embeddings within 1e-4 cosine",
        test_cuda_embed_images.__doc__,
        unit="a picture",
        seconds={"baseline": picture_seconds["baseline"], "ours": picture_seconds["float32"]},
        quality=({"1 - cosine": 0.0}, {"1 - cosine": apart["float32"]}),
        sizes={"pictures": len(rows), "batch": thesis.clip.batch},
        also={f"{name}: pictures a second": 1 / float(np.median(picture_seconds[name])) for name in picture_seconds}
        | {f"{name}: 1 - cosine": apart[name] for name in precisions},
        gpu=True,
    )
