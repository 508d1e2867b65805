"""A finished study, or any folder with its models and a collection of NeRFs, that answers questions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.search.answers import (
    Added,
    Answer,
    Classification,
    MapPoints,
    ObjectPage,
    Origin,
    Query,
    StoredNerf,
    Variant,
)

Picture = str | Path | bytes | UInt8[np.ndarray, "height width 3"]
Seed = int | Literal["mean"]


class Study:
    """Questions to one study and one collection. Models and vectors are read once, when a question first needs them.

    One object answers one question at a time; share it between threads under a lock.
    """

    def __init__(self, folder: Path, collection: Path | None = None) -> None:
        self.folder, self.collection_folder = folder, collection
        raise NotImplementedError

    # What is there

    @property
    def origin(self) -> Origin:
        """What every answer is made from."""
        raise NotImplementedError

    @property
    def variants(self) -> Sequence[Variant]:
        """The ways to search, the default one first."""
        raise NotImplementedError

    @property
    def ids(self) -> Sequence[str]:
        """Ids of all objects, augmented copies too, in order."""
        raise NotImplementedError

    @property
    def classes(self) -> Sequence[str]:
        """Names of the study's classes, in the order of params.yaml."""
        raise NotImplementedError

    # Questions

    def search(
        self,
        *,
        text: str | None = None,
        image: Picture | None = None,
        mesh: str | Path | None = None,
        nerf: str | Path | StoredNerf | None = None,
        query: Query | None = None,
        by: str | None = None,
        seed: Seed = 0,
        k: int = 10,
        split: str | Sequence[str] | None = None,
        classes: str | Sequence[str] | None = None,
        least_psnr: float | None = None,
        copies: bool = False,
        exclude: Sequence[str] = (),
    ) -> Answer:
        """The `k` NeRFs nearest to one text, picture, mesh or NeRF, by cosine; of equal ones the first by id.

        `image`: a path, a file's bytes, or RGB pixels. `mesh`: a path. `nerf`: an object's id, which is not among its
        own answers, a folder of the official nf2vec code, or weights. `query`: one that an earlier answer holds, so
        that nothing is encoded twice. `by`: a name in `variants`, or "nf2vec" for a NeRF or mesh; the first variant by
        default. `seed`: of training, or "mean" for the mean cosine over all of them. `split`, `classes`: only objects
        of these. `least_psnr`: dB on held-out views, whole frame. `copies`: augmented copies too. Raises `InputError`.
        """
        raise NotImplementedError

    def classify(
        self,
        *,
        image: Picture | None = None,
        mesh: str | Path | None = None,
        nerf: str | Path | StoredNerf | None = None,
        query: Query | None = None,
        prompts: Sequence[str] | None = None,
        by: str | None = None,
        seed: Seed = 0,
        second_opinion: bool = True,
    ) -> Classification:
        """The nearest of some prompts, by default those of the study's classes, to a picture, mesh or NeRF.

        A NeRF is named from its weights by the nerf2clip `by`, and by CLIP on four rendered views if a second opinion
        is wanted; a picture by CLIP. Raises `InputError`.
        """
        raise NotImplementedError

    def neighbours(self, object_id: str, space: str = "nf2vec", k: int = 10, **filters: object) -> Answer:
        """The objects nearest to one of the collection, itself left out; `filters` as in `search`.

        `space`: "nf2vec", "CLIP mean" (ground-truth views), or a variant of nerf2clip.
        """
        raise NotImplementedError

    def query(
        self,
        *,
        text: str | None = None,
        image: Picture | None = None,
        mesh: str | Path | None = None,
        nerf: str | Path | StoredNerf | None = None,
    ) -> Query:
        """The query of one of the four, encoded in the space of its own kind."""
        raise NotImplementedError

    # Objects

    def object(self, object_id: str) -> ObjectPage:
        """All that is known of an object; raises `InputError` for an unknown id."""
        raise NotImplementedError

    def nerf(self, object_id: str) -> StoredNerf:
        """An object's NeRF."""
        raise NotImplementedError

    def view(self, object_id: str, number: int) -> bytes:
        """PNG, RGBA, straight alpha, of one of an object's ground-truth views."""
        raise NotImplementedError

    def render(
        self, nerf: str | StoredNerf, azimuth: float = 45.0, elevation: float = 25.0, size: int = 128
    ) -> UInt8[np.ndarray, "size size 4"]:
        """An object's NeRF from a camera that looks at the origin: straight-alpha RGBA.

        Angles in degrees, as in ShapeNetRenders: azimuth 0 looks from +x, 90 from +z; y is up. `size`: pixels.
        """
        raise NotImplementedError

    # The map

    def map_points(self, space: str = "nerf_embedding") -> MapPoints:
        """The places of objects in the study's t-SNE of a space: nerf_embedding or clip_embedding.

        Of a collection without one: two principal components of its vectors.
        """
        raise NotImplementedError

    def map_place(self, answer: Answer, space: str = "nerf_embedding") -> Float[np.ndarray, " 2"]:
        """Where an answer's query stands on the map: the mean place of the objects found, weighted by score."""
        raise NotImplementedError

    # Collections

    def add(self, folder: str | Path, to: str | Path | None = None) -> Added:
        """Fit a NeRF to each mesh below a folder, embed it, and put it into a collection, a folder of datasets.

        Objects need no class and no split. `to`: the collection's folder; by default the one that is searched, and
        `collection` beside params.yaml if that is the study's own. What can't be used is left out with its reason.
        """
        raise NotImplementedError
