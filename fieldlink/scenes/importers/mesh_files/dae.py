"""COLLADA, by pycollada: every geometry of the scene, skinned ones in bind pose. The one import of pycollada."""

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from collada import Collada
from collada.common import DaeError
from collada.material import Map
from collada.polylist import BoundPolylist
from collada.triangleset import BoundTriangleSet
from jaxtyping import Float
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles, listed, plain
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY, WHITE, Layer, MeshFile, Part, Texture, rgba
from fieldlink.scenes.importers.mesh_files.texture_images import TextureImages, drawn_without

COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
DECIMAL_COMMAS = re.compile(rb">[\s\d,.eE+-]*\d,\d[\s\d,.eE+-]*<")  # numbers of 3ds Max where its computer has them
NOT_DRAWN = ("animation", "camera", "light")
GREY_LAYER = Layer((GREY, GREY, GREY, 1.0))


def read(data: bytes, companions: CompanionFiles) -> MeshFile:
    """Parts in the document's axes. What pycollada finds broken is left out, and noted."""
    data = COMMENT.sub(b"", data)  # pycollada takes those inside a geometry for unknown geometries
    data = DECIMAL_COMMAS.sub(lambda numbers: numbers[0].replace(b",", b"."), data)
    document, notes = _document(data)
    images = TextureImages()
    parts = [_part(triangles, images, companions) for triangles in _triangle_sets(document)]
    up = (getattr(document.assetInfo, "upaxis", None) or "Y_UP")[0].lower()
    lost = dict.fromkeys(str(error).replace(f" in effect `{id}`", "") for error in document.errors)
    broken = [words for words in lost if not any(other in words.lower() for other in NOT_DRAWN)]
    return MeshFile(parts, up, notes=images.notes() + notes + ([f"drawn without {listed(broken)}"] if broken else []))


def _document(data: bytes) -> tuple[Collada, list[str]]:
    """The document and a note on materials that it lacks: pycollada would leave out all geometry that names one."""
    document = Collada(io.BytesIO(data), ignore=[DaeError])
    tree: Any = document.xmlnode
    materials, bindings = {material.id for material in document.materials}, tree.iter("{*}instance_material")
    names = {binding: (binding.get("target") or "").removeprefix("#") for binding in bindings}
    lost = sorted(set(names.values()) - materials)
    if not lost:
        return document, []
    for binding in (binding for binding, name in names.items() if name in lost):
        binding.getparent().remove(binding)
    without = Collada(io.BytesIO(etree.tostring(tree)), ignore=[DaeError])
    return without, drawn_without(
        "materials", len(lost), len(set(names.values())), [f"{name} not in the file, or broken" for name in lost]
    )


def _triangle_sets(document: Any) -> Iterator[Any]:
    """All bound triangle sets of the scene that aren't empty; polygons are triangulated."""
    scene = document.scene
    for bound in itertools.chain(scene.objects("geometry"), scene.objects("controller")) if scene else ():
        for primitive in bound.primitives():
            drawn = getattr(primitive, "primitive", primitive)  # a skin's are wrapped
            if isinstance(drawn, BoundPolylist):
                drawn = drawn.triangleset()
            if isinstance(drawn, BoundTriangleSet) and drawn.vertex is not None and len(drawn):
                yield drawn


def _part(triangles: Any, images: TextureImages, companions: CompanionFiles) -> Part:
    vertices = np.asarray(triangles.vertex, np.float64)[triangles.vertex_index].reshape(-1, 3)
    tint = _vertex_colours(triangles)
    layer = _layer(triangles, images, companions)
    if tint is not None and layer.texture is None:
        layer = Layer(WHITE)  # exporters mean vertex colours in place of the material's
    return Part(vertices, np.arange(len(vertices)).reshape(-1, 3), layer, tint)


def _vertex_colours(triangles: Any) -> Float[np.ndarray, "corner 4"] | None:
    """Colours of all corners; None without, or if all are white."""
    sources = getattr(triangles.original, "sources", {}).get("COLOR", ())
    if not sources:
        return None
    offset, data = sources[0][0], np.asarray(sources[0][4].data, np.float64)
    colours = data[triangles.original.index[:, :, offset]].reshape(-1, data.shape[1])
    return None if (colours[:, :3] == 1).all() else np.clip(rgba(colours), 0, 1)


def _layer(triangles: Any, images: TextureImages, companions: CompanionFiles) -> Layer:
    """The diffuse colour or texture; of an effect without, its emission."""
    if triangles.material is None:
        return GREY_LAYER
    effect = triangles.material.effect
    look = effect.emission if effect.diffuse is None or effect.shadingtype == "constant" else effect.diffuse
    if look is None:
        return GREY_LAYER
    if not isinstance(look, Map):
        red, green, blue = (min(max(float(channel), 0.0), 1.0) for channel in look[:3])
        return Layer((red, green, blue, 1.0))
    path = look.sampler.surface.image.path
    image, uv = images.image(plain(path), lambda: companions.read(path)), _uv(triangles, look.texcoord)
    return GREY_LAYER if image is None or uv is None else Layer(WHITE, Texture(image), uv)


def _uv(triangles: Any, semantic: str) -> Float[np.ndarray, "corner 2"] | None:
    """Texture coordinates of all corners, of the set that the material binds to `semantic`."""
    if not triangles.texcoordset:
        return None
    bound = (triangles.inputmap or {}).get(semantic)
    sets = [source[3] or "0" for source in triangles.original.sources["TEXCOORD"]]
    at = sets.index(bound[1] or "0") if bound and (bound[1] or "0") in sets else 0
    uv = np.asarray(triangles.texcoordset[at], np.float64)[triangles.texcoord_indexset[at]].reshape(-1, 2)
    return np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)
