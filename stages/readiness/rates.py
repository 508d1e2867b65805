"""How long the long stages will take, from rates measured here and now on one object of the catalogue."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from stages.nerf import field
from stages.nerf.fitting import optimise
from stages.nerf.rendering import Camera, render
from stages.nf2vec.model import Model
from stages.nf2vec.nerfs import Nerfs
from stages.nf2vec.training import loss_of
from stages.params import Params
from stages.readiness.data import made_here
from stages.readiness.findings import Finding
from stages.scenes import cameras, catalogue, hull, pictures
from stages.scenes import rendering as meshes
from stages.scenes.views import Views

STEPS = 8  # of a fit that are timed
NERFS = 2  # of an nf2vec step that are timed
SHARE = 8  # of its points and rays, one in so many


@dataclass(frozen=True)
class Rates:
    """Seconds: of an object's views, a fit, a rendered view, a step of nf2vec. And the bytes of a view's picture."""

    views: float
    fit: float
    render: float
    nf2vec_step: float
    view_bytes: float


def measured(params: Params) -> Rates:
    """On a chair of the catalogue; fits and training last a few steps and are scaled up."""
    device, how, scenes = params.runtime.device, params.nerf, params.scenes
    model = catalogue.make("chair", "a chair", params.study.seed).model
    poses = cameras.disn_poses(0, scenes.views)
    views, seconds = _timed(lambda: meshes.render(model, poses, cameras.DISN_ANGLE, scenes.resolution), device)
    grid = torch.from_numpy(hull.carve(views, how.fitting.occupancy, field.HALF)).to(device)
    start = field.xavier(how.field, 0).to(device)
    fit = _seconds_of_a_step(views, grid, start, params) * how.fitting.steps
    camera = Camera(cameras.DISN_ANGLE, scenes.resolution, scenes.resolution)
    _, rendered = _timed(lambda: render(start, grid, poses[:1], camera, how.rendering, how.field), device)
    size = float(np.mean([len(pictures.encode(image)) for image in views.image]))
    return Rates(seconds, fit, rendered, _nf2vec_step(params, start, grid), size)


def stages(params: Params, rates: Rates, images: float, *, objects: int, originals: int, photos: int) -> list[Finding]:
    """Hours of each long stage; `images`: pictures that CLIP embeds in a second."""
    workers, views = params.runtime.workers, params.scenes.views
    made = params.scenes.source in ("catalogue", "meshes", "shapenet")
    steps = params.nf2vec.training.steps
    hours = {
        "prepare_scenes": objects * rates.views / workers if made else None,
        "fit_nerfs": objects * rates.fit / workers if made_here(params.imported.nerfs) else 0.0,
        "render_nerfs": originals * views * rates.render / workers,
        "train_nf2vec": steps * rates.nf2vec_step if made_here(params.imported.nf2vec) else 0.0,
        "embed_images": ((objects + originals) * views + photos) / images if images else None,
    }
    rows = [Finding(name, "note", "not measured" if s is None else f"{s / 3600:,.2f} h") for name, s in hours.items()]
    return [*rows, Finding("other stages", "note", "not measured: mappers, studies and the page")]


def _seconds_of_a_step(views: Views, grid: torch.Tensor, start: torch.Tensor, params: Params) -> float:
    def fitted(steps: int) -> float:
        short = params.nerf.model_copy(update={"fitting": params.nerf.fitting.model_copy(update={"steps": steps})})
        return _timed(lambda: optimise([(views, grid)], start, short, [0]), params.runtime.device)[1]

    fitted(1)
    return fitted(STEPS) / STEPS


def _nf2vec_step(params: Params, weights: torch.Tensor, grid: torch.Tensor) -> float:
    """A step of a smaller batch with fewer points, as if time grew with both."""
    device, how = params.runtime.device, params.nf2vec
    fewer = {name: max(getattr(how.training, name) // SHARE, 1) for name in ("points", "rays")}
    small = how.model_copy(update={"training": how.training.model_copy(update=fewer)})
    model = Model(small, params.nerf.field, seed=0).to(device)
    bits = torch.from_numpy(np.packbits(grid.cpu().numpy())).to(device)
    nerfs = Nerfs(weights.expand(NERFS, -1), bits.expand(NERFS, -1), len(grid))
    loss = loss_of(model, 0, device)

    def step() -> None:
        loss(nerfs, torch.Generator(device).manual_seed(0)).backward()

    step()
    parts = how.training.points if how.supervision == "points" else how.training.rays
    used = fewer["points"] if how.supervision == "points" else fewer["rays"]
    return _timed(step, device)[1] * how.training.batch / NERFS * parts / used


def _timed(work: Callable, device: str) -> tuple:
    """What `work` gives, and the seconds until the device has done it."""
    started = time.perf_counter()
    result = work()
    if device == "cuda":
        torch.cuda.synchronize()
    return result, time.perf_counter() - started
