"""COLLADA, by pycollada: every geometry of the scene, skinned ones in bind pose. The one import of pycollada."""

import io
import itertools
import re
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from collada import Collada
from collada.common import DaeError
from collada.controller import BoundMorph
from collada.material import Map
from collada.polylist import BoundPolylist
from collada.source import FloatSource
from collada.triangleset import BoundTriangleSet, TriangleSet
from jaxtyping import Float
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files import polygons
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles, listed, plain
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY, WHITE, Layer, MeshFile, MeshPart, Texture, rgba
from fieldlink.scenes.importers.mesh_files.texture_images import TextureImages, drawn_without

COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
DECIMAL_COMMAS = re.compile(rb">[\s\d,.eE+-]*\d,\d[\s\d,.eE+-]*<")  # numbers of 3ds Max where its computer has them
NOT_DRAWN = ("animation", "camera", "light")
WRAPS = {"MIRROR": "mirror", "CLAMP": "clamp", "BORDER": "clamp", "NONE": "clamp"}  # WRAP and without: repeat
GREY_LAYER = Layer((GREY, GREY, GREY, 1.0))


class _Looks:
    """The materials of a document, and what it was drawn without."""

    def __init__(self, document: Any, lost: Collection[str], companions: CompanionFiles) -> None:
        """`lost`: symbols of bindings to materials that are missing, which are noted elsewhere."""
        self.images, self.lost, self.companions = TextureImages(), lost, companions
        self.named = {material.name: material for material in document.materials}
        self.named |= {material.id: material for material in document.materials}
        self.symbols: set[str] = set()
        self.unbound: set[str] = set()

    def layer(self, triangles: Any) -> Layer:
        """The diffuse colour or texture; of an effect without, its emission."""
        material = self._material(triangles)
        if material is None:
            return GREY_LAYER
        effect = material.effect
        look = effect.emission if effect.diffuse is None or effect.shadingtype == "constant" else effect.diffuse
        if look is None:
            return GREY_LAYER
        if not isinstance(look, Map):
            red, green, blue = (min(max(float(channel), 0.0), 1.0) for channel in look[:3])
            return Layer((red, green, blue, 1.0))
        path = look.sampler.surface.image.path
        image, uv = self.images.image(plain(path), lambda: self.companions.read(path)), _uv(triangles, look.texcoord)
        if image is not None and uv is None:
            self.images.lacks_coordinates(plain(path))
        return GREY_LAYER if image is None or uv is None else Layer(WHITE, Texture(image, _wrap(look.sampler)), uv)

    def notes(self) -> list[str]:
        """For the user: textures that are missing, and materials that nothing binds."""
        reasons = [f"{symbol} is bound to none, and is none's id" for symbol in sorted(self.unbound)]
        return self.images.notes() + drawn_without("materials", len(self.unbound), len(self.symbols), reasons)

    def _material(self, triangles: Any) -> Any:
        """The material that a node binds to the triangles' symbol; without a binding, the one of that id or name."""
        symbol = triangles.original.material
        self.symbols |= {symbol} - {None}
        if triangles.material is not None or symbol is None:
            return triangles.material
        if symbol not in self.named and symbol not in self.lost:
            self.unbound.add(symbol)
        return self.named.get(symbol)


def read(data: bytes, companions: CompanionFiles) -> MeshFile:
    """Parts in the document's axes. What pycollada finds broken is left out, and noted."""
    data = COMMENT.sub(b"", data)  # pycollada takes those inside a geometry for unknown geometries
    data = DECIMAL_COMMAS.sub(lambda numbers: numbers[0].replace(b",", b"."), data)
    morphs: list[str] = []  # that are drawn as their base
    document, notes, symbols = _document(data, morphs)
    if next(document.xmlnode.iter("{*}ph"), None) is not None:  # pycollada passes over them without a word
        raise InputError("polygons with holes (ph) aren't read, expected triangles or polygons without holes")
    for geometry in document.geometries:
        for source in geometry.sourceById.values():
            _put_back_nan(source)
    looks = _Looks(document, symbols, companions)
    parts = [_part(triangles, looks) for triangles in _triangle_sets(document, morphs)]
    lost = dict.fromkeys(str(error).replace(f" in effect `{id}`", "") for error in document.errors)
    broken = [words for words in lost if not any(other in words.lower() for other in NOT_DRAWN)]
    notes = looks.notes() + notes + ([f"drawn without {listed(broken)}"] if broken else [])
    notes += [f"drawn without the morph targets of {listed(morphs)}"] if morphs else []
    return MeshFile(parts, _up(document), notes=notes)


def _document(data: bytes, morphs: list[str]) -> tuple[Collada, list[str], set[str]]:
    """The document, a note on materials that it lacks, and the symbols bound to them.

    Pycollada would leave out all geometry that names one, and skins over a morph: they get its base.
    """
    document = Collada(io.BytesIO(data), ignore=[DaeError])
    tree: Any = document.xmlnode
    materials, bindings = {material.id for material in document.materials}, tree.iter("{*}instance_material")
    names = {binding: (binding.get("target") or "").removeprefix("#") for binding in bindings}
    lost = sorted(set(names.values()) - materials)
    if not _put_on_base(tree, morphs) and not lost:
        return document, [], set()
    broken = [binding for binding, name in names.items() if name in lost]
    for binding in broken:
        binding.getparent().remove(binding)
    without = Collada(io.BytesIO(etree.tostring(tree)), ignore=[DaeError])
    reasons = [f"{name} not in the file, or broken" for name in lost]
    notes = drawn_without("materials", len(lost), len(set(names.values())), reasons)
    return without, notes, {binding.get("symbol") for binding in broken}


def _put_on_base(tree: Any, morphs: list[str]) -> bool:
    """Put skins over a morph on its base, and add its name to `morphs`. Whether there are any."""
    bases = {morph.getparent().get("id"): morph.get("source") or "" for morph in tree.iter("{*}morph")}
    for skin in tree.iter("{*}skin"):
        if (name := (skin.get("source") or "").removeprefix("#")) in bases:
            skin.set("source", bases[name])
            morphs.append(name)
    return bool(morphs)


def _up(document: Any) -> str:
    """The axis that points up: x, y or z. Pycollada takes the word with spaces around it for none."""
    word = (document.xmlnode.findtext("{*}asset/{*}up_axis") or "").strip()
    return word[0].lower() if word in ("X_UP", "Y_UP", "Z_UP") else "y"


def _triangle_sets(document: Any, morphs: list[str]) -> Iterator[Any]:
    """All bound triangle sets of the scene that aren't empty; polygons are triangulated.

    A morph is drawn as its base, and its name added to `morphs`.
    """
    scene = document.scene
    for bound in itertools.chain(scene.objects("geometry"), scene.objects("controller")) if scene else ():
        if isinstance(bound, BoundMorph):
            morphs.append(bound.original.id)
            bound = bound.original.source_geometry.bind(bound.matrix, bound.materialnodebysymbol)  # noqa: PLW2901
        for primitive in bound.primitives():
            drawn = getattr(primitive, "primitive", primitive)  # a skin's are wrapped
            if isinstance(drawn, BoundPolylist):
                drawn = _cut(drawn)
            if isinstance(drawn, BoundTriangleSet) and drawn.vertex is not None and len(drawn):
                if (least := drawn.original.index.min()) < 0:  # which numpy would count from the end
                    raise InputError(f"a face has index {least}, expected 0 or more")
                yield drawn


def _put_back_nan(source: Any) -> None:
    """Numbers of a geometry that aren't any: pycollada takes them for 0."""
    text = (source.xmlnode.findtext("{*}float_array") or "") if isinstance(source, FloatSource) else ""
    if "nan" in text.lower():
        stated = np.array(text.split(), np.float32).reshape(len(source.data), -1)
        source.data[np.isnan(stated[:, : source.data.shape[1]])] = np.nan  # a third texture coordinate isn't read


def _cut(bound: BoundPolylist) -> Any:
    """Polygons as a bound triangle set."""
    drawn: Any = bound
    polylist = drawn.original
    if not len(polylist.index):
        return None
    triangles, _ = polygons.triangles(drawn.vertex[drawn.vertex_index], np.asarray(polylist.vcounts, np.int64))
    corners = polylist.index[triangles.reshape(-1)].reshape(-1)
    cut = TriangleSet(polylist.sources, polylist.material, corners, polylist.xmlnode)
    return cut.bind(drawn.matrix, drawn.materialnodebysymbol)


def _part(triangles: Any, looks: _Looks) -> MeshPart:
    vertices = np.asarray(triangles.vertex, np.float64)[triangles.vertex_index].reshape(-1, 3)
    tint = _vertex_colours(triangles)
    layer = looks.layer(triangles)
    if tint is not None and layer.texture is None:
        layer = Layer(WHITE)  # exporters mean vertex colours in place of the material's
    return MeshPart(vertices, np.arange(len(vertices)).reshape(-1, 3), layer, tint)


def _vertex_colours(triangles: Any) -> Float[np.ndarray, "corner 4"] | None:
    """Colours of all corners; None without, or if all are white."""
    sources = getattr(triangles.original, "sources", {}).get("COLOR", ())
    if not sources:
        return None
    offset, data = sources[0][0], np.asarray(sources[0][4].data, np.float64)
    colours = data[triangles.original.index[:, :, offset]].reshape(-1, data.shape[1])
    return None if (colours[:, :3] == 1).all() else np.clip(rgba(colours), 0, 1)


def _wrap(sampler: Any) -> tuple[str, str]:
    """How a texture goes on beyond its borders, along u and along v. A border has the colours of the picture's edge."""
    words = [sampler.xmlnode.findtext(f"{{*}}sampler2D/{{*}}{name}") or "" for name in ("wrap_s", "wrap_t")]
    along_u, along_v = (WRAPS.get(word.strip(), "repeat") for word in words)
    return along_u, along_v


def _uv(triangles: Any, semantic: str) -> Float[np.ndarray, "corner 2"] | None:
    """Texture coordinates of all corners, of the set that the material binds to `semantic`."""
    if not triangles.texcoordset:
        return None
    bound = (triangles.inputmap or {}).get(semantic)
    sets = [source[3] or "0" for source in triangles.original.sources["TEXCOORD"]]
    at = sets.index(bound[1] or "0") if bound and (bound[1] or "0") in sets else 0
    uv = np.asarray(triangles.texcoordset[at], np.float64)[triangles.texcoord_indexset[at]].reshape(-1, 2)
    return np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)
