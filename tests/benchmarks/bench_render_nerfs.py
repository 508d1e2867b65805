"""Rendering fitted NeRFs from the cameras of their views.

The baseline marches every pixel's ray through the whole box with samples as far apart as ours, evaluates the field at
all of them by the project's own fast evaluation, in chunks that fit the cache, with all threads, and composites by
nerfacc; the occupancy grid, which belongs to a fitted field, only sets densities to zero. Both sides end with PNGs.
Ours is what render_nerfs does with two workers.
"""

import dataclasses
import math
import os

import numpy as np
import pyarrow as pa
import pytest
import torch

from benchmarks import limits
from benchmarks.measuring import in_warm_workers, interleaved, keep
from fieldlink.core import datasets, schemas
from fieldlink.core.devices import timed_run
from fieldlink.core.params import FieldParams, NerfParams, Params
from fieldlink.nerf import compositing, field, object_work, sampling, weight_layout
from fieldlink.nerf.fitting.optimisation import Fit
from fieldlink.nerf.occupancy import unpack
from fieldlink.scenes import cameras, pictures, views
from fieldlink.scenes.views import Views

pytestmark = pytest.mark.bench

RAYS = 128  # at once: some 10,000 samples fit a core's cache


def ours(fits: dict[str, Fit], objects: dict[str, Views], nerf_params: NerfParams) -> tuple[float, list[bytes]]:
    jobs_ = [_job(dict(list(fits.items())[worker::2]), objects, nerf_params) for worker in range(min(2, len(fits)))]
    seconds, images = in_warm_workers(object_work.render_objects, jobs_, jobs_[0], 2)
    png = {
        (owner, view): image
        for rows in images
        for owner, view, image in zip(*(rows.columns[name] for name in ("object_id", "view", "image")), strict=True)
    }
    return seconds, [png[name, view] for name in fits for view in range(len(objects[name]))]


def _job(fits: dict[str, Fit], objects: dict[str, Views], nerf_params: NerfParams) -> object_work.RenderingTask:
    columns = views.joined([views.columns(name, objects[name]) for name in fits])
    nerfs = {
        "object_id": list(fits),
        "weights": np.stack([fit.weights for fit in fits.values()]).tolist(),
        "occupancy": [fit.occupancy for fit in fits.values()],
    }
    return object_work.RenderingTask(
        pa.table(nerfs), datasets.table(schemas.VIEWS, columns), nerf_params.rendering, nerf_params.field, "cpu"
    )


def baseline(fits: dict[str, Fit], objects: dict[str, Views], nerf_params: NerfParams) -> list[bytes]:
    torch.set_num_threads(os.cpu_count() or 1)
    images = []
    for name, fit in fits.items():
        seen = dataclasses.replace(objects[name], depth=None)
        colour = dense(torch.from_numpy(fit.weights), unpack(fit.occupancy), seen, nerf_params)
        shown = Views(object_work.opaque_pictures(colour.numpy()), seen.camera_to_world, seen.camera_angle_x)
        images += views.columns(name, shown)["image"]
    return images


@torch.no_grad()
def dense(
    weights: torch.Tensor, grid: torch.Tensor, seen: Views, nerf_params: NerfParams, rays: int = RAYS
) -> torch.Tensor:
    """Colours on black, [view, height, width, 3]."""
    count, height, width, _ = seen.image.shape
    origins, directions = cameras.rays(seen.camera_to_world, seen.camera_angle_x, width, height)
    origins = torch.from_numpy(np.repeat(origins, height * width, axis=0)).to(weights.device)
    directions = torch.from_numpy(directions.reshape(-1, 3)).to(weights.device)
    near, far = (distances[:, None] for distances in sampling.box_distances(origins, directions))
    samples = math.ceil((far - near).max().item() / nerf_params.rendering.step)
    share = torch.linspace(0, 1, samples + 1, device=weights.device)
    parts = []
    for part in torch.arange(len(origins), device=weights.device).split(rays):
        edges = near[part] + (far[part] - near[part]) * share
        starts, ends = edges[:, :-1], edges[:, 1:]
        points = origins[part, None] + ((starts + ends) / 2)[..., None] * directions[part, None]
        rgb, density = field.evaluate(weights[None], points.flatten(0, 1)[None], nerf_params.field)
        density = density.view(starts.shape) * sampling.lookup(grid, points)
        parts.append(compositing.composite(rgb.view(points.shape), density, starts, ends)[0])
    return torch.cat(parts).view(count, height, width, 3)


def psnr(a: list[bytes], b: list[bytes]) -> float:
    """Of all pictures together, on black, in dB."""
    both = [np.stack([pictures.on_black(pictures.decode(png)) for png in side]).astype(float) / 255 for side in (a, b)]
    return -10 * math.log10(np.square(both[0] - both[1]).mean() + 1e-12)


def least_seconds(fits: dict[str, Fit], objects: dict[str, Views], nerf_params: NerfParams) -> float:
    """Seconds of all products at the points that ours evaluates."""
    points: list[int] = []

    def counted(weights: torch.Tensor, positions: torch.Tensor, architecture: FieldParams):
        points.append(positions.shape[1])
        return evaluate(weights, positions, architecture)

    evaluate = field.evaluate
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(field, "evaluate", counted)
        object_work.render_objects(_job(fits, objects, nerf_params))
    at_once = int(np.median(points))
    layers = [limits.Layer(1, at_once, inputs, outputs) for outputs, inputs in weight_layout.shapes(nerf_params.field)]
    return limits.seconds_of_products(layers, sum(points) / at_once)


def test_render_nerfs(fits: dict[str, Fit], objects: dict[str, Views], params: Params, quick: bool):
    chosen_fits = dict(list(fits.items())[: 1 if quick else 4])
    rounds = interleaved(
        {
            "baseline": lambda: timed_run(lambda: baseline(chosen_fits, objects, params.nerf)),
            "ours": lambda: ours(chosen_fits, objects, params.nerf),
        },
        1 if quick else 3,
    )
    same = psnr(rounds["ours"][0][1], rounds["baseline"][0][1])
    keep(
        "render_nerfs",
        ">= 25 x at PSNR >= 40 dB to the dense result",
        __doc__,
        unit="an object",
        seconds={side: [took / len(chosen_fits) for took, _ in runs] for side, runs in rounds.items()},
        quality=({}, {"dB to the dense result": same}),
        limit=least_seconds(chosen_fits, objects, params.nerf) / len(chosen_fits),
        sizes={"objects": len(chosen_fits), "views": params.scenes.views, "pixels": params.scenes.resolution},
    )
