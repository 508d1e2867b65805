"""Registry of the sources of objects, by their names in `scenes.source`. Each entry stands in its source's own file."""

from fieldlink.core import registry
from fieldlink.scenes import catalogue_source
from fieldlink.scenes.importers import blender, disn, imported_nerfs, mesh_folder, shapenet
from fieldlink.scenes.source_types import SceneSourceEntry

SCENE_SOURCES: dict[str, SceneSourceEntry] = {
    "catalogue": catalogue_source.SOURCE,
    "meshes": mesh_folder.SOURCE,
    "shapenet": shapenet.SOURCE,
    "disn": disn.SOURCE,
    "blender": blender.SOURCE,
    "nerfs": imported_nerfs.SOURCE,
}


def scene_source(name: str) -> SceneSourceEntry:
    """The source of a name in `scenes.source`."""
    return registry.member(SCENE_SOURCES, name, "scenes.source", "fieldlink/scenes/scene_sources.py")
