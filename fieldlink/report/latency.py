"""Time to name a NeRF's class: from its weights, and by rendering views and embedding them.

Both methods start from a fitted NeRF in memory and end with the nearest of the classes' prompts.
"""

import platform
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import normalize

from fieldlink.clip.interface import JointEncoder
from fieldlink.core import datasets
from fieldlink.core.devices import timed_run
from fieldlink.core.params import Params
from fieldlink.core.progress import progress
from fieldlink.mapper.mlps import single
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.report.speed import FROM_WEIGHTS, NamingSpeed
from fieldlink.scenes.views import Views

VIEW_COUNTS = (1, 4, 36)  # views rendered


@dataclass(frozen=True)
class TimedNerf:
    """The NeRF to be named, and the cameras to see it from."""

    weights: Float[np.ndarray, " number"]
    occupancy: Bool[Tensor, "x y z"]
    poses: Float[np.ndarray, "view 3 4"]
    camera: Camera

    @staticmethod
    def of(nerf: pa.Table, views: Views) -> "TimedNerf":
        """From one row of dataset `nerfs` and the views of its object."""
        return TimedNerf(
            weights=datasets.matrix(nerf["weights"])[0],
            occupancy=unpack(nerf["occupancy"][0].as_py()),
            poses=views.camera_to_world.copy(),  # torch needs arrays it may write to
            camera=Camera(views.camera_angle_x, views.image.shape[2], views.image.shape[1]),
        )


def naming_methods(
    nerf: TimedNerf, model: Nf2vecModel, clip: JointEncoder, prompts: Float[np.ndarray, "prompt clip"], params: Params
) -> dict[str, Callable[[], int]]:
    """Functions that name the class, by method. The mapper is an untrained one: its weights don't change the time."""
    device = params.runtime.device
    weights, texts = (torch.from_numpy(np.array(array)).to(device) for array in (nerf.weights, prompts))
    grid = nerf.occupancy.to(device)
    widths = [params.nf2vec.embedding, *reversed(params.mapper.hidden), prompts.shape[1]]
    mapper, model = single(widths, params.study.seed).to(device), model.to(device).eval()

    @torch.inference_mode()
    def from_weights() -> int:
        return nearest_prompt(mapper(model.embed(weights[None])), texts)

    @torch.inference_mode()
    def from_views(count: int) -> int:
        poses = nerf.poses[:count]
        colour, _ = render(weights, grid, poses, nerf.camera, params.nerf.rendering, params.nerf.field)
        pictures = (255 * colour + 0.5).byte().cpu().numpy()
        embeddings = clip.images(list(pictures), params.clip.batch)
        return nearest_prompt(torch.from_numpy(embeddings).mean(0, keepdim=True).to(device), texts)

    counts = [count for count in VIEW_COUNTS if count <= len(nerf.poses)]
    by_rendering = {
        f"by rendering {count} view{'s' if count > 1 else ''}": partial(from_views, count) for count in counts
    }
    return {FROM_WEIGHTS: from_weights, **by_rendering}


def nearest_prompt(query: Float[Tensor, "1 clip"], texts: Float[Tensor, "prompt clip"]) -> int:
    """Index of the prompt with the largest cosine."""
    return int((normalize(query) @ normalize(texts).T).argmax())


def median_times(methods: Mapping[str, Callable[[], object]], device: str, repetitions: int = 7) -> NamingSpeed:
    """Median wall time of each method, after one run that isn't measured."""
    medians = {}
    for name, method in progress(methods.items(), "measure_speed", "methods"):
        method()
        medians[name] = statistics.median(1000 * timed_run(method, device)[0] for _ in range(repetitions))
    return NamingSpeed(medians, repetitions, device_name(device))


def device_name(device: str) -> str:
    """The device in words, with the threads torch uses on a CPU."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    threads = torch.get_num_threads()
    return f"{processor_name()}, {threads} thread{'s' if threads > 1 else ''}"


def processor_name() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
