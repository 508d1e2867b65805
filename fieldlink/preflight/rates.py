"""How long the work on every object and nf2vec's training take, measured here and now on an object of the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import torch
from jaxtyping import Bool
from torch import Tensor

from fieldlink.core import datasets
from fieldlink.core.params import Nf2vecParams, Params
from fieldlink.core.schemas import VIEWS
from fieldlink.nerf import field
from fieldlink.nerf.fitting.batch_fitting import objects_at_once
from fieldlink.nerf.fitting.optimisation import optimise
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.rendering import Camera, render
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.nf2vec_training import loss_of
from fieldlink.preflight.timing import one_thread, seconds_of_a_step, timed
from fieldlink.scenes import cameras, catalogue, pictures, visual_hull
from fieldlink.scenes import ray_casting as meshes
from fieldlink.scenes.views import Views, columns
from fieldlink.syn2real.translation_work import Diffusion, TranslationTask, translate_objects

NERFS = 2  # of a step of nf2vec that are timed on a CPU
SHARE = 8  # and of its points and rays, one in so many
FEW = 2**15  # points or rays of a step, up to which a CPU does it whole: of less, most would be overhead


@dataclass(frozen=True)
class Rates:
    """Seconds: of an object's views, a fit, a rendered view, a translated view (None: can't be told), a step of nf2vec.

    And the bytes of a view's picture.
    """

    views: float
    fit: float
    render: float
    translate: float | None
    nf2vec_step: float
    view_bytes: float


def measured(params: Params, diffusion: Diffusion | None) -> Rates:
    """On one object; fits and training last a few steps and are scaled up. `diffusion`: for translator controlnet."""
    device, how, scenes = params.runtime.device, params.nerf, params.scenes
    model = catalogue.make("chair", "a chair", params.study.seed).model
    poses = cameras.disn_poses(0, scenes.views)
    views, seconds = timed(lambda: meshes.render(model, poses, cameras.DISN_ANGLE, scenes.resolution), device)
    grid = torch.from_numpy(visual_hull.carve(views, how.fitting.occupancy, field.HALF)).to(device)
    start = field.xavier(how.field, 0).to(device)
    camera = Camera(cameras.DISN_ANGLE, scenes.resolution, scenes.resolution)
    with one_thread():
        fit = _step_of_a_fit(views, grid, start, params) * how.fitting.steps
        _, rendered = timed(lambda: render(start, grid, poses[:1], camera, how.rendering, how.field), device)
        translated = _translation(views, params, diffusion)
    size = float(np.mean([len(pictures.encode(image)) for image in views.image]))
    return Rates(seconds, fit, rendered, translated, _nf2vec_step(params, start, grid), size)


def smaller(how: Nf2vecParams, device: str) -> tuple[Nf2vecParams, int, float]:
    """What is timed in place of a step of nf2vec: with fewer points; NeRFs of a batch; times more points of the step.

    A GPU does the whole; on a CPU a large one takes minutes, and its time grows with both.
    """
    kind = "points" if how.supervision == "points" else "rays"
    if device == "cuda" or how.training.batch * getattr(how.training, kind) <= FEW:
        return how, how.training.batch, 1.0
    fewer = {name: max(getattr(how.training, name) // SHARE, 1) for name in ("points", "rays", "candidates")}
    more = getattr(how.training, kind) / fewer[kind]
    return how.model_copy(update={"training": how.training.model_copy(update=fewer)}), NERFS, more


def _step_of_a_fit(views: Views, grid: Bool[Tensor, "x y z"], start: Tensor, params: Params) -> float:
    """Alone; on a GPU, as one of those that are fitted together."""
    how, device = params.nerf, params.runtime.device
    many = objects_at_once(how, device) if device == "cuda" else 1

    def fitted(steps: int) -> None:
        short = how.model_copy(update={"fitting": how.fitting.model_copy(update={"steps": steps})})
        optimise([(views, grid)] * many, start, short, range(many))

    return seconds_of_a_step(fitted, device) / many


def _translation(views: Views, params: Params, diffusion: Diffusion | None) -> float | None:
    """Of one view. A diffusion's few steps are scaled up."""
    device, rows = params.runtime.device, datasets.table(VIEWS, columns("timed", views))
    if diffusion is None:
        if params.syn2real.translator == "controlnet" or views.depth is None:
            return None
        return timed(lambda: translate_objects(TranslationTask(rows, 1, 0, None)), device)[1]
    few, more = (_diffused(diffusion, rows, steps, device) for steps in (2, 4))
    return few + max(more - few, 0.0) / 2 * (diffusion.how.steps - 2)


def _diffused(diffusion: Diffusion, rows: pa.Table, steps: int, device: str) -> float:
    how = diffusion.how.model_copy(update={"steps": steps})
    short = replace(diffusion, how=how, class_of={"timed": next(iter(diffusion.prompts.classes))})
    return timed(lambda: translate_objects(TranslationTask(rows, 1, 0, short)), device)[1]


def _nf2vec_step(params: Params, weights: Tensor, grid: Bool[Tensor, "x y z"]) -> float:
    device, how = params.runtime.device, params.nf2vec
    small, count, more = smaller(how, device)
    model = Nf2vecModel(small, params.nerf.field, seed=0).to(device)
    bits = torch.from_numpy(np.packbits(grid.cpu().numpy())).to(device)
    nerfs = NerfBatch(weights.expand(count, -1), bits.expand(count, -1), len(grid))
    return (
        seconds_of_a_step(_stepping(loss_of(model, 0, device), nerfs, device), device)
        * how.training.batch
        / count
        * more
    )


def _stepping(loss: Callable, nerfs: NerfBatch, device: str) -> Callable[[int], None]:
    def steps(count: int) -> None:
        for step in range(count):
            loss(nerfs, torch.Generator(device).manual_seed(step)).backward()

    return steps
