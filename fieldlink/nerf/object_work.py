"""Work of worker processes: fit or render the NeRFs of some objects. Only these processes import torch."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from jaxtyping import Float, UInt8

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, FittingParams, NerfParams, RenderingParams
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import views

if TYPE_CHECKING:
    from fieldlink.nerf.fitting.optimisation import Fit

OBJECTS_AT_ONCE = 64  # whose NeRFs are fitted and saved in one task
ATTEMPTS = 2  # a NeRF below the quality gate is fitted once more, along other rays
MEASURES = ("occupancy", "psnr_train", "psnr_heldout", "psnr_train_foreground", "psnr_heldout_foreground")


@dataclass(frozen=True)
class FittingTask:
    """Some objects' rows of dataset `views`, and what all fits share."""

    views: pa.Table
    start: Float[np.ndarray, " weight"]
    nerf: NerfParams
    seed: int  # the study's
    device: str


def fit_objects(task: FittingTask) -> Rows:
    """Rows of dataset `nerfs`; what fails, or stays below the gate, is rejected with its reason."""
    fits, rejected = accepted_fits(task)
    weights = [fit.weights for fit in fits.values()]
    columns = {"object_id": list(fits), "weights": _stacked_weights(weights, len(task.start))}
    return Rows(columns | {name: [getattr(fit, name) for fit in fits.values()] for name in MEASURES}, rejected)


def accepted_fits(task: FittingTask) -> "tuple[dict[str, Fit], dict[str, str]]":
    """The fits that passed the gate by object, and the reasons why others didn't."""
    from fieldlink.nerf.fitting.batch_fitting import fit_batch
    from fieldlink.nerf.fitting.optimisation import Fit

    fits: dict[str, Fit] = {}
    rejected: dict[str, str] = {}
    remaining: dict[str, views.Views] = {}
    # 1. The views; those that can't be read are rejected.
    for object_id, rows in views.by_object(task.views).items():
        try:
            remaining[object_id] = views.of_rows(rows)
        except InputError as error:
            rejected[object_id] = str(error)
    # 2. Fits, and once more of those below the gate.
    best: dict[str, Fit] = {}
    for attempt in range(ATTEMPTS):
        seeds = [seed_of(task.seed, "rays", object_id, attempt) for object_id in remaining]
        outcomes = fit_batch(list(remaining.values()), task.start, task.nerf, seeds, task.device)
        for object_id, outcome in zip(list(remaining), outcomes, strict=True):
            if not isinstance(outcome, Fit):
                rejected[object_id] = str(outcome)
            elif _is_good(outcome, task.nerf.fitting):
                fits[object_id] = outcome
            else:
                best[object_id] = max(best.get(object_id, outcome), outcome, key=lambda fit: fit.foreground)
                continue
            del remaining[object_id]
    # 3. The reasons for those still below it.
    return fits, rejected | {object_id: _rejection(best[object_id], task.nerf) for object_id in remaining}


def _is_good(fit: "Fit", fitting: FittingParams) -> bool:
    return fit.foreground >= fitting.gate and fit.occupied >= fitting.least_occupied


def _rejection(best: "Fit", nerf: NerfParams) -> str:
    least = nerf.fitting.least_occupied
    if best.occupied < least:
        return f"{best.occupied:.2%} of the cells occupied after {ATTEMPTS} fits, {least:.1%} expected"
    return f"{best.foreground:.1f} dB on the foreground after {ATTEMPTS} fits, {nerf.fitting.gate:g} dB expected"


@dataclass(frozen=True)
class RenderingTask:
    """Some objects' rows of datasets `nerfs` and `views` (their cameras)."""

    nerfs: pa.Table
    cameras: pa.Table
    rendering: RenderingParams
    architecture: FieldParams
    device: str


def render_objects(task: RenderingTask) -> Rows:
    """Rows of dataset `rendered_views`: each NeRF from the cameras of its object's views, on black."""
    cameras = views.by_object(task.cameras)
    nerfs = task.nerfs.to_pylist()
    return Rows(views.joined([views.columns(row["object_id"], _render_views(row, cameras, task)) for row in nerfs]))


def _render_views(nerf: dict, cameras: dict[str, pa.Table], task: RenderingTask) -> views.Views:
    import torch

    from fieldlink.nerf.occupancy import unpack
    from fieldlink.nerf.rendering import Camera, render

    rows = cameras[nerf["object_id"]]
    poses = np.asarray(rows["camera_to_world"].to_pylist(), np.float32).reshape(-1, 3, 4)
    angle, width, height = (rows[name][0].as_py() for name in ("camera_angle_x", "width", "height"))
    weights = torch.tensor(nerf["weights"], device=task.device)
    grid = unpack(nerf["occupancy"]).to(task.device)
    colour, opacity = render(weights, grid, poses, Camera(angle, width, height), task.rendering, task.architecture)
    if task.rendering.composited == "twice":
        colour = colour * opacity[..., None]
    return views.Views(opaque_pictures(colour.cpu().numpy()), poses, angle)


def opaque_pictures(colour: Float[np.ndarray, "view height width 3"]) -> UInt8[np.ndarray, "view height width 4"]:
    """Opaque 8-bit pictures of colours in [0, 1]: composited anywhere, they show the colours as rendered."""
    opaque = np.ones_like(colour[..., :1])
    return (255 * np.clip(np.concatenate([colour, opaque], axis=-1), 0, 1) + 0.5).astype(np.uint8)


def _stacked_weights(weights: list[Float[np.ndarray, " weight"]], width: int) -> Float[np.ndarray, "nerf weight"]:
    return np.stack(weights) if weights else np.zeros((0, width), np.float32)
