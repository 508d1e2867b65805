"""What worker processes do with some objects: fit their NeRFs, or render them. Only they import torch."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from jaxtyping import Float, UInt8

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, NerfParams, RenderingParams
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import views

if TYPE_CHECKING:
    from fieldlink.nerf.fitting.optimisation import Fit

ATTEMPTS = 2  # a NeRF below the quality gate is fitted once more, along other rays
LEAST = 0.001  # share of occupied cells: with fewer, a field holds next to nothing (protocol 2)


@dataclass(frozen=True)
class FittingTask:
    """Some objects' rows of dataset `views`, and what all fits share."""

    views: pa.Table
    start: Float[np.ndarray, " weight"]
    how: NerfParams
    seed: int  # the study's
    device: str


def fit_objects(job: FittingTask) -> Rows:
    """Rows of dataset `nerfs`; what fails, or stays below the gate, is set aside with its reason."""
    fits, rejected = kept(job)
    columns = {"object_id": list(fits), "weights": _stack([each.weights for each in fits.values()], len(job.start))}
    names = ("occupancy", "psnr_train", "psnr_heldout", "psnr_train_foreground", "psnr_heldout_foreground")
    return Rows(columns | {name: [getattr(each, name) for each in fits.values()] for name in names}, rejected)


def kept(job: FittingTask) -> "tuple[dict[str, Fit], dict[str, str]]":
    """The fits that passed the gate, and why others didn't."""
    from fieldlink.nerf.fitting.batch_fitting import fit_together
    from fieldlink.nerf.fitting.optimisation import Fit

    fits: dict[str, Fit] = {}
    rejected: dict[str, str] = {}
    left: dict[str, views.Views] = {}
    for object_id, rows in views.by_object(job.views).items():
        try:
            left[object_id] = views.of_rows(rows)
        except InputError as error:
            rejected[object_id] = str(error)
    best: dict[str, Fit] = {}
    for attempt in range(ATTEMPTS):
        seeds = [seed_of(job.seed, "rays", object_id, attempt) for object_id in left]
        outcomes = fit_together(list(left.values()), job.start, job.how, seeds, job.device)
        for object_id, outcome in zip(list(left), outcomes, strict=True):
            if not isinstance(outcome, Fit):
                rejected[object_id] = str(outcome)
            elif outcome.foreground >= job.how.fitting.gate and outcome.occupied >= LEAST:
                fits[object_id] = outcome
            else:
                best[object_id] = max(best.get(object_id, outcome), outcome, key=lambda fit: fit.foreground)
                continue
            del left[object_id]
    return fits, rejected | {object_id: _too_low(best[object_id], job.how) for object_id in left}


def _too_low(best: "Fit", how: NerfParams) -> str:
    if best.occupied < LEAST:
        return f"{best.occupied:.2%} of the cells occupied after {ATTEMPTS} fits, {LEAST:.1%} expected"
    return f"{best.foreground:.1f} dB on the foreground after {ATTEMPTS} fits, {how.fitting.gate:g} dB expected"


@dataclass(frozen=True)
class RenderingTask:
    """Some objects' rows of datasets `nerfs` and `views` (their cameras)."""

    nerfs: pa.Table
    cameras: pa.Table
    how: RenderingParams
    architecture: FieldParams
    device: str


def render_objects(job: RenderingTask) -> Rows:
    """Rows of dataset `rendered_views`: each NeRF from the cameras of its object's views, on black."""
    cameras = views.by_object(job.cameras)
    return Rows(
        views.joined([views.columns(row["object_id"], _rendered(row, cameras, job)) for row in job.nerfs.to_pylist()])
    )


def _rendered(nerf: dict, cameras: dict[str, pa.Table], job: RenderingTask) -> views.Views:
    import torch

    from fieldlink.nerf.occupancy import unpack
    from fieldlink.nerf.rendering import Camera, render

    rows = cameras[nerf["object_id"]]
    poses = np.asarray(rows["camera_to_world"].to_pylist(), np.float32).reshape(-1, 3, 4)
    angle, width, height = (rows[name][0].as_py() for name in ("camera_angle_x", "width", "height"))
    weights = torch.tensor(nerf["weights"], device=job.device)
    grid = unpack(nerf["occupancy"]).to(job.device)
    colour, _ = render(weights, grid, poses, Camera(angle, width, height), job.how, job.architecture)
    return views.Views(on_black(colour.cpu().numpy()), poses, angle)


def on_black(colour: Float[np.ndarray, "view height width 3"]) -> UInt8[np.ndarray, "view height width 4"]:
    """8-bit pictures, opaque: whoever composites them gets the colours as rendered, alpha counted once."""
    opaque = np.ones_like(colour[..., :1])
    return (255 * np.clip(np.concatenate([colour, opaque], axis=-1), 0, 1) + 0.5).astype(np.uint8)


def _stack(weights: list[Float[np.ndarray, " weight"]], width: int) -> Float[np.ndarray, "nerf weight"]:
    return np.stack(weights) if weights else np.zeros((0, width), np.float32)
