"""Types of the registries of sources: where the study's objects and photos come from."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldlink.core.digests import digest_of
from fieldlink.core.params import ObjectClass, Params, ScenesParams
from fieldlink.scenes.importers.listing import ListedItem, Listing
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.views import Views

List = Callable[[Path, Mapping[str, ObjectClass]], Listing]
Count = Callable[[Params], Counter[str]]
IMPORTED = ("scenes.folder", "scenes.split", "scenes.splits", "scenes.captions")  # parameters of all but the catalogue


@dataclass(frozen=True)
class ObjectRow:
    """A row of dataset `objects`, without its caption."""

    object_id: str
    class_name: str
    synset: str
    split: str
    source: str
    base_object_id: str
    augmentation: int  # 0: the original


@dataclass(frozen=True)
class ObjectTask:
    """All that decides the views of one object."""

    row: ObjectRow
    noun: str
    seed: int  # the study's
    scenes: ScenesParams
    item: ListedItem | None  # None: the object is made by the catalogue

    def key(self, code: str) -> str:
        """Digest of what the views depend on; the split is not part of it."""
        parts = [self.row.object_id, self.row.class_name, self.row.source, self.seed]
        inputs = [self.item.content, self.item.companions, self.item.up] if self.item else []
        return digest_of(code, *parts, self.scenes.views, self.scenes.resolution, *inputs)


def item_path(task: ObjectTask) -> Path:
    """Where the object of an importer's task lies."""
    assert task.item is not None, f"{task.row.object_id} was not listed"
    return task.item.path


@dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """Entry of a registry of sources. No field has a default: a new source has to say each.

    Source `catalogue` has no listing: its objects are made, not read.
    """

    title: str  # in README's table
    page_text: str  # on the result page
    parameters: tuple[str, ...]  # keys of params.yaml that this source reads beside those that all sources read
    count: Count  # objects or pictures of each class, for the preflight: nothing is read whole
    listing: List | None


@dataclass(frozen=True, kw_only=True)
class SceneSourceEntry(SourceEntry):
    """A source of objects: of meshes, whose views are rendered here, or of views."""

    single_scenes: bool  # may have too few objects to be split; these are only fitted
    every_class: bool  # the preflight expects objects of every class
    captions: bool  # objects have captions of their own
    trial: Callable[[Params], dict[str, str]] | None  # reasons of objects that reading sets aside, by name
    trial_extent: str  # what the trial reads; empty where it reads all, or where there is none

    def has_depth(self, folder: Path) -> bool:
        """Whether views have depth maps, at least those of some objects."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class MeshSource(SceneSourceEntry):
    """A source of coloured meshes. Augmented copies are made of the mesh, cameras are drawn here."""

    mesh: Callable[[ObjectTask], Mesh]

    def has_depth(self, folder: Path) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class ViewSource(SceneSourceEntry):
    """A source of posed views. Augmented copies are made of the views, or were listed with their originals."""

    views: Callable[[ObjectTask], Views]
    lists_copies: bool  # augmented copies were listed with their originals
    depth: Callable[[Path], bool] | None  # whether a folder has depth maps of some views; None: no folder has

    def has_depth(self, folder: Path) -> bool:
        return self.depth is not None and self.depth(folder)


@dataclass(frozen=True)
class PhotoTask:
    """All that decides one photo."""

    photo_id: str
    class_name: str
    noun: str
    seed: int  # the study's
    resolution: int  # pixels; of photos made here
    item: ListedItem | None  # None: the photo is made of a catalogue object
    source: str
    split: str  # validation or test

    def key(self, code: str) -> str:
        """Digest of what the photo depends on."""
        inputs = [self.item.content, self.item.companions] if self.item else [self.seed, self.resolution]
        return digest_of(code, self.photo_id, self.class_name, self.split, *inputs)


@dataclass(frozen=True, kw_only=True)
class PhotoSourceEntry(SourceEntry):
    """A source of photos."""

    image: Callable[[PhotoTask], bytes]  # an encoded picture; raises `InputError` if it can't be used
    test_files: Callable[[Path], Collection[Path]] | None  # that a published split has for testing
