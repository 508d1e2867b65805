"""A space in two dimensions: the study's t-SNE, or two principal components where there is none.

The t-SNE has the study's test objects alone."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import PROJECTIONS
from fieldlink.search.answers import Answer, MapPoints
from fieldlink.search.collection import Collection
from fieldlink.search.spaces import Spaces

SPACES = ("nerf_embedding", "clip_embedding")
NEIGHBOURS = 5  # whose mean place is the place of a query


class SpaceMaps:
    """The map of each space of a collection."""

    def __init__(self, collection: Collection, spaces: Callable[[], Spaces]) -> None:
        """`spaces`: of the collection, read when a map needs them."""
        self.collection, self.spaces = collection, spaces
        self.points = lru_cache(maxsize=4)(self._points)

    def place(self, answer: Answer, space: str, among: Sequence[str] | None) -> Float[np.ndarray, " 2"]:
        """The mean place of the objects on the map that are nearest to an answer's query, weighted by score.

        `among`: ids of the objects that count; None: all on the map. NaN if there are none.
        """
        points, spaces = self.points(space), self.spaces()
        rows = {name: row for row, name in enumerate(points.ids)}
        counting = rows.keys() if among is None else rows.keys() & set(among)
        counts = np.array([name in counting for name in self.collection.ids], bool)
        items, scores = spaces.search(answer.query, answer.by, answer.seed).nearest(counts, NEIGHBOURS)
        if not len(items):
            return np.full(2, np.nan)
        nearest = [rows[self.collection.ids[item]] for item in items]
        return np.average(points.positions[nearest], axis=0, weights=np.maximum(scores, 1e-6))

    def _points(self, space: str) -> MapPoints:
        points = projected(self.collection, space)
        if points is not None:
            return points
        vectors = self.collection.nerf_vectors
        if space == "clip_embedding":
            spaces = self.spaces()
            vectors = spaces.mappers.mapper(spaces.naming_mapper, "nerf2clip").apply(vectors, 0)
        return components(self.collection, space, vectors)


def projected(collection: Collection, space: str) -> MapPoints | None:
    """The study's t-SNE of a space. None for a collection without a t-SNE."""
    if space not in SPACES:
        raise InputError(f"space {space!r}: expected one of {SPACES}")
    if not collection.paths.projections.is_dir():
        return None
    rows = datasets.read(collection.paths.projections, PROJECTIONS).filter(pc.field("space") == space)
    rows = rows.filter(pc.field("object_id").isin(collection.ids))
    if not len(rows):
        raise InputError(
            f"{collection.paths.projections}: no object of {collection.folder} in {space}; rerun the study"
        )
    positions = np.stack([rows["x"].to_numpy(), rows["y"].to_numpy()], axis=1)
    return MapPoints(space, rows["object_id"].to_pylist(), rows["class_name"].to_pylist(), positions)


def components(collection: Collection, space: str, vectors: Float[np.ndarray, "object dim"]) -> MapPoints:
    """Two principal components of vectors of unit length."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    centred = unit - unit.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, :-3:-1]  # of the two greatest eigenvalues, the greatest first
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1, 1)  # signs don't depend on the solver
    return MapPoints(space, collection.ids, collection.columns["class_name"].tolist(), centred @ axes)
