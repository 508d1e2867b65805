"""Official NeRF folders as rows of our datasets: one NeRF's views, weights and quality."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float

from stages.errors import InputError
from stages.exchange import foreign, official
from stages.exchange.official import Place
from stages.nerf import field
from stages.nerf.occupancy import unpack
from stages.nerf.quality import measure
from stages.nerf.rendering import Camera, render
from stages.params import Nerf
from stages.scenes.shapenet import OUTSIDE
from stages.scenes.shrinking import evenly
from stages.scenes.views import Views, some


@dataclass(frozen=True)
class Imported:
    """One NeRF; the qualities in dB, NaN where there were no pictures to compare with."""

    place: Place
    views: Views
    weights: Float[np.ndarray, " weight"]
    occupancy: bytes
    frame: float
    foreground: float


@dataclass(frozen=True)
class How:
    """What the conversion needs to know."""

    nerf: Nerf
    measured: int  # pictures compared with a NeRF's render
    resolution: int  # of views that have to be rendered because there are no pictures
    device: str


def sorted_out(places: Sequence[Place], synsets: Sequence[str]) -> tuple[list[Place], dict[str, str]]:
    """The places of known classes, one for each object; ids under several synsets are dropped, with the reason.

    So are copies of such ids. A synset that is neither a class nor known to share models with one is an error.
    """
    where = defaultdict(set)
    for place in places:
        if place.synset not in synsets and place.synset not in OUTSIDE:
            raise InputError(f"{place.folder}: synset {place.synset} is no class of params.yaml")
        where[place.base].add(place.synset)
    reasons = {
        place.object_id: f"in {len(where[place.base])} classes: {', '.join(sorted(where[place.base]))}"
        for place in places
        if len(where[place.base]) > 1
    }
    kept = [place for place in places if len(where[place.base]) == 1 and place.synset in synsets]
    for place, twin in pairwise(kept):
        if place.object_id == twin.object_id:
            raise InputError(f"{place.folder} and {twin.folder}: both are {place.object_id}")
    return kept, reasons


def imported(places: Sequence[Place], how: How) -> Iterator[Imported | tuple[Place, InputError]]:
    """Each NeRF, or the error that says why it can't be used."""
    files = [place.folder / name for place in places for name in (official.WEIGHTS, official.GRID)]
    opened = foreign.read(files)
    for place, weights, grid in zip(places, opened[::2], opened[1::2], strict=True):
        try:
            yield _one(place, weights, grid, how)
        except InputError as error:
            yield place, error


def _one(place: Place, weights: foreign.Tensors | InputError, grid: foreign.Tensors | InputError, how: How) -> Imported:
    for opened in (weights, grid):
        if isinstance(opened, InputError):
            raise opened
    try:
        vector = official.weights_of(weights, field.size(how.nerf.field))  # pyright: ignore[reportArgumentType]
        occupancy = official.occupancy_of(grid, how.nerf.fitting.occupancy)  # pyright: ignore[reportArgumentType]
    except InputError as error:
        raise InputError(f"{place.folder}/{error}") from error
    views, poses, angle = official.views_of(place.folder)
    fitted = torch.from_numpy(vector).to(how.device), unpack(occupancy).to(how.device)
    if views is None:
        camera = Camera(angle, how.resolution, how.resolution)
        seen = render(*fitted, poses, camera, how.nerf.rendering, how.nerf.field)
        views = Views(_straight(*seen), poses, angle)
        return Imported(place, views, vector, occupancy, np.nan, np.nan)
    if not how.measured:
        return Imported(place, views, vector, occupancy, np.nan, np.nan)
    chosen = some(views, np.asarray(evenly(len(views), how.measured)).tolist())
    quality = measure(*fitted, chosen, how.nerf.rendering, how.nerf.field)
    return Imported(place, views, vector, occupancy, float(quality.frame.mean()), float(quality.foreground.mean()))


def _straight(colour: torch.Tensor, opacity: torch.Tensor) -> np.ndarray:
    """8-bit straight-alpha pictures from colours on black."""
    rgb = colour / opacity.clamp(min=1e-6)[..., None]
    rgba = torch.cat([rgb, opacity[..., None]], dim=-1).clamp(0, 1)
    return (255 * rgba + 0.5).byte().cpu().numpy()
