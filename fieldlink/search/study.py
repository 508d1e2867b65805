"""A finished study, or any folder with its models and a collection of NeRFs, that answers questions."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.core import digests
from fieldlink.core.errors import InputError
from fieldlink.core.git import git_output
from fieldlink.core.params import load
from fieldlink.search import space_map
from fieldlink.search.answers import (
    Added,
    Answer,
    Classification,
    Found,
    Label,
    MapPoints,
    ObjectPage,
    Origin,
    Query,
    Seed,
    StoredNerf,
    Variant,
)
from fieldlink.search.collection import Collection, check_models
from fieldlink.search.mappers import Mappers
from fieldlink.search.models import DIGITS, Models
from fieldlink.search.places import check_study
from fieldlink.search.spaces import CLIP_ALL, NF2VEC, Spaces
from fieldlink.search.warnings import warning_for

Picture = str | Path | bytes | UInt8[np.ndarray, "height width channel"]
MOST_FITS = 32  # of meshes, whose NeRFs stay in memory
MAP_NEIGHBOURS = 5  # whose places on the map a query's place is the mean of


class Study:
    """Questions to one study and one collection. Models and vectors are read once, when a question first needs them.

    One object answers one question at a time; share it between threads under a lock.
    """

    def __init__(self, folder: Path, collection: Path | None = None) -> None:
        self.folder, self.places = folder, check_study(folder)
        self.params = load(self.places.params)
        self.models = Models(self.places, self.params)
        self._mesh_query = lru_cache(MOST_FITS)(self._fitted_mesh)
        self._open(collection or self.places.data)

    def _open(self, collection: Path) -> None:
        """Search this collection from now on."""
        check_models(collection, self.models.digests)
        self.collection = Collection(collection, rendered=self.params.retrieval.clip_gallery == "rendered")
        for name in ("spaces", "origin", "_maps"):
            self.__dict__.pop(name, None)

    # What is there

    @cached_property
    def spaces(self) -> Spaces:
        """All that can be searched."""
        return Spaces(self.models, self.collection, Mappers.of(self.places))

    @cached_property
    def origin(self) -> Origin:
        """What every answer is made from."""
        commit = git_output(self.folder, "rev-parse", "--short=12", "HEAD", check=False).strip()
        changed = commit and git_output(self.folder, "status", "--porcelain", "--untracked-files=no", check=False)
        return Origin(
            study=str(self.folder),
            commit=f"{commit}+" if changed else commit,
            params=digests.digest_of(self.params.model_dump(mode="json"))[:DIGITS],
            clip=self.models.clip_name,
            nf2vec=self.models.digests["nf2vec"],
            collection=str(self.collection.folder),
            objects=len(self.collection.ids),
        )

    @property
    def variants(self) -> Sequence[Variant]:
        """The ways to search, the default one first."""
        return self.spaces.variants

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
    ) -> Query:
        """The query of one of the four, encoded in the space of its own kind. A mesh's NeRF is fitted first."""
        from fieldlink.search import queries

        if sum(value is not None for value in (text, image, mesh, nerf)) != 1:
            raise InputError("query: expected exactly one of text, image, mesh and nerf")
        if text is not None:
            return queries.text_query(self.models, text)
        if image is not None:
            return queries.picture_query(self.models, image)
        if mesh is not None:
            path = Path(mesh)
            state = path.stat() if path.is_file() else None
            return self._mesh_query(path, (state.st_mtime_ns, state.st_size) if state else None)
        if isinstance(nerf, StoredNerf):
            return queries.nerf_query(self.models, nerf)
        if str(nerf) in self.collection.index:
            place = self.collection.index[str(nerf)]
            vector, stored = self.collection.nerf_vectors[place], self.collection.nerf(str(nerf))
            return Query("nerf", str(nerf), f"object {nerf}", foreign=False, nerf=vector, stored=stored)
        if not Path(str(nerf)).is_dir():
            raise InputError(f"nerf {str(nerf)!r}: neither an object of {self.collection.folder} nor a folder")
        return queries.folder_query(self.models, Path(str(nerf)))

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
        that nothing is encoded twice. `by`: a name in `variants`; the first one by default. `seed`: of training, or
        "mean" for the mean cosine over all of them. `split`, `classes`: only objects of these. `least_psnr`: dB on
        held-out views, whole frame. `copies`: augmented copies too. Raises `InputError`.
        """
        if k < 1:
            raise InputError(f"k: {k}, expected at least 1")
        query = query or self.query(text=text, image=image, mesh=mesh, nerf=nerf)
        by = by or self.spaces.default
        itself = () if query.foreign else (query.name,)
        allowed = self.collection.allowed(split, classes, least_psnr, copies, (*exclude, *itself))
        items, scores = self.spaces.search(query, by, seed).nearest(allowed, k, distinct=by != CLIP_ALL)
        rows = [self._found(int(place), float(score)) for place, score in zip(items, scores, strict=True)]
        return Answer(rows, by, seed, query, self.origin, warning_for(self.models, query))

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
        from fieldlink.search import classification, queries

        query = query or self.query(image=image, mesh=mesh, nerf=nerf)
        names, vectors = classification.label_vectors(self.models, prompts)
        warning, second = warning_for(self.models, query), list[Label]()
        if query.nerf is None:
            if query.clip is None or query.kind != "image":
                raise InputError(f"{query.kind}: can't be classified, expected a picture, mesh or NeRF")
            labels = classification.labels([query.clip], names, vectors)
            return Classification(labels, "clip", 0, query, self.origin, warning=warning)
        mapper = self.spaces.mappers.named(by or self.spaces.naming_mapper, "nerf2clip")
        mapped = [mapper.apply(query.nerf[None], training_seed)[0] for training_seed in mapper.seeds(seed)]
        labels = classification.labels(mapped, names, vectors)
        if second_opinion and query.stored is not None:
            views = self.models.pictures(list(queries.four_views(self.models, query.stored)))
            second = classification.labels([views.mean(axis=0)], names, vectors)
        return Classification(labels, mapper.variant.name, seed, query, self.origin, second, warning)

    def neighbours(self, object_id: str, space: str = NF2VEC, k: int = 10, **filters: Any) -> Answer:
        """The objects nearest to one of the collection, itself left out; `filters` as in `search`.

        `space`: "nf2vec", "CLIP mean" (ground-truth views), or a variant of nerf2clip.
        """
        self.collection.place(object_id)
        return self.search(nerf=object_id, by=space, k=k, **filters)

    def forget_meshes(self) -> None:
        """Fit the NeRFs of meshes anew when they are asked about again."""
        self._mesh_query.cache_clear()

    # Objects

    def object(self, object_id: str) -> ObjectPage:
        """All that is known of an object; raises `InputError` for an unknown id."""
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

    # The map

    def map_points(self, space: str = "nerf_embedding") -> MapPoints:
        """The places of objects in the study's t-SNE of a space: nerf_embedding or clip_embedding.

        Of a collection without one: two principal components of its vectors.
        """
        return self._maps(space)

    def map_place(self, answer: Answer, space: str = "nerf_embedding") -> Float[np.ndarray, " 2"]:
        """Where an answer's query stands on the map: the mean place of the nearest objects there, weighted by score."""
        points = self._maps(space)
        place = {name: row for row, name in enumerate(points.ids)}
        allowed = np.array([name in place for name in self.collection.ids], bool)
        items, scores = self.spaces.search(answer.query, answer.by, answer.seed).nearest(allowed, MAP_NEIGHBOURS)
        rows = [place[self.collection.ids[item]] for item in items]
        return np.average(points.places[rows], axis=0, weights=np.maximum(scores, 1e-6))

    @cached_property
    def _maps(self) -> Any:
        return lru_cache(maxsize=4)(self._map)

    def _map(self, space: str) -> MapPoints:
        points = space_map.projected(self.collection, space)
        if points is not None:
            return points
        vectors = self.collection.nerf_vectors
        if space == "clip_embedding":
            vectors = self.spaces.mappers.named(self.spaces.naming_mapper, "nerf2clip").apply(vectors, 0)
        return space_map.components(self.collection, space, vectors)

    # Collections

    def add(self, folder: str | Path, to: str | Path | None = None, workers: int | None = None) -> Added:
        """Fit a NeRF to each mesh below a folder, embed it, and put it into a collection, a folder of datasets.

        Objects need no class and no split. `to`: the collection's folder; by default the one that is searched if it is
        a user's own, else `datasets/collection` in the study. `workers`: worker processes, for a script that is guarded
        by `if __name__ == "__main__"`; by default this process does all. What can't be used is left out with its
        reason. Raises `InputError`.
        """
        from fieldlink.search.own_collections import add_meshes

        is_own = self.collection.places.description.is_file()
        target = Path(to) if to is not None else self.collection.folder if is_own else self.places.own_collection
        additions = add_meshes(Path(folder), target, self.models, workers)
        if target.resolve() == self.collection.folder.resolve():
            self._open(target)
        origin = replace(self.origin, collection=str(target), objects=len(Collection(target).ids))
        return Added(str(target), additions.ids, additions.unchanged, additions.rejected, origin)

    # Parts

    def _found(self, place: int, score: float) -> Found:
        row = {name: self.collection.columns[name][place] for name in ("class_name", "split", "caption")}
        name = self.collection.ids[place]
        return Found(id=name, score=score, **row, paths=self.collection.paths(name))

    def _fitted_mesh(self, path: Path, _state: tuple[int, int] | None) -> Query:
        """`_state`: of the file, so that one that has changed is fitted anew."""
        from fieldlink.search import queries

        return queries.mesh_query(self.models, path)
