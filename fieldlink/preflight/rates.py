"""Seconds of the work on one object and of one step of nf2vec, measured on this machine with a catalogue object."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import torch
from jaxtyping import Bool
from torch import Tensor

from fieldlink.core import datasets
from fieldlink.core.params import NerfParams, Nf2vecParams, Params
from fieldlink.core.schemas import VIEWS
from fieldlink.nerf import field
from fieldlink.nerf.fitting.batch_fitting import objects_at_once
from fieldlink.nerf.fitting.optimisation import MEASURED_VIEWS, optimise
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.object_cameras import ObjectCameras
from fieldlink.nerf.object_work import OBJECTS_AT_ONCE
from fieldlink.nerf.rendering import Camera, render
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.nf2vec_training import loss_function
from fieldlink.preflight.timing import SLOW, by_all_threads, one_thread, seconds_of_a_step, timed
from fieldlink.scenes import cameras, catalogue, pictures, ray_casting, visual_hull
from fieldlink.scenes.views import Views, columns
from fieldlink.syn2real.controlnet import ControlNetTranslator
from fieldlink.syn2real.loaded_translator import LoadedTranslator
from fieldlink.syn2real.translation_work import TranslationTask, translate_objects

NERFS = 2  # of a step of nf2vec, measured on a CPU
VIEWS_AT_ONCE = 4
REDUCTION = 8  # a CPU measures one in so many points and rays
SMALL_STEP = 2**15  # points or rays of a step up to which a CPU measures the whole step


@dataclass(frozen=True)
class Rates:
    """Seconds of each kind of work, and the size of a picture."""

    views: float  # of an object
    fit: float  # of an object
    render: float  # of a view
    translate: float | None  # of a view; None: unknown
    nf2vec_step: float
    view_bytes: float  # of a view's PNG


class ReducedStep(NamedTuple):
    """A smaller step of nf2vec that is measured in place of a whole one."""

    nf2vec: Nf2vecParams
    nerfs: int  # of the batch
    scale: float  # points or rays of the whole step over those of this one


def measure_rates(params: Params, translator: LoadedTranslator | None) -> Rates:
    """Measure with one object, by one thread as in a worker. Fits and training last a few steps and are scaled up.

    `translator` is the study's translator of views, or None where it could not be loaded.
    """
    device, nerf, scenes = params.runtime.device, params.nerf, params.scenes
    model = catalogue.make("chair", "a chair", params.study.seed).model
    poses = cameras.disn_poses(0, scenes.views)
    start = field.xavier(nerf.field, 0).to(device)
    camera = Camera(cameras.DISN_ANGLE, scenes.resolution, scenes.resolution)
    with one_thread():
        views, of_views = timed(lambda: ray_casting.render(model, poses, cameras.DISN_ANGLE, scenes.resolution), device)
        hull, of_hull = timed(lambda: visual_hull.carve(views, nerf.fitting.occupancy, field.HALF), device)
        grid = torch.from_numpy(hull).to(device)
        of_render = _seconds_of_a_view(
            lambda count: render(start, grid, poses[:count], camera, nerf.rendering, nerf.field), device
        )
        of_steps = _step_of_a_fit(views, grid, start, params) * nerf.fitting.steps
        translated = _translation(views, translator, device)
        encoded, of_pngs = timed(lambda: [pictures.encode(image) for image in views.image], device)
        nf2vec_step = _nf2vec_step(params, start, grid)
    rendered_views = MEASURED_VIEWS + len(nerf.fitting.held_out)
    return Rates(
        views=of_views + of_pngs,
        fit=of_hull + of_steps + rendered_views * of_render,
        render=of_render,
        translate=translated,
        nf2vec_step=by_all_threads(nf2vec_step, device),
        view_bytes=float(np.mean([len(data) for data in encoded])),
    )


def reduced_step(nf2vec: Nf2vecParams, device: str) -> ReducedStep:
    """The whole step on a GPU and where it is small, else one of fewer NeRFs and points.

    A large step takes a CPU minutes. Its time grows in proportion to NeRFs and points.
    """
    training = nf2vec.training
    kind = "points" if nf2vec.supervision == "points" else "rays"
    if device == "cuda" or training.batch * getattr(training, kind) <= SMALL_STEP:
        return ReducedStep(nf2vec, training.batch, 1.0)
    names = ("points", "rays", "candidates", "most_points")
    fewer = {name: max(getattr(training, name) // REDUCTION, 1) for name in names}
    scale = getattr(training, kind) / fewer[kind]
    return ReducedStep(nf2vec.model_copy(update={"training": training.model_copy(update=fewer)}), NERFS, scale)


def _seconds_of_a_view(render_views: Callable[[int], object], device: str) -> float:
    """Seconds of a view among several, as the stage renders those of an object; of one alone if it is slow."""
    alone = timed(lambda: render_views(1), device)[1]
    return alone if alone > SLOW else timed(lambda: render_views(VIEWS_AT_ONCE), device)[1] / VIEWS_AT_ONCE


def objects_of_a_fit(nerf: NerfParams, device: str) -> int:
    """How many objects a worker of the stage fits at once."""
    return objects_at_once(nerf, device) if device == "cuda" else min(objects_at_once(nerf, device), OBJECTS_AT_ONCE)


def _step_of_a_fit(views: Views, grid: Bool[Tensor, "x y z"], start: Tensor, params: Params) -> float:
    """Seconds of one step of one object: those of as many as the stage fits at once, divided by their number."""
    nerf, device = params.nerf, params.runtime.device
    count = objects_of_a_fit(nerf, device)

    def fit(steps: int) -> None:
        short = nerf.model_copy(update={"fitting": nerf.fitting.model_copy(update={"steps": steps})})
        optimise([(views, grid)] * count, start, short, range(count))

    return seconds_of_a_step(fit, device) / count


def _translation(views: Views, translator: LoadedTranslator | None, device: str) -> float | None:
    """Seconds of one translated view; a diffusion runs few steps and is scaled up. None: unknown."""
    if translator is None or views.depth is None:
        return None
    rows = datasets.table(VIEWS, columns("timed", views))
    if not isinstance(translator, ControlNetTranslator):
        return _translation_seconds(translator, rows, "chair", device)
    class_name, of_all_steps = next(iter(translator.prompts.classes)), translator.params
    two, four = (
        _translation_seconds(
            replace(translator, params=of_all_steps.model_copy(update={"steps": steps})), rows, class_name, device
        )
        for steps in (2, 4)
    )
    return two + max(four - two, 0.0) / 2 * (of_all_steps.steps - 2)


def _translation_seconds(translator: LoadedTranslator, rows: pa.Table, class_name: str, device: str) -> float:
    task = TranslationTask(rows, {"timed": class_name}, 1, 0, translator)
    return timed(lambda: translate_objects(task), device)[1]


def _nf2vec_step(params: Params, weights: Tensor, grid: Bool[Tensor, "x y z"]) -> float:
    """Seconds of a whole step of nf2vec's training."""
    device, batch = params.runtime.device, params.nf2vec.training.batch
    reduced = reduced_step(params.nf2vec, device)
    model = Nf2vecModel(reduced.nf2vec, params.nerf.field, seed=0).to(device)
    bits = torch.from_numpy(np.packbits(grid.cpu().numpy())).to(device)
    poses = torch.from_numpy(cameras.disn_poses(0, params.scenes.views)).to(device)
    first, counts = torch.zeros(2, reduced.nerfs, dtype=torch.long, device=device)
    angles = torch.full((reduced.nerfs,), cameras.DISN_ANGLE, device=device)
    object_cameras = ObjectCameras(poses, first, counts + len(poses), angles)
    nerfs = NerfBatch(
        weights.expand(reduced.nerfs, -1), bits.expand(reduced.nerfs, -1), len(grid), cameras=object_cameras
    )
    seconds = seconds_of_a_step(_training(loss_function(model, 0, device), nerfs, device), device)
    return seconds * batch / reduced.nerfs * reduced.scale


def _training(loss: Callable, nerfs: NerfBatch, device: str) -> Callable[[int], None]:
    """A function that takes the gradient of the loss as often as it is told."""

    def steps(count: int) -> None:
        for step in range(count):
            loss(nerfs, torch.Generator(device).manual_seed(step)).backward()

    return steps
