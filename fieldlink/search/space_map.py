"""A space in two dimensions: the study's t-SNE, or two principal components where there is none."""

import numpy as np
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import PROJECTIONS
from fieldlink.search.answers import MapPoints
from fieldlink.search.collection import Collection

SPACES = ("nerf_embedding", "clip_embedding")


def projected(collection: Collection, space: str) -> MapPoints | None:
    """The study's t-SNE; None for a collection without one."""
    if space not in SPACES:
        raise InputError(f"space {space!r}: expected one of {SPACES}")
    if not collection.places.projections.is_dir():
        return None
    rows = datasets.read(collection.places.projections, PROJECTIONS).filter(pc.field("space") == space)
    rows = rows.filter(pc.field("object_id").isin(collection.ids))
    places = np.stack([rows["x"].to_numpy(), rows["y"].to_numpy()], axis=1)
    return MapPoints(space, rows["object_id"].to_pylist(), rows["class_name"].to_pylist(), places)


def components(collection: Collection, space: str, vectors: Float[np.ndarray, "object dim"]) -> MapPoints:
    """Two principal components of vectors of unit length."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    centred = unit - unit.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, :-3:-1]  # of the two greatest eigenvalues, the greatest first
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1, 1)  # signs don't depend on the solver
    return MapPoints(space, collection.ids, collection.columns["class_name"].tolist(), centred @ axes)
