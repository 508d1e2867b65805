"""A collection of NeRFs: objects, their vectors and their files."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Float, Int

from fieldlink.core import datasets, shard_files
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, NERFS, OBJECTS, SOURCES, VIEWS, Schema
from fieldlink.embeddings.selection import views_of
from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.nerf.weight_layout import cells_per_axis
from fieldlink.search.answers import AnswerRow, ObjectPage, StoredNerf
from fieldlink.search.paths import CollectionPaths

UNLABELLED = replace(OBJECTS, optional=(*OBJECTS.optional, "class_name", "synset", "split"))  # objects of no class
PSNR = ("psnr_train", "psnr_heldout", "psnr_train_foreground", "psnr_heldout_foreground")


class Collection:
    """The objects of a folder of datasets that have an nf2vec vector, in the order of ids.

    Each dataset is read when it is first needed.
    """

    def __init__(self, folder: Path, rendered: bool = False) -> None:
        """`rendered`: the gallery of CLIP alone is rendered views, where they have vectors, not ground-truth views."""
        self.folder, self.paths = folder, CollectionPaths(folder)
        rendered_views, views = self.paths.rendered_view_embeddings, self.paths.view_embeddings
        self.clip_gallery = rendered_views if rendered and rendered_views.is_dir() else views
        for dataset in (self.paths.objects, self.paths.nerf_embeddings):
            if not dataset.is_dir():
                raise InputError(f"{dataset}: missing, expected a collection of NeRFs: a study's data, or one's own")

    @cached_property
    def _ids_and_vectors(self) -> tuple[list[str], Float[np.ndarray, "object nf2vec"]]:
        return read_vectors(self.paths.nerf_embeddings, NERF_EMBEDDINGS)

    @cached_property
    def _rows(self) -> pa.Table:
        rows = datasets.read(self.paths.objects, UNLABELLED)
        row_of = {name: row for row, name in enumerate(rows["object_id"].to_pylist())}
        if missing := [name for name in self.ids if name not in row_of]:
            raise InputError(f"{self.paths.objects}: no row of {missing[0]!r}, which has an nf2vec vector")
        return rows.take(pa.array([row_of[name] for name in self.ids], pa.int64()))

    @property
    def is_own(self) -> bool:
        """Whether it is a user's own, which `fieldlink add` wrote, and not a study's."""
        return self.paths.description.is_file()

    @property
    def ids(self) -> list[str]:
        return self._ids_and_vectors[0]

    @property
    def nerf_vectors(self) -> Float[np.ndarray, "object nf2vec"]:
        """nf2vec's vector of each object."""
        return self._ids_and_vectors[1]

    @cached_property
    def index(self) -> dict[str, int]:
        """The index of each id in `ids`."""
        return {name: index for index, name in enumerate(self.ids)}

    def index_of(self, object_id: str) -> int:
        """The index of an object in `ids`. Raises `InputError` for an unknown id."""
        if object_id not in self.index:
            raise InputError(f"{self.folder}: no object {object_id!r} with an nf2vec vector, such as {self.ids[:3]}")
        return self.index[object_id]

    @cached_property
    def columns(self) -> dict[str, Any]:
        """Columns of dataset `objects` as arrays of Python objects, in which null is None."""
        return {name: np.array(self._rows[name].to_pylist(), object) for name in self._rows.column_names}

    @cached_property
    def psnr(self) -> dict[str, Float[np.ndarray, " object"]]:
        """PSNR of each object in dB, by the columns of dataset `nerfs`; NaN where there is none."""
        rows = datasets.read(self.paths.nerfs, NERFS, ["object_id", *PSNR])
        row_of = {name: row for row, name in enumerate(rows["object_id"].to_pylist())}
        order = np.array([row_of.get(name, -1) for name in self.ids])
        return {name: np.where(order < 0, np.nan, rows[name].to_numpy()[order]) for name in PSNR}

    def allowed(
        self,
        split: str | Sequence[str] | None,
        classes: str | Sequence[str] | None,
        least_psnr: float | None,
        copies: bool,
        exclude: Sequence[str] = (),
    ) -> Bool[np.ndarray, " object"]:
        """Whether each object passes the filters. A split or class of no object is an `InputError`."""
        allowed = np.ones(len(self.ids), bool) if copies else self._originals.copy()
        for name, words in (("split", split), ("class_name", classes)):
            if words is not None:
                allowed = allowed & self._has(name, {words} if isinstance(words, str) else set(words))
        if least_psnr is not None:
            allowed = allowed & (self.psnr["psnr_heldout"] >= least_psnr)
        allowed[[self.index[name] for name in exclude if name in self.index]] = False
        return allowed

    @cached_property
    def _originals(self) -> Bool[np.ndarray, " object"]:
        return self._rows["augmentation"].to_numpy() == 0

    def choices(self, column: str) -> list[str]:
        """The words in a column of `objects`, in order."""
        return sorted({word for word in self.columns[column] if word is not None})

    def _has(self, column: str, words: set[str]) -> Bool[np.ndarray, " object"]:
        """Whether each object has one of some words in a column."""
        choices = self.choices(column)
        if unknown := sorted(words.difference(choices)):
            raise InputError(f"{self.folder}: no {column} {unknown[0]!r}, expected some of {choices}")
        return np.array([word in words for word in self.columns[column]], bool)

    # Views

    @cached_property
    def view_vectors(self) -> tuple[ViewEmbeddings, Int[np.ndarray, " row"]]:
        """CLIP's vectors of views, and the index in `ids` of each row's object."""
        if not self.clip_gallery.is_dir():
            raise InputError(f"{self.clip_gallery}: missing, expected CLIP's vectors of the objects' views")
        views = views_of(datasets.read(self.clip_gallery, IMAGE_EMBEDDINGS), self.ids)
        owner = np.array([self.index[name] for name in views.ids], np.int64)
        return views, owner[views.owner]

    def view(self, object_id: str, number: int) -> bytes:
        """PNG of a ground-truth view."""
        return self._view_row(object_id, number, ["image"])["image"]

    def camera(self, object_id: str, number: int) -> tuple[Float[np.ndarray, "3 4"], float]:
        """Pose (camera to world) and horizontal field of view (radians) of a ground-truth view."""
        row = self._view_row(object_id, number, ["camera_to_world", "camera_angle_x"])
        return np.asarray(row["camera_to_world"], np.float32).reshape(3, 4), row["camera_angle_x"]

    def _view_row(self, object_id: str, number: int, columns: Sequence[str]) -> dict[str, Any]:
        rows = datasets.rows_with_ids(self.paths.views, VIEWS, [object_id], ["view", *columns]).to_pylist()
        by_view = {row["view"]: row for row in rows}
        if number not in by_view:
            raise InputError(f"{object_id}: no view {number}, expected one of {sorted(by_view)}")
        return by_view[number]

    # Objects

    def nerf(self, object_id: str) -> StoredNerf:
        """An object's NeRF."""
        self.index_of(object_id)
        rows = datasets.rows_with_ids(self.paths.nerfs, NERFS, [object_id], ["weights", "occupancy"])
        return stored_nerf(datasets.matrix(rows["weights"])[0], rows["occupancy"][0].as_py())

    def row(self, index: int, score: float) -> AnswerRow:
        """The row of an answer for the object of an index in `ids`."""
        labels = {name: self.columns[name][index] for name in ("class_name", "split", "caption")}
        return AnswerRow(id=self.ids[index], score=score, **labels, paths=self.paths_of(self.ids[index]))

    def page(self, object_id: str) -> ObjectPage:
        """The data of an object."""
        index = self.index_of(object_id)
        row = {name: values[index] for name, values in self.columns.items()}
        views: list[int] = []
        if self.paths.views.is_dir():
            rows = datasets.rows_with_ids(self.paths.views, VIEWS, [object_id], ["view"], may_be_absent=True)
            views = rows["view"].to_pylist()
        psnr = {name: float(values[index]) for name, values in self.psnr.items()}
        return ObjectPage(
            id=object_id,
            class_name=row["class_name"],
            split=row["split"],
            caption=row["caption"],
            base_id=row["base_object_id"],
            augmentation=row["augmentation"],
            psnr={name: None if np.isnan(value) else value for name, value in psnr.items()},
            views=views,
            paths=self.paths_of(object_id),
        )

    def paths_of(self, object_id: str) -> Mapping[str, str]:
        """Files of an object: that of its NeRF, that of its views, and the mesh of a user."""
        files = {name: _shard_of(shards, object_id) for name, shards in self._shards.items()}
        return {name: path for name, path in (files | {"source": self._sources.get(object_id, "")}).items() if path}

    @cached_property
    def _shards(self) -> dict[str, list[tuple[str, str, str]]]:
        """First id, last id and path of every shard, of NeRFs and of views."""
        datasets_by_kind = {"nerf": (self.paths.nerfs, NERFS), "views": (self.paths.views, VIEWS)}
        return {name: _spans(folder, schema) for name, (folder, schema) in datasets_by_kind.items() if folder.is_dir()}

    @cached_property
    def _sources(self) -> dict[str, str]:
        if not self.paths.sources.is_dir():
            return {}
        rows = datasets.read(self.paths.sources, SOURCES)
        return dict(zip(rows["object_id"].to_pylist(), rows["path"].to_pylist(), strict=True))


def stored_nerf(weights: Float[np.ndarray, " weight"], occupancy: bytes) -> StoredNerf:
    """A NeRF of a row of dataset `nerfs`."""
    return StoredNerf(weights, occupancy, cells_per_axis(len(occupancy)))


def read_vectors(folder: Path, schema: Schema) -> tuple[list[str], Float[np.ndarray, "row dim"]]:
    """Ids and vectors of a dataset."""
    ids, vectors = _vectors_by_shard(folder, schema)
    pa.default_memory_pool().release_unused()  # Arrow would keep it for a next table of that size
    return ids, vectors


def _vectors_by_shard(folder: Path, schema: Schema) -> tuple[list[str], Float[np.ndarray, "row dim"]]:
    """Ids and vectors, read one shard at a time, so that no shard is twice in memory."""
    counts = [shard_files.open_file(path).rows for path in datasets.shard_paths(folder, schema)]
    ids, vectors, start = list[str](), np.zeros((0, 0), np.float32), 0
    for shard in datasets.shards(folder, schema, [schema.key[0], "embedding"]):
        part = datasets.matrix(shard["embedding"])
        if not ids:
            vectors = np.empty((sum(counts), part.shape[1]), np.float32)
        vectors[start : start + len(part)] = part
        ids += shard[schema.key[0]].to_pylist()
        start += len(part)
    return ids, vectors


def _spans(folder: Path, schema: Schema) -> list[tuple[str, str, str]]:
    spans = [(path, shard_files.open_file(path).span(schema.key[0])) for path in datasets.shard_paths(folder, schema)]
    return sorted((span[0], span[1], str(path)) for path, span in spans if span is not None)


def _shard_of(shards: Sequence[tuple[str, str, str]], object_id: str) -> str:
    """The path of the shard that spans an id, or ''."""
    index = bisect_right(shards, object_id, key=itemgetter(0)) - 1
    return shards[index][2] if index >= 0 and object_id <= shards[index][1] else ""
