"""How long it takes to name a NeRF's class: from its weights, and by rendering views and embedding them.

Both ways start from a fitted NeRF in memory and end with the nearest of the classes' prompts.
"""

import platform
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import normalize

from fieldlink.clip.interface import JointEncoder
from fieldlink.core.devices import timed_run
from fieldlink.core.params import Params
from fieldlink.mapper.mlps import single
from fieldlink.nerf.rendering import Camera, render
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.report.speed import FROM_WEIGHTS, Speed

COUNTS = (1, 4, 36)  # views rendered


@dataclass(frozen=True)
class Subject:
    """The NeRF to be named, and the cameras to see it from."""

    weights: Float[np.ndarray, " number"]
    occupancy: Bool[Tensor, "x y z"]
    poses: Float[np.ndarray, "view 3 4"]
    camera: Camera


def ways(
    subject: Subject, model: Nf2vecModel, clip: JointEncoder, prompts: Float[np.ndarray, "prompt clip"], params: Params
) -> dict[str, Callable[[], int]]:
    """Each way as a function that names the class. Time doesn't hang on a mapper's weights: a fresh one serves."""
    device = params.runtime.device
    weights, texts = (torch.from_numpy(np.array(array)).to(device) for array in (subject.weights, prompts))
    grid = subject.occupancy.to(device)
    widths = [params.nf2vec.embedding, *reversed(params.mapper.hidden), prompts.shape[1]]
    mapper, model = single(widths, params.study.seed).to(device), model.to(device).eval()

    @torch.inference_mode()
    def from_weights() -> int:
        return nearest(mapper(model.embed(weights[None])), texts)

    @torch.inference_mode()
    def from_views(count: int) -> int:
        poses = subject.poses[:count]
        colour, _ = render(weights, grid, poses, subject.camera, params.nerf.rendering, params.nerf.field)
        pictures = (255 * colour + 0.5).byte().cpu().numpy()
        embeddings = clip.images(list(pictures), params.clip.batch)
        return nearest(torch.from_numpy(embeddings).mean(0, keepdim=True).to(device), texts)

    counts = [count for count in COUNTS if count <= len(subject.poses)]
    by_rendering = {
        f"by rendering {count} view{'s' if count > 1 else ''}": partial(from_views, count) for count in counts
    }
    return {FROM_WEIGHTS: from_weights, **by_rendering}


def nearest(query: Float[Tensor, "1 clip"], texts: Float[Tensor, "prompt clip"]) -> int:
    """The prompt of the largest cosine."""
    return int((normalize(query) @ normalize(texts).T).argmax())


def timed(ways: Mapping[str, Callable[[], object]], device: str, repetitions: int = 7) -> Speed:
    """Median wall time of each way after one unmeasured run."""
    medians = {}
    for name, way in ways.items():
        way()
        medians[name] = statistics.median(1000 * timed_run(way, device)[0] for _ in range(repetitions))
    return Speed(medians, repetitions, name_of(device))


def name_of(device: str) -> str:
    """The device in words, with the threads torch uses on a CPU."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    threads = torch.get_num_threads()
    return f"{processor()}, {threads} thread{'s' if threads > 1 else ''}"


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
