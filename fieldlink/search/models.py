"""The models of a study, each loaded when it is first needed."""

import json
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.clip.clip_sources import clip_source
from fieldlink.core import datasets, saved_models, schemas
from fieldlink.core.devices import map_in_batches, precision
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.search.answers import StoredNerf
from fieldlink.search.paths import StudyPaths

if TYPE_CHECKING:
    from fieldlink.clip.interface import JointEncoder
    from fieldlink.nf2vec.model import Nf2vecModel

DIGITS = 12  # of a digest that is shown


class Models:
    """CLIP, nf2vec and the start of NeRFs; embeddings as the study's stages compute them."""

    def __init__(self, paths: StudyPaths, params: Params) -> None:
        self.paths, self.params = paths, params

    @cached_property
    def device(self) -> str:
        """The study's device, or the processor where there is no GPU."""
        import torch

        return self.params.runtime.device if torch.cuda.is_available() else "cpu"

    @cached_property
    def clip(self) -> "JointEncoder":
        from fieldlink.clip import encoders

        return encoders.load(self.paths.clip, self.device)

    @cached_property
    def nf2vec(self) -> "Nf2vecModel":
        from fieldlink.nf2vec.model import Nf2vecModel

        return Nf2vecModel.read(self.paths.nf2vec).to(self.device)

    @cached_property
    def nerf_start(self) -> Float[np.ndarray, " weight"]:
        """The weights that fits of new NeRFs start from."""
        from fieldlink.nerf import weight_layout

        start = saved_models.read_model(self.paths.nerf_start)[0]["weights"]
        weight_layout.check_start(self.paths.nerf_start, len(start), self.params.nerf.field)
        return start

    @cached_property
    def digests(self) -> dict[str, str]:
        """The first digits of the digest of each model that a collection's vectors depend on."""
        folders = {"clip": self.paths.clip, "nf2vec": self.paths.nf2vec, "nerf_start": self.paths.nerf_start}
        return {name: stored_digest(folder) for name, folder in folders.items() if folder.is_dir()}

    @property
    def is_clip_trained_here(self) -> bool:
        """Whether CLIP learned from the study's own pictures, and knows nothing else."""
        return clip_source(self.params.clip.source).trains

    @property
    def clip_name(self) -> str:
        clip = self.params.clip
        name = "small CLIP of this study" if self.is_clip_trained_here else f"{clip.model} {clip.pretrained}"
        return f"{name}, {self.digests['clip']}"

    def texts(self, texts: Sequence[str]) -> Float[np.ndarray, "text clip"]:
        """CLIP's vectors of texts, raw."""
        with self._precision():
            return self.clip.texts(list(texts))

    def pictures(self, pictures: Sequence[UInt8[np.ndarray, "_ _ 3"]]) -> Float[np.ndarray, "picture clip"]:
        """CLIP's vectors of RGB pictures, raw."""
        with self._precision():
            return self.clip.images(pictures, self.params.clip.batch)

    def nerf_vectors(self, weights: Float[np.ndarray, "nerf weight"]) -> Float[np.ndarray, "nerf nf2vec"]:
        """nf2vec's vectors of NeRFs."""
        from fieldlink.nf2vec.model import check_width, embed

        check_width(self.paths.nf2vec, weights.shape[1], self.nf2vec.architecture, "nf2vec was trained on")
        with self._precision():
            batches = map_in_batches(partial(embed, self.nf2vec), weights, self.params.runtime.nerfs_at_once)
            return np.concatenate(list(batches))

    def render(
        self, nerf: StoredNerf, azimuth: Sequence[float], elevation: Sequence[float], size: int
    ) -> UInt8[np.ndarray, "view size size 4"]:
        """Views of a NeRF from cameras that look at the origin, angles in degrees; straight-alpha RGBA."""
        from fieldlink.scenes import cameras

        distance = np.full(len(azimuth), VIEWING_DISTANCE)
        poses = cameras.look_at_origin(np.asarray(azimuth, float), np.asarray(elevation, float), distance)
        if self.params.scenes.source == "nerfs":  # in the official frame, whose z points up
            poses = (Y_TO_Z @ poses).astype(np.float32)
        return self.render_from(nerf, poses, cameras.DISN_ANGLE, size)

    def render_from(
        self, nerf: StoredNerf, poses: Float[np.ndarray, "view 3 4"], angle: float, size: int
    ) -> UInt8[np.ndarray, "view size size 4"]:
        """Views of a NeRF from any cameras; `angle`: horizontal field of view in radians. Straight-alpha RGBA."""
        import torch

        from fieldlink.nerf.occupancy import unpack
        from fieldlink.nerf.rendering import Camera, render, straight_alpha_pictures

        weights, grid = torch.from_numpy(np.array(nerf.weights)).to(self.device), unpack(nerf.occupancy)
        camera, params = Camera(angle, size, size), self.params.nerf
        colour, alpha = render(weights, grid.to(self.device), poses, camera, params.rendering, params.field)
        return straight_alpha_pictures(colour, alpha)

    @cached_property
    def training_words(self) -> frozenset[str]:
        """Words of the captions and prompts that a CLIP of this study learned from. A published CLIP has none."""
        captions = self.paths.captioned_pictures
        if not self.is_clip_trained_here or not captions.is_dir():
            return frozenset()
        texts = datasets.read(captions, schemas.CAPTIONED_PICTURES, ["caption"])["caption"].unique().to_pylist()
        return frozenset(word for text in texts for word in words_of(text))

    def _precision(self) -> Any:
        return precision(self.params.runtime.precision, self.device)


VIEWING_DISTANCE = 1.45  # from the origin, the mean of ShapeNetRenders' easy views
Y_TO_Z = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float32)


def words_of(text: str) -> list[str]:
    """Words in lower case, without punctuation."""
    return [word for word in (part.strip(".,;:!?'\"()").lower() for part in text.split()) if word]


def stored_digest(folder: Path) -> str:
    """First digits of the digest that stands in a model folder's own description."""
    for path in sorted(folder.glob("*.json")):
        try:
            seal = json.loads(path.read_text(encoding="utf-8")).get("sha256")
        except (ValueError, AttributeError):
            continue
        if seal:
            return seal[:DIGITS]
    raise InputError(f"{folder}: no description with a digest, expected a model folder of this software")
