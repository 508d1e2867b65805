"""Which files of a folder a collection holds already, and which of its objects a changed file replaces.

An object is known by the path of its file, or by the contents of its mesh. Where other files of the folder changed,
its views are rendered anew and compared with the stored ones: a file beside it may be a texture of it or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fieldlink.core import datasets, digests
from fieldlink.core.errors import valid_text
from fieldlink.core.params import Params
from fieldlink.core.schemas import SOURCES, VIEWS
from fieldlink.core.workers import map_in_workers
from fieldlink.scenes.importers.item_ids import with_digest
from fieldlink.scenes.importers.listing import ListedItem
from fieldlink.scenes.object_views import object_views
from fieldlink.scenes.source_types import ObjectTask
from fieldlink.search.new_nerfs import mesh_task
from fieldlink.search.paths import CollectionPaths

CHUNK = 8  # meshes rendered in one call of a worker
LOOKS = ["object_id", "view", "image", "depth"]  # columns of dataset `views`; cameras follow from the id


@dataclass
class SortedItems:
    """The files of a folder by what a collection holds of them. All items have the ids of their objects there."""

    new: dict[str, ListedItem] = field(default_factory=dict)
    changed: dict[str, ListedItem] = field(default_factory=dict)  # of objects that look otherwise now
    unchanged: list[str] = field(default_factory=list)
    compared: list[ListedItem] = field(default_factory=list)  # unchanged, though files beside them are others


class CollectionSources:
    """The objects of a collection by their files."""

    def __init__(self, paths: CollectionPaths) -> None:
        """Read dataset `sources`. There are no objects where there is no collection yet."""
        self.paths = paths
        there = paths.description.is_file()
        rows = datasets.read(paths.sources, SOURCES).to_pylist() if there else []
        self.ids = {row["object_id"] for row in rows}
        self._file_paths = {row["object_id"]: row["path"] for row in rows}
        self._by_path = {row["path"]: row["object_id"] for row in rows}
        self._by_content = {row["content"]: row["object_id"] for row in rows}
        self._by_mesh = {_mesh_part(row["content"]): row["object_id"] for row in rows}

    def sorted_items(
        self, items: Sequence[ListedItem], folder: Path, params: Params, workers: int | None
    ) -> SortedItems:
        """The items of a folder. `workers`: as of `map_in_workers`, for views of those that are to be compared."""
        result, to_compare = SortedItems(), dict[str, ListedItem]()
        listed_paths = {path_text(item) for item in items}
        for item in items:
            object_id = self._id_of(item, listed_paths)
            if object_id is None:
                self._add_new(result, item, folder)
            elif self._by_content.get(content_of(item)) == object_id:
                result.unchanged.append(object_id)
            else:
                to_compare[object_id] = item
        alike = self._alike(to_compare, folder, params, workers)
        for object_id, item in to_compare.items():
            if object_id in alike:
                result.unchanged.append(object_id)
                result.compared.append(replace(item, object_id=object_id))
            elif self._file_paths[object_id] == path_text(item):
                result.changed[object_id] = replace(item, object_id=object_id)
            else:
                self._add_new(result, item, folder)
        return result

    def _id_of(self, item: ListedItem, listed_paths: set[str]) -> str | None:
        """The object of a file's path, else one of equal contents whose own file isn't among the listed ones."""
        if object_id := self._by_path.get(path_text(item)):
            return object_id
        content = content_of(item)
        for object_id in (self._by_content.get(content), self._by_mesh.get(_mesh_part(content))):
            if object_id is not None and self._file_paths[object_id] not in listed_paths:
                return object_id
        return None

    def _add_new(self, result: SortedItems, item: ListedItem, folder: Path) -> None:
        name = item.object_id
        if name in self.ids:  # another file of this name
            name = with_digest(f"{name}.{content_of(item)[:8]}", item.path.relative_to(folder))
        result.new[name] = replace(item, object_id=name)

    def _alike(self, items: Mapping[str, ListedItem], folder: Path, params: Params, workers: int | None) -> set[str]:
        """Ids of the items whose views are those in the collection."""
        tasks = [mesh_task(replace(item, object_id=name), folder, params) for name, item in items.items()]
        chunks = [tasks[start : start + CHUNK] for start in range(0, len(tasks), CHUNK)]
        rendered = dict[str, str]()
        for of_chunk in map_in_workers(view_digests, chunks, workers):
            rendered |= of_chunk
        return {name for name, digest in self._stored_digests(sorted(rendered)) if rendered[name] == digest}

    def _stored_digests(self, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        for start in range(0, len(ids), CHUNK):
            rows = datasets.rows_with_ids(self.paths.views, VIEWS, ids[start : start + CHUNK], LOOKS)
            yield from datasets.digests_by_key([rows], "object_id").items()


def view_digests(tasks: list[ObjectTask]) -> dict[str, str]:
    """Digests of the views of meshes, by id; none of a mesh that can't be read."""
    columns = object_views(tasks).columns
    if not columns["object_id"]:
        return {}
    return datasets.digests_by_key([datasets.table(VIEWS, columns).select(LOOKS)], "object_id")


def content_of(item: ListedItem) -> str:
    """What `sources` stores of a file: digests of its mesh, and of the files of its folder that it may name."""
    return f"{digests.digest_of(item.content, item.up)} {digests.digest_of(item.companions)}"


def path_text(item: ListedItem) -> str:
    """What `sources` stores of a file's place."""
    return valid_text(str(item.path.resolve()))


def _mesh_part(content: str) -> str:
    return content.partition(" ")[0]
