"""A finished study, or any folder with its models and a collection of NeRFs, that answers questions."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.variants import Variant
from fieldlink.search.answers import (
    AddResult,
    Answer,
    Classification,
    MapPoints,
    ObjectPage,
    Origin,
    Query,
    SearchSpace,
    Seed,
    StoredNerf,
)
from fieldlink.search.collection import Collection
from fieldlink.search.collection_folders import check_models, put_back_unless_busy
from fieldlink.search.models import Models
from fieldlink.search.origins import origin_of
from fieldlink.search.paths import check_study
from fieldlink.search.query_encoders import Picture, QueryEncoders
from fieldlink.search.space_maps import SpaceMaps
from fieldlink.search.spaces import CLIP_ALL, NF2VEC, Spaces
from fieldlink.search.study_mappers import StudyMappers
from fieldlink.search.warnings import warning_for

CLIP = Variant(method="clip").text  # names a picture's class


class Study:
    """Questions to one study and one collection. Models and vectors are read once, when a question first needs them.

    A `Study` answers one question at a time. Threads that share one need a lock.
    """

    def __init__(self, folder: Path, collection: Path | None = None) -> None:
        self.folder, self.paths = folder, check_study(folder)
        self.params = load(self.paths.params)
        self.models = Models(self.paths, self.params)
        self._encoders = QueryEncoders(self.models)
        self._open(collection or self.paths.data)

    def _open(self, collection: Path) -> None:
        """Search this collection from now on."""
        put_back_unless_busy(collection)
        check_models(collection, self.models.digests)
        self.collection = Collection(collection, rendered=self.params.retrieval.clip_gallery == "rendered")
        for name in ("spaces", "origin", "_maps"):
            self.__dict__.pop(name, None)

    # Contents

    @cached_property
    def spaces(self) -> Spaces:
        """The spaces to search in, with their galleries."""
        return Spaces(self.models, self.collection, StudyMappers.of(self.paths))

    @cached_property
    def origin(self) -> Origin:
        """The study, the models and the collection of every answer."""
        return origin_of(self.folder, self.models, self.collection)

    @property
    def variants(self) -> Sequence[SearchSpace]:
        """The spaces to search in, the default one first."""
        return self.spaces.search_spaces

    @property
    def ids(self) -> Sequence[str]:
        """Ids of all objects, augmented copies too, in order."""
        return self.collection.ids

    @property
    def classes(self) -> Sequence[str]:
        """Names of the study's classes, in the order of params.yaml."""
        return list(self.params.classes)

    # Questions

    def query(
        self,
        *,
        text: str | None = None,
        image: Picture | None = None,
        mesh: str | Path | None = None,
        nerf: str | Path | StoredNerf | None = None,
        mesh_root: Path | None = None,
    ) -> Query:
        """The query of exactly one of the four, encoded in its own space. A NeRF is fitted to a mesh first.

        `mesh_root`: the folder in which the materials and textures that a mesh names may lie; None: anywhere.
        """
        return self._encoders.query(self.collection, text=text, image=image, mesh=mesh, nerf=nerf, mesh_root=mesh_root)

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
        """The `k` NeRFs nearest to one text, picture, mesh or NeRF, by cosine. Equal cosines are in the order of ids.

        `image`: a path, a file's bytes, or RGB pixels. `mesh`: a path. `nerf`: an object's id, a folder of the official
        nf2vec code, or weights. An object is left out of its own answer. `query`: that of an earlier answer, so that
        nothing is encoded twice. `by`: a name in `variants`; by default the first one for the kind of query. `seed`: of
        training, or "mean" for the mean cosine over all of them. `split`, `classes`: only objects of these.
        `least_psnr`: dB on held-out views, whole frame. `copies`: augmented copies too. Raises `InputError`.
        """
        if k < 1:
            raise InputError(f"k: {k}, expected at least 1")
        query = self._encoders.query(self.collection, text=text, image=image, mesh=mesh, nerf=nerf, query=query)
        by = by or self.spaces.default_for(query.kind)
        itself = () if query.foreign else (query.name,)
        allowed = self.collection.allowed(split, classes, least_psnr, copies, (*exclude, *itself))
        items, scores = self.spaces.search(query, by, seed).nearest(allowed, k, distinct=by != CLIP_ALL)
        rows = [self.collection.row(int(index), float(score)) for index, score in zip(items, scores, strict=True)]
        return Answer(rows, by, seed, query, self.origin, warning_for(self.models, self.collection, query))

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
        """The prompts by falling cosine with a picture, mesh or NeRF. By default they are those of the study's classes.

        The labels of a picture are CLIP's. Those of a NeRF follow from its weights, by the nerf2clip `by`. The second
        opinion on a NeRF is CLIP's, on four rendered views. Raises `InputError`.
        """
        from fieldlink.search import classification

        query = self._encoders.query(self.collection, image=image, mesh=mesh, nerf=nerf, query=query)
        names, vectors = classification.label_vectors(self.models, prompts)
        warning, second = warning_for(self.models, self.collection, query), ()
        if query.nerf is None:
            if query.clip is None or query.kind != "image":
                raise InputError(f"{query.kind}: can't be classified, expected a picture, mesh or NeRF")
            labels = classification.labels([query.clip], names, vectors)
            return Classification(labels, CLIP, 0, query, self.origin, warning=warning)
        mapper = self.spaces.mappers.mapper(by or self.spaces.naming_mapper, "nerf2clip")
        mapped = [mapper.apply(query.nerf[None], training_seed)[0] for training_seed in mapper.seeds(seed)]
        labels = classification.labels(mapped, names, vectors)
        if second_opinion and query.stored is not None:
            second = classification.labels([self.spaces.four_view_vectors.of(query.stored)], names, vectors)
        return Classification(labels, mapper.space.name, seed, query, self.origin, second, warning)

    def neighbours(self, object_id: str, space: str = NF2VEC, k: int = 10, **filters: Any) -> Answer:
        """The objects nearest to an object of the collection, without that object.

        `space`: as `by` in `search`, such as "nf2vec" or "CLIP mean" (ground-truth views). `filters`: as in `search`.
        """
        self.collection.index_of(object_id)
        return self.search(nerf=object_id, by=space, k=k, **filters)

    def forget_meshes(self) -> None:
        """Fit the NeRFs of meshes anew in later questions."""
        self._encoders.forget_meshes()

    # Objects

    def object(self, object_id: str) -> ObjectPage:
        """The data of an object. Raises `InputError` for an unknown id."""
        return self.collection.page(object_id)

    def nerf(self, object_id: str) -> StoredNerf:
        """An object's NeRF."""
        return self.collection.nerf(object_id)

    def view(self, object_id: str, number: int) -> bytes:
        """PNG, RGBA, straight alpha, of one of an object's ground-truth views."""
        return self.collection.view(object_id, number)

    def render(
        self, nerf: str | StoredNerf, azimuth: float = 45.0, elevation: float = 25.0, size: int = 128
    ) -> UInt8[np.ndarray, "size size 4"]:
        """An object's NeRF from a camera that looks at the origin: straight-alpha RGBA.

        Angles in degrees, as in ShapeNetRenders: azimuth 0 looks from +x, 90 from +z; y is up. `size`: pixels.
        """
        stored = nerf if isinstance(nerf, StoredNerf) else self.nerf(nerf)
        return self.models.render(stored, [azimuth], [elevation], size)[0]

    def render_view(self, object_id: str, number: int, size: int) -> UInt8[np.ndarray, "size size 4"]:
        """An object's NeRF from the camera of one of its ground-truth views, `size` pixels wide and high."""
        pose, angle = self.collection.camera(object_id, number)
        return self.models.render_from(self.nerf(object_id), pose[None], angle, size)[0]

    def map_points(self, space: str = "nerf_embedding") -> MapPoints:
        """Places of test objects by the study's t-SNE of nerf_embedding or clip_embedding; else of all by two axes."""
        return self._maps.points(space)

    def map_place(
        self, answer: Answer, space: str = "nerf_embedding", among: Sequence[str] | None = None
    ) -> Float[np.ndarray, " 2"]:
        """The place of an answer's query on the map: the mean of its nearest objects' places, weighted by score.

        `among`: ids of the objects that count; by default all on the map. It is NaN if there are none.
        """
        return self._maps.place(answer, space, among)

    @cached_property
    def _maps(self) -> SpaceMaps:
        return SpaceMaps(self.collection, lambda: self.spaces)

    # Collections

    def add(self, folder: str | Path, to: str | Path | None = None, workers: int | None = None) -> AddResult:
        """Fit a NeRF to each mesh below a folder, embed it, and put it into a collection, a folder of datasets.

        Objects need no class and no split. `to`: the collection's folder; by default the folder of the collection in
        use if it is a user's own, else `datasets/collection` in the study. `workers`: worker processes, for a script
        that is guarded by `if __name__ == "__main__"`; by default this process does all. The result has the reason of
        each mesh that can't be used. Raises `InputError`.
        """
        from fieldlink.search.mesh_collections import add_meshes

        default_folder = self.collection.folder if self.collection.is_own else self.paths.own_collection
        target = default_folder if to is None else Path(to)
        additions = add_meshes(Path(folder), target, self.models, workers)
        if target.resolve() == self.collection.folder.resolve():
            self._open(target)
        path = str(target.resolve())
        origin = replace(self.origin, collection=path, objects=len(Collection(target).ids))
        return AddResult(**vars(additions), collection=path, origin=origin)
